package network

import (
	"fmt"
	"math"
	"time"
)

// Config is what a Map is made from.
type Config struct {
	Seed      uint64    // of what viewers are by chance
	Countries []string  // of viewers, ISO 3166-1 alpha-2; the Map knows them by their place in the list
	Locations []Place   // where viewers' edges are; at least one
	Tiers     [][]Place // of edges that edges ask, the nearest to viewers first; each at least one
	Origins   []Place

	ByLatency bool              // viewers go to the location with the least round trip, not the nearest
	Table     map[string]string // name of a location by country, before either of them

	Path           Path
	Matrix         *Matrix // of measured round trips, before those by Path; nil: none
	LastMile       Spread  // round trip of a viewer to an edge in the same city
	MobileLastMile Spread
	Mobile         float64 // share of the viewers who have MobileLastMile, 0 to 1

	Bandwidth     float64 // median of the viewers', bytes/s; 0: unlimited
	Sigma         float64 // standard deviation of its logarithm
	SlowShare     float64 // of the viewers, who have SlowBandwidth instead
	SlowBandwidth float64
}

// Map answers how far things are, in constant time and without allocating. It
// knows edges by numbers: the locations first, in their order, then the tiers'.
// It does not change; any number of goroutines may ask it.
type Map struct {
	conf    Config
	edges   []Place
	homes   []home
	first   []int           // of a country's homes; one more than there are countries
	up      []int           // whom an edge asks
	tier    []int           // of an edge: 0 for locations
	toHome  []time.Duration // home × location
	toEdge  []time.Duration // edge × edge
	toStart []time.Duration // edge × origin
	last    [2]lognormal    // last mile of who is not mobile, and who is
	seeds   [4]uint64

	// Measured is how many of the round trips are the matrix's.
	Measured int
}

// home is a part of a country.
type home struct {
	Home
	country  int
	until    float64 // of the country's viewers, those below this share live here or in homes before
	location int
}

// Origin says that an edge asks the origins themselves.
const Origin = -1

// New makes a map, or says which country nobody lives in.
func New(c Config) (*Map, error) {
	if len(c.Locations) == 0 {
		panic("network: a map without a location")
	}
	m := &Map{conf: c, last: [2]lognormal{c.LastMile.ready(), c.MobileLastMile.ready()}}
	for i := range m.seeds {
		m.seeds[i] = hash(c.Seed, uint64(i))
	}
	m.fillEdges()
	if err := m.fillHomes(); err != nil {
		return nil, err
	}
	m.fillRoutes()
	return m, nil
}

func (m *Map) fillEdges() {
	m.edges = append(m.edges, m.conf.Locations...)
	m.tier = make([]int, len(m.edges))
	for i, tier := range m.conf.Tiers {
		for range tier {
			m.tier = append(m.tier, i+1)
		}
		m.edges = append(m.edges, tier...)
	}
	for i := range m.edges {
		for j := range m.edges {
			m.toEdge = append(m.toEdge, m.trip(&m.edges[i], &m.edges[j]))
		}
		for j := range m.conf.Origins {
			m.toStart = append(m.toStart, m.trip(&m.edges[i], &m.conf.Origins[j]))
		}
	}
	for i := range m.edges {
		m.up = append(m.up, m.parent(i))
	}
}

// parent is the nearest edge of the next tier.
func (m *Map) parent(edge int) int {
	best := Origin
	for i := range m.edges {
		if m.tier[i] == m.tier[edge]+1 && (best == Origin || m.Between(edge, i) < m.Between(edge, best)) {
			best = i
		}
	}
	return best
}

// trip is the round trip between two places.
func (m *Map) trip(a, b *Place) time.Duration {
	if d, ok := m.conf.Matrix.between(a.names(), b.names()); ok {
		m.Measured++
		return d
	}
	if !a.known || !b.known {
		return 0
	}
	return m.conf.Path.RoundTrip(a.point.Distance(b.point))
}

func (m *Map) fillHomes() error {
	for i, code := range m.conf.Countries {
		m.first = append(m.first, len(m.homes))
		list := Homes(code)
		if list == nil {
			return fmt.Errorf("viewers' country %q: it is in no list", code)
		}
		until := 0.0
		for _, h := range list {
			until += h.Share
			m.homes = append(m.homes, home{Home: h, country: i, until: until})
		}
		m.homes[len(m.homes)-1].until = math.Inf(1)
	}
	m.first = append(m.first, len(m.homes))
	return nil
}

func (m *Map) fillRoutes() {
	for i := range m.homes {
		for j := range m.conf.Locations {
			m.toHome = append(m.toHome, m.reach(&m.homes[i], &m.conf.Locations[j]))
		}
		m.homes[i].location = m.route(i)
	}
}

// reach is the round trip from a home to a location, last mile left out. A
// measured one has the median last mile in it.
func (m *Map) reach(h *home, l *Place) time.Duration {
	if d, ok := m.conf.Matrix.between([]string{m.conf.Countries[h.country]}, l.names()); ok {
		m.Measured++
		return max(0, d-m.conf.LastMile.Median)
	}
	if !l.known {
		return 0
	}
	return m.conf.Path.fibre(h.Point.Distance(l.point))
}

// route is where the viewers of a home go.
func (m *Map) route(home int) int {
	if name, ok := m.conf.Table[m.conf.Countries[m.homes[home].country]]; ok {
		for i := range m.conf.Locations {
			if m.conf.Locations[i].Name == name {
				return i
			}
		}
	}
	best, least := 0, math.Inf(1)
	for i := range m.conf.Locations {
		if far := m.far(home, i); far < least {
			best, least = i, far
		}
	}
	return best
}

// far is what routing takes the least of.
func (m *Map) far(home, location int) float64 {
	l := &m.conf.Locations[location]
	switch {
	case m.conf.ByLatency:
		return float64(m.ViewerRTT(home, location))
	case !l.known:
		return 0
	}
	return m.homes[home].Point.Distance(l.point)
}
