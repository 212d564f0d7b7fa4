package main

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"strconv"

	"github.com/VictoriaMetrics/metrics"
	"github.com/goccy/go-yaml"

	"edgesim/edge"
	"edgesim/results/prometheus"
	"edgesim/sim/scenario"
)

// mostListed is how long a list can be asked for, in entries; 100 unless asked.
const mostListed = 10_000

func listLimit(r *http.Request) (int, error) {
	text := r.FormValue("limit")
	if text == "" {
		return 100, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 || n > mostListed {
		return 0, fmt.Errorf("limit %q: right is 1 to %d", text, mostListed)
	}
	return n, nil
}

// cache shows what is cached.
func (a *admin) cache(w http.ResponseWriter, r *http.Request) {
	limit, err := listLimit(r)
	if err != nil {
		complain(w, http.StatusBadRequest, err)
		return
	}
	list, err := a.s.edge.Cached(r.FormValue("distribution"), r.FormValue("path"), limit)
	if err != nil {
		complain(w, http.StatusBadRequest, err)
		return
	}
	f := a.s.edge.Figures()
	answer(w, map[string]any{"entries": f.Objects, "bytes": f.Bytes, "capacity": f.Capacity, "objects": list})
}

// flights shows what is under way.
func (a *admin) flights(w http.ResponseWriter, r *http.Request) {
	limit, err := listLimit(r)
	if err != nil {
		complain(w, http.StatusBadRequest, err)
		return
	}
	f := a.s.edge.Figures()
	answer(w, map[string]any{"flights": f.Flights, "in_flight_bytes": f.InFlight, "in_flight_limit": f.InFlightLimit,
		"origins": f.Origins, "under_way": a.s.edge.Flying(limit)})
}

// config shows what is in force.
func (a *admin) config(w http.ResponseWriter, _ *http.Request) {
	st := a.s.standing()
	shown := struct {
		Source string `json:"source"`
		standing
		Config string `json:"config,omitempty"` // YAML, the flags' part included; what is left out has its default
	}{Source: a.s.o.config, standing: st}
	if a.s.o.origin != "" {
		shown.Source = "--origin " + a.s.o.origin
	} else if text, err := yaml.MarshalWithOptions(withoutSecrets(st.plan.conf), yaml.OmitZero()); err == nil {
		shown.Config = string(text)
	}
	answer(w, shown)
}

// withoutSecrets hides what origins are told in fixed fields, which is how they
// know the edge.
func withoutSecrets(c scenario.Config) *scenario.Config {
	origins := map[string]scenario.Origin{}
	for name, o := range c.Origins {
		headers := map[string]string{}
		for field := range o.Headers {
			headers[field] = "(hidden)"
		}
		o.Headers = headers
		origins[name] = o
	}
	c.Origins = origins
	return &c
}

// metrics is what Prometheus scrapes: what records have counted, and how things
// stand.
func (a *admin) metrics(w http.ResponseWriter, _ *http.Request) {
	var page bytes.Buffer
	a.writeMetrics(&page)
	w.Header().Set("Content-Type", prometheus.ContentType)
	_ = prometheus.Typed(w, page.Bytes()) // a scraper that went away is no trouble
}

func (a *admin) writeMetrics(w io.Writer) {
	a.s.books.view.Write(w)
	writeFigures(w, a.s.edge.Figures())
	dropped, unwritten := a.s.books.lost()
	metrics.WriteCounterUint64(w, `edgesim_log_lost_total{reason="dropped"}`, uint64(dropped))
	metrics.WriteCounterUint64(w, `edgesim_log_lost_total{reason="unwritten"}`, uint64(unwritten))
	h := a.s.books.ledger.Health()
	metrics.WriteCounterUint64(w, "edgesim_store_failures_total", uint64(h.Failures))
	metrics.WriteCounterUint64(w, "edgesim_store_lost_hours_total", uint64(h.Lost))
	if !h.Saved.IsZero() {
		metrics.WriteGaugeUint64(w, "edgesim_store_saved_timestamp_seconds", uint64(h.Saved.Unix()))
	}
	st := a.s.standing()
	metrics.WriteCounterUint64(w, `edgesim_config_reloads_total{outcome="taken"}`, uint64(st.Reloads))
	metrics.WriteCounterUint64(w, `edgesim_config_reloads_total{outcome="refused"}`, uint64(st.Refused))
	metrics.WriteGaugeUint64(w, "edgesim_config_loaded_timestamp_seconds", uint64(st.Loaded.Unix()))
	metrics.WriteProcessMetrics(w)
}

func writeFigures(w io.Writer, f edge.Figures) {
	for _, x := range []struct {
		name string
		n    int64
	}{
		{"edgesim_cache_objects", int64(f.Objects)}, {"edgesim_cache_bytes", f.Bytes}, {"edgesim_cache_capacity_bytes", f.Capacity},
		{"edgesim_flights", f.Flights}, {"edgesim_in_flight_bytes", f.InFlight}, {"edgesim_in_flight_limit_bytes", f.InFlightLimit},
		{"edgesim_connections", int64(f.Connections)},
	} {
		metrics.WriteGaugeUint64(w, x.name, uint64(max(0, x.n)))
	}
	for _, x := range []struct {
		name string
		n    int64
	}{
		{"edgesim_cache_stored_total", f.Stored},
		{`edgesim_cache_removed_total{reason="evicted"}`, f.Evicted},
		{`edgesim_cache_removed_total{reason="invalidated"}`, f.Invalidated},
		{`edgesim_cache_removed_total{reason="changed"}`, f.Changed},
		{"edgesim_cache_refused_total", f.Refused},
		{"edgesim_connections_refused_total", f.Refusals},
	} {
		metrics.WriteCounterUint64(w, x.name, uint64(x.n))
	}
	for _, o := range f.Origins {
		metrics.WriteGaugeUint64(w, fmt.Sprintf("edgesim_origin_connections{origin=%q,state=\"open\"}", o.Name), uint64(o.Open))
		metrics.WriteGaugeUint64(w, fmt.Sprintf("edgesim_origin_connections{origin=%q,state=\"idle\"}", o.Name), uint64(o.Idle))
	}
}
