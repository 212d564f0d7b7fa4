package report

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"edgesim/results"
)

// lruHits plays the records on a plain LRU cache of that size for each edge.
func lruHits(recs []results.Record, size int64) (hits, bytes int64) {
	type entry struct{ object, bytes int64 }
	caches := map[uint16][]entry{} // the latest last
	for _, r := range recs {
		list, total := []entry(nil), r.BodyBytes
		hit := false
		for _, e := range caches[r.Edge] {
			if e.object == int64(r.Object) {
				hit = true
				continue
			}
			list, total = append(list, e), total+e.bytes
		}
		if hit {
			hits++
			bytes += r.BodyBytes
		}
		for ; total > size; list = list[1:] {
			total -= list[0].bytes
		}
		caches[r.Edge] = append(list, entry{int64(r.Object), r.BodyBytes})
	}
	return hits, bytes
}

func answers(rng *rand.Rand, n, objects, edges int) []results.Record {
	recs := make([]results.Record, n)
	for i := range recs {
		object := uint64(math.Exp(rng.Float64()*math.Log(float64(objects)))) * 0x9E3779B97F4A7C15
		recs[i] = results.Record{Object: object, Edge: uint16(rng.IntN(edges)), Status: 200, Method: results.GET,
			Layer: results.LayerEdge, BodyBytes: 1 + int64(object>>40)%1000}
	}
	return recs
}

// While every object is in the sample, the curve is what caches of its sizes do.
func TestWhatIfIsWhatCachesDo(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1))
		recs := answers(rng, rapid.IntRange(1, 600).Draw(t, "records"), 200, 2)
		names := results.NewNames(epoch)
		w := newWhatIf(Options{Names: names, CacheSize: 5000})
		w.Add(recs)
		rows := w.Tables("")[0].Rows
		for _, row := range rows {
			size := int64(row[3].Num)
			if size < 1024 || strings.HasSuffix(row[2].Text, todays) {
				continue // smaller than the largest object, or between two steps
			}
			hits, bytes := lruHits(recs, size)
			if row[5].Num != float64(hits) || row[9].Num != float64(bytes) || row[7].Num != 0 {
				t.Fatalf("a cache of %d has %v hits with %v bytes, want %d with %d, for sure", size, row[5].Num, row[9].Num, hits, bytes)
			}
		}
		if last := rows[len(rows)-1]; last[4].Num != float64(len(recs)) {
			t.Fatalf("%v requests, want %d", last[4].Num, len(recs))
		}
	})
}

// Of a sample the curve is right to some of its standard errors, at every size.
func TestWhatIfSamplesWithinItsError(t *testing.T) {
	recs := answers(rand.New(rand.NewPCG(3, 4)), 300_000, 60_000, 1)
	w := newWhatIf(Options{Names: results.NewNames(epoch)})
	w.Add(recs)
	if !w.reuse.Sampled() {
		t.Fatal("60,000 objects were kept")
	}
	for _, size := range []int64{1 << 18, 1 << 20, 1 << 22, 1 << 23} {
		exact := exactHits(recs, size)
		p := w.reuse.scope(w.o, "").at(float64(size))
		t.Logf("size %d: hit ratio %.4f ± %.4f, of all %.4f", size, p.Hits, p.HitsOff, exact)
		if off := math.Abs(p.Hits - exact); off > 4*p.HitsOff || off > 0.03 || p.HitsOff == 0 {
			t.Errorf("size %d: hit ratio %.4f ± %.4f, of all %.4f", size, p.Hits, p.HitsOff, exact)
		}
	}
}

// exactHits is the hit ratio of an LRU cache, by a view that keeps every object.
func exactHits(recs []results.Record, size int64) float64 {
	used, at, total, head := map[uint64]int{}, []int64{}, int64(0), 0
	objects := []uint64{}
	hits := 0
	for i, r := range recs { // a queue with holes: who was used again stands further back
		if p, there := used[r.Object]; there && p >= head {
			hits++
			total -= at[p]
		}
		used[r.Object] = i
		at, objects, total = append(at, r.BodyBytes), append(objects, r.Object), total+r.BodyBytes
		for total > size {
			if used[objects[head]] == head {
				total -= at[head]
			}
			head++
		}
	}
	return float64(hits) / float64(len(recs))
}

// A curve that is taken back says the same; those of two parts add up, and hits
// over the border are lacking.
func TestWhatIfIsTakenBack(t *testing.T) {
	recs := answers(rand.New(rand.NewPCG(5, 6)), 4000, 500, 2)
	names := results.NewNames(epoch)
	names.Distributions = []results.Distribution{{ID: "E1"}}
	table := func(recs []results.Record) *Table {
		w := newWhatIf(Options{Names: names, CacheSize: 7777})
		w.Add(recs)
		return w.Tables("")[0]
	}
	sum := newWhatIf(Options{Names: names})
	if err := sum.Absorb(table(recs)); err != nil {
		t.Fatal(err)
	}
	hits := func(t *Table, size float64) float64 {
		for _, row := range t.Rows {
			if row[3].Num == size {
				return row[5].Num
			}
		}
		return -1
	}
	whole := table(recs)
	for _, row := range whole.Rows {
		if size := row[3].Num; !strings.HasSuffix(row[2].Text, todays) && hits(sum.Tables("")[0], size) != row[5].Num {
			t.Errorf("size %v: %v hits, want %v", size, hits(sum.Tables("")[0], size), row[5].Num)
		}
	}
	parts := newWhatIf(Options{Names: names})
	for _, part := range [][]results.Record{recs[:2000], recs[2000:]} {
		if err := parts.Absorb(table(part)); err != nil {
			t.Fatal(err)
		}
	}
	first, second := table(recs[:2000]), table(recs[2000:])
	want := hits(first, 1<<16) + hits(second, 1<<16)
	if got := hits(parts.Tables("")[0], 1<<16); got != want || got >= hits(whole, 1<<16) {
		t.Errorf("parts have %v hits, want %v and less than %v", got, want, hits(whole, 1<<16))
	}
}

func TestReuseOfAWarmUpIsNotCounted(t *testing.T) {
	var u Reuse
	recs := answers(rand.New(rand.NewPCG(7, 8)), 100, 1, 1)
	u.Warm(recs[:50])
	u.Add(recs[50:])
	c := u.scope(Options{Names: results.NewNames(epoch)}, "")
	if c.requests != 50 || c.at(1<<20).Hits != 1 {
		t.Errorf("%d requests with a hit ratio of %v, want 50 and 1: the object was there", c.requests, c.at(1<<20).Hits)
	}
}

func BenchmarkReuse(b *testing.B) {
	var u Reuse
	recs := answers(rand.New(rand.NewPCG(9, 1)), 1<<18, 1<<20, 10)
	u.Add(recs)
	b.ReportAllocs()
	b.ResetTimer()
	for n := 0; n < b.N; n += 512 {
		at := n & (1<<18 - 1)
		u.Add(recs[at : at+512])
	}
}
