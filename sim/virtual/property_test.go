package virtual

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"strconv"
	"testing"
	"time"

	"pgregory.net/rapid"

	"edgesim/results"
	"edgesim/sim/origin"
	"edgesim/sim/scenario"
	"edgesim/workloads"
)

// Events happen in the order of their moments, and at one moment in that in which
// they were planned.
func TestEventsHappenInOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var e events
		var want, got []event
		for i, at := range rapid.SliceOfN(rapid.Int64Range(0, 20), 1, 100).Draw(t, "at") {
			e.plan(at, lands, int32(i))
			want = append(want, event{at: at, order: uint64(i+1)<<whatBits | uint64(lands), who: int32(i)})
		}
		slices.SortStableFunc(want, func(a, b event) int { return cmp.Compare(a.at, b.at) })
		for e.due(never) {
			got = append(got, e.next())
		}
		if !slices.Equal(got, want) {
			t.Fatalf("got %v, want %v", got, want)
		}
	})
}

// slowly is a flow worked out as the origin acts it: piece by piece, the last one
// as long as what is left, until it breaks off.
func slowly(f *flow, k int64) int64 {
	for sent := int64(0); ; {
		if sent >= f.off+k {
			return max(f.begin+int64(f.curve.Due(sent)), f.floor)
		}
		sent = min(sent+f.curve.Piece, f.size)
	}
}

// A flow says when a body's bytes are there as playing its pieces would.
func TestAFlowIsItsPieces(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		size := rapid.Int64Range(1, 5000).Draw(t, "size")
		off := rapid.Int64Range(0, size-1).Draw(t, "off")
		n := rapid.Int64Range(1, size-off).Draw(t, "n")
		f := flow{begin: rapid.Int64Range(0, 1000).Draw(t, "begin"), floor: rapid.Int64Range(0, 1e9).Draw(t, "floor"), until: never,
			curve: origin.Curve{Piece: rapid.Int64Range(1, 700).Draw(t, "piece")}, size: size, off: off, n: n, cut: n}
		if rapid.Bool().Draw(t, "paced") {
			f.curve.Bandwidth = float64(rapid.IntRange(1000, 1e6).Draw(t, "bandwidth"))
		} else {
			f.curve.Every = time.Duration(rapid.IntRange(1, 1e7).Draw(t, "every"))
		}
		f.meant()
		k := rapid.Int64Range(1, n).Draw(t, "k")
		at := f.at(k)
		if want := slowly(&f, k); at != want {
			t.Fatalf("byte %d of %+v at %d, played %d", k, f, at, want)
		}
		if by := f.by(at); by < k {
			t.Fatalf("%d bytes at %d, when byte %d is there", by, at, k)
		}
		if at > f.floor && f.by(at-1) >= k {
			t.Fatalf("byte %d is there before %d", k, at)
		}
		part := f.part(k-1, n)
		if part.at(n-k+1) != f.at(n) || part.at(1) != f.at(k) {
			t.Fatalf("the part from %d of %+v comes at another time", k-1, f)
		}
		later := f
		if later.delay(7); later.at(k) != at+7 {
			t.Fatal("a way of 7 does not delay it by 7")
		}
	})
}

// holds checks what holds of every request of every run, and that the origins'
// bytes are conserved: what records say is what the exchanges sent.
func holds(t testing.TB, recs []results.Record, played int) {
	t.Helper()
	if len(recs) != played {
		t.Errorf("%d requests played, %d answered", played, len(recs))
	}
	for i := range recs {
		r := &recs[i]
		switch {
		case r.TTFB < 0, r.Total < 0, r.BodyBytes < 0, r.BodyBytes > r.BytesOut, r.OriginBytes < 0,
			r.TTFB > r.Total && !r.Flags.Has(results.Aborted),
			r.OriginBytes > 0 && r.OriginAsked == 0,
			r.Response == results.NoResult,
			r.ContentLength >= 0 && r.BodyBytes > r.ContentLength:
			t.Fatalf("request %d: %+v", r.ID, r)
		}
	}
}

