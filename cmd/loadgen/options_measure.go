package main

import (
	"fmt"

	"github.com/spf13/pflag"

	"edgesim/sim/objective"
)

// measured are the flags that say what is measured, shown and kept.
type measured struct {
	csv  string
	slo  []string
	kept []objective.Target // slo, read
}

func (m *measured) flags(f *pflag.FlagSet) {
	f.StringVar(&m.csv, "csv", "", "write a line for every second to this `FILE`: rates, errors, hits, times")
	f.StringArrayVar(&m.slo, "slo", nil, "what must be kept, as 'ttfb-p99<=50ms', 'hit>=0.9' or 'errors<=0.1%';\nmay be repeated")
}

// check reads the objectives.
func (m *measured) check() (err error) {
	if m.kept, err = objective.ParseAll(m.slo); err != nil {
		return fmt.Errorf("--slo: %w", err)
	}
	return nil
}
