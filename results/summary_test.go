package results

import (
	"encoding/json"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func exampleNames() *Names {
	n := NewNames(epoch)
	n.Distributions = []Distribution{
		{ID: "EIMAGES0000001", Domain: "d111111abcdef8.cloudfront.net",
			Aliases: []string{"images.example.com", "img.example.com"}, Friendly: "images.example.com"},
		{ID: "EDOWNLOAD00001", Domain: "d222222abcdef8.cloudfront.net", Friendly: "download.example.com"},
	}
	return n
}

// bruteForce counts what the summary counts, as plainly as can be.
func bruteForce(recs []Record, warmup int64) map[string]int64 {
	want := map[string]int64{}
	objects := map[uint64]int{}
	for _, r := range recs {
		if r.At < warmup || r.Flags&Warm != 0 {
			want["left out"]++
			continue
		}
		typ := r.Response
		if typ == NoResult {
			typ = r.Result
		}
		want["requests"]++
		want["result "+typ.Label()]++
		want["layer "+r.Layer.String()]++
		want["body"] += r.BodyBytes
		want["out"] += r.BytesOut
		want["in"] += r.BytesIn
		want["origin requests"] += int64(r.OriginAsked)
		want["origin bytes"] += r.OriginBytes
		if typ == Hit || typ == RefreshHit {
			want["cached body"] += r.BodyBytes
		}
		if r.Distribution == 1 {
			want["second distribution"]++
		}
		class := "other"
		if r.Status < 600 {
			class = []string{"000", "1xx", "2xx", "3xx", "4xx", "5xx"}[r.Status/100]
		}
		want["status "+class]++
		for name, f := range map[string]Flags{"collapsed": Collapsed, "stale": StaleHit, "aborted": Aborted,
			"truncated": Truncated, "no response": NoResponse, "late": Late, "unverified": Unverified} {
			if r.Flags&f != 0 {
				want[name]++
			}
		}
		if r.BodyBytes > 0 && r.Flags&Unverified == 0 && !r.Failed() {
			want["verified"]++
		}
		if r.Failed() {
			want["errors"]++
		}
		objects[r.Object]++
	}
	want["objects"] = int64(len(objects))
	for _, n := range objects {
		if n == 1 {
			want["wonders"]++
		}
	}
	return want
}

// counted is what a summary says of the same.
func counted(s *Summary) map[string]int64 {
	got := map[string]int64{
		"left out": s.WarmupRequests, "requests": s.Requests, "body": s.BodyBytes, "out": s.BytesOut, "in": s.BytesIn,
		"origin requests": s.OriginRequests, "origin bytes": s.OriginBytes,
		"cached body":         int64(math.Round(s.ByteHitRatio * float64(s.BodyBytes))),
		"second distribution": s.Distributions[1].Requests,
		"collapsed":           s.Collapsed, "stale": s.Stale, "aborted": s.Aborted, "truncated": s.Truncated,
		"no response": s.NoResponse, "late": s.Late, "unverified": s.Unverified, "verified": s.Verified,
		"errors": s.Errors, "objects": s.Objects.Distinct, "wonders": s.Objects.OneHitWonders,
	}
	for r, f := range s.ByResult {
		got["result "+r] = f.Requests
	}
	for l, f := range s.ByLayer {
		got["layer "+l] = f.Requests
	}
	for class, n := range s.Status {
		got["status "+class] = n
	}
	return got
}

func TestSummaryIsAsCountingByHand(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		recs := rapid.SliceOfN(anyRecord(2), 0, 80).Draw(t, "records")
		warmup := rapid.SampledFrom([]time.Duration{0, 5 * time.Second}).Draw(t, "warm-up")
		v := NewSummary(exampleNames(), SummaryOptions{Warmup: warmup, Verify: true})
		v.Traffic().Add(recs)
		v.Latency().Add(recs)
		s := v.Finish(SummaryEnd{})
		got, want := counted(s), bruteForce(recs, int64(warmup))
		for name := range got {
			slack := int64(0)
			if name == "cached body" {
				slack = s.BodyBytes/1e6 + 1 // a ratio has six decimals
			}
			if d := got[name] - want[name]; d > slack || d < -slack {
				t.Errorf("%s: %d, want %d", name, got[name], want[name])
			}
		}
		for name := range want {
			if _, ok := got[name]; !ok {
				t.Errorf("%s is missing, want %d", name, want[name])
			}
		}
		shares := 0.0
		for _, f := range s.ByResult {
			shares += f.Share
		}
		if s.Requests > 0 && math.Abs(shares-1) > 1e-5 {
			t.Errorf("shares of result types add up to %v", shares)
		}
	})
}

