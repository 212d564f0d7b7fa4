// Package pieces has the kinds of work that edgesim's commands hand to workers: a
// kind is a file, and says what a piece is told, what it gives back, and how a
// command asks for it.
package pieces

import (
	"context"
	"errors"
	"fmt"
	"os"

	"edgesim/sim/fleet"
	"edgesim/sim/scenario"
	"edgesim/sim/sweep"
	"edgesim/sim/virtual"
)

// Trial is one play of a scenario in virtual time: a cell of a sweep or a plan. The
// scenario's text is its first file; those that it names follow.
type Trial struct {
	File     string   `json:"file"` // the scenario's name in errors
	Sets     []string `json:"sets"`
	Names    []string `json:"names,omitempty"` // that the scenario has for the files that follow
	Policy   string   `json:"policy"`
	Capacity int64    `json:"capacity"` // bytes
	Seed     uint64   `json:"seed"`
	Variant  string   `json:"variant,omitempty"` // of the scenario, by its name
}

// Trialed is what came of a trial.
type Trialed struct {
	Values sweep.Values   `json:"values"`
	Month  *sweep.Monthly `json:"month"`
}

const trialKind = "trial"

func init() { fleet.Register(fleet.KindOf(trialKind, playTrial)) }

// mostText is how long a scenario may be, in bytes.
const mostText = 16 << 20

func playTrial(ctx context.Context, r *fleet.Room, t Trial) (Trialed, error) {
	path, err := r.File(ctx, 0)
	if err != nil {
		return Trialed{}, err
	}
	if info, err := os.Stat(path); err != nil || info.Size() > mostText {
		return Trialed{}, errors.Join(err, fmt.Errorf("a scenario's text; right are at most %d bytes", mostText))
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return Trialed{}, err
	}
	files := scenario.Files{}
	for i, name := range t.Names {
		if files[name], err = r.File(ctx, i+1); err != nil {
			return Trialed{}, err
		}
	}
	s, err := scenario.ParseFiles(t.File, text, files, append(t.Sets, "edge.policy="+t.Policy, fmt.Sprintf("edge.capacity=%dB", t.Capacity))...)
	if err != nil {
		return Trialed{}, err
	}
	s.Reseed(t.Seed)
	if err := s.Vary(t.Variant); err != nil {
		return Trialed{}, err
	}
	m := sweep.NewMeasure(s)
	if _, err := virtual.Records(ctx, virtual.Config{Scenario: s}, m); err != nil {
		return Trialed{}, err
	}
	month := m.Monthly()
	return Trialed{m.Values(), &month}, nil
}

// World is a scenario whose trials are played by workers.
type World struct {
	Job   *fleet.Job
	File  string
	Sets  []string
	Names []string // that it has for files
	Data  []string // its text, and these files, as fleet's Lay has them
}

// Play asks for one trial.
func (w *World) Play(ctx context.Context, c sweep.Cell, seed uint64, variant string) (Trialed, error) {
	t := Trial{File: w.File, Sets: w.Sets, Names: w.Names, Policy: c.Policy, Capacity: c.Capacity, Seed: seed, Variant: variant}
	return fleet.Ask[Trialed](ctx, w.Job, trialKind, t, w.Data...)
}
