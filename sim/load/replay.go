package load

import (
	"cmp"
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
func (o *Options) fromTrace() (*Plan, error) {
	r, err := replay.Open(context.Background(), replay.Options{
		Files: []string{o.Trace}, Format: o.Format, Columns: o.Columns, SkipBad: o.SkipBad, Limit: o.Requests,
		Place: o.place, Viewers: workloads.ViewersConfig{Seed: o.Seed},
	})
	if err != nil {
		return nil, fmt.Errorf("--trace: %w", err)
	}
	p := replay.Playing{Speed: o.Speed, Closed: o.Closed, Seed: o.Seed}
	if o.given("rate") {
		p.Rate, p.Arrivals = float64(o.Rate.Rate), o.Arrivals
	}
	if !r.Timed() && p.Rate == 0 && !p.Closed {
		return nil, fmt.Errorf("--trace %s tells no times; right is with --rate or --closed", o.Trace)
	}
	l := &Plan{Name: cmp.Or(o.Name, strings.TrimSuffix(filepath.Base(o.Trace), filepath.Ext(o.Trace))), Seed: o.Seed,
		Warmup: o.Warmup.Std(), Connections: o.Connections, Closed: o.Closed, warnings: r.Doubts(), ofHost: func(string) uint16 { return 0 },
		distrs: []results.Distribution{{ID: o.url.Host, Domain: o.url.Host, Friendly: o.url.Host}}}
	if l.Length = o.lengthOf(r, p); l.Length > 0 && l.Warmup >= l.Length {
		return nil, fmt.Errorf("--warmup %v leaves nothing of the %v that are played; right is a shorter one", o.Warmup, l.Length)
	}
	if !o.Closed {
		p.Length = l.Length
	}
	l.crowd = func() (*scenario.Crowd, error) {
		source, err := r.Play(p)
		return &scenario.Crowd{Catalog: r.Catalog(), Viewers: r.Viewers(), Source: source}, err
	}
	return l, nil
}

// place is where requests for a host of the log go: with --own-hosts there, else all
// to the server.
func (o *Options) place(host string) (replay.Place, error) {
	if !o.OwnHosts || host == "" {
		return replay.Place{Host: strings.ToLower(o.url.Host)}, nil
	}
	return replay.Place{Host: host, Site: host}, nil
}

// lengthOf is how long the replay is played: as long as it lasts, or --duration where
// that is shorter.
func (o *Options) lengthOf(r *replay.Replay, p replay.Playing) time.Duration {
	length := time.Duration(float64(r.Span())/o.Speed) + 1
	switch {
	case o.Closed:
		length = 0
	case p.Rate > 0:
		length = time.Duration(float64(r.Requests()) / p.Rate * 1e9)
	}
	if o.given("duration") && (length == 0 || o.Duration.Std() < length) {
		length = o.Duration.Std()
	}
	return length
}
