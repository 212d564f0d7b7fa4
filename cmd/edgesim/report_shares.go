package main

import (
	"fmt"

	"edgesim/results"
)

// printShares prints what each worker did, of runs that several played together, beside
// tables as text.
func (in *sources) printShares(e *env, o *reportOptions) error {
	if o.json {
		return nil
	}
	for _, run := range in.shares {
		if _, err := fmt.Fprintf(e.stdout, "\n\nWorkers of %s\n", run.dir); err != nil {
			return err
		}
		if err := results.WriteShares(e.stdout, run.shares); err != nil {
			return err
		}
	}
	return nil
}
