package workloads

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"gonum.org/v1/gonum/stat/distuv"
	"pgregory.net/rapid"
)

// waiting is turns as a plain list.
type waiting []struct {
	object uint64
	weight int64
}

func (w *waiting) put(object uint64, weight, ahead int64, tilt float64) {
	at := 0
	for at < len(*w) && ahead >= (*w)[at].weight {
		ahead -= (*w)[at].weight
		at++
	}
	if at < len(*w) && tilt*float64((*w)[at].weight) < float64(ahead) {
		at++
	}
	*w = slices.Insert(*w, at, struct {
		object uint64
		weight int64
	}{object, weight})
}

// TestTurnsAreAList plays the tree beside a list, with many puts or many takes in a
// row, so that nodes are cut and empty again.
func TestTurnsAreAList(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		seed := rapid.Uint64().Draw(t, "seed")
		chance := rand.New(rand.NewPCG(seed, 0))
		tree, list := newTurns(), waiting{}
		for range rapid.IntRange(1, 12).Draw(t, "spells") {
			grow := chance.Float64()
			for range chance.IntN(1500) {
				if len(list) > 0 && chance.Float64() > grow {
					object, weight := tree.take()
					if first := list[0]; object != first.object || weight != first.weight {
						t.Fatalf("took %d of %d, want %v", object, weight, first)
					}
					list = list[1:]
				} else {
					weight, tilt := 1+int64(chance.ExpFloat64()*10), chance.Float64()
					ahead := int64(float64(tree.total) * 1.1 * math.Pow(chance.Float64(), 3))
					object := chance.Uint64()
					tree.put(object, weight, ahead, tilt)
					list.put(object, weight, ahead, tilt)
				}
				if tree.count != len(list) {
					t.Fatalf("%d objects, want %d", tree.count, len(list))
				}
			}
		}
		sum := int64(0)
		for _, w := range list {
			sum += w.weight
		}
		if tree.total != sum {
			t.Fatalf("weight %d, want %d", tree.total, sum)
		}
	})
}

// clips are a section whose objects come again by the given distances.
func clips(objects uint64, r Recency) Section {
	return Section{Name: "clips", Hosts: []string{"a.example"}, Objects: objects, Popularity: "recency", Recency: &r, Types: []Type{
		{Name: "small", Prefix: "/s/", Share: 3, Size: SizeModel{Median: 1000, Sigma: 0.5, Min: 100, Max: 5000}},
		{Name: "large", Prefix: "/l/", Share: 1, Size: SizeModel{Median: 50_000, Sigma: 0.5, Min: 10_000, Max: 200_000}},
	}}
}

var someDistances = []RecencyOf{
	{Type: "small", Within: []Within{{0, 0.1}, {3, 0.2}, {40, 0.5}, {200, 0.8}}},
	{Type: "large", Within: []Within{{10, 0.3}, {100, 0.6}}},
}

// distancesOf are, of the requests behind the first skipped, how far they are from
// the one before for the same object: −1 for a first one.
func distancesOf(t *testing.T, c *Catalog, requests int, byBytes bool, visit func(object uint64, distance int64)) {
	t.Helper()
	s, err := NewSynthetic(SyntheticConfig{Catalog: c, Seed: 7, Requests: uint64(requests)})
	if err != nil {
		t.Fatal(err)
	}
	reqs, err := ReadAll(s, 0)
	if err != nil {
		t.Fatal(err)
	}
	var stack []uint64 // the last first
	for _, r := range reqs {
		at, distance := slices.Index(stack, r.Object), int64(0)
		for _, object := range stack[:max(at, 0)] {
			if byBytes {
				distance += c.Object(object).Size
			} else {
				distance++
			}
		}
		if at < 0 {
			at, distance = len(stack), -1
			stack = append(stack, 0)
		}
		copy(stack[1:at+1], stack[:at])
		stack[0] = r.Object
		visit(r.Object, distance)
	}
}

// TestDistancesAreAsInTheTable counts distances of requests in an LRU stack, and
// holds them to the shares that the table gives every single one (chi-square, for
// each type, at 1 in 10,000).
func TestDistancesAreAsInTheTable(t *testing.T) {
	c := mustCatalog(t, CatalogConfig{Sections: []Section{clips(1<<40, Recency{Types: someDistances})}})
	seen := [2]map[int64]float64{{}, {}}
	requests := [2]float64{}
	n := 0
	distancesOf(t, c, 60_000, false, func(object uint64, distance int64) {
		kind := c.Object(object).Type
		if n++; n > 20_000 { // the largest distance is long within the requests before
			requests[kind]++
			seen[kind][distance]++
		}
	})
	for kind, of := range someDistances {
		expected := sharesOf(of.Within)
		again, sum := 0.0, 0.0
		for distance, share := range expected {
			again += share
			want := share * requests[kind]
			sum += (seen[kind][distance] - want) * (seen[kind][distance] - want) / want
		}
		for distance := range seen[kind] {
			if _, ok := expected[distance]; distance >= 0 && !ok {
				t.Errorf("%s: a distance of %d, which the table does not have", of.Type, distance)
			}
		}
		// The class of requests that a first one is of varies with births; the shares
		// of those that come again are of all requests of the type.
		if p := (distuv.ChiSquared{K: float64(len(expected))}).Survival(sum); p < 1e-4 {
			t.Errorf("%s: chi-square %.1f of %d distances: p = %.2g", of.Type, sum, len(expected), p)
		}
		if last := of.Within[len(of.Within)-1].Share; math.Abs(again-last) > 1e-9 {
			t.Errorf("%s: expected shares add up to %v, want %v", of.Type, again, last)
		}
	}
}

