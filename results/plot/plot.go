// Package plot draws what design reviews look at, from records, by gonum/plot.
// A plot is a file that registers itself; one look serves all. The package
// knows records and their names, and must never know where they came from.
package plot

import (
	"time"

	"gonum.org/v1/plot"

	"edgesim/results"
)

// Options say which records a plot covers and how finely.
type Options struct {
	Names  *results.Names
	Title  string        // the run's name, for the subtitle
	Length time.Duration // of the run, warm-up included
	Grain  time.Duration // width of a time bucket
	Warmup time.Duration // shaded where a plot shows time
}

// A Drawing is a view that ends as a plot.
type Drawing interface {
	results.View
	// Draw returns the finished plot; an error that names the lack when the
	// records do not suffice for one.
	Draw() (*plot.Plot, error)
}

// Subject says which records a drawing wants.
type Subject uint8

const (
	Traffic Subject = iota // what the cache did: edge, simulator or log records
	Latency                // what viewers waited: client or simulator records
)

// Kind is one plot, as its file registers it.
type Kind struct {
	Name    string // file name without extension: "hit_ratio"
	Title   string // "Hit ratio over time"
	About   string // how to read it, in a sentence
	Subject Subject
	Whole   bool // wants the warm-up's records too
	New     func(Options) Drawing
}

var registry = results.Registry[Kind]{What: "plot", Name: func(k Kind) string { return k.Name }}

func register(k Kind) { registry.Add(k) }

// Kinds lists every plot, by name.
func Kinds() []Kind { return registry.Kinds() }

// Find is the plot of that name.
func Find(name string) (Kind, error) { return registry.Find(name) }
