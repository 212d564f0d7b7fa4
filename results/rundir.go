package results

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"syscall"
)

// What a run folder holds. Scripts depend on these names.
const (
	ManifestFile  = "manifest.json"
	SummaryFile   = "summary.json"
	IndexFile     = "index.html"
	ReportsDir    = "reports" // *.csv
	PlotsDir      = "plots"   // *.json, *.svg, *.png
	LatencyDir    = "latency" // *.hgrm, *.hlog
	AccessLogFile = "access.log.gz"
	RecordsFile   = "records.zst"          // every record, where they are kept: results/recording
	WarmupLogFile = "access-warmup.log.gz" // what the reports leave out
)

// MakeFolder makes a folder, and those above it, and says where nothing can be written
// into it: a file is in its way, or there is no permission or place.
func MakeFolder(dir string) error {
	err := os.MkdirAll(dir, 0o755)
	if err == nil {
		err = Probe(dir)
	}
	if errors.Is(err, syscall.ENOTDIR) {
		return fmt.Errorf("%s: there is a file in its way; right is a folder", dir)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", dir, err)
	}
	return nil
}

// Probe makes a file in a folder and takes it away, to learn before the work whether
// its results could be written there.
func Probe(dir string) error {
	f, err := os.CreateTemp(dir, ".edgesim-*")
	if err != nil {
		return err
	}
	return errors.Join(f.Close(), os.Remove(f.Name()))
}

// WriteFile writes a file as a whole or not at all: write fills a temporary
// file beside it, which is synced and then renamed. On an error nothing is
// left under path but what was there before. A pipe or device that has the name is
// written to, as a file that takes its place would be no pipe.
func WriteFile(path string, write func(io.Writer) error) (err error) {
	if info, err := os.Stat(path); err == nil && !info.Mode().IsRegular() {
		return writeInto(path, info, write)
	}
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*.tmp")
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	defer func() {
		if err != nil {
			err = fmt.Errorf("write %s: %w", path, errors.Join(err, os.Remove(f.Name())))
		}
	}()
	if err := fill(f, write); err != nil {
		return errors.Join(err, f.Close())
	}
	if err := f.Close(); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}

// writeInto writes to what stands under path and is no file.
func writeInto(path string, info os.FileInfo, write func(io.Writer) error) error {
	if info.IsDir() {
		return fmt.Errorf("write %s: it is a folder; right is a file", path)
	}
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	w := bufio.NewWriterSize(f, 64<<10)
	if err = write(w); err == nil {
		err = w.Flush()
	}
	return errors.Join(err, f.Close())
}

func fill(f *os.File, write func(io.Writer) error) error {
	w := bufio.NewWriterSize(f, 64<<10)
	if err := write(w); err != nil {
		return err
	}
	if err := w.Flush(); err != nil {
		return err
	}
	// CreateTemp makes files for their owner alone; a result is for everybody.
	if err := f.Chmod(0o644); err != nil {
		return err
	}
	return f.Sync()
}

// NoRun says of an error in reading a folder's manifest or summary that there is none:
// the folder is not there, or is no run's, or is a file.
func NoRun(err error) bool {
	return errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR)
}

// WriteJSON writes v as indented JSON, as a whole or not at all.
func WriteJSON(path string, v any) error {
	return WriteFile(path, func(w io.Writer) error { return EncodeJSON(w, v) })
}

// EncodeJSON writes v as the indented JSON of a run folder, with a newline at
// the end and without escaping for HTML.
func EncodeJSON(w io.Writer, v any) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(v)
}

// WriteSummary writes the summary of the run in dir.
func WriteSummary(dir string, s *Summary) error {
	return WriteJSON(filepath.Join(dir, SummaryFile), s)
}

// WriteManifest writes the manifest of the run in dir, with the format of this
// program and its files sorted.
func WriteManifest(dir string, m Manifest) error {
	m.Format = ManifestFormat
	m.Files = slices.Sorted(slices.Values(m.Files))
	m.Files = append([]string{}, m.Files...) // a list without entries is [], not null
	m.Warnings = append([]string{}, m.Warnings...)
	m.Command = append([]string{}, m.Command...)
	m.Distributions = append([]Distribution{}, m.Distributions...)
	m.Edges = append([]Edge{}, m.Edges...)
	return WriteJSON(filepath.Join(dir, ManifestFile), m)
}

// ReadSummary reads the summary of the run in dir.
func ReadSummary(dir string) (*Summary, error) {
	return readJSON[Summary](filepath.Join(dir, SummaryFile))
}

// ReadManifest reads the manifest of the run in dir.
func ReadManifest(dir string) (*Manifest, error) {
	m, err := readJSON[Manifest](filepath.Join(dir, ManifestFile))
	if err == nil && m.Format > ManifestFormat {
		err = fmt.Errorf("%s is of format %d; this program reads up to %d",
			filepath.Join(dir, ManifestFile), m.Format, ManifestFormat)
	}
	return m, err
}

func readJSON[T any](path string) (*T, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	v := new(T)
	if err := json.Unmarshal(b, v); err != nil {
		return nil, fmt.Errorf("read %s: %w", path, err)
	}
	return v, nil
}
