package analytic

import (
	"math"
	"testing"
)

func asking(t testing.TB, p Population, spec string, capacity float64, q Conduct) *Cache {
	t.Helper()
	m, err := Parse(spec)
	if err != nil {
		t.Fatal(err)
	}
	c, err := m.Solve(p.With(q), capacity)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func solved(t testing.TB, p Population, spec string, capacity float64) *Cache {
	t.Helper()
	return asking(t, p, spec, capacity, Conduct{})
}

func zipf(t testing.TB, objects uint64, exponent, rate float64) Population {
	t.Helper()
	p, err := Zipf(objects, exponent, rate)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func near4(t *testing.T, what string, got, want, within float64) {
	t.Helper()
	if !(math.Abs(got-want) <= within) {
		t.Errorf("%s: %.6g, want %.6g (within %g)", what, got, want, within)
	}
}

// anchors are hit ratios of 100,000 objects of one size, by formula, over every
// rank for itself; and of simulations of four million requests.
var anchors = []struct {
	alpha, capacity, time            float64
	lru, lruSim, fifo, fifoSim       float64
	qlru, klru, klruSim, mostPopular float64
}{
	{.6, 1000, 1031.3, .0536, .0536, .0478, .0475, .0768, .1274, .1273, .1519},
	{.6, 5000, 5545.0, .1615, .1617, .1454, .1450, .2072, .2499, .2490, .2962},
	{.6, 10000, 11871.9, .2521, .2526, .2289, .2285, .3062, .3366, .3350, .3934},
	{.8, 1000, 1169.2, .2043, .2046, .1792, .1789, .2564, .3150, .3144, .3395},
	{.8, 5000, 6921.3, .3692, .3698, .3333, .3329, .4295, .4693, .4673, .5054},
	{.8, 10000, 15605.9, .4687, .4692, .4284, .4278, .5275, .5543, .5522, .5950},
	{1.0, 1000, 1735.5, .5062, .5066, .4648, .4645, .5602, .6008, .6000, .6191},
	{1.0, 5000, 11993.1, .6654, .6660, .6267, .6263, .7093, .7324, .7314, .7522},
	{1.0, 10000, 29038.6, .7373, .7381, .7010, .7005, .7747, .7895, .7886, .8096},
}

func TestAnchorsOfOneSize(t *testing.T) {
	for _, a := range anchors {
		p := zipf(t, 100_000, a.alpha, 1)
		for _, m := range []struct {
			spec         string
			want, within float64
		}{
			{"lru", a.lru, 6e-5}, {"lru", a.lruSim, 1e-3}, {"fifo", a.fifo, 6e-5}, {"random", a.fifo, 6e-5}, {"fifo", a.fifoSim, 1e-3},
			{"qlru:q=0.1", a.qlru, 6e-5}, {"lru+prob:p=0.1", a.qlru, 6e-5}, {"klru", a.klru, 6e-5}, {"klru", a.klruSim, 2.5e-3},
			{"lfu", a.mostPopular, 6e-5}, {"static", a.mostPopular, 6e-5},
		} {
			hit, _ := solved(t, p, m.spec, a.capacity).Hit()
			near4(t, m.spec, hit, m.want, m.within)
		}
		near4(t, "characteristic time", solved(t, p, "lru", a.capacity).Time, a.time, a.time*2e-5+0.05)
	}
}

// TestAnchorsOfTTL: 50,000 objects at 1000 requests a second; a simulation is
// within 0.0004 of these.
func TestAnchorsOfTTL(t *testing.T) {
	p := zipf(t, 50_000, .8, 1000)
	near4(t, "characteristic time", solved(t, p, "lru", 5000).Time, 7.69, 0.005)
	for _, r := range [][3]float64{{1, .2048, .2560}, {5, .3562, .1047}, {20, .4462, .0147}, {60, .4578, .0031}, {600, .4607, .0002}} {
		a := asking(t, p, "lru", 5000, Conduct{TTL: r[0]}).Answer()
		near4(t, "miss", a.Miss, .5391, 6e-5)
		near4(t, "hit", a.Hit, r[1], 3e-4)
		near4(t, "refresh", a.Refresh, r[2], 3e-4)
	}
	for _, r := range [][2]float64{{.05, .00087}, {.2, .0035}, {1, .0169}} {
		a := asking(t, p, "lru", 5000, Conduct{Fetch: r[0]}).Answer()
		near4(t, "delayed", a.Delayed, r[1], r[1]*0.02)
		near4(t, "their wait", a.Wait, r[0]/2, 1e-12)
	}
}

// TestAnchorsOfQueues: wait over service time.
func TestAnchorsOfQueues(t *testing.T) {
	for _, r := range []struct {
		servers                 int
		rho, cs2, share, waited float64
	}{{1, .7, 1, .7, 2.3333}, {4, .8, 1, .596432, .745541}, {16, .9, 4, .591343, .923974}, {64, .95, 1, .588011, .183753}} {
		o := Origin{Servers: r.servers, Rate: r.rho * float64(r.servers) / 0.02, Service: 0.02, ArrivalsCV2: 1, ServiceCV2: r.cs2}
		q, err := o.Queue()
		if err != nil {
			t.Fatal(err)
		}
		near4(t, "share that waits", q.WaitShare, r.share, 6e-7)
		near4(t, "wait", q.Wait/0.02, r.waited, 5e-5)
		near4(t, "Little", q.Waiting, o.Rate*q.Wait, 1e-9)
	}
}

// TestAnchorsOfMovingContent: volumes, Pareto of index 2, that fade over 100 and
// 1000 of the time of... and the warm-up of a cache of 100,000 objects.
func TestAnchorsOfWarmUp(t *testing.T) {
	c := solved(t, zipf(t, 100_000, .8, 1), "static", 1e5)
	for _, r := range [][2]float64{{1e3, .81}, {1e4, .59}, {1e5, .25}, {1e6, .0096}} {
		near4(t, "missed while warming up", c.WarmUp(r[0]), r[1], r[1]*0.01+0.004)
	}
}
