package load

import (
	"errors"
	"fmt"
)

// checkReplay says what of the flags does not go with a trace, or with none.
func (o *Options) checkReplay() error {
	if o.Trace == "" {
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
	case !(o.Speed > 0 && o.Speed <= 1e9):
		return fmt.Errorf("--speed %v; right is more than 0", o.Speed)
	case o.given("speed") && (o.given("rate") || o.Closed):
		return errors.New("--speed with --rate or --closed: the file's times do not count then; give one of them")
	case o.given("arrivals") && !o.given("rate"):
		return errors.New("--arrivals with --trace: they are the file's unless there is a --rate; give that too")
	case o.OwnHosts && o.Host != "":
		return errors.New("--own-hosts and --host contradict each other; give one of them")
	}
	return nil
}
