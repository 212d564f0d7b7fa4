package results

import (
	"testing"

	"pgregory.net/rapid"
)

// Demand is as maps count it, though URLs are shared, missing and changed, and
// objects asked for in several distributions.
func TestDemandIsAsAMap(t *testing.T) {
	type sums struct{ requests, bytes int64 }
	rapid.Check(t, func(t *rapid.T) {
		d, byObject, each := &Demand{}, map[uint64]int64{}, map[objectIn]sums{}
		for range rapid.IntRange(0, 4).Draw(t, "batches") {
			recs := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) Record {
				object := rapid.Uint64Range(0, 300).Draw(t, "object")
				return Record{
					Object: object, URL: Sym(rapid.OneOf(rapid.Just(object), rapid.Uint64Range(0, 5)).Draw(t, "url")),
					Distribution: uint16(rapid.SampledFrom([]int{0, 0, 0, 1, NoDistribution}).Draw(t, "distribution")),
					BytesOut:     rapid.Int64Range(-1, 1<<40).Draw(t, "out"),
				}
			}), 0, 700).Draw(t, "records")
			for _, r := range recs {
				byObject[r.Object]++
				in := objectIn{r.Object, r.Distribution}
				each[in] = sums{each[in].requests + 1, each[in].bytes + max(r.BytesOut, 0)}
			}
			d.Add(recs)
		}
		left := map[int64]int{}
		for _, n := range byObject {
			left[n]++
		}
		d.Objects(func(n int64) { left[n]-- })
		for n, objects := range left {
			if objects != 0 {
				t.Fatalf("%d objects too few were asked for %d times", objects, n)
			}
		}
		want := map[[3]int64]int{}
		for in, s := range each {
			want[[3]int64{int64(in.distribution), s.requests, s.bytes}]++
		}
		d.Each(func(distribution uint16, requests, bytes int64) {
			want[[3]int64{int64(distribution), requests, bytes}]--
		})
		for what, objects := range want {
			if objects != 0 {
				t.Fatalf("%d objects too few have distribution, requests and bytes %d", objects, what)
			}
		}
		if d.Len() != len(byObject) {
			t.Fatalf("%d objects, want %d", d.Len(), len(byObject))
		}
	})
}

func TestDemandAllocatesNothingForKnownObjects(t *testing.T) {
	d, recs := &Demand{}, make([]Record, 4096)
	for i := range recs {
		recs[i] = Record{Object: uint64(i) << 40, URL: Sym(i)}
	}
	d.Add(recs)
	if n := testing.AllocsPerRun(10, func() { d.Add(recs) }); n != 0 {
		t.Errorf("%v allocations for %d records", n, len(recs))
	}
}
