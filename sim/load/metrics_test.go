package load

import (
	"bytes"
	"encoding/json"
	"maps"
	"math"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/klauspost/compress/gzip"

	"edgesim/results"
	"edgesim/sim/unit"
)

// plainly are the options of a run of one URL.
func plainly(url string) *Options {
	return &Options{URLs: []string{url}, Rate: unit.Steady(1000), Duration: unit.Duration(60e9), Connections: 4, Arrivals: "poisson",
		Timeout: unit.Duration(30e9), Objects: 1, Popularity: "zipf", Speed: 1, Seed: 1}
}

func TestMetricsWhileRunning(t *testing.T) {
	o := plainly("127.0.0.1:1")
	o.Metrics = "127.0.0.1:0"
	if err := o.Check(); err != nil {
		t.Fatal(err)
	}
	s, err := Open(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	s.scraped.Add([]results.Record{{TTFB: 1e6, Total: 2e6, Status: 200, Response: results.Hit, Result: results.Hit}})
	w := &page{}
	s.ServeMetrics(w, nil)
	for _, want := range []string{"edgesim_requests_total{", "# TYPE loadgen_sent_total counter\nloadgen_sent_total 0", "# TYPE loadgen_in_flight gauge\nloadgen_in_flight 0", "# TYPE edgesim_first_byte_seconds histogram\n"} {
		if !strings.Contains(w.String(), want) {
			t.Errorf("no %s in\n%s", want, w.String())
		}
	}
}

// What shares tell of their counts adds up to the counts of one process; what a lost
// one has in flight does not.
func TestSeriesAddUp(t *testing.T) {
	recs := make([]results.Record, 90)
	for i := range recs {
		recs[i] = results.Record{At: int64(i), TTFB: int64(1e6 * (i + 1)), Total: int64(2e6 * (i + 1)), BytesOut: int64(i), Status: 200 + uint16(i%3)*150,
			Response: results.Hit, Result: results.Result(i % int(results.Results))}
	}
	counting := func(recs []results.Record) *Run {
		o := plainly("127.0.0.1:1")
		o.Counted = true
		if err := o.Check(); err != nil {
			t.Fatal(err)
		}
		s, err := Open(o)
		if err != nil {
			t.Fatal(err)
		}
		s.scraped.Add(recs)
		s.Gauge.Add(recs)
		return s
	}
	c := &Crew{Of: 3, Log: func(string, ...any) {}, news: make(chan struct{}, 1), hands: []*Hand{{Share: 1}, {Share: 2}, {Share: 3}}, now: newHeard(), all: newHeard()}
	for i := range 3 {
		var share []results.Record
		for k := i; k < len(recs); k += 3 {
			share = append(share, recs[k])
		}
		text, err := json.Marshal(Beat{Share: i + 1, Worker: "w", Series: counting(share).series()})
		if err != nil {
			t.Fatal(err)
		}
		c.take(text)
	}
	one, all := &page{}, &page{}
	counting(recs).ServeMetrics(one, nil)
	c.ServeMetrics(all, nil)
	want, got := map[string]string{}, map[string]string{}
	for line := range strings.Lines(one.String()) {
		if line[0] == '#' {
			continue
		}
		name, value, _ := cutLast(strings.TrimSpace(line), ' ')
		want[name] = value
	}
	for line := range strings.Lines(all.String()) {
		if name, value, _ := cutLast(strings.TrimSpace(line), ' '); line[0] != '#' && !strings.HasPrefix(name, "loadgen_share_") {
			got[name] = value
		}
	}
	if len(want) < 30 || len(want) != len(got) {
		t.Errorf("%d series of one process, %d of shares", len(want), len(got))
	}
	for name, w := range want {
		a, _ := strconv.ParseFloat(w, 64)
		if b, err := strconv.ParseFloat(got[name], 64); err != nil || math.Abs(a-b) > 1e-9*math.Abs(a) {
			t.Errorf("%s: %s of shares, %s of one process", name, got[name], w)
		}
	}
	c.hands[0].counted[inFlight], c.hands[1].counted[inFlight], c.hands[1].Err = 3, 4, errSilent
	lost := &page{}
	c.ServeMetrics(lost, nil)
	if text := lost.String(); !strings.Contains(text, "\n"+inFlight+" 3\n") || !strings.Contains(text, `loadgen_share_lost{share="2/3",worker="w"} 1`) {
		t.Error(text)
	}
}

// FuzzSamplesComeBack: what was written is read again, and what is no sample is
// passed over.
func FuzzSamplesComeBack(f *testing.F) {
	f.Add([]byte("a_total{x=\"1 2\"} 3\n# no\n\nb 1e3\nc NaN\nd\n 5\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		first, err := readSamples(packed(text))
		if err != nil {
			t.Fatal(err)
		}
		var b bytes.Buffer
		first.write(&b)
		again, err := readSamples(packed(b.Bytes()))
		if err != nil || !maps.Equal(first, again) {
			t.Fatalf("%v, and again %v, %v", first, again, err)
		}
		_, _ = readSamples(text)
	})
}

func packed(text []byte) []byte {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, _ = w.Write(text)
	_ = w.Close()
	return b.Bytes()
}

// page is a response that keeps its body.
type page struct{ bytes.Buffer }

func (p *page) Header() http.Header { return http.Header{} }
func (p *page) WriteHeader(int)     {}
