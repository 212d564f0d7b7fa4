package results

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"text/tabwriter"
)

// States of ShareFigures.
const (
	ShareWhole   = "whole"   // played to its end
	SharePartial = "partial" // ended before, and its records are there
	ShareLost    = "lost"    // nothing of it is there
)

// ShareFigures is what one of several workers did that played a schedule together.
type ShareFigures struct {
	Share   string `json:"share"` // "2/4" is the second of four
	Worker  string `json:"worker"`
	Host    string `json:"host,omitempty"`
	State   string `json:"state"`
	Trouble string `json:"trouble,omitempty"` // why it is not whole
	Unsound bool   `json:"unsound,omitempty"` // it did not keep its schedule

	Scheduled uint64  `json:"scheduled"` // requests, as Generator has them
	Sent      uint64  `json:"sent"`      // of a lost share, when it was last heard of
	Done      uint64  `json:"done"`      // the same
	Late      uint64  `json:"late"`      // as Generator has them
	Missing   uint64  `json:"missing"`   // requests of the schedule that it should have had and did not play; 0 too where that is not known
	Achieved  float64 `json:"achieved"`  // requests per second

	// The server's clock, which all shares began by, is so far ahead of the worker's,
	// give or take ClockUnsure; ClockDrift is by how much that changed during the run.
	ClockAhead  float64 `json:"clock_ahead_ms"`
	ClockUnsure float64 `json:"clock_unsure_ms"`
	ClockDrift  float64 `json:"clock_drift_ms"`
}

// StartSkew is how far apart the starts of shares lie at most, in ms: by how unsure
// the two worst of their clocks are. Lost ones do not count.
func StartSkew(list []ShareFigures) float64 {
	var worst []float64
	for _, f := range list {
		if f.State != ShareLost {
			worst = append(worst, f.ClockUnsure)
		}
	}
	if len(worst) < 2 {
		return 0
	}
	slices.Sort(worst)
	return worst[len(worst)-1] + worst[len(worst)-2]
}

// longestWorker is how many letters of a worker's name a table has.
const longestWorker = 16

// WriteShares writes a table of what each worker did, at most 80 columns wide but for
// very long numbers, and how far apart they began; nothing where there were none.
func WriteShares(w io.Writer, list []ShareFigures) error {
	if len(list) == 0 {
		return nil
	}
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(t, "share\tworker\trequests\tlate\tmissing\tclock ahead ms\tstate\t")
	for i := range list {
		s := &list[i]
		name := []rune(cmp.Or(s.Worker, "-"))
		if len(name) > longestWorker {
			name = append(name[:longestWorker-1], '…')
		}
		fmt.Fprintf(t, "%s\t%s\t%d\t%d\t%d\t%s\t%s\t\n", s.Share, string(name), s.Scheduled, s.Late, s.Missing, s.Clock(), s.state())
	}
	if err := t.Flush(); err != nil {
		return err
	}
	_, err := fmt.Fprintf(w, "the shares began at the same moment of the server's clock, to %.3f ms\n", StartSkew(list))
	return err
}

// Clock is how far the server's clock was ahead, in ms, and how unsure that is.
func (s *ShareFigures) Clock() string {
	return fmt.Sprintf("%.3f ± %.3f", s.ClockAhead, s.ClockUnsure)
}

// state is State and whether the schedule was kept.
func (s *ShareFigures) state() string {
	if s.Unsound {
		return s.State + ", late"
	}
	return s.State
}
