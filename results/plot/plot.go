// Package plot draws what design reviews look at, from records and from reports'
// tables, by gonum/plot. A plot ends as a Figure, which is plain data; one look
// serves all. The package knows records, their names and tables, and must never
// know where they came from.
package plot

import (
	"time"

	"edgesim/results"
	"edgesim/results/report"
)

// Options say which records a plot covers and how finely.
type Options struct {
	Names  *results.Names
	Title  string        // the run's name, for the subtitle
	Length time.Duration // of the run, warm-up included
	Grain  time.Duration // width of a time bucket
	Warmup time.Duration // shaded where a plot shows time

	// Times are those of the records that a plot of latency wants, kept by whoever
	// makes the plot, so that each record counts once; nil: the plot keeps its own.
	Times *results.Latencies

	// Demand is the demand in the records that a plot of traffic wants, kept by
	// whoever makes the plot; nil: the plot keeps its own.
	Demand *results.Demand

	// Reuse is that of the same records, kept so too; nil: the plot keeps its own.
	Reuse *report.Reuse
	// CacheSize is how many bytes each edge location's cache has; 0: not known.
	CacheSize int64
}

// A Drawing is a view that ends as a figure.
type Drawing interface {
	results.View
	// Figure is the plot of the records so far; its Lack says so when they do
	// not suffice for one. The kind's name, title and explanation are filled in
	// by Kind.Figure.
	Figure() *Figure
}

// Cuttable is a drawing over a run's time that can be told that the run ended before
// its planned length, with its last record.
type Cuttable interface{ CutShort() }

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

// Figure is d's figure, d being a drawing of this kind.
func (k Kind) Figure(d Drawing) *Figure {
	f := d.Figure()
	f.Name, f.Title, f.About = k.Name, k.Title, k.About
	return f
}

var registry = results.Registry[Kind]{What: "plot", Name: func(k Kind) string { return k.Name }}

func register(k Kind) { registry.Add(k) }

// Kinds lists every plot, by name.
func Kinds() []Kind { return registry.Kinds() }

// Find is the plot of that name.
func Find(name string) (Kind, error) { return registry.Find(name) }

// lack is a figure of nothing, which says why.
func lack(why string) *Figure { return &Figure{Lack: why} }
