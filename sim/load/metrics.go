package load

import (
	"fmt"
	"net"
	"net/http"
	"strings"

	"github.com/VictoriaMetrics/metrics"

	"edgesim/results"
	"edgesim/results/prometheus"
)

// scraped is what Prometheus scrapes while a run lasts.
type scraped struct {
	view   *prometheus.View
	server *http.Server
}

// openMetrics listens where --metrics says; a port alone means this machine only.
func (s *Run) openMetrics() error {
	addr := s.Options.Metrics
	if addr == "" {
		return nil
	}
	if strings.HasPrefix(addr, ":") {
		addr = "127.0.0.1" + addr
	}
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return fmt.Errorf("--metrics: %w", err)
	}
	mux := http.NewServeMux()
	s.scraped = &scraped{view: prometheus.New(s.Names), server: &http.Server{Handler: mux}}
	mux.HandleFunc("GET /metrics", s.ServeMetrics)
	go s.scraped.server.Serve(l)
	return nil
}

// ServeMetrics answers a scrape: it writes what records have counted, and how the schedule stands.
func (s *Run) ServeMetrics(w http.ResponseWriter, _ *http.Request) {
	s.recorder.Flush()
	s.scraped.view.Write(w)
	p := s.Player.Progress()
	metrics.WriteCounterUint64(w, "loadgen_sent_total", p.Sent)
	metrics.WriteCounterUint64(w, "loadgen_done_total", p.Done)
	faults := s.Gauge.Faults()
	for f := results.NoFault + 1; f < results.Faults; f++ {
		metrics.WriteCounterUint64(w, fmt.Sprintf("loadgen_errors_total{kind=%q}", f.Label()), uint64(faults[f]))
	}
	metrics.WriteGaugeUint64(w, "loadgen_in_flight", p.InFlight)
	metrics.WriteGaugeFloat64(w, "loadgen_elapsed_seconds", max(p.Elapsed.Seconds(), 0))
}

// closeMetrics ends it with the run.
func (s *Run) closeMetrics() {
	if s.scraped != nil {
		s.scraped.server.Close()
	}
}
