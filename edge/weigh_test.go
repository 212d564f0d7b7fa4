package edge

import (
	"fmt"
	"testing"

	"edgesim/edge/arena"
	"edgesim/edge/behavior"
)

// What a body takes follows from its length: the sum that is foretold is what a
// real one takes, however its bytes come in.
func TestBodyMemoryIsWhatABodyTakes(t *testing.T) {
	a := arena.New()
	defer a.Close()
	for _, length := range []int64{0, 1, 63, 64, 65, 100, 1000, 4095, 4096, 4097, 7232, 9000, 20_000, 33_000, 40_000, 64 << 10, 64<<10 + 1,
		70_000, 100_000, 128 << 10, 200_000, 1 << 20, 1<<20 + 17, 3_333_333} {
		for _, announced := range []bool{true, false} {
			for _, piece := range []int64{1 << 10, 16 << 10, 1 << 30} {
				b := newBody(a)
				fillAs(b, length, announced, piece)
				if got, want := BodyMemory(length, announced), b.held(); got != want {
					t.Errorf("%d bytes, announced %v, in pieces of %d: foretold %d, taken %d", length, announced, piece, got, want)
				}
				b.let()
			}
		}
	}
}

// fillAs lets a body come in as a flight does.
func fillAs(b *body, length int64, announced bool, piece int64) {
	told := int64(-1)
	if announced {
		told = length
	}
	for b.size < length || !announced && len(b.room()) == 0 {
		if len(b.room()) == 0 {
			b.grow(nextPiece(b.size, told))
		}
		if b.size == length {
			break
		}
		b.wrote(int(min(int64(len(b.room())), length-b.size, piece)))
	}
	b.finish(complete, nil)
}

// The plan is what an edge is made by.
func TestPlanIsWhatAnEdgeHas(t *testing.T) {
	def := behavior.Standard()
	def.Origin = "o"
	for _, c := range []Config{
		{Capacity: 64 << 20, Shards: 3, Policy: "lru"},
		{Capacity: 1 << 20, MaxObject: 10_000, InFlight: 1 << 20, MaxFlights: 7},
	} {
		c.Distributions = []behavior.Distribution{{ID: "E1", Domain: "example.com", Default: def}}
		c.Origins = []Origin{{Name: "o", Addr: "origin:80"}}
		p, err := c.Plan()
		if err != nil {
			t.Fatal(err)
		}
		e, err := New(c)
		if err != nil {
			t.Fatal(err)
		}
		if len(p.Shards) != len(e.parts) || p.Largest != e.largest || p.InFlight != e.memory.limit || p.MaxFlights != e.conf.MaxFlights {
			t.Errorf("the plan is %+v; the edge has %d parts, keeps %d at most, in flight %d, flights %d",
				p, len(e.parts), e.largest, e.memory.limit, e.conf.MaxFlights)
		}
		for i, part := range e.parts {
			if got, want := fmt.Sprint(part.shard.Capacity()), fmt.Sprint(p.Shards[i].Capacity); got != want {
				t.Errorf("shard %d has %s, planned %s", i, got, want)
			}
		}
		for _, part := range e.parts {
			part.empty()
		}
		e.arena.Close()
	}
}