// However the records are split over views, merged they give the same summary.
func TestSummaryMerge(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		recs := rapid.SliceOfN(anyRecord(3), 0, 8).Draw(t, "records")
		cut := rapid.IntRange(0, len(recs)).Draw(t, "cut")
		names := exampleNames()
		whole, a, b := NewSummary(names, SummaryOptions{}), NewSummary(names, SummaryOptions{}), NewSummary(names, SummaryOptions{})
		for v, part := range map[*SummaryView][]Record{whole: recs, a: recs[:cut], b: recs[cut:]} {
			v.Traffic().Add(part)
			v.Latency().Add(part)
		}
		a.Merge(b)
		end := SummaryEnd{Length: 20 * time.Second}
		if got, want := a.Finish(end), whole.Finish(end); !reflect.DeepEqual(got, want) {
			t.Fatalf("merged\n%+v\nwant\n%+v", got, want)
		}
	})
}

// The stable names of the contract, and no null, NaN or infinity, whatever
// came.
func TestSummaryJSONOfAnything(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := NewSummary(exampleNames(), SummaryOptions{})
		v.Traffic().Add(rapid.SliceOfN(anyRecord(3), 0, 5).Draw(t, "traffic"))
		v.Latency().Add(rapid.SliceOfN(anyRecord(3), 0, 5).Draw(t, "latency"))
		length := rapid.SampledFrom([]time.Duration{0, 1, time.Second}).Draw(t, "length")
		b, err := json.Marshal(v.Finish(SummaryEnd{Length: length}))
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(b), "null") {
			t.Fatalf("null in %s", b)
		}
		var tree map[string]any
		if err := json.Unmarshal(b, &tree); err != nil {
			t.Fatal(err)
		}
		for _, path := range contract() {
			if _, ok := dig(tree, path).(float64); !ok {
				t.Fatalf("%s is not a number in %s", path, b)
			}
		}
	})
}

// contract lists the figures that scripts may count on.
func contract() []string {
	paths := []string{"requests", "errors", "hit_ratio", "byte_hit_ratio", "origin_requests", "origin_bytes",
		"rate.scheduled", "rate.sent", "rate.achieved"}
	for _, where := range []string{"", "by_result.Hit.", "by_result.RefreshHit.", "by_result.Miss.", "by_result.Error."} {
		for _, metric := range []string{"total", "ttfb", "service"} {
			for _, figure := range []string{"mean", "p50", "p90", "p99", "p999", "max"} {
				paths = append(paths, where+"latency_ms."+metric+"."+figure)
			}
		}
	}
	return paths
}

func dig(tree map[string]any, path string) any {
	var v any = tree
	for _, name := range strings.Split(path, ".") {
		m, ok := v.(map[string]any)
		if !ok {
			return nil
		}
		v = m[name]
	}
	return v
}

// A run of four requests after a warm-up of one, by hand.
func exampleSummary() *Summary {
	v := NewSummary(exampleNames(), SummaryOptions{Name: "quickstart", Seed: 7, Warmup: time.Second, Verify: true})
	recs := []Record{
		{At: 0, Object: 1, Response: Miss, Result: Miss, Status: 200, Total: 90 * ms, TTFB: 80 * ms, BytesOut: 1300, BodyBytes: 1000},
		{At: 1000 * ms, Object: 1, Response: Hit, Result: Hit, Layer: LayerEdge, Status: 200, Total: 2 * ms, TTFB: 1 * ms,
			BytesOut: 1300, BytesIn: 200, BodyBytes: 1000},
		{At: 2000 * ms, Object: 2, Response: Miss, Result: Miss, Layer: LayerOrigin, Status: 200, Total: 60 * ms, TTFB: 50 * ms, Lag: 10 * ms,
			BytesOut: 2300, BytesIn: 200, BodyBytes: 2000, OriginAsked: 1, OriginBytes: 2200},
		{At: 3000 * ms, Object: 1, Response: RefreshHit, Result: RefreshHit, Layer: LayerEdge, Status: 200, Total: 42 * ms, TTFB: 41 * ms,
			BytesOut: 1300, BytesIn: 200, BodyBytes: 1000, OriginAsked: 1, OriginBytes: 180},
		{At: 4000 * ms, Object: 9, Distribution: 1, Response: Error, Result: Error, Status: 502, Total: 30 * ms, TTFB: 30 * ms,
			BytesOut: 400, BytesIn: 200, BodyBytes: 100, OriginAsked: 2, OriginBytes: 0},
	}
	v.Traffic().Add(recs)
	v.Latency().Add(recs)
	return v.Finish(SummaryEnd{Length: 5 * time.Second, Partial: true, Dropped: 3,
		Rate: Rate{Scheduled: 1}, Warnings: []string{"interrupted"}})
}

