// Package report makes the tables that people and scripts read from records:
// a run's summary, cache statistics over time, popular objects and their kin.
// A report is a file that registers itself; text, CSV and JSON follow from its
// Table. The package knows records and their names, and must never know where
// they came from.
package report

import (
	"time"

	"edgesim/results"
)

// Options say which records a report covers and how finely.
type Options struct {
	Names        *results.Names
	From, To     time.Time     // UTC; the range the report is labelled with; zero: that of the records
	Grain        time.Duration // width of a time bucket; 0: one hour
	Distribution string        // "" or "ALL": every distribution; else an ID
	Version      string        // of this program, for the CSV's preamble
	Generated    time.Time     // moment the report is made, UTC
	Query        bool          // popular objects: the query string is part of the URL
}

// A Report is a view that ends as a table.
type Report interface {
	results.View
	Table() *Table
}

// Kind is one report, as its file registers it.
type Kind struct {
	Name  string // file name without ".csv": "cache_statistics"
	Title string // "Cache statistics"
	About string // one sentence: what it shows and how it counts
	New   func(Options) Report
}

var registry = results.Registry[Kind]{What: "report", Name: func(k Kind) string { return k.Name }}

func register(k Kind) { registry.Add(k) }

// Kinds lists every report, by name.
func Kinds() []Kind { return registry.Kinds() }

// Find is the report of that name.
func Find(name string) (Kind, error) { return registry.Find(name) }
