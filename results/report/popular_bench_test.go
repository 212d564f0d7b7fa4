package report

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"edgesim/results"
)

// catalogue makes n records of a large, skewed catalogue and many viewers.
func catalogue(names *results.Names, n, objects int) []results.Record {
	rnd := rand.New(rand.NewPCG(3, 4))
	urls := make([]results.Sym, objects)
	for i := range urls {
		urls[i] = names.Strings.Of(fmt.Sprintf("/catalog/%07d/original.jpg", i))
	}
	agents := []results.Sym{names.Strings.Of("one"), names.Strings.Of("two")}
	recs := make([]results.Record, n)
	for i := range recs {
		x := rnd.Float64()
		recs[i] = results.Record{At: int64(i) * ms, URL: urls[int(x*x*float64(objects))], Status: 200, Method: results.GET,
			Response: results.Hit, Result: results.Hit, BytesOut: 1000, Agent: agents[i&1], RangeStart: -1,
			Addr: [16]byte{1: byte(rnd.Uint32()), 2: byte(rnd.Uint32())}}
	}
	return recs
}

func BenchmarkPopularObjects(b *testing.B) {
	for _, objects := range []int{1000, 1_000_000} {
		for what, o := range map[string]Options{"exact": {}, "bounded": {Bounded: 1 << 16}, "approximate": {Approximate: true}} {
			b.Run(fmt.Sprintf("%s/%d", what, objects), func(b *testing.B) {
				o.Names = results.NewNames(epoch)
				recs := catalogue(o.Names, 1<<20, objects)
				p := newPopularObjects(o)
				p.Add(recs)
				b.ReportAllocs()
				for i := 0; b.Loop(); i++ {
					if at := i & (1<<20 - 1); at&1023 == 0 {
						p.Add(recs[at : at+1024])
					}
				}
			})
		}
	}
}
