package main

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"edgesim/results"
	"edgesim/results/plot"
)

// folderOf makes a run folder that holds figures and no more.
func folderOf(t *testing.T, name string, figs ...plot.Figure) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), name)
	if err := os.MkdirAll(filepath.Join(dir, results.PlotsDir), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := results.WriteManifest(dir, results.Manifest{Name: name, Program: results.Program{Version: "0.9"}}); err != nil {
		t.Fatal(err)
	}
	for _, f := range figs {
		if err := results.WriteJSON(filepath.Join(dir, results.PlotsDir, f.Name+".json"), f); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func aFigure(name, unit string, y ...float64) plot.Figure {
	f := plot.Figure{Name: name, Title: "The " + name, Y: plot.Axis{Label: "requests", Unit: unit}}
	f.Series = []plot.Line{{Label: "Hits", Color: "Hit", X: plot.Numbers{0, 1, 2}, Y: y}}
	return f
}

func TestPlotListsWhatThereIs(t *testing.T) {
	status, stdout, stderr := edgesim(t, context.Background(), "plot", "--list")
	if status != 0 || !strings.Contains(stdout, "hit_ratio") || !strings.Contains(stdout, "Hit ratio over time") {
		t.Errorf("status %d: %s%s", status, stdout, stderr)
	}
	dir := folderOf(t, "run", aFigure("hits", plot.Counts, 1, 2, 3), aFigure("waits", plot.Milliseconds, 1, 2, 3))
	status, stdout, _ = edgesim(t, context.Background(), "plot", "--list", "--json", dir)
	var list []listedPlot
	if err := json.Unmarshal([]byte(stdout), &list); err != nil || status != 0 || len(list) != 2 || list[1].Title != "The waits" {
		t.Errorf("status %d, %v: %s", status, err, stdout)
	}
}

// A run's plots are drawn where the run is, or where they are asked for, in the
// format asked for.
func TestPlotDraws(t *testing.T) {
	dir := folderOf(t, "with [lru]", aFigure("hits", plot.Counts, 1, 2, 3), aFigure("waits", plot.Milliseconds, 1, 2, 3))
	out := t.TempDir()
	for _, c := range []struct {
		args  []string
		files []string
		head  string
	}{
		{[]string{dir}, []string{dir + "/plots/hits.svg", dir + "/plots/waits.svg"}, "<svg"},
		{[]string{dir, "--view", "hits", "--format", "pdf", "--size", "page"}, []string{dir + "/plots/hits.pdf"}, "%PDF"},
		{[]string{dir, "--view", "hits", "--size", "400x300px", "--out", out + "/one.png"}, []string{out + "/one.png"}, "\x89PNG"},
		{[]string{dir, "--view", "hits,waits", "--out", out + "/new"}, []string{out + "/new/hits.svg", out + "/new/waits.svg"}, "<svg"},
	} {
		status, stdout, stderr := edgesim(t, context.Background(), append([]string{"plot"}, c.args...)...)
		if want := strings.Join(c.files, "\n") + "\n"; status != 0 || stdout != want {
			t.Errorf("%q: status %d, %q, want %q; %s", c.args, status, stdout, want, stderr)
		}
		for _, path := range c.files {
			if b, err := os.ReadFile(path); err != nil || !bytes.HasPrefix(b, []byte(c.head)) {
				t.Errorf("%q: %s is no such file: %v", c.args, path, err)
			}
		}
	}
}

func TestPlotLaysRunsOverEachOther(t *testing.T) {
	lru := folderOf(t, "lru", aFigure("hits", plot.Counts, 1, 2, 3), aFigure("waits", plot.Milliseconds, 1, 2, 3))
	sieve := folderOf(t, "sieve", aFigure("hits", plot.Counts, 4, 5, 6), aFigure("waits", plot.Counts, 1, 2, 3))
	out := t.TempDir()
	status, stdout, stderr := edgesim(t, context.Background(), "plot", lru, sieve, "--out", out)
	if status != 0 || stdout != filepath.Join(out, "hits.svg")+"\n" || !strings.Contains(stderr, `left out: waits of lru and of sieve`) {
		t.Errorf("status %d: %q %q", status, stdout, stderr)
	}
	svg, err := os.ReadFile(filepath.Join(out, "hits.svg"))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"lru and sieve", "Hits · lru", "Hits · sieve"} {
		if !bytes.Contains(svg, []byte(want)) {
			t.Errorf("the overlay does not say %q", want)
		}
	}
	if status, _, stderr := edgesim(t, context.Background(), "plot", lru, sieve, "--view", "waits", "--out", out); status != 2 || !strings.Contains(stderr, "Y axes") {
		t.Errorf("status %d for axes that differ: %s", status, stderr)
	}
}

// What cannot be drawn is told in a line, and no file is left.
func TestPlotSaysWhatIsWrong(t *testing.T) {
	dir := folderOf(t, "run", aFigure("hits", plot.Counts, 1, 2, 3), aFigure("waits", plot.Counts, 1, 2, 3))
	old, broken := folderOf(t, "old"), folderOf(t, "broken", aFigure("hits", plot.Counts, 1))
	if err := os.WriteFile(filepath.Join(broken, "plots", "hits.json"), []byte("{"), 0o644); err != nil {
		t.Fatal(err)
	}
	out := t.TempDir()
	for _, c := range []struct{ args, says string }{
		{"", "no run given"},
		{out, "is not a run folder"},
		{old, "an older edgesim (0.9)"},
		{broken, "hits.json is no figure"},
		{dir + " --view misses", "it has hits, waits"},
		{dir + " --format gif", "right is one of svg, png, pdf"},
		{dir + " --size huge", `--size: size "huge" is unknown; right is one of 16x9`},
		{dir + " --out " + out + "/a.png", "there are 2 plots"},
		{dir + " --view hits --format svg --out " + out + "/a.png", "is no svg"},
		{dir + " --view hits --out " + out + "/a.GIF", "no GIF is drawn here; right is one of svg, png, pdf, or a folder"},
	} {
		status, stdout, stderr := edgesim(t, context.Background(), append([]string{"plot"}, strings.Fields(c.args)...)...)
		if status != 2 || !strings.Contains(stderr, c.says) || strings.Count(stderr, "\n") != 1 || stdout != "" {
			t.Errorf("plot %s: status %d, %q; want 2 and a line with %q", c.args, status, stderr, c.says)
		}
	}
	if left, _ := os.ReadDir(out); len(left) > 0 {
		t.Errorf("%v is left", left)
	}
	readOnly := filepath.Join(out, "file")
	if err := os.WriteFile(readOnly, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if status, _, stderr := edgesim(t, context.Background(), "plot", dir, "--out", filepath.Join(readOnly, "in")); status == 0 || !strings.Contains(stderr, "--out") {
		t.Errorf("status %d below a file: %s", status, stderr)
	}
}
