package load

import (
	"errors"
	"strings"
	"testing"
	"time"

	"edgesim/sim/fleet"
)

// Before the start a worker that was stopped, or was ready and is silent for a lease, is
// lost, and others may play the run; what a share failed by stays what it is.
func TestLostBeforeTheStart(t *testing.T) {
	c := &Crew{Of: 2, Lease: time.Hour}
	beat, refused := Beat{Worker: "b"}, errors.New("may not load")
	for name, row := range map[string]struct {
		hand Hand
		want string // "": nothing is wrong
		lost bool
	}{
		"not heard of yet": {Hand{}, "", false},
		"ready":            {Hand{Last: beat, Heard: time.Now()}, "", false},
		"silent":           {Hand{Last: beat, Heard: time.Now().Add(-2 * time.Hour)}, "share 2/2 (worker b): it was not heard of for 1h0m0s before the start", true},
		"stopped":          {Hand{over: true, Err: fleet.SetAside{Worker: "b", Text: fleet.ErrStopped.Error()}}, "share 2/2 (worker b): its worker was stopped before the start", true},
		"refused":          {Hand{over: true, Err: refused}, refused.Error(), false},
		"over":             {Hand{over: true, Result: &Parted{}}, "share 2/2 was over before the start", false},
	} {
		row.hand.Share = 2
		switch err := c.gone(&row.hand); {
		case err == nil && row.want == "":
		case err == nil || row.want == "" || !strings.Contains(err.Error(), row.want) || errors.As(err, new(ErrLost)) != row.lost:
			t.Errorf("%s: %v", name, err)
		}
	}
}
