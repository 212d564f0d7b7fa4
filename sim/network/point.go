// Package network knows where things are and how far apart: edge locations,
// AWS regions, the homes of viewers; the round trips between them, by
// great-circle distance or as measured; who asks whom. It must never know what
// is asked, nor have a clock: a round trip here is a number, and who lives
// through it is another package's affair.
package network

import "math"

// Point is a place on earth, in degrees: north and east are positive.
type Point struct{ Lat, Lon float64 }

// earthRadius is the mean radius of the earth in km (WGS 84, R1 of IUGG).
const earthRadius = 6371.0088

// Distance is the length in km of the shortest way over the earth, taken for a
// sphere, which it is to half a percent. By the haversine
//
//	h = sin²(Δφ/2) + cos φ₁ cos φ₂ sin²(Δλ/2),  d = 2R·asin √h
//
// which stays exact for short ways (R. W. Sinnott, "Virtues of the haversine",
// Sky and Telescope 68, 1984).
func (p Point) Distance(q Point) float64 {
	const rad = math.Pi / 180
	north, east := math.Sin((q.Lat-p.Lat)*rad/2), math.Sin((q.Lon-p.Lon)*rad/2)
	h := north*north + math.Cos(p.Lat*rad)*math.Cos(q.Lat*rad)*east*east
	return 2 * earthRadius * math.Asin(math.Sqrt(min(h, 1)))
}

// onEarth reports whether the numbers are a latitude and a longitude.
func (p Point) onEarth() bool {
	return p.Lat >= -90 && p.Lat <= 90 && p.Lon >= -180 && p.Lon <= 180
}
