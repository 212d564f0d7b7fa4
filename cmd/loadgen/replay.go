package main

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"edgesim/results"
	"edgesim/sim/scenario"
	"edgesim/workloads"
	"edgesim/workloads/replay"
)

// fromTrace plays a trace or a log. It is read here, so that what is wrong with it is
// told before the first request.
func (o *options) fromTrace() (*load, error) {
	r, err := replay.Open(context.Background(), replay.Options{
		Files: []string{o.trace}, Format: o.format, Columns: o.columns, SkipBad: o.skipBad, Limit: o.requests,
		Place: o.place, Viewers: workloads.ViewersConfig{Seed: o.seed},
	})
	if err != nil {
		return nil, fmt.Errorf("--trace: %w", err)
	}
	p := replay.Playing{Speed: o.speed, Closed: o.closed, Seed: o.seed}
	if o.given("rate") {
		p.Rate, p.Arrivals = float64(o.rate.Rate), o.arrivals
	}
	if !r.Timed() && p.Rate == 0 && !p.Closed {
		return nil, fmt.Errorf("--trace %s tells no times; right is with --rate or --closed", o.trace)
	}
	l := &load{name: strings.TrimSuffix(filepath.Base(o.trace), filepath.Ext(o.trace)), seed: o.seed,
		warmup: o.warmup.Std(), conns: o.connections, closed: o.closed, warnings: r.Doubts(), ofHost: func(string) uint16 { return 0 },
		distrs: []results.Distribution{{ID: o.url.Host, Domain: o.url.Host, Friendly: o.url.Host}}}
	if l.length = o.lengthOf(r, p); l.length > 0 && l.warmup >= l.length {
		return nil, fmt.Errorf("--warmup %v leaves nothing of the %v that are played; right is a shorter one", o.warmup, l.length)
	}
	if !o.closed {
		p.Length = l.length
	}
	l.crowd = func() (*scenario.Crowd, error) {
		source, err := r.Play(p)
		return &scenario.Crowd{Catalog: r.Catalog(), Viewers: r.Viewers(), Source: source}, err
	}
	return l, nil
}

// place is where requests for a host of the log go: with --own-hosts there, else all
// to the server.
func (o *options) place(host string) (replay.Place, error) {
	if !o.ownHosts || host == "" {
		return replay.Place{Host: strings.ToLower(o.url.Host)}, nil
	}
	return replay.Place{Host: host, Site: host}, nil
}

// lengthOf is how long the replay is played: as long as it lasts, or --duration where
// that is shorter.
func (o *options) lengthOf(r *replay.Replay, p replay.Playing) time.Duration {
	length := time.Duration(float64(r.Span())/o.speed) + 1
	switch {
	case o.closed:
		length = 0
	case p.Rate > 0:
		length = time.Duration(float64(r.Requests()) / p.Rate * 1e9)
	}
	if o.given("duration") && (length == 0 || o.duration.Std() < length) {
		length = o.duration.Std()
	}
	return length
}