// sharesOf is how likely each single distance is, by integration of the density
// between two points, which is 1/(x+1).
func sharesOf(points []Within) map[int64]float64 {
	shares := map[int64]float64{}
	for i, p := range points {
		if i == 0 {
			for d := range p.Distance + 1 {
				shares[d] = p.Share / float64(p.Distance+1)
			}
			continue
		}
		from := points[i-1]
		whole := math.Log(float64(p.Distance+1) / float64(from.Distance+1))
		for d := from.Distance + 1; d <= p.Distance; d++ {
			shares[d] += (p.Share - from.Share) * math.Log(float64(d+1)/float64(d)) / whole
		}
	}
	return shares
}

// TestDistancesInBytes: an object stands between others, so that its distance is what
// was drawn only on average, to the nearest objects; in points far above the largest
// object that does not show.
func TestDistancesInBytes(t *testing.T) {
	within := []Within{{0, 0.05}, {100_000, 0.3}, {1 << 20, 0.6}, {4 << 20, 0.75}}
	c := mustCatalog(t, CatalogConfig{Sections: []Section{clips(1<<40, Recency{ByBytes: true, Types: []RecencyOf{{Within: within}}})}})
	counts, sum, all, n := make([]float64, len(within)), 0.0, 0.0, 0
	distancesOf(t, c, 40_000, true, func(_ uint64, distance int64) {
		if n++; n <= 10_000 {
			return
		}
		all++
		sum += max(float64(distance), 0)
		for i, p := range within {
			if distance >= 0 && distance <= p.Distance {
				counts[i]++
			}
		}
	})
	mean := 0.0
	for i, p := range within {
		if i > 0 {
			from := within[i-1]
			mean += (p.Share - from.Share) * float64(p.Distance-from.Distance) / math.Log(float64(p.Distance+1)/float64(from.Distance+1))
		}
		if got := counts[i] / all; p.Distance >= 1<<20 && math.Abs(got-p.Share) > 0.015 {
			t.Errorf("within %d bytes: %.3f of the requests, want %.3f", p.Distance, got, p.Share)
		}
	}
	if got := sum / all; math.Abs(got/mean-1) > 0.03 {
		t.Errorf("distances of %.0f bytes on average, want %.0f", got, mean)
	}
}

// TestRecencyWithoutObjectsLeft: a section of few objects goes on with those it has.
func TestRecencyWithoutObjectsLeft(t *testing.T) {
	for _, objects := range []uint64{1, 2, 150} {
		c := mustCatalog(t, CatalogConfig{Sections: []Section{clips(objects, Recency{Types: someDistances})}})
		s, err := NewSynthetic(SyntheticConfig{Catalog: c, Seed: 7, Requests: 20_000})
		if err != nil {
			t.Fatal(err)
		}
		reqs, _ := ReadAll(s, 0)
		asked := map[uint64]int{}
		for _, r := range reqs[10_000:] {
			asked[r.Object]++
		}
		if len(reqs) != 20_000 || len(asked) > int(objects) || len(asked) < 1 {
			t.Errorf("of %d objects %d are asked for in %d requests", objects, len(asked), len(reqs))
		}
	}
}

func TestRecencyAllocatesNothing(t *testing.T) {
	s := popularityOf(t, clips(1<<40, Recency{Types: someDistances}))
	for range 100_000 {
		s.Draw(0)
	}
	if n := testing.AllocsPerRun(10_000, func() { s.Draw(0) }); n > 0 {
		t.Errorf("%v allocations a draw", n)
	}
}

func popularityOf(t testing.TB, s Section) Popularity {
	t.Helper()
	made, err := newSection(s, 1)
	if err != nil {
		t.Fatal(err)
	}
	p, err := popularities.New(s.Popularity, made.popularityConfig(0, rand.NewPCG(1, 2)))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// BenchmarkRecency draws where a thousand and a million objects are waiting, beside
// Zipf's law by arithmetic.
func BenchmarkRecency(b *testing.B) {
	for _, row := range []struct {
		name string
		s    Section
	}{
		{"waiting=1e3", clips(1<<40, Recency{Types: []RecencyOf{{Within: []Within{{0, 0.1}, {10, 0.2}, {100, 0.5}, {1000, 0.8}}}}})},
		{"waiting=1e6", clips(1<<40, Recency{Types: []RecencyOf{{Within: []Within{{0, 0.1}, {1000, 0.2}, {100_000, 0.5}, {1_000_000, 0.8}}}}})},
		{"bytes,waiting=1e6", clips(1<<40, Recency{ByBytes: true, Types: []RecencyOf{{Within: []Within{{0, 0.1}, {1e7, 0.2}, {1e9, 0.5}, {15e9, 0.8}}}}})},
		{"zipf=1e9", Section{Name: "z", Objects: 1e9, Zipf: 0.9, Popularity: "zipf", Types: clips(1, Recency{}).Types}},
	} {
		b.Run(row.name, func(b *testing.B) {
			p := popularityOf(b, row.s)
			for range 100_000 {
				p.Draw(0)
			}
			b.ReportAllocs()
			b.ResetTimer()
			sum := uint64(0)
			for range b.N {
				sum += p.Draw(0)
			}
			b.ReportMetric(float64(sum%1000), "sum")
		})
	}
}
