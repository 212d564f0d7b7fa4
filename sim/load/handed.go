package load

import (
	"errors"
	"os"
	"path/filepath"

	"edgesim/results"
	"edgesim/results/recording"
)

// handed is the outlet of a share that is handed in: records in a file and a
// summary, and no reports, which are made of all shares together.
type handed struct {
	plain
	file     *os.File
	records  *recording.Writer
	manifest results.Manifest
}

func newHanded(s *Run) (*handed, error) {
	f, err := os.Create(filepath.Join(s.Options.Out, results.RecordsFile))
	if err != nil {
		return nil, err
	}
	w, err := recording.NewWriter(f, s.Names)
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return &handed{*newPlain(s), f, w, s.manifest()}, nil
}

// Add implements results.View.
func (h *handed) Add(recs []results.Record) {
	h.plain.Add(recs)
	h.records.Add(recs)
}

func (h *handed) finish(e ending) (*results.Summary, error) {
	sum, err := h.plain.finish(e)
	for name, times := range e.kept {
		h.records.AddHistogram(name, times)
	}
	h.manifest.Partial, h.manifest.Warnings, h.manifest.Unsound = sum.Partial, sum.Warnings, sum.Unsound
	return sum, errors.Join(err, h.records.Close(), h.file.Close())
}
