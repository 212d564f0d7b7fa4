package origin

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// The waits of M/M/k queues by Erlang C, in units of the mean service time.
func TestQueueWaitsAsErlangSays(t *testing.T) {
	for _, anchor := range []struct {
		servers         int
		load            float64 // of each server
		waiting, meanWq float64 // probability of waiting, mean wait / mean service
		tolerance       float64
		arrivals        int // waits of busier queues are alike for longer, so more are needed
	}{
		{1, 0.7, 0.7, 2.3333, 0.04, 400_000},
		{4, 0.8, 0.596432, 0.745541, 0.04, 400_000},
		// Exponential service: the mean wait of the anchor with c_s² = 4 is (1+4)/2 of this one (Allen and Cunneen).
		{16, 0.9, 0.591343, 0.923974 / 2.5, 0.05, 1_000_000},
	} {
		rng := rand.New(rand.NewPCG(1, uint64(anchor.servers)))
		q := NewQueue(anchor.servers, 0)
		var at, total time.Duration
		waited := 0
		const mean = 1e6
		n := float64(anchor.arrivals)
		for range anchor.arrivals {
			at += time.Duration(rng.ExpFloat64() * mean / (anchor.load * float64(anchor.servers)))
			start, _ := q.Enter(at, time.Duration(rng.ExpFloat64()*mean))
			if total += start - at; start > at {
				waited++
			}
		}
		if got := float64(waited) / n; math.Abs(got/anchor.waiting-1) > anchor.tolerance {
			t.Errorf("k=%d ρ=%v: %.4f wait, Erlang C is %.4f", anchor.servers, anchor.load, got, anchor.waiting)
		}
		if got := float64(total) / n / mean; math.Abs(got/anchor.meanWq-1) > anchor.tolerance {
			t.Errorf("k=%d ρ=%v: mean wait %.4f services, want %.4f", anchor.servers, anchor.load, got, anchor.meanWq)
		}
	}
}

// slowQueue is the queue by its definition: each arrival looks at all who came
// before it.
type slowQueue struct {
	servers, limit int
	starts, ends   []time.Duration
}

func (q *slowQueue) enter(at, service time.Duration) (time.Duration, bool) {
	if q.servers == 0 {
		return at, true
	}
	start := at
	for q.busy(start) >= q.servers || len(q.starts) > 0 && q.starts[len(q.starts)-1] > start {
		start++
	}
	waiting := 0
	for _, s := range q.starts {
		if s > at {
			waiting++
		}
	}
	if start > at && q.limit > 0 && waiting >= q.limit {
		return 0, false
	}
	q.starts, q.ends = append(q.starts, start), append(q.ends, start+service)
	return start, true
}

func (q *slowQueue) busy(at time.Duration) (n int) {
	for i := range q.starts {
		if q.starts[i] <= at && at < q.ends[i] {
			n++
		}
	}
	return n
}

func TestQueueIsFirstComeFirstServed(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		servers, limit := rapid.IntRange(0, 4).Draw(t, "servers"), rapid.IntRange(0, 3).Draw(t, "limit")
		q, slow := NewQueue(servers, limit), &slowQueue{servers: servers, limit: limit}
		var at time.Duration
		for range rapid.IntRange(1, 40).Draw(t, "arrivals") {
			at += time.Duration(rapid.IntRange(0, 5).Draw(t, "gap"))
			service := time.Duration(rapid.IntRange(1, 20).Draw(t, "service"))
			start, ok := q.Enter(at, service)
			wantStart, wantOK := slow.enter(at, service)
			if start != wantStart || ok != wantOK {
				t.Fatalf("arrival at %d: start %d, %v; want %d, %v", at, start, ok, wantStart, wantOK)
			}
		}
	})
}

func BenchmarkQueue(b *testing.B) {
	rng := rand.New(rand.NewPCG(1, 1))
	gaps := make([]time.Duration, 4096)
	for i := range gaps {
		gaps[i] = time.Duration(rng.ExpFloat64() * 1e6)
	}
	q := NewQueue(64, 0)
	var at, waited time.Duration
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		at += gaps[i%4096]
		start, _ := q.Enter(at, 60e6)
		waited += start - at
	}
	b.ReportMetric(float64(waited)/float64(b.N)/60e6, "wait/service")
}
