package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"edgesim/results"
	"edgesim/results/plot"
)

// Without a browser the plots are drawn and shown, those of an earlier run are
// gone, and it is said that the page has no new pictures.
func TestGalleryWithoutABrowser(t *testing.T) {
	run, folder := t.TempDir(), t.TempDir()
	if err := os.Mkdir(filepath.Join(run, results.PlotsDir), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := results.WriteManifest(run, results.Manifest{Name: "small", Seed: 7}); err != nil {
		t.Fatal(err)
	}
	for _, f := range []plot.Figure{
		{Name: "hits", Title: "Hits", About: strings.Repeat("word ", 40), Series: []plot.Line{{Label: "a", X: plot.Numbers{0, 1}, Y: plot.Numbers{1, 2}}}},
		{Name: "none", Title: "Nothing", Lack: "no requests"},
	} {
		if err := results.WriteJSON(filepath.Join(run, results.PlotsDir, f.Name+".json"), f); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(folder, "old.svg"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", "")
	var said bytes.Buffer
	if err := gallery(run, folder, &said); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(said.String(), "no Chromium") {
		t.Errorf("said %q", said.String())
	}
	if _, err := os.Stat(filepath.Join(folder, "old.svg")); err == nil {
		t.Error("a plot of an earlier run is left")
	}
	text, err := os.ReadFile(filepath.Join(folder, "README.md"))
	if err != nil || !bytes.Contains(text, []byte("![Hits](hits.svg)")) || bytes.Contains(text, []byte("none.svg")) || !bytes.Contains(text, []byte("seed 7")) {
		t.Errorf("%v:\n%s", err, text)
	}
	for line := range strings.Lines(string(text)) {
		if len(line) > 90 {
			t.Errorf("a line of %d bytes: %s", len(line), line)
		}
	}
	if svg, err := os.ReadFile(filepath.Join(folder, "hits.svg")); err != nil || !bytes.HasPrefix(svg, []byte("<svg")) {
		t.Errorf("hits.svg: %v", err)
	}
}
