package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/pflag"

	"edgesim/sim/objective"
	"edgesim/sim/unit"
)

// measured are the flags that say what is measured, shown and kept.
type measured struct {
	csv  string
	slo  []string
	kept []objective.Target // slo, read

	metrics string
	records bool
	share   share
	startAt moment
	find    finding
}

func (m *measured) flags(f *pflag.FlagSet) {
	f.StringVar(&m.csv, "csv", "", "write a line for every second to this `FILE`: rates, errors, hits, times")
	f.StringArrayVar(&m.slo, "slo", nil, "what must be kept, as 'ttfb-p99<=50ms', 'hit>=0.9' or 'errors<=0.1%';\nmay be repeated")
	m.find.trial = unit.Duration(defaultTrial)
	f.StringArrayVar(&m.find.texts, "find-max", nil, "search for the highest rate with this objective, from --rate on;\nmay be repeated")
	f.Var(&m.find.trial, "trial", "of --find-max: how long each rate is tried")
	f.StringVar(&m.metrics, "metrics", "", "while the run lasts, serve /metrics for Prometheus at this address, as :9100,\nwhich means this machine only (default none)")
	f.BoolVar(&m.records, "records", false, "keep every record in the run folder, for edgesim merge")
	f.Var(&m.share, "share", "play this share of the schedule, as 2/4, where other processes play the others;\nneeds --out and keeps records")
	f.Var(&m.startAt, "start-at", "begin at this `TIME`, as 2026-03-01T12:00:00Z, as the processes of other shares do")
}

// check reads the objectives.
func (m *measured) check(out string) (err error) {
	if m.kept, err = objective.ParseAll(m.slo); err != nil {
		return fmt.Errorf("--slo: %w", err)
	}
	switch {
	case m.share.of > 0 && out == "":
		return fmt.Errorf("--share %v needs --out: the folders of all shares are what edgesim merge puts together", &m.share)
	case m.records && out == "":
		return errors.New("--records needs --out: they are kept in the run folder")
	}
	return m.checkCSV()
}

// checkCSV says before the run what would keep the time series from being written
// after it.
func (m *measured) checkCSV() error {
	if m.csv == "" {
		return nil
	}
	if i, err := os.Stat(filepath.Dir(m.csv)); err != nil || !i.IsDir() {
		return fmt.Errorf("--csv %s: there is no folder %s", m.csv, filepath.Dir(m.csv))
	}
	if i, err := os.Stat(m.csv); err == nil && i.IsDir() {
		return fmt.Errorf("--csv %s is a folder; right is a file", m.csv)
	}
	return nil
}
