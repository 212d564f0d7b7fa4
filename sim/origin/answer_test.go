package origin

import (
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func mustNew(t testing.TB, c Config) *Model {
	t.Helper()
	m, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// draws asks for n objects, three attempts each.
func draws(m *Model, n int) []Answer {
	var all []Answer
	for key := range uint64(n) {
		for attempt := range uint32(3) {
			all = append(all, m.Answer(key, attempt, 0))
		}
	}
	return all
}

func TestLognormalDelayHasItsMedianAndP99(t *testing.T) {
	m := mustNew(t, Config{Kind: Server, Seed: 1, FirstByte: Delay{Kind: "lognormal", Median: 20 * time.Millisecond, P99: 200 * time.Millisecond}})
	var waits []float64
	for _, a := range draws(m, 40_000) {
		waits = append(waits, a.FirstByte.Seconds()*1e3)
	}
	slices.Sort(waits)
	for _, q := range []struct{ at, want, tolerance float64 }{
		{0.5, 20, 0.01}, {0.99, 200, 0.02},
		// z(0.9) = 1.28155 of the same line: 20·10^(1.28155/2.32635).
		{0.9, 71.11, 0.015},
	} {
		got := waits[int(q.at*float64(len(waits)))]
		if math.Abs(got/q.want-1) > q.tolerance {
			t.Errorf("quantile %v is %.2f ms, want %v within %v", q.at, got, q.want, q.tolerance)
		}
	}
}

func TestEmpiricalDelayFollowsItsTable(t *testing.T) {
	d := newSampler(Delay{Kind: "empirical", Quantiles: []Quantile{{0.1, 10}, {0.5, 50}, {0.9, 850}}})
	for u, want := range map[float64]time.Duration{0.01: 10, 0.1: 10, 0.3: 30, 0.5: 50, 0.7: 450, 0.9: 850, 0.99: 850} {
		if got := d.at(u); got < want-1 || got > want {
			t.Errorf("wait at %v is %d, want %d", u, got, want)
		}
	}
}

func TestSharesComeOutAsAskedFor(t *testing.T) {
	m := mustNew(t, Config{Kind: Server, Seed: 9, Errors: 0.1, Resets: 0.05, Truncates: 0.2, Uncacheable: 0.3})
	var errors500, errors503, resets, truncates, uncacheable, faultAt float64
	all := draws(m, 40_000)
	for _, a := range all {
		switch {
		case a.Fault == Reset:
			resets++
		case a.Status == 500:
			errors500++
		case a.Status == 503:
			errors503++
		case a.Fault == Truncate:
			truncates++
			faultAt += a.FaultAt
		}
		if !a.Cacheable {
			uncacheable++
		}
	}
	n := float64(len(all))
	for _, share := range []struct {
		name      string
		got, want float64
	}{
		{"resets", resets / n, 0.05},
		{"500", errors500 / n, 0.95 * 0.05}, {"503", errors503 / n, 0.95 * 0.05},
		{"truncated", truncates / n, 0.95 * 0.9 * 0.2},
		{"uncacheable", uncacheable / n, 0.3},
		{"mean place of the break", faultAt / truncates, 0.5},
	} {
		if math.Abs(share.got-share.want) > 0.005 {
			t.Errorf("%s: %.4f, want %.4f", share.name, share.got, share.want)
		}
	}
}

func TestBucketsSaySlowDown(t *testing.T) {
	for _, a := range draws(mustNew(t, Config{Kind: Bucket, Errors: 1}), 100) {
		if a.Status != 503 {
			t.Fatalf("status %d, a bucket's error is 503", a.Status)
		}
	}
}

func TestAnswerIsAFunction(t *testing.T) {
	c := Config{Kind: Server, Seed: 4, FirstByte: Delay{Kind: "lognormal", Median: 1e6, P99: 1e7}, Errors: 0.3, Resets: 0.2, Truncates: 0.3, Uncacheable: 0.5}
	m, again := mustNew(t, c), mustNew(t, c)
	c.Seed = 5
	other := mustNew(t, c)
	rapid.Check(t, func(t *rapid.T) {
		key, attempt := rapid.Uint64().Draw(t, "key"), rapid.Uint32().Draw(t, "attempt")
		at := time.Duration(rapid.Int64Range(0, 1<<60).Draw(t, "at"))
		a := m.Answer(key, attempt, at)
		if a != again.Answer(key, attempt, 0) {
			t.Fatal("the same question has two answers")
		}
		if a.FirstByte == other.Answer(key, attempt, at).FirstByte || a.FirstByte == m.Answer(key, attempt+1, at).FirstByte {
			t.Fatal("seed or attempt makes no difference")
		}
		if next := m.Answer(key, attempt+1, at); a.Cacheable != next.Cacheable {
			t.Fatal("an object is cacheable at one attempt and not at the next")
		}
	})
}

// What happens to one attempt must say nothing about the next, or about what
// else happens to the same one.
func TestDrawsAreIndependent(t *testing.T) {
	m := mustNew(t, Config{Kind: Server})
	pairs := map[string]func(key uint64) (x, y float64){
		"attempts":  func(k uint64) (x, y float64) { return m.draw(k, 0, drawError), m.draw(k, 1, drawError) },
		"purposes":  func(k uint64) (x, y float64) { return m.draw(k, 0, drawFirstByte), m.draw(k, 0, drawError) },
		"crossed":   func(k uint64) (x, y float64) { return m.draw(k, 1, drawFirstByte), m.draw(k, 0, drawError) },
		"keys":      func(k uint64) (x, y float64) { return m.draw(k, 0, drawError), m.draw(k+1, 0, drawError) },
		"swapped":   func(k uint64) (x, y float64) { return m.draw(k, 1, drawError), m.draw(1, uint32(k), drawError) },
		"high keys": func(k uint64) (x, y float64) { return m.draw(k<<40, 0, drawError), m.draw(k<<41, 0, drawError) },
	}
	for name, pair := range pairs {
		var sx, sy, sxy, sxx, syy float64
		const n = 50_000
		for key := uint64(2); key < n+2; key++ {
			x, y := pair(key)
			sx, sy, sxy, sxx, syy = sx+x, sy+y, sxy+x*y, sxx+x*x, syy+y*y
		}
		r := (n*sxy - sx*sy) / math.Sqrt((n*sxx-sx*sx)*(n*syy-sy*sy))
		if math.Abs(r) > 0.02 || math.Abs(sx/n-0.5) > 0.01 {
			t.Errorf("%s: correlation %.4f, mean %.4f; want 0 and 0.5", name, r, sx/n)
		}
	}
}

func TestOutages(t *testing.T) {
	m := mustNew(t, Config{Kind: Bucket, Outages: []Outage{
		{From: 10, For: 5, Kind: "refuse"}, {From: 20, For: 5, Kind: "hang"}, {From: 30, For: 5, Kind: "error"}}})
	for _, c := range []struct {
		at     time.Duration
		status int
		fault  Fault
		until  time.Duration
	}{
		{9, 200, NoFault, 0}, {10, 200, Refuse, 0}, {14, 200, Refuse, 0}, {15, 200, NoFault, 0},
		{20, 200, Hang, 25}, {24, 200, Hang, 25}, {25, 200, NoFault, 0}, {34, 503, NoFault, 0}, {35, 200, NoFault, 0},
	} {
		a := m.Answer(1, 0, c.at)
		if a.Status != c.status || a.Fault != c.fault || a.Until != c.until {
			t.Errorf("at %d: status %d, fault %d until %d; want %d, %d, %d", c.at, a.Status, a.Fault, a.Until, c.status, c.fault, c.until)
		}
	}
}

func TestCacheControl(t *testing.T) {
	some := mustNew(t, Config{Kind: Server, CacheControl: "max-age=60", Uncacheable: 0.5})
	for key := range uint64(100) {
		want := "max-age=60"
		if !some.Cacheable(key) {
			want = "no-store"
		}
		if got := some.CacheControl(Object{Key: key}); got != want {
			t.Fatalf("key %d: %q, want %q", key, got, want)
		}
	}
	if got := mustNew(t, Config{Kind: Bucket, CacheControl: "a"}).CacheControl(Object{CacheControl: "b"}); got != "b" {
		t.Errorf("an object's own Cache-Control is b, got %q", got)
	}
}

func TestConfigErrorsNameTheField(t *testing.T) {
	nan := math.NaN()
	for field, c := range map[string]Config{
		"Kind":         {Kind: "nfs"},
		"FirstByte":    {Kind: Server, FirstByte: Delay{Kind: "normal"}},
		"Bandwidth":    {Kind: Server, Bandwidth: nan},
		"Piece":        {Kind: Server, Piece: -1},
		"Every":        {Kind: Server, Every: time.Second, Bandwidth: 5},
		"Concurrency":  {Kind: Server, Concurrency: -1},
		"QueueLimit":   {Kind: Server, QueueLimit: 5},
		"Errors":       {Kind: Server, Errors: 1.1},
		"Resets":       {Kind: Server, Resets: -0.1},
		"Truncates":    {Kind: Server, Truncates: nan},
		"Uncacheable":  {Kind: Bucket, Uncacheable: 0.1},
		"Missing":      {Kind: Bucket, Missing: 410},
		"Chunked":      {Kind: Bucket, Chunked: true},
		"WeakETag":     {Kind: Bucket, WeakETag: true},
		"Outages[0]":   {Kind: Bucket, Outages: []Outage{{For: 1, Kind: "fire"}}},
		"Outages[1]":   {Kind: Bucket, Outages: []Outage{{For: 1, Kind: "hang"}, {Kind: "hang"}}},
		"no kind":      {Kind: Server, FirstByte: Delay{Median: 1}},
		"quantile 1":   {Kind: Server, FirstByte: Delay{Kind: "empirical", Quantiles: []Quantile{{0.5, 2}, {0.5, 3}}}},
		"p99":          {Kind: Server, FirstByte: Delay{Kind: "lognormal", Median: 2, P99: 1}},
		"constant -1n": {Kind: Server, FirstByte: Delay{Kind: "constant", Constant: -1}},
	} {
		c.Name = "shop"
		if _, err := New(c); err == nil || !strings.Contains(err.Error(), field) || !strings.Contains(err.Error(), "shop") {
			t.Errorf("error %v, want one that names the origin and %s", err, field)
		}
	}
}

func BenchmarkAnswer(b *testing.B) {
	m := mustNew(b, Config{Kind: Server, FirstByte: Delay{Kind: "lognormal", Median: 1e6, P99: 1e7}, Errors: 0.1, Resets: 0.1, Truncates: 0.1, Uncacheable: 0.1})
	b.ReportAllocs()
	var ok int
	for i := uint64(0); b.Loop(); i++ {
		if m.Answer(i, 0, 0).Status == 200 {
			ok++
		}
	}
	b.ReportMetric(float64(ok)/float64(b.N), "ok/op")
}
