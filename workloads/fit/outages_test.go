package fit

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"edgesim/results"
)

// stretch is a time in seconds in which a share of the requests that reach an origin
// is told a status.
type stretch struct {
	from, to, share float64
	status          uint16
}

// failing are the reaches of so many seconds with requests by Poisson's law, of which
// usual fail with 503 at all times.
func failing(rnd *rand.Rand, seconds, rate, usual float64, stretches ...stretch) *reaches {
	s := &reaches{}
	for at := 0.0; at < seconds; at += rnd.ExpFloat64() / rate {
		r := results.Record{Status: 200, Response: results.Miss, Result: results.Miss}
		if rnd.Float64() < usual {
			r.Status, r.Response, r.Result = 503, results.Error, results.Error
		}
		for _, x := range stretches {
			if at >= x.from && at < x.to && rnd.Float64() < x.share {
				r.Status, r.Response, r.Result = x.status, results.Error, results.Error
			}
		}
		s.add(int64(at*1e9), &r)
	}
	return s
}

func TestStretchesOfErrorsAreOutages(t *testing.T) {
	for _, c := range []struct {
		what                 string
		seconds, rate, usual float64
		stretches            []stretch
		want                 []Outage
		within               float64 // s
	}{
		{"all fail", 7200, 20, 0.01, []stretch{{1234.5, 1534.5, 1, 503}}, []Outage{{From: 1234.5, For: 300, Kind: "error"}}, 4},
		{"of seconds", 600, 100, 0, []stretch{{100.4, 110.8, 1, 502}}, []Outage{{From: 100.4, For: 10.4, Kind: "refuse"}}, 0.5},
		{"at both ends", 600, 100, 0, []stretch{{0, 20, 1, 504}, {580, 600, 1, 504}}, []Outage{{For: 20, Kind: "hang"}, {From: 580, For: 20, Kind: "hang"}}, 0.5},
		{"two fifths fail", 7200, 20, 0.01, []stretch{{5000, 5600, 0.4, 500}}, []Outage{{From: 5000, For: 240, Kind: "error", Part: 0.4, Lasted: 600}}, 25},
		{"few requests", 86400, 0.05, 0.02, []stretch{{40000, 47200, 1, 503}}, []Outage{{From: 40000, For: 7200, Kind: "error"}}, 300},
		{"much fails anyway", 7200, 20, 0.1, []stretch{{3000, 3300, 1, 503}}, []Outage{{From: 3000, For: 300, Kind: "error"}}, 8},
	} {
		got := failing(rand.New(rand.NewPCG(1, 2)), c.seconds, c.rate, c.usual, c.stretches...).outages()
		if len(got) != len(c.want) {
			t.Errorf("%s: %+v, want %+v", c.what, got, c.want)
			continue
		}
		for i, o := range got {
			if w := c.want[i]; o.Kind != w.Kind || math.Abs(o.From-w.From) > c.within || math.Abs(o.For-w.For) > c.within {
				t.Errorf("%s: %+v, want %+v within %v s", c.what, o, w, c.within)
			}
			if w := c.want[i]; math.Abs(o.Part-w.Part) > 0.03 || math.Abs(o.Lasted-w.Lasted) > c.within {
				t.Errorf("%s: %+v, want a part of %v that failed, for %v s", c.what, o, w.Part, w.Lasted)
			}
		}
	}
}

// An outage of all that stands for a longer one of a part is told as that.
func TestOutagesOfAPartAreTold(t *testing.T) {
	x := &Mixes{Sites: []Site{{Domain: "a.example", Outages: []Outage{
		{From: 60, For: 30, Kind: "hang"}, {From: 5000, For: 240, Kind: "error", Part: 0.4, Lasted: 600}}}}}
	var got []string
	x.writeOutages(func(name, format string, args ...any) { got = append(got, name+"|"+fmt.Sprintf(format, args...)) })
	want := []string{"outage|a.example: hang after 1m, for 30s", "outage|a.example: error after 1h23m20s, for 4m",
		"|of all requests: in the log 40 % failed, for 10m"}
	if !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
	if c := x.Sites[0].Outages[1].comment(); c != " # in the log 40 % failed, for 10m" || x.Sites[0].Outages[0].comment() != "" {
		t.Errorf("the scenario says %q", c)
	}
}

// What fails by chance is no outage, however much it is, and however short the log.
func TestChanceIsNoOutage(t *testing.T) {
	for seed := range uint64(20) {
		rnd := rand.New(rand.NewPCG(seed, 1))
		for _, usual := range []float64{0, 0.001, 0.01, 0.05, 0.15, 0.4} {
			for _, n := range []float64{10, 100, 5000} {
				if got := failing(rnd, n/0.7, 0.7, usual).outages(); len(got) > 0 {
					t.Errorf("seed %d: %v of %v requests fail, and %+v is one", seed, usual, n, got)
				}
			}
		}
	}
}

// Pieces become longer as the log does, and keep every request.
func TestPiecesKeepEveryRequest(t *testing.T) {
	s := failing(rand.New(rand.NewPCG(3, 3)), 1e6, 0.02, 0.1)
	sum := s.sum(func(reach) bool { return true })
	if len(s.pieces) > mostPieces || s.width != 1024e9 || math.Abs(sum.all-20000) > 600 || math.Abs(sum.fails()-2000) > 200 {
		t.Errorf("%d pieces of %v ns with %v requests of which %v fail", len(s.pieces), s.width, sum.all, sum.fails())
	}
}
