// Package report makes the tables that people and scripts read from records:
// a run's summary, the five reports of CloudFront's console, and their kin. A
// report is a file that registers itself; text, CSV and JSON follow from its
// tables. The package knows records and their names, and must never know where
// they came from.
package report

import (
	"time"

	"edgesim/results"
	"edgesim/results/price"
)

// Options say which records a report covers and how finely.
type Options struct {
	Names        *results.Names
	From, To     time.Time     // UTC, To excluded; records that end outside are left out; zero: as the records begin and end
	Grain        time.Duration // width of a time bucket; 0: one hour
	Began, Ended time.Time     // of the measuring whose records they are, where that is known before; zero: Set.Measure tells, or nobody
	Distribution string        // "" or "ALL": every distribution; else an ID
	Version      string        // of this program, for the CSV's preamble
	Generated    time.Time     // moment the report is made, UTC
	Query        bool          // the query string is part of an object's URL

	// Bounded is how many counters a report of names (objects, referrers) may
	// keep, as a sketch with a stated error. 0: as many as there are names, exactly.
	Bounded int
	// Most is how many rows a list of names (objects, referrers, browsers, locations)
	// has, where it is not for people but to be absorbed again. 0: CloudFront's 50
	// objects, 25 referrers, nine browsers and systems beside the rest, 50 locations.
	Most int
	// Approximate counts popular objects and referrers as CloudFront does, by
	// lists that run over ten-minute intervals (Developer Guide, "Popular objects
	// report").
	Approximate bool

	BrowserVersions bool // viewers: browsers and systems by name and version
	States          bool // viewers: locations are U.S. states, not countries

	// ViewerLocation is the continent whose viewers cache statistics count, as
	// places.Continent calls it; "" or "ALL": every viewer.
	ViewerLocation string

	Prices *price.List // what the edge costs; nil: price.Default()

	// CacheSize is how many bytes each edge location's cache has, to be marked where
	// a report shows what other sizes would do; 0: not known.
	CacheSize int64
	// Reuse is that of the records that are covered, where whoever makes the reports
	// keeps it; nil: a report keeps its own.
	Reuse *Reuse

	// Demand is the demand in the records that are covered, where whoever makes the
	// reports keeps it, for exact counts; nil: a report counts objects itself.
	Demand *results.Demand

	span *span // of the records that came, where a Set keeps it
}

// A Report is a view that ends as tables. Tables may be asked for more than once,
// also between two Adds, but not during one.
type Report interface {
	results.View
	// Tables are the report's tables of one distribution, by its ID; "" or "ALL"
	// is all of them together.
	Tables(distribution string) []*Table
}

// An Absorber is a report that takes back what one of its kind printed, so that
// parts of a time, or of a fleet, become a whole. A table that it cannot read is
// an error; one with more notes is as good as one with fewer rows.
type Absorber interface {
	Absorb(*Table) error
}

// Group is the shelf that a report stands on.
type Group uint8

const (
	Run        Group = iota // about the run as a whole
	CloudFront              // one of the five of CloudFront's console
	Beyond                  // what CloudFront does not have
)

// Kind is one report, as its file registers it.
type Kind struct {
	Name   string // as people type it: "cache_statistics"
	Title  string // "Cache statistics"
	About  string // one sentence: what it shows and how it counts
	Group  Group
	Place  int      // its place on the shelf; by name among equals
	Tables []string // names of its tables, which are their file names without ".csv"; nil: Name alone
	New    func(Options) Report
}

// TableNames are the names of the report's tables.
func (k Kind) TableNames() []string {
	if k.Tables == nil {
		return []string{k.Name}
	}
	return k.Tables
}

// Absorbs reports whether reports of the kind can be put together from tables.
func (k Kind) Absorbs() bool {
	_, able := k.New(Options{Names: results.NewNames(time.Unix(0, 0).UTC())}).(Absorber)
	return able
}

var registry = results.Registry[Kind]{What: "report", Name: func(k Kind) string { return k.Name }}

func register(k Kind) { registry.Add(k) }

// Kinds lists every report, by name.
func Kinds() []Kind { return registry.Kinds() }

// Find is the report of that name.
func Find(name string) (Kind, error) { return registry.Find(name) }
