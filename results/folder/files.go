package folder

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"edgesim/results"
)

// prepare makes the folder, or clears it of the run it holds, and writes the
// first manifest.
func prepare(opt Options) error {
	for _, name := range []string{results.ManifestFile, results.SummaryFile} {
		_, err := os.Stat(filepath.Join(opt.Dir, name))
		if err == nil && !opt.Overwrite {
			return fmt.Errorf("run folder %s holds another run already (%s): choose another folder, or remove it", opt.Dir, name)
		}
		if errors.Is(err, syscall.ENOTDIR) {
			return fmt.Errorf("run folder %s: there is a file in its way; right is a folder", opt.Dir)
		}
		if err != nil && !errors.Is(err, os.ErrNotExist) {
			return fmt.Errorf("looking into run folder: %w", err)
		}
	}
	for _, dir := range []string{"", results.ReportsDir, results.PlotsDir, results.LatencyDir} {
		if err := os.MkdirAll(filepath.Join(opt.Dir, dir), 0o755); err != nil {
			return fmt.Errorf("making run folder: %w", err)
		}
	}
	if err := removeOld(opt.Dir); err != nil {
		return err
	}
	m := opt.Manifest
	m.Partial = true
	m.Warnings, m.Files = []string{}, []string{}
	m.Distributions, m.Edges = []results.Distribution{}, []results.Edge{}
	return results.WriteJSON(filepath.Join(opt.Dir, results.ManifestFile), m)
}

// missing are the folders on the way to dir, dir too, that are not there, the
// outermost first.
func missing(dir string) []string {
	dir = filepath.Clean(dir)
	if _, err := os.Lstat(dir); !errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return append(missing(filepath.Dir(dir)), dir)
}

// Discard takes the folder back before Finish, where nothing is to be told after
// all: the first manifest goes, and so do the folders that New has made. What is
// there of others stays.
func (b *Builder) Discard() error {
	if err := os.Remove(filepath.Join(b.opt.Dir, results.ManifestFile)); err != nil {
		return fmt.Errorf("taking run folder back: %w", err)
	}
	b.records.discard()
	dirs := b.made
	for _, name := range []string{results.ReportsDir, results.PlotsDir, results.LatencyDir} {
		dirs = append(dirs, filepath.Join(b.opt.Dir, name))
	}
	for _, dir := range slices.Backward(dirs) {
		_ = os.Remove(dir) // one that holds something stays, and those around it
	}
	return nil
}

// ours are the files of a run that a later one in the same folder replaces.
var ours = []string{
	results.SummaryFile, results.IndexFile, results.ReportsDir + "/*.csv", results.ReportsDir + "/*/*.csv",
	results.PlotsDir + "/*.json", results.PlotsDir + "/*.svg", results.PlotsDir + "/*.png", results.PlotsDir + "/*.pdf",
	results.LatencyDir + "/*.hgrm", results.LatencyDir + "/*.hlog",
}

// files lists the run's files in dir, as paths inside it.
func files(dir string, patterns ...string) ([]string, error) {
	var all []string
	for _, pattern := range patterns {
		found, err := matching(dir, pattern)
		if err != nil {
			return nil, err
		}
		all = append(all, found...)
	}
	slices.Sort(all)
	return all, nil
}

// matching lists the files in dir that match pattern, but for hidden ones.
func matching(dir, pattern string) ([]string, error) {
	paths, err := fs.Glob(os.DirFS(dir), pattern)
	if err != nil {
		return nil, fmt.Errorf("listing run folder: %w", err)
	}
	hidden := func(path string) bool { return strings.HasPrefix(filepath.Base(path), ".") }
	return slices.DeleteFunc(paths, hidden), nil
}

// removeOld removes what an earlier run has left.
func removeOld(dir string) error {
	old, err := files(dir, ours...)
	if err != nil {
		return err
	}
	for _, path := range old {
		if err := os.Remove(filepath.Join(dir, path)); err != nil {
			return fmt.Errorf("removing an earlier run's file: %w", err)
		}
	}
	return nil
}
