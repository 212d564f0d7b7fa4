package workloads

import (
	"math"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// The parts of a download are the file, once, in order, as many at a time as it has
// connections and as far apart as a part takes.
func TestDownloadsCoverTheFileOnce(t *testing.T) {
	c := streamCatalog(t, 3)
	d := &downloads{catalog: c, bandwidth: 1e6}
	rapid.Check(t, func(t *rapid.T) {
		s := download{
			size: rapid.Int64Range(1, 1<<20).Draw(t, "size"), part: rapid.Int64Range(1<<8, 1<<18).Draw(t, "part"),
			connections: rapid.Int64Range(1, 16).Draw(t, "connections"),
		}
		at, covered, apart := time.Duration(0), int64(0), 0
		for more := true; more; {
			var r Request
			var wait time.Duration
			before := covered
			if wait, more = d.step(&s, at, &r); r.Range.First != covered || r.Range.Length < 1 {
				t.Fatalf("%+v after %d bytes", r.Range, covered)
			}
			covered += r.Range.Length
			if more && wait == 0 {
				apart++
			} else if more && (apart != int(s.connections)-1 || wait < nanoseconds(float64(s.part)*1e3)-1) {
				t.Fatalf("%d at a time, then %v", apart+1, wait)
			} else {
				apart = 0
			}
			if at += wait; covered <= before {
				t.Fatal("no way forward")
			}
		}
		if covered != s.size {
			t.Fatalf("%d of %d bytes", covered, s.size)
		}
	})
}

// Downloads in parts are whole from begin to end in the stream too, and their
// requests are the share of all that was asked for.
func TestDownloadsHaveTheirShareOfRanges(t *testing.T) {
	if testing.Short() {
		t.Skip("draws millions of requests")
	}
	cfg := streamConfig(t, "downloads", 1)
	cfg.Viewers, cfg.Rate = mustViewers(t, ViewersConfig{Count: math.MaxUint32}), 2000
	for spec, want := range map[string]float64{"downloads": 0.45, "downloads:ranges=90%": 0.9, "downloads:ranges=0": 0} {
		var ranged mean
		covered := map[uint32]int64{}
		for _, r := range readAll(t, mustTraffic(t, spec, cfg), 600_000) {
			if r.Range.Length == 0 {
				ranged.add(0)
				continue
			}
			ranged.add(1)
			if before, known := covered[r.Viewer]; known && before != r.Range.First {
				t.Fatalf("%s: %+v after %d bytes", spec, r, before)
			}
			if covered[r.Viewer] = r.Range.First + r.Range.Length; covered[r.Viewer] > cfg.Catalog.Object(r.Object).Size {
				t.Fatalf("%s: %+v of %d bytes", spec, r, cfg.Catalog.Object(r.Object).Size)
			}
		}
		if got := ranged.sum / ranged.n; math.Abs(got-want) > 0.03 {
			t.Errorf("%s: %.3f of the requests are for parts, want %.3f", spec, got, want)
		}
	}
}

// Methods have their shares, and content goes only with those that send some; what
// is independent of that is as it would be without.
func TestAPIHasItsMethods(t *testing.T) {
	cfg := streamConfig(t, "api", 8)
	cfg.RangeShare, cfg.ConditionalShare = 0.2, 0.2
	const n = 200_000
	plain, reqs := readAll(t, mustTraffic(t, "independent", cfg), n), readAll(t, mustTraffic(t, "api:body=500B,sigma=1", cfg), n)
	counts, logs := map[Method]float64{}, mean{}
	for i, r := range reqs {
		counts[r.Method]++
		sends := r.Method == POST || r.Method == PUT || r.Method == PATCH
		if sends != (r.Body > 0) {
			t.Fatalf("%+v", r)
		}
		if sends {
			logs.add(math.Log(float64(r.Body)))
		}
		want := plain[i]
		if r.Method != GET {
			want.Method, want.Range, want.Conditional, want.Body = r.Method, Range{}, false, r.Body
		}
		if r != want {
			t.Fatalf("request %d is %+v, want %+v", i, r, want)
		}
	}
	for method, share := range map[Method]float64{GET: 0.8, POST: 0.15, PUT: 0.0125, PATCH: 0.0125, DELETE: 0.0125, OPTIONS: 0.0125} {
		if off := math.Abs(counts[method] - share*n); off > 4*math.Sqrt(share*n) {
			t.Errorf("method %d: %v of %v, want %v", method, counts[method], n, share*n)
		}
	}
	logs.near(t, "logarithm of the content", math.Log(500))
}
