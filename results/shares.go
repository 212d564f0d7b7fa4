package results

import "slices"

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
