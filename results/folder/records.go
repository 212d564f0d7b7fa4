package folder

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"edgesim/results"
	"edgesim/results/recording"
)

// recorded is the file of a run's records.
type recorded struct {
	f *os.File
	w *recording.Writer
}

// keepRecords begins the file where it is wanted; one of an earlier run goes in any
// case.
func keepRecords(opt Options) (*recorded, error) {
	path := filepath.Join(opt.Dir, results.RecordsFile)
	if !opt.Records {
		if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
			return nil, fmt.Errorf("removing an earlier run's file: %w", err)
		}
		return nil, nil
	}
	f, err := os.Create(path)
	if err != nil {
		return nil, fmt.Errorf("keeping records: %w", err)
	}
	w, err := recording.NewWriter(f, opt.Names)
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return &recorded{f, w}, nil
}

// close ends the file, with histograms that belong to the run.
func (r *recorded) close(kept map[string]*results.Histogram) error {
	if r == nil {
		return nil
	}
	for name, h := range kept {
		r.w.AddHistogram(name, h)
	}
	return errors.Join(r.w.Close(), r.f.Close())
}

// discard takes the file back.
func (r *recorded) discard() {
	if r == nil {
		return
	}
	_ = r.w.Close()
	_ = r.f.Close()
	_ = os.Remove(r.f.Name())
}