// Small scenarios of all kinds, and workloads of all kinds: no run panics, and
// what holds of every run holds.
func FuzzARunHoldsWhatHolds(f *testing.F) {
	for seed := range uint64(8) {
		f.Add(seed, uint16(seed*7919), uint8(seed))
	}
	f.Fuzz(func(t *testing.T, seed uint64, bits uint16, policy uint8) {
		pick := func(i int, yes, no string) string {
			if bits>>i&1 == 1 {
				return yes
			}
			return no
		}
		policies := []string{"lru", "s3fifo", "arc", "sieve", "gdsf", "wtinylfu", "lhd", "fifo"}
		s := clockworkOf(t,
			fmt.Sprintf("seed=%d", seed%1000+1), "duration=20s", "workload.rate=50/s", "edge.policy="+policies[int(policy)%len(policies)],
			pick(0, "edge.mode=cloudfront", "edge.mode=standard"), pick(1, "edge.capacity=128KiB", "edge.capacity=8MiB"),
			pick(2, "origins.o.errors=20%", "origins.o.errors=0%"), pick(3, "origins.o.resets=20%", "origins.o.resets=0%"),
			pick(4, "origins.o.truncates=20%", "origins.o.truncates=0%"), pick(5, "workload.ranges=40%", "workload.ranges=0%"),
			pick(6, "workload.aborts=40%", "workload.aborts=0%"), pick(7, "workload.heads=20%", "workload.heads=0%"),
			pick(8, "origins.o.concurrency=2", "origins.o.concurrency=0"), pick(9, "edge.max_flights=5", "edge.max_flights=0"),
			pick(10, "origins.o.outages=[{from: 3s, for: 5s, kind: hang}]", "origins.o.outages=[{from: 3s, for: 5s, kind: refuse}]"),
			pick(11, "origins.o.cache_control=no-store", "origins.o.cache_control=max-age=2, stale-while-revalidate=1, stale-if-error=5"),
			pick(12, "edge.tiers=[{layer: regional, capacity: 256KiB}, {layer: shield, capacity: 1MiB}]", "edge.tiers=[]"),
			pick(13, "workload.sections.0.types.0.size.median=3MB", "workload.sections.0.types.0.size.median=20kB"),
			pick(14, "origins.o.max_conns=2", "origins.o.max_conns=0"), pick(15, "edge.in_flight=100KiB", "edge.in_flight=1MiB"),
			"workload.sections.0.objects=50", "origins.o.read_timeout=2s")
		recs, _ := recordsOf(t, s)
		holds(t, recs, requestsOf(t, s))
	})
}

func requestsOf(t testing.TB, s *scenario.Scenario) int {
	t.Helper()
	catalog, err := workloads.NewCatalog(s.CatalogConfig())
	if err != nil {
		t.Fatal(err)
	}
	viewers, err := workloads.NewViewers(s.ViewersConfig())
	if err != nil {
		t.Fatal(err)
	}
	source, err := s.Source(catalog, viewers)
	if err != nil {
		t.Fatal(err)
	}
	n, batch := 0, make([]workloads.Request, 100)
	for {
		got, err := source.Read(batch)
		if n += got; err != nil {
			return n
		}
	}
}

// LRU is a stack (Mattson et al. 1970): of objects of one size, a larger cache has
// all that a smaller one has, and so never more misses.
func TestMoreCapacityIsNotWorseForLRU(t *testing.T) {
	before := -1
	for _, capacity := range []string{"128KiB", "256KiB", "512KiB", "1MiB", "4MiB", "16MiB"} {
		s := clockworkOf(t, "edge.capacity="+capacity, "duration=200s", "workload.rate=50/s", "origins.o.cache_control=max-age=100000",
			"origins.o.first_byte={}", "origins.o.bandwidth=0", "origins.o.piece=0B")
		recs, _ := recordsOf(t, s)
		misses := 0
		for i := range recs {
			if recs[i].Response == results.Miss {
				misses++
			}
		}
		if before >= 0 && misses > before {
			t.Errorf("%s: %d misses, with less room %d", capacity, misses, before)
		}
		before = misses
	}
	if before < 100 {
		t.Errorf("%d misses with room for everything: there is nothing to be seen", before)
	}
}

// A run that is interrupted keeps what has been played.
func TestInterruptedRunsKeepWhatWasPlayed(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	s := clockworkOf(t, "duration=1000s", "workload.rate=1000/s")
	c := Config{Scenario: s, Dir: t.TempDir() + "/run", Status: func(Status) { cancel() }}
	res, err := Run(ctx, c)
	if err != nil {
		t.Fatal(err)
	}
	if !res.Partial || !res.Summary.Partial || res.Summary.Requests < StatusEvery || res.Summary.Requests > 900_000 {
		t.Errorf("partial %v, %d requests", res.Partial, res.Summary.Requests)
	}
}

// The steady state allocates nothing for a request.
func TestNothingIsAllocatedPerRequest(t *testing.T) {
	s := clockworkOf(t, "edge.capacity=1MiB", "duration=2000s", "workload.rate=100/s")
	c := Config{Scenario: s}
	w, err := newWorld(&c, c.names())
	if err != nil {
		t.Fatal(err)
	}
	var got nobody
	w.out, w.relay = make([]results.Record, 0, batchLen), newRelay(&got)
	source, err := s.Source(w.catalog, w.viewers)
	if err != nil {
		t.Fatal(err)
	}
	b := newBatch(batchLen)
	var n uint64
	some := func() {
		if _, err := source.Read(b.requests); err != nil {
			t.Fatal(err)
		}
		w.clerk.study(b)
		w.askAll(b, n)
		n += batchLen
	}
	for range 100 {
		some()
	}
	if allocated := testing.AllocsPerRun(50, some); allocated > 0 {
		t.Errorf("%.1f allocations for %d requests", allocated, batchLen)
	}
	w.relay.close()
}

// digits are those that strconv writes.
func TestDigits(t *testing.T) {
	for n := int64(1); n > 0 && n <= math.MaxInt64/10; n *= 10 {
		for _, x := range []int64{n - 1, n, n + 1, 2 * n, 9*n + n/2} {
			if got, want := digits(x), len(strconv.FormatInt(x, 10)); got != want {
				t.Errorf("%d has %d digits, want %d", x, got, want)
			}
		}
	}
	if digits(math.MaxInt64) != 19 {
		t.Errorf("%d has %d digits", int64(math.MaxInt64), digits(math.MaxInt64))
	}
}
