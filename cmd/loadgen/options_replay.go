package main

import (
	"errors"
	"fmt"

	"github.com/spf13/pflag"
)

// replayed are the flags of a trace or a log that is played again.
type replayed struct {
	trace, format, columns string
	speed                  float64
	skipBad, ownHosts      bool
}

func (r *replayed) flags(f *pflag.FlagSet) {
	f.StringVar(&r.trace, "trace", "", "workload: what stands in a trace or an access log, in its own times or at --rate")
	f.Float64Var(&r.speed, "speed", 1, "with --trace: so much faster than in the file")
	f.StringVar(&r.format, "format", "", "with --trace: the file's format, where it cannot be told")
	f.StringVar(&r.columns, "columns", "", "with --trace: which column is what, as time=1,id=2,size=3")
	f.BoolVar(&r.skipBad, "skip-bad", false, "with --trace: pass over lines that are no request, and count them")
	f.BoolVar(&r.ownHosts, "own-hosts", false, "with --trace: send the log's own Host names")
}

// checkReplay says what of the flags does not go with a trace, or with none.
func (o *options) checkReplay() error {
	if o.trace == "" {
		for _, name := range []string{"speed", "format", "columns", "skip-bad", "own-hosts"} {
			if o.given(name) {
				return fmt.Errorf("--%s goes with --trace; give that too", name)
			}
		}
		return nil
	}
	for _, name := range []string{"ranges", "aborts", "conditionals"} {
		if o.given(name) {
			return fmt.Errorf("--%s with --trace: the file says what is asked; leave it out", name)
		}
	}
	switch {
	case !(o.speed > 0 && o.speed <= 1e9):
		return fmt.Errorf("--speed %v; right is more than 0", o.speed)
	case o.given("speed") && (o.given("rate") || o.closed):
		return errors.New("--speed with --rate or --closed: the file's times do not count then; give one of them")
	case o.given("arrivals") && !o.given("rate"):
		return errors.New("--arrivals with --trace: they are the file's unless there is a --rate; give that too")
	case o.ownHosts && o.host != "":
		return errors.New("--own-hosts and --host contradict each other; give one of them")
	}
	return nil
}
