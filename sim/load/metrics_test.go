package load

import (
	"bytes"
	"net/http"
	"strings"
	"testing"

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
	s.scraped.view.Add([]results.Record{{TTFB: 1e6, Total: 2e6, Status: 200, Response: results.Hit, Result: results.Hit}})
	w := &page{}
	s.ServeMetrics(w, nil)
	for _, want := range []string{"edgesim_requests_total{", "loadgen_sent_total 0", "loadgen_in_flight 0"} {
		if !strings.Contains(w.String(), want) {
			t.Errorf("no %s in\n%s", want, w.String())
		}
	}
}

// page is a response that keeps its body.
type page struct{ bytes.Buffer }

func (p *page) Header() http.Header { return http.Header{} }
func (p *page) WriteHeader(int)     {}
