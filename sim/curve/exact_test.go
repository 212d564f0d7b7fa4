package curve

import (
	"context"
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"edgesim/workloads/trace"
)

// exactCurve is LRU's at all capacities.
func exactCurve(t testing.TB, reqs []trace.Request, c Config) (*Curve, Totals) {
	t.Helper()
	curve, totals, err := Exact(context.Background(), read(reqs), c)
	if err != nil {
		t.Fatal(err)
	}
	return curve, totals
}

// TestDistancesAreMattsons compares with a list that is searched (Mattson 1970).
func TestDistancesAreMattsons(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		objects := rapid.IntRange(1, 40).Draw(t, "objects")
		s := newStack()
		s.least = 16
		s.resize(rapid.SampledFrom([]int{64, 256, leastPlaces}).Draw(t, "places"))
		s.place = make([]uint32, objects)
		weights := make([]int64, objects)
		for i := range weights {
			weights[i] = rapid.Int64Range(1, 1<<40).Draw(t, "weight")
		}
		var list []uint32 // the last one was asked for last
		for range rapid.IntRange(1, 400).Draw(t, "requests") {
			object := uint32(rapid.IntRange(0, objects-1).Draw(t, "object"))
			want, at := int64(0), -1
			for i := len(list) - 1; i >= 0 && at < 0; i-- {
				if list[i] == object {
					at = i
				} else {
					want += weights[list[i]]
				}
			}
			if rapid.IntRange(0, 9).Draw(t, "remove") == 0 && at >= 0 {
				s.remove(object)
				list = append(list[:at], list[at+1:]...)
				continue
			}
			ahead, own := s.ask(object, weights[object])
			switch {
			case at < 0 && own != 0:
				t.Fatalf("object %d was not there and is found", object)
			case at >= 0 && (own != weights[object] || ahead != want):
				t.Fatalf("object %d: ahead %d of %d, own %d of %d", object, ahead, want, own, weights[object])
			}
			if at >= 0 {
				list = append(list[:at], list[at+1:]...)
			}
			list = append(list, object)
		}
	})
}

// TestBucketsHoldTheirDistances: the ends are where they are said to be.
func TestBucketsHoldTheirDistances(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := rapid.Int64Range(1, 1<<52).Draw(t, "distance")
		b := bucketOf(d)
		if upper := upperOf(b); d > upper || b > 0 && d <= upperOf(b-1) {
			t.Fatalf("%d is in bucket %d, from %d to %d", d, b, upperOf(b-1), upper)
		}
	})
}

// TestCurveIsThatOfCells: at the ends of buckets the curve is what cells of LRU
// count, to the request, while no object is larger than the capacity.
func TestCurveIsThatOfCells(t *testing.T) {
	for _, sized := range []bool{false, true} {
		t.Run(fmt.Sprint("sized ", sized), func(t *testing.T) {
			reqs := zipfTrace(4000, 40_000, 0.8, sized, 0, 9)
			curve, totals := exactCurve(t, reqs, Config{Warmup: 100})
			var cells []Cell
			for _, p := range curve.Points(2) {
				if p.Capacity >= totals.Largest {
					cells = append(cells, Cell{"lru", p.Capacity})
				}
			}
			if len(cells) < 4 {
				t.Fatalf("%d capacities", len(cells))
			}
			results, _ := played(t, reqs, cells, Config{Warmup: 100})
			for _, r := range results {
				requests, bytes := curve.At(r.Capacity)
				if got := [2]string{fmt.Sprintf("%.12f", requests), fmt.Sprintf("%.12f", bytes)}; got !=
					[2]string{fmt.Sprintf("%.12f", r.MissRatio()), fmt.Sprintf("%.12f", r.ByteMissRatio())} {
					t.Errorf("at %d the curve says %v, the cell %v and %v", r.Capacity, got, r.MissRatio(), r.ByteMissRatio())
				}
			}
		})
	}
}
