package stat

import (
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"edgesim/workloads/trace"
)

// drawn is a trace of few objects in order of time, sizes changing now and then.
func drawn(t *rapid.T) []trace.Request {
	reqs := make([]trace.Request, rapid.IntRange(1, 400).Draw(t, "requests"))
	most := rapid.Int64Range(1, 40e9).Draw(t, "longest gap")
	at := rapid.Int64Range(0, 1e12).Draw(t, "start")
	for i := range reqs {
		at += rapid.Int64Range(0, most).Draw(t, "gap")
		id := rapid.Uint64Range(0, 30).Draw(t, "id")
		reqs[i] = trace.Request{At: at, ID: id, Size: int64(id)*100 + 1, Next: trace.Unknown}
		if rapid.IntRange(0, 9).Draw(t, "resized") == 0 {
			reqs[i].Size += 7
		}
	}
	return reqs
}

// plain is what a trace is like, counted as the words say it.
type plain struct {
	objects, once, again, resized int64
	bytes, unique                 int64
	gaps, depths, octets          []int64
}

func countPlainly(reqs []trace.Request) (p plain) {
	last := map[uint64]int{}
	size, times := map[uint64]int64{}, map[uint64]int64{}
	for i, r := range reqs {
		p.bytes += r.Size
		if at, known := last[r.ID]; known {
			p.again++
			p.gaps = append(p.gaps, int64(i-at))
			between := map[uint64]int64{}
			for _, q := range reqs[at+1 : i] {
				between[q.ID] = q.Size
			}
			depth := r.Size
			for _, s := range between {
				depth += s
			}
			p.depths, p.octets = append(p.depths, int64(len(between))+1), append(p.octets, depth)
			if size[r.ID] != r.Size {
				p.resized++
			}
		}
		last[r.ID], size[r.ID] = i, r.Size
		times[r.ID]++
	}
	p.objects = int64(len(last))
	for id, n := range times {
		p.unique += size[id]
		if n == 1 {
			p.once++
		}
	}
	return p
}

// near is as near as a histogram of three digits tells a value.
func near(got, want int64) bool { return math.Abs(float64(got-want)) <= float64(want)/900+0.5 }

func median(values []int64) int64 {
	slices.Sort(values)
	return values[max(0, int(math.Ceil(float64(len(values))/2))-1)]
}

func checkQuantiles(t *rapid.T, what string, q *Quantiles, values []int64) {
	if len(values) == 0 {
		if q != nil {
			t.Fatalf("%s: %+v of nothing", what, *q)
		}
		return
	}
	if !near(q.P50, median(values)) || !near(q.Max, values[len(values)-1]) {
		t.Fatalf("%s: median %d, most %d; want %d and %d", what, q.P50, q.Max, median(values), values[len(values)-1])
	}
}

// TestAStatIsWhatTheWordsSay counts small traces a second time, plainly.
func TestAStatIsWhatTheWordsSay(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		reqs := drawn(t)
		s := New(Options{Tells: trace.Tells{Times: true, Sizes: true}})
		s.stack.ids, s.stack.sizes = s.stack.ids[:0], s.stack.sizes[:0]
		s.stack.room(8) // so that places run out
		for batch := range slices.Chunk(reqs, rapid.IntRange(1, 50).Draw(t, "batch")) {
			s.Add(batch)
		}
		r, p := s.Result(), countPlainly(reqs)
		if r.Objects != p.objects || r.Once != p.once || r.Bytes != p.bytes || r.Unique != p.unique || r.Resized != p.resized ||
			r.Reuse.Share != float64(p.again)/float64(len(reqs)) {
			t.Fatalf("%+v; want %+v", r, p)
		}
		checkQuantiles(t, "gaps", r.Reuse.Requests, p.gaps)
		checkQuantiles(t, "objects", r.Reuse.Objects, p.depths)
		checkQuantiles(t, "bytes", r.Reuse.Bytes, p.octets)
		checkWindows(t, r, reqs)
	})
}

