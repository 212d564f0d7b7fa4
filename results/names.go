package results

import "time"

// Names gives meaning to the numbers in records. One Names belongs to a run;
// every record of the run refers to it.
type Names struct {
	Epoch         time.Time // wall-clock moment of At = 0, UTC
	Strings       *Strings
	Distributions []Distribution
	Edges         []Edge
	Behaviors     []string // as "distribution pattern"
	Origins       []string
	Classes       []string // content classes of the workload; 0 is "other"
}

// Distribution is what reports print of a distribution.
type Distribution struct {
	ID       string   // as EMLARXS9EXAMPLE
	Domain   string   // as d111111abcdef8.cloudfront.net
	Aliases  []string // alternate domain names
	Friendly string   // FriendlyName of the reports: an alias, else an origin's name
}

// Edge is what reports print of an edge location.
type Edge struct {
	Code          string // as FRA50-C1
	City          string
	Country       string // ISO 3166-1 alpha-2
	BillingRegion string // as EU
}

// NewNames returns empty Names with their own string table.
func NewNames(epoch time.Time) *Names {
	return &Names{Epoch: epoch, Strings: NewStrings()}
}

// Str is the string behind s.
func (n *Names) Str(s Sym) string { return n.Strings.Get(s) }

// DistributionOf is the distribution of r; zero when r names none.
func (n *Names) DistributionOf(r *Record) Distribution {
	if int(r.Distribution) < len(n.Distributions) {
		return n.Distributions[r.Distribution]
	}
	return Distribution{}
}

// EdgeOf is the edge location of r; zero when r names none.
func (n *Names) EdgeOf(r *Record) Edge {
	if int(r.Edge) < len(n.Edges) {
		return n.Edges[r.Edge]
	}
	return Edge{}
}
