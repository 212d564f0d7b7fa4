package main

import (
	"fmt"
	"strings"

	"github.com/spf13/pflag"

	"edgesim/workloads"
)

// popularFlags are those that say which objects are asked for.
func (o *options) popularFlags(f *pflag.FlagSet) {
	f.StringVar(&o.popularity, "popularity", "zipf", "workload: which objects are asked for, as zipf+onehits:share=10%;\nof "+strings.Join(workloads.PopularityNames(), ", "))
}

func (o *options) checkPopularity() error {
	if err := workloads.CheckPopularity(o.popularity); err != nil {
		return fmt.Errorf("--popularity: %w", err)
	}
	return nil
}

// ranked reports whether a flag says how popular a workload's objects are.
func (o *options) ranked() bool {
	return o.given("zipf") || o.given("objects") || o.given("popularity")
}