// checkWindows counts every window's objects again.
func checkWindows(t *rapid.T, r *Result, reqs []trace.Request) {
	width := int64(math.Round(r.Windows.Width * 1e9))
	n := int((reqs[len(reqs)-1].At-reqs[0].At)/width) + 1
	if n != len(r.Windows.Counts) || n > spansMost {
		t.Fatalf("%d windows; want %d", len(r.Windows.Counts), n)
	}
	known := map[uint64]bool{}
	for i, w := range r.Windows.Counts {
		here := map[uint64]bool{}
		requests := int64(0)
		for _, q := range reqs {
			if int((q.At-reqs[0].At)/width) == i {
				requests++
				here[q.ID], known[q.ID] = true, true
			}
		}
		if w.Requests != requests || w.Objects != int64(len(here)) || w.Known != int64(len(known)) {
			t.Fatalf("window %d of %d ns: %+v; want %d requests, %d objects, %d known", i, width, w, requests, len(here), len(known))
		}
	}
}

// generated is a trace of 200,000 requests.
func generated(t testing.TB, s *Stat) *Result {
	t.Helper()
	feed(t, s, trace.Generation{Objects: 50_000, Requests: 200_000, Zipf: 0.8, Seed: 5, Size: nil})
	return s.Result()
}

// TestASampleIsNearTheWhole follows a tenth of the objects and compares the depths
// with those of all.
func TestASampleIsNearTheWhole(t *testing.T) {
	whole, sampled := generated(t, New(Options{})), generated(t, New(Options{Tracked: 4000}))
	if whole.Reuse.Rate != 1 || sampled.Reuse.Rate > 0.25 || sampled.Reuse.Followed > 4000 || sampled.Reuse.Followed < 1500 {
		t.Fatalf("rates %v and %v, %d followed", whole.Reuse.Rate, sampled.Reuse.Rate, sampled.Reuse.Followed)
	}
	for _, c := range []struct{ got, want int64 }{
		{sampled.Reuse.Objects.P50, whole.Reuse.Objects.P50}, {sampled.Reuse.Objects.P90, whole.Reuse.Objects.P90},
	} {
		if math.Abs(float64(c.got)/float64(c.want)-1) > 0.15 {
			t.Errorf("depth %d of a sample, %d of all", c.got, c.want)
		}
	}
	if whole.Zipf.Alpha != sampled.Zipf.Alpha || whole.Objects != sampled.Objects {
		t.Error("what is not sampled depends on the sample")
	}
}

// TestTimesThatGoBackAreToldAndHarmless is of a trace out of order.
func TestTimesThatGoBackAreToldAndHarmless(t *testing.T) {
	s := New(Options{Tells: trace.Tells{Times: true}})
	s.Add([]trace.Request{{At: 5e9, ID: 1, Size: 1}, {At: 1e9, ID: 2, Size: 1}, {At: 9e9, ID: 1, Size: 1}})
	if r := s.Result(); r.Back != 1 || r.Span != 4 || r.From != 5 {
		t.Errorf("%+v", r)
	}
	if New(Options{}).Result() != nil {
		t.Error("nothing is like something")
	}
}

func TestAddingAllocatesNothingForARequest(t *testing.T) {
	s := New(Options{Tells: trace.Tells{Times: true, Sizes: true}})
	reqs := make([]trace.Request, 1000)
	for i := range reqs {
		reqs[i] = trace.Request{At: int64(i) * 1e9, ID: uint64(i*i) % 300, Size: 10}
	}
	s.Add(reqs)
	if n := testing.AllocsPerRun(50, func() { s.Add(reqs) }); n > 0 {
		t.Errorf("%v allocations for 1000 requests", n)
	}
}

func BenchmarkAdd(b *testing.B) {
	reqs := make([]trace.Request, 0, 1<<20)
	made, err := trace.Generate(trace.Generation{Objects: 1_000_000, Requests: 1 << 20, Zipf: 0.8, Seed: 1})
	if err != nil {
		b.Fatal(err)
	}
	batch := make([]trace.Request, 4096)
	for err == nil {
		var n int
		n, err = made.Read(batch)
		reqs = append(reqs, batch[:n]...)
	}
	b.ReportAllocs()
	for b.Loop() {
		s := New(Options{})
		for some := range slices.Chunk(reqs, 4096) {
			s.Add(some)
		}
	}
	b.ReportMetric(float64(len(reqs))*float64(b.N)/b.Elapsed().Seconds()/1e6, "Mreq/s")
}
