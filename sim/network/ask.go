package network

import "time"

// Home is where a viewer lives: the number of a part of the viewer's country,
// by the country's place in Config.Countries.
func (m *Map) Home(viewer uint32, country int) int {
	i, end := m.first[country], m.first[country+1]-1
	if i == end {
		return i
	}
	for u := unit(hash(m.seeds[0], uint64(viewer))); i < end && u >= m.homes[i].until; i++ {
	}
	return i
}

// Homes is how many parts all countries have together; numbers are below it.
func (m *Map) Homes() int { return len(m.homes) }

// Country is the country of a home, by its place in Config.Countries.
func (m *Map) Country(home int) int { return m.homes[home].country }

// HomePoint is where a home is.
func (m *Map) HomePoint(home int) Point { return m.homes[home].Point }

// Route is the edge location that the viewers of a home go to.
func (m *Map) Route(home int) int { return m.homes[home].location }

// ViewerRTT is the round trip from a home to an edge location, a viewer's last
// mile left out.
func (m *Map) ViewerRTT(home, location int) time.Duration {
	return m.toHome[home*len(m.conf.Locations)+location]
}

// LastMile is the part of a viewer's round trip that is the same to every edge
// location.
func (m *Map) LastMile(viewer uint32) time.Duration {
	kind := 0
	if unit(hash(m.seeds[1], uint64(viewer))) < m.conf.Mobile {
		kind = 1
	}
	return time.Duration(m.last[kind].at(open(hash(m.seeds[2], uint64(viewer)))))
}

// Bandwidth is what a viewer can take of a body, bytes/s; 0: unlimited.
func (m *Map) Bandwidth(viewer uint32) float64 {
	h := hash(m.seeds[3], uint64(viewer))
	switch {
	case unit(h) < m.conf.SlowShare:
		return m.conf.SlowBandwidth
	case m.conf.Sigma == 0 || m.conf.Bandwidth == 0:
		return m.conf.Bandwidth
	}
	return m.conf.Bandwidth * lognormal{0, m.conf.Sigma}.at(open(hash(h, 0)))
}

// Edges is how many edges there are, of locations and tiers.
func (m *Map) Edges() int { return len(m.edges) }

// Name is the name of an edge.
func (m *Map) Name(edge int) string { return m.edges[edge].Name }

// Tier is the tier of an edge: 0 for a location that viewers go to, then by
// Config.Tiers, from 1.
func (m *Map) Tier(edge int) int { return m.tier[edge] }

// Up is the edge that an edge asks: the nearest of the next tier. Origin: there
// is none.
func (m *Map) Up(edge int) int { return m.up[edge] }

// Between is the round trip between two edges.
func (m *Map) Between(a, b int) time.Duration { return m.toEdge[a*len(m.edges)+b] }

// ToOrigin is the round trip between an edge and an origin, by the origin's
// place in Config.Origins.
func (m *Map) ToOrigin(edge, origin int) time.Duration {
	return m.toStart[edge*len(m.conf.Origins)+origin]
}

// hash is the n-th output of SplitMix64 begun at seed (Steele, Lea and Flood,
// OOPSLA 2014, with the constants of Stafford's variant 13): what belongs to a
// viewer follows from its number, and need not be stored.
func hash(seed, n uint64) uint64 {
	x := seed + (n+1)*0x9e3779b97f4a7c15
	x ^= x >> 30
	x *= 0xbf58476d1ce4e5b9
	x ^= x >> 27
	x *= 0x94d049bb133111eb
	return x ^ x>>31
}

// unit is the number in [0, 1) whose 53 bits are the highest of x; open is one in
// (0, 1).
func unit(x uint64) float64 { return float64(x>>11) * 0x1p-53 }
func open(x uint64) float64 { return (float64(x>>12) + 0.5) * 0x1p-52 }