func TestSummaryByHand(t *testing.T) {
	s := exampleSummary()
	for _, c := range []struct {
		what      string
		got, want float64
	}{
		{"hit ratio", s.HitRatio, 0.25},
		{"refresh hit ratio", s.RefreshHitRatio, 0.25},
		{"byte hit ratio", s.ByteHitRatio, round6(2000.0 / 4100)},
		{"error ratio", s.ErrorRatio, 0.25},
		{"offload of requests", s.OriginOffload.Requests, 0},
		{"offload of bytes", s.OriginOffload.Bytes, round6(1 - 2380.0/5300)},
		{"duration", s.Duration, 4},
		{"rate scheduled", s.Rate.Scheduled, 1},
		{"rate achieved", s.Rate.Achieved, 1},
		{"service of misses", s.ByResult["Miss"].Latency.Service.Max, 50},
		{"total of misses", s.ByResult["Miss"].Latency.Total.Max, 60},
		{"ttfb of the second distribution", s.Distributions[1].TTFB.P99, 30},
		{"one-hit wonders", s.Objects.OneHitShare, round6(2.0 / 3)},
	} {
		if c.got != c.want {
			t.Errorf("%s is %v, want %v", c.what, c.got, c.want)
		}
	}
	var b strings.Builder
	if err := EncodeJSON(&b, s); err != nil {
		t.Fatal(err)
	}
	golden(t, "testdata/summary.json", b.String())
	dir := t.TempDir()
	if err := WriteSummary(dir, s); err != nil {
		t.Fatal(err)
	}
	if back, err := ReadSummary(dir); err != nil || !reflect.DeepEqual(back, s) {
		t.Errorf("read back %+v, %v; want %+v", back, err, s)
	}
}

func TestSummaryWarns(t *testing.T) {
	one := []Record{{Response: Hit, Status: 200, TTFB: 1, Total: 2}}
	many := slices.Repeat(one, 100)
	late := []Record{{Flags: Late}}
	wrong := []Record{{Flags: Unverified}}
	full := exampleNames()
	full.Strings.most = 2
	full.Strings.Of("too many")
	for _, c := range []struct {
		name             string
		names            *Names
		traffic, latency []Record
		end              SummaryEnd
		want             string
	}{
		{name: "nothing", want: "no requests were measured"},
		{name: "no viewers", traffic: one, want: "no viewer's record"},
		{name: "a caller's", traffic: one, latency: one, end: SummaryEnd{Warnings: []string{"doubt"}}, want: "doubt"},
		{name: "apart", traffic: many, latency: many[:89], want: "viewers made 89 requests, the cache recorded 100"},
		{name: "late", traffic: many[:11], latency: slices.Repeat(late, 11), want: "sent late"},
		{name: "wrong bytes", traffic: one, latency: wrong, want: "wrong bytes"},
		{name: "dropped", traffic: one, latency: one, end: SummaryEnd{Dropped: 2}, want: "2 records were dropped"},
		{name: "out of range", traffic: one, latency: []Record{{Total: 1 << 62}}, want: "outside 0 to 2 hours"},
		{name: "full of strings", names: full, traffic: one, latency: one, want: "table of strings was full"},
	} {
		if c.names == nil {
			c.names = exampleNames()
		}
		v := NewSummary(c.names, SummaryOptions{})
		v.Traffic().Add(c.traffic)
		v.Latency().Add(c.latency)
		s := v.Finish(c.end)
		if len(s.Warnings) != 1 || !strings.Contains(s.Warnings[0], c.want) {
			t.Errorf("%s: warnings %q, want one with %q", c.name, s.Warnings, c.want)
		}
	}
	v := NewSummary(exampleNames(), SummaryOptions{})
	v.Traffic().Add(many)
	v.Latency().Add(many[:90])
	if s := v.Finish(SummaryEnd{}); len(s.Warnings) != 0 {
		t.Errorf("a run in order has warnings: %q", s.Warnings)
	}
}

func BenchmarkSummary(b *testing.B) {
	v := NewSummary(exampleNames(), SummaryOptions{})
	recs := make([]Record, 512)
	for i := range recs {
		recs[i] = Record{Object: uint64(i * i), Response: Hit, Status: 200, TTFB: 1000, Total: int64(i) * 1000}
	}
	v.Traffic().Add(recs)
	v.Latency().Add(recs)
	b.ReportAllocs()
	for b.Loop() {
		v.Traffic().Add(recs)
		v.Latency().Add(recs)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(len(recs)), "ns/record")
}
