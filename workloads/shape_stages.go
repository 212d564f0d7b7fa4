package workloads

import (
	"time"

	"edgesim/sim/unit"
)

// stages are those of a rate, relative to its mean: straight lines from one rate to
// another, one after the other, and the last one's end from there on.
type stages struct {
	lines []Piece // each from its beginning; the last is of what comes after the stages
}

// newStages makes a factor of stages, whose mean is above 0.
func newStages(list []unit.Stage) *stages {
	length, mean := 0.0, 0.0
	for _, s := range list {
		length += float64(s.For)
	}
	for _, s := range list {
		mean += (float64(s.From)/2 + float64(s.To)/2) * (float64(s.For) / length)
	}
	made, at := &stages{}, time.Duration(0)
	for _, s := range list {
		at += s.For.Std()
		from, to := float64(s.From)/mean, float64(s.To)/mean
		made.lines = append(made.lines, Piece{End: at, A: from, B: (to - from) / float64(s.For)})
	}
	last := list[len(list)-1]
	made.lines = append(made.lines, Piece{End: forever, A: float64(last.To) / mean})
	return made
}

// Piece implements Factor.
func (s *stages) Piece(at time.Duration) Piece {
	began := time.Duration(0)
	for i := range s.lines {
		if p := s.lines[i]; at < p.End || p.End == forever {
			return p.since(at - began)
		}
		began = s.lines[i].End
	}
	panic("workloads: stages that end")
}

// since is what is left of the piece after a while.
func (p Piece) since(x time.Duration) Piece {
	t := float64(x)
	return Piece{End: p.End, A: max(0, p.at(t)), B: p.B + 2*p.C*t, C: p.C}
}
