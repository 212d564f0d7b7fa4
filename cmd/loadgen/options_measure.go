package main

import "github.com/spf13/pflag"

// measured are the flags that say what is measured, shown and kept.
type measured struct {
	csv string
}

func (m *measured) flags(f *pflag.FlagSet) {
	f.StringVar(&m.csv, "csv", "", "write a line for every second to this `FILE`: rates, errors, hits, times")
}
