package results

import (
	"fmt"
	"math"
	"slices"
	"sync"
	"time"
)

// Names gives meaning to the numbers in records. One Names belongs to a run;
// every record of the run refers to it.
//
// A server that takes a new configuration names more while views read: it uses
// Place… and they use …Of, which are safe together. A number keeps its meaning:
// the same id or name gets the same number again. The fields themselves are for
// those who know that nobody places anything.
type Names struct {
	mu sync.RWMutex // of what Place… changes

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
	ID       string   `json:"id"`                // as EMLARXS9EXAMPLE
	Domain   string   `json:"domain"`            // as d111111abcdef8.cloudfront.net
	Aliases  []string `json:"aliases,omitempty"` // alternate domain names
	Friendly string   `json:"friendly_name"`     // FriendlyName of the reports: an alias, else an origin's name
}

// Edge is what reports print of an edge location.
type Edge struct {
	Code          string `json:"code"` // as FRA50-C1
	City          string `json:"city,omitempty"`
	Country       string `json:"country,omitempty"`        // ISO 3166-1 alpha-2
	BillingRegion string `json:"billing_region,omitempty"` // as EU
}

// Unnamed is the number of an edge location, a behavior or an origin that a
// record does not know.
const Unnamed = math.MaxUint16

// NewNames returns empty Names with their own string table.
func NewNames(epoch time.Time) *Names {
	return &Names{Epoch: epoch, Strings: NewStrings()}
}

// Str is the string behind s.
func (n *Names) Str(s Sym) string { return n.Strings.Get(s) }

// DistributionOf is the distribution of r; zero when r names none.
func (n *Names) DistributionOf(r *Record) Distribution {
	n.mu.RLock()
	defer n.mu.RUnlock()
	if int(r.Distribution) < len(n.Distributions) {
		return n.Distributions[r.Distribution]
	}
	return Distribution{}
}

// EdgeOf is the edge location of r; zero when r names none.
func (n *Names) EdgeOf(r *Record) Edge {
	n.mu.RLock()
	defer n.mu.RUnlock()
	if int(r.Edge) < len(n.Edges) {
		return n.Edges[r.Edge]
	}
	return Edge{}
}

// OriginOf is the name of the origin of r; "" when r names none.
func (n *Names) OriginOf(r *Record) string {
	n.mu.RLock()
	defer n.mu.RUnlock()
	if int(r.Origin) < len(n.Origins) {
		return n.Origins[r.Origin]
	}
	return ""
}

// EveryDistribution lists the distributions in the order of their numbers.
func (n *Names) EveryDistribution() []Distribution {
	n.mu.RLock()
	defer n.mu.RUnlock()
	return append([]Distribution{}, n.Distributions...)
}

// EveryBehavior lists the behaviors in the order of their numbers.
func (n *Names) EveryBehavior() []string {
	n.mu.RLock()
	defer n.mu.RUnlock()
	return append([]string{}, n.Behaviors...)
}

// EveryOrigin lists the origins' names in the order of their numbers.
func (n *Names) EveryOrigin() []string {
	n.mu.RLock()
	defer n.mu.RUnlock()
	return append([]string{}, n.Origins...)
}

// EveryEdge lists the edge locations in the order of their numbers.
func (n *Names) EveryEdge() []Edge {
	n.mu.RLock()
	defer n.mu.RUnlock()
	return append([]Edge{}, n.Edges...)
}

// Sizes are how many distributions, edges, behaviors, origins and classes there are:
// none is ever taken back.
func (n *Names) Sizes() [5]int {
	n.mu.RLock()
	defer n.mu.RUnlock()
	return [5]int{len(n.Distributions), len(n.Edges), len(n.Behaviors), len(n.Origins), len(n.Classes)}
}

// PlaceEdge is the number of the edge location with e's code, which from now on
// is described as e.
func (n *Names) PlaceEdge(e Edge) (uint16, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	at := slices.IndexFunc(n.Edges, func(o Edge) bool { return o.Code == e.Code })
	if at >= 0 {
		n.Edges[at] = e
		return uint16(at), nil
	}
	return place(&n.Edges, e, "edge locations")
}

// PlaceDistribution is the number of the distribution with d's id, which from
// now on is described as d.
func (n *Names) PlaceDistribution(d Distribution) (uint16, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	at := slices.IndexFunc(n.Distributions, func(o Distribution) bool { return o.ID == d.ID })
	if at >= 0 {
		n.Distributions[at] = d
		return uint16(at), nil
	}
	return place(&n.Distributions, d, "distributions")
}

// PlaceBehavior is the number of the behavior of that name.
func (n *Names) PlaceBehavior(name string) (uint16, error) {
	return n.placeName(&n.Behaviors, name, "behaviors")
}

// PlaceOrigin is the number of the origin of that name.
func (n *Names) PlaceOrigin(name string) (uint16, error) {
	return n.placeName(&n.Origins, name, "origins")
}

// PlaceClass is the number of the content class of that name; a record has 8 bits
// for it.
func (n *Names) PlaceClass(name string) (uint8, error) {
	at, err := n.placeName(&n.Classes, name, "content classes")
	if err == nil && at > math.MaxUint8 {
		err = fmt.Errorf("more than %d content classes", math.MaxUint8+1)
	}
	return uint8(at), err
}

func (n *Names) placeName(list *[]string, name, what string) (uint16, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if at := slices.Index(*list, name); at >= 0 {
		return uint16(at), nil
	}
	return place(list, name, what)
}

// place appends; records have 16 bits for a number.
func place[T any](list *[]T, item T, what string) (uint16, error) {
	if len(*list) >= NoDistribution {
		return 0, fmt.Errorf("more than %d %s have been named since the start: start anew", NoDistribution, what)
	}
	*list = append(*list, item)
	return uint16(len(*list) - 1), nil
}
