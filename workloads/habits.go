package workloads

import (
	"math"
	"math/rand/v2"
)

// habits is what viewers do with whatever they ask for, of all kinds of traffic:
// take a part, hang up midway, ask for the header alone, ask whether their copy is
// still good. Each has a stream of chance of its own.
type habits struct {
	catalog                              *Catalog
	ranged, aborted, headed, conditional habit
}

// habit is a share of requests, and the chance that says which: those of whose
// number the highest 53 bits are below the share of 2^53.
type habit struct {
	below  uint64
	chance *rand.PCG
}

func newHabits(c *TrafficConfig) habits {
	one := func(share float64, stream uint64) habit {
		return habit{uint64(math.Ceil(share * (1 << 53))), rand.NewPCG(c.Seed, stream)}
	}
	return habits{c.Catalog, one(c.RangeShare, streamRanges), one(c.AbortShare, streamAborts),
		one(c.HeadShare, streamMethods), one(c.ConditionalShare, streamConditionals)}
}

func checkHabits(c *TrafficConfig) error {
	for _, share := range []struct {
		field string
		value float64
	}{{"RangeShare", c.RangeShare}, {"AbortShare", c.AbortShare}, {"HeadShare", c.HeadShare}, {"ConditionalShare", c.ConditionalShare}} {
		if !(share.value >= 0 && share.value <= 1) {
			return wrong(share.field, share.value, "0 to 1")
		}
	}
	return nil
}

// happens decides by a stream of its own, which is not touched where the share is
// 0.
func (h *habit) happens() bool { return h.below > 0 && h.chance.Uint64()>>11 < h.below }

// draw gives requests their habits. One that asks for a part already keeps it.
// HEAD comes late: there is no body to abort, and a range means nothing (RFC 9110
// §14.2).
func (h *habits) draw(reqs []Request) {
	for i := range reqs {
		if r := &reqs[i]; h.ranged.happens() && r.Range.Length == 0 && r.Method == GET {
			r.Range = drawRange(h.ranged.chance, h.catalog.Object(r.Object).Size)
		}
	}
	for i := range reqs {
		if h.aborted.happens() {
			reqs[i].Abort = drawAbort(h.aborted.chance)
		}
	}
	for i := range reqs {
		if r := &reqs[i]; h.headed.happens() && r.Method == GET {
			r.Method, r.Range, r.Abort = HEAD, Range{}, 0
		}
	}
	for i := range reqs {
		reqs[i].Conditional = h.conditional.happens() && reqs[i].Method <= HEAD
	}
}
