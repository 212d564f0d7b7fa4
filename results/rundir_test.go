package results

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"syscall"
	"testing"
	"time"
)

func TestWriteFileIsWholeOrNotThere(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "a.txt")
	broken := errors.New("the pen broke")
	err := WriteFile(path, func(w io.Writer) error {
		io.WriteString(w, strings.Repeat("half ", 50_000))
		return broken
	})
	if !errors.Is(err, broken) || !strings.Contains(err.Error(), path) {
		t.Errorf("error %q, want it to name %s and the cause", err, path)
	}
	onlyFiles(t, dir)
	write := func(text string) {
		t.Helper()
		if err := WriteFile(path, func(w io.Writer) error { _, err := io.WriteString(w, text); return err }); err != nil {
			t.Fatal(err)
		}
	}
	write("one")
	write("two")
	if err := WriteFile(path, func(io.Writer) error { return broken }); err == nil {
		t.Error("no error from a failing write")
	}
	if b, _ := os.ReadFile(path); string(b) != "two" {
		t.Errorf("the file holds %q, want what was written last as a whole", b)
	}
	onlyFiles(t, dir, "a.txt")
	if info, _ := os.Stat(path); info.Mode().Perm() != 0o644 {
		t.Errorf("mode %v, want it readable by all", info.Mode())
	}
}

func TestWriteFileWhereItCannot(t *testing.T) {
	dir := t.TempDir()
	if err := WriteFile(filepath.Join(dir, "missing", "a"), nothing); err == nil {
		t.Error("no error for a folder that does not exist")
	}
	if err := os.Mkdir(filepath.Join(dir, "taken"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := WriteFile(filepath.Join(dir, "taken"), nothing); err == nil {
		t.Error("no error for a file in place of a folder")
	}
	onlyFiles(t, dir, "taken")
}

// TestWriteFileIntoAPipe: what is no file stays what it is.
func TestWriteFileIntoAPipe(t *testing.T) {
	path := filepath.Join(t.TempDir(), "pipe")
	if err := syscall.Mkfifo(path, 0o600); err != nil {
		t.Skip("no pipes here: ", err)
	}
	pipe, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer pipe.Close()
	if err := WriteFile(path, func(w io.Writer) error { _, err := io.WriteString(w, "told"); return err }); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().IsRegular() {
		t.Fatalf("a file took the pipe's place: %v, %v", info, err)
	}
	got := make([]byte, 4)
	if _, err := io.ReadFull(pipe, got); err != nil || string(got) != "told" {
		t.Errorf("the pipe has %q, %v", got, err)
	}
}

func nothing(io.Writer) error { return nil }

func onlyFiles(t *testing.T, dir string, want ...string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range entries {
		got = append(got, e.Name())
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("the folder holds %q, want %q", got, want)
	}
}

func exampleManifest() Manifest {
	return Manifest{
		Format: ManifestFormat, Name: "quickstart", Mode: "live",
		Scenario: "name: quickstart\nrun:\n  length: 20s\n", Seed: 7,
		Command: []string{"edgesim", "run", "quickstart", "--set", "a=<b> & c"},
		Program: Program{Name: "edgesim", Version: "v0.1.0", Commit: "0123abcd", Go: "go1.26.0"},
		Machine: Machine{OS: "linux", Arch: "amd64", CPUs: 2, CPU: "Example CPU", Memory: 8 << 30},
		Started: epoch, Ended: epoch.Add(20 * time.Second), Length: 20, Warmup: 2,
		Warnings: []string{}, Files: []string{"summary.json"},
		Grain: 1, Distributions: []Distribution{{ID: "EIMAGES0000001", Domain: "d111111abcdef8.cloudfront.net", Aliases: []string{"img.example.com"}, Friendly: "img.example.com"}},
		Edges: []Edge{{Code: "FRA50-C1", Country: "DE", BillingRegion: "EU"}},
	}
}

func TestManifest(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, ManifestFile)
	m := exampleManifest()
	if err := WriteManifest(dir, m); err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "testdata/manifest.json", string(b))
	back, err := ReadManifest(dir)
	if err != nil || !reflect.DeepEqual(*back, m) {
		t.Errorf("read back %+v, %v; want %+v", back, err, m)
	}
	m.Format++
	if err := WriteJSON(path, m); err != nil {
		t.Fatal(err)
	}
	if _, err := ReadManifest(dir); err == nil || !strings.Contains(err.Error(), "format 2") {
		t.Errorf("a manifest of a later format gives %v", err)
	}
}

// Lists without entries are [], since scripts walk over them.
func TestManifestHasNoNull(t *testing.T) {
	dir := t.TempDir()
	if err := WriteManifest(dir, Manifest{Files: []string{"b", "a"}}); err != nil {
		t.Fatal(err)
	}
	b, _ := os.ReadFile(filepath.Join(dir, ManifestFile))
	if strings.Contains(string(b), "null") {
		t.Errorf("manifest with null:\n%s", b)
	}
	if m, err := ReadManifest(dir); err != nil || m.Format != ManifestFormat || m.Files[0] != "a" {
		t.Errorf("read back %+v, %v", m, err)
	}
}

func TestReadWhatIsNotThere(t *testing.T) {
	dir := t.TempDir()
	if _, err := ReadSummary(dir); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a missing summary gives %v", err)
	}
	path := filepath.Join(dir, SummaryFile)
	if err := os.WriteFile(path, []byte("{"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := ReadSummary(dir); err == nil || !strings.Contains(err.Error(), path) {
		t.Errorf("half a summary gives %v, want an error that names it", err)
	}
}
