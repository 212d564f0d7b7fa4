package network

import (
	"math"
	"testing"

	"edgesim/results/places"
)

// Distances over the earth between places whose coordinates are known; by the
// sphere they are right to half a percent of what the ellipsoid has.
func TestDistance(t *testing.T) {
	for _, c := range []struct {
		from, to string
		km       float64
	}{
		{"LHR", "JFK", 5540}, {"FRA", "SIN", 10280}, {"SYD", "LAX", 12060}, {"CDG", "FRA", 449},
		{"us-east-1", "us-west-2", 3510}, {"90,0", "-90,0", 20015}, {"0,179.5", "0,-179.5", 111.2}, {"FRA", "FRA", 0},
	} {
		a, errA := Find(c.from)
		b, errB := Find(c.to)
		if errA != nil || errB != nil {
			t.Fatal(errA, errB)
		}
		if got := a.Distance(b); math.Abs(got-c.km) > 0.01*c.km+0.01 || math.Abs(got-b.Distance(a)) > 1e-9 {
			t.Errorf("%s to %s: %.1f km, want %.0f", c.from, c.to, got, c.km)
		}
	}
}

func TestFind(t *testing.T) {
	for text, want := range map[string]Point{
		"FRA56-P1": {50.03, 8.57}, "fra": {50.03, 8.57}, "eu-central-1": {50.11, 8.68}, "50.1, -8.7": {50.1, -8.7},
	} {
		if got, err := Find(text); err != nil || got.Distance(want) > 5 {
			t.Errorf("%q is at %v, %v", text, got, err)
		}
	}
	for _, text := range []string{"", "XXX1", "FR", "eu-central-9", "91,0", "0,181", "NaN,0", "1,2,3", ",", "sea-west-1", "REGIONAL-P1"} {
		if p, err := Find(text); err == nil {
			t.Errorf("%q is at %v", text, p)
		}
	}
}

// Every edge location that reports know is somewhere, and the other way round.
func TestTheTablesAgree(t *testing.T) {
	airports := places.Airports()
	for _, a := range airports {
		if _, ok := City(a); !ok {
			t.Errorf("%s is nowhere", a)
		}
	}
	if len(airports) != len(cities()) {
		t.Errorf("%d airports, %d points", len(airports), len(cities()))
	}
	for name, r := range regions() {
		if city, ok := City(r.airport); r.airport != "" && (!ok || city.Distance(r.point) > 70) {
			t.Errorf("%s is %.0f km from %s", name, city.Distance(r.point), r.airport)
		}
	}
	for _, l := range Locations() {
		if l.City == "" || places.Country(l.Country) == "" || l.Billing == "" || !l.Point.onEarth() {
			t.Errorf("%+v", l)
		}
		if near := nearestHome(l.Country, l.Point); near > 1500 {
			t.Errorf("%s in %s is %.0f km from all viewers there", l.Airport, l.Country, near)
		}
	}
}

func nearestHome(country string, p Point) float64 {
	least := math.Inf(1)
	for _, h := range Homes(country) {
		least = min(least, h.Point.Distance(p))
	}
	return least
}

func TestEveryCountryHasAHome(t *testing.T) {
	for _, c := range audience {
		if len(Homes(c)) == 0 {
			t.Errorf("viewers in %s live nowhere", c)
		}
	}
	n := 0
	for code, list := range homes() {
		n++
		sum := 0.0
		for _, h := range list {
			if sum += h.Share; !h.Point.onEarth() || h.Share <= 0 {
				t.Errorf("%s: %+v", code, h)
			}
		}
		if places.Country(code) == "" || math.Abs(sum-1) > 1e-12 {
			t.Errorf("%s: shares add up to %v", code, sum)
		}
	}
	if n != 250 {
		t.Errorf("%d countries", n)
	}
	// The Census Bureau's mean centre of population of 2020: as they work it
	// out, latitudes and longitudes times cosine are averaged.
	var lat, cos, lon float64
	for _, h := range Homes("US") {
		c := math.Cos(h.Point.Lat * math.Pi / 180)
		lat, cos, lon = lat+h.Share*h.Point.Lat, cos+h.Share*c, lon+h.Share*c*h.Point.Lon
	}
	if centre := (Point{lat, lon / cos}); centre.Distance(Point{37.416, -92.347}) > 150 {
		t.Errorf("the middle of the United States' viewers: %.2f", centre)
	}
}
