package load

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"

	"github.com/VictoriaMetrics/metrics"

	"edgesim/results"
	"edgesim/results/prometheus"
)

// ServeMetrics serves /metrics for Prometheus at an address until it is closed; a port
// alone means this machine only.
func ServeMetrics(addr string, answer http.HandlerFunc) (io.Closer, error) {
	if strings.HasPrefix(addr, ":") {
		addr = "127.0.0.1" + addr
	}
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("--metrics: %w", err)
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /metrics", answer)
	server := &http.Server{Handler: mux}
	go server.Serve(l)
	return server, nil
}

// openMetrics counts records for Prometheus where someone wants that, and listens
// where --metrics says.
func (s *Run) openMetrics() (err error) {
	if s.Options.Metrics != "" || s.Options.Counted {
		s.scraped = prometheus.New(s.Names)
	}
	if s.Options.Metrics != "" {
		s.serving, err = ServeMetrics(s.Options.Metrics, s.ServeMetrics)
	}
	return err
}

// ServeMetrics answers a scrape.
func (s *Run) ServeMetrics(w http.ResponseWriter, _ *http.Request) {
	s.recorder.Flush()
	var page bytes.Buffer
	s.writeMetrics(&page)
	answerScrape(w, page.Bytes())
}

// answerScrape answers with a page of samples. A scraper that went away is no trouble.
func answerScrape(w http.ResponseWriter, page []byte) {
	w.Header().Set("Content-Type", prometheus.ContentType)
	_ = prometheus.Typed(w, page)
}

// writeMetrics writes what records have counted, and how the schedule stands.
func (s *Run) writeMetrics(w io.Writer) {
	s.scraped.Write(w)
	p := s.Player.Progress()
	metrics.WriteCounterUint64(w, "loadgen_sent_total", p.Sent)
	metrics.WriteCounterUint64(w, "loadgen_done_total", p.Done)
	faults := s.Gauge.Faults()
	for f := results.NoFault + 1; f < results.Faults; f++ {
		metrics.WriteCounterUint64(w, fmt.Sprintf("loadgen_errors_total{kind=%q}", f.Label()), uint64(faults[f]))
	}
	metrics.WriteGaugeUint64(w, inFlight, p.InFlight)
	metrics.WriteGaugeFloat64(w, elapsed, max(p.Elapsed.Seconds(), 0))
}

// Gauges, which several shares have other sums of than counters have.
const (
	inFlight = "loadgen_in_flight"
	elapsed  = "loadgen_elapsed_seconds"
)

// closeMetrics ends it with the run.
func (s *Run) closeMetrics() {
	if s.serving != nil {
		s.serving.Close()
	}
}
