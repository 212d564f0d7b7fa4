package results

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

// Crowds lose nothing and mix nothing: summed over all of them, by all that their
// records have in common, the numbers are those of the records.
func TestCrowdsAddUp(t *testing.T) {
	type common struct {
		distribution, status uint16
		response             Result
		began, ended         int64
		firstByte            bool
	}
	of := func(r *Record) common {
		sec := int64(time.Second)
		down := func(ns int64) int64 { return (ns+100*sec)/sec - 100 }
		return common{r.Distribution, r.Status, r.Response, down(r.At), down(r.End()), r.TTFB > 0}
	}
	rapid.Check(t, func(t *rapid.T) {
		recs := rapid.SliceOfN(anyRecord(3), 0, 50).Draw(t, "records")
		got, want := map[common]Crowd{}, map[common]Crowd{}
		add := func(to map[common]Crowd, c *Crowd) {
			sum := to[of(c.Record)]
			sum.N += c.N
			sum.BytesOut += c.BytesOut
			sum.BodyBytes += c.BodyBytes
			sum.LastEnd = max(sum.LastEnd, c.LastEnd)
			to[of(c.Record)] = sum
		}
		crowds := NewCrowds(time.Unix(3600, 0), time.Second, func(c *Crowd) { add(got, c) })
		for i := range recs {
			one := One(&recs[i])
			add(want, &one)
		}
		cut := rapid.IntRange(0, len(recs)).Draw(t, "cut")
		crowds.Add(recs[:cut])
		if rapid.Bool().Draw(t, "hand on") {
			crowds.HandOn()
		}
		crowds.Add(recs[cut:])
		crowds.HandOn()
		crowds.HandOn() // of none
		if len(got) != len(want) {
			t.Fatalf("%d groups, want %d", len(got), len(want))
		}
		for k, w := range want {
			if got[k] != w {
				t.Fatalf("%+v: %+v, want %+v", k, got[k], w)
			}
		}
	})
}

// More crowds than there is room for go on as they come.
func TestCrowdsAreBounded(t *testing.T) {
	n := int64(0)
	crowds := NewCrowds(time.Time{}, time.Hour, func(c *Crowd) { n += c.N })
	recs := make([]Record, 10*mostCrowds)
	for i := range recs {
		recs[i].Edge = uint16(i)
	}
	crowds.Add(recs)
	if n != 9*mostCrowds {
		t.Errorf("%d of %d records were handed on before the end, want all but the last %d", n, len(recs), mostCrowds)
	}
	if crowds.HandOn(); n != int64(len(recs)) {
		t.Errorf("%d of %d records were handed on", n, len(recs))
	}
	if n := testing.AllocsPerRun(10, func() { crowds.Add(recs) }); n != 0 {
		t.Errorf("%v allocations for %d records", n, len(recs))
	}
}

func BenchmarkCrowds(b *testing.B) {
	crowds, recs := NewCrowds(time.Time{}, time.Hour, func(*Crowd) {}), make([]Record, 512)
	for i := range recs {
		recs[i] = Record{Edge: uint16(i % 10), Distribution: uint16(i & 1), Response: Result(i % 3), BytesOut: int64(i)}
	}
	b.ReportAllocs()
	for n := 0; n < b.N; n += len(recs) {
		crowds.Add(recs)
	}
}
