package prometheus

import (
	"bytes"
	"io"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"edgesim/results"
)

const ms = int64(time.Millisecond)

func someNames() *results.Names {
	n := results.NewNames(time.Unix(0, 0))
	n.Distributions = []results.Distribution{{ID: "E1"}, {ID: "odd \"id\"\\\n"}}
	n.Origins = []string{"bucket", "server"}
	return n
}

func someRecords() []results.Record {
	hit := results.Record{Status: 200, Response: results.Hit, Result: results.Hit, Layer: results.LayerEdge,
		TTFB: 1 * ms, Total: 2 * ms, BytesOut: 1000, BytesIn: 100}
	miss := hit
	miss.Response, miss.Result, miss.Layer, miss.OriginAsked, miss.OriginBytes = results.Miss, results.Miss, results.LayerOrigin, 2, 1200
	miss.OriginTTFB, miss.OriginTotal, miss.OriginSent = 20*ms, 30*ms, 7
	joined, failed := hit, miss
	joined.Flags, joined.Layer = results.Collapsed|results.StaleHit, results.LayerOrigin
	failed.Status, failed.Response, failed.Result, failed.Detail, failed.Origin = 504, results.Error, results.Error, results.OriginCommError, 1
	failed.Distribution, failed.TTFB = 1, 0
	return []results.Record{hit, hit, miss, joined, failed}
}

func scrape(v *View) string {
	var b bytes.Buffer
	v.Write(&b)
	return b.String()
}

func TestViewCounts(t *testing.T) {
	v := New(someNames())
	v.Add(someRecords())
	got := scrape(v)
	for _, line := range []string{
		`edgesim_requests_total{distribution="E1",result="Hit",status="2xx",layer="edge"} 2`,
		`edgesim_requests_total{distribution="E1",result="Hit",status="2xx",layer="origin"} 1`,
		`edgesim_requests_total{distribution="E1",result="Miss",status="2xx",layer="origin"} 1`,
		`edgesim_requests_total{distribution="odd \"id\"\\\n",result="Error",status="5xx",layer="origin"} 1`,
		`edgesim_requests_collapsed_total{distribution="E1"} 1`,
		`edgesim_requests_stale_total{distribution="E1"} 1`,
		`edgesim_response_bytes_total{distribution="E1",result="Hit"} 3000`,
		`edgesim_request_bytes_total{distribution="E1",result="Hit"} 300`,
		`edgesim_first_byte_seconds_bucket{result="Hit",le="0.001"} 3`,
		`edgesim_response_seconds_bucket{result="Hit",le="0.001"} 0`,
		`edgesim_response_seconds_count{result="Hit"} 3`,
		`edgesim_response_seconds_sum{result="Miss"} 0.002`,
		`edgesim_origin_requests_total{origin="bucket"} 2`,
		`edgesim_origin_received_bytes_total{origin="bucket"} 1200`,
		`edgesim_origin_sent_bytes_total{origin="bucket"} 7`,
		`edgesim_origin_errors_total{origin="server",reason="OriginCommError"} 1`,
		`edgesim_origin_first_byte_seconds_count{origin="bucket"} 1`,
	} {
		if !strings.Contains(got, line+"\n") {
			t.Errorf("there is no line %s", line)
		}
	}
	if strings.Contains(got, `edgesim_first_byte_seconds_count{result="Error"} 1`) {
		t.Error("a response that never began has a first byte")
	}
	if t.Failed() {
		t.Log(got)
	}
}

// TestViewWritesPrometheus: the text format, line by line.
func TestViewWritesPrometheus(t *testing.T) {
	v := New(someNames())
	v.Add(someRecords())
	line := regexp.MustCompile(`^(# .*|[a-z_]+(\{([a-z]+="([^"\\\n]|\\["\\n])*",?)*\})? [0-9.e+-]+)$`)
	for text := range strings.Lines(scrape(v)) {
		if !line.MatchString(strings.TrimSuffix(text, "\n")) {
			t.Errorf("line %q", text)
		}
	}
}

// TestViewIsScrapedWhileItFills is for the race detector.
func TestViewIsScrapedWhileItFills(t *testing.T) {
	v := New(someNames())
	var all sync.WaitGroup
	all.Go(func() {
		for range 100 {
			v.Add(someRecords())
		}
	})
	for range 20 {
		v.Write(io.Discard)
	}
	all.Wait()
}

func BenchmarkAdd(b *testing.B) {
	v := New(someNames())
	recs := someRecords()
	b.ReportAllocs()
	for b.Loop() {
		v.Add(recs)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(len(recs)), "ns/record")
}
