//go:build linux

package main

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"
)

// round is what one server did in one round.
type round struct {
	Rate float64 `json:"requests_per_second"`
	P50  float64 `json:"p50_ms"`
	P99  float64 `json:"p99_ms"`
	CPU  float64 `json:"cpu_us_per_request"` // user and system time of all the server's processes
	Busy float64 `json:"core_busy"`          // share of its core that the server had
	Hits float64 `json:"hit_ratio"`          // of requests, by what the origin was asked
}

func (o *options) measureAll(ctx context.Context, kinds []kind, all *comparison, stderr io.Writer) error {
	workloads := []struct {
		key  string
		make func() *workload
	}{
		{"1KiB", func() *workload { return hits("cached hits of 1 KiB", 1<<10, 64) }},
		{"64KiB", func() *workload { return hits("cached hits of 64 KiB", 64<<10, 64) }},
		{"1MiB", func() *workload { return hits("cached hits of 1 MiB", 1<<20, 16) }},
		{"mix", func() *workload { return mix(o.objects, o.alpha, o.capacity) }},
	}
	for _, w := range workloads {
		if o.skips(w.key) {
			continue
		}
		t, err := o.measure(ctx, w.make(), kinds, stderr)
		if t != nil {
			all.Tables = append(all.Tables, t)
		}
		if err != nil {
			return err
		}
	}
	if o.skips("memory") {
		return nil
	}
	return o.weighAll(ctx, kinds, all, stderr)
}

// runner is a server with the connections to it.
type runner struct {
	*server
	*client
}

// measure plays one workload against every server, in turns: a machine whose
// speed drifts slows them all.
func (o *options) measure(ctx context.Context, w *workload, kinds []kind, stderr io.Writer) (*table, error) {
	t := &table{Workload: w.name}
	var runners []runner
	defer func() {
		for _, r := range runners {
			if r.client != nil {
				r.client.close()
			}
			r.server.end()
		}
	}()
	for _, k := range kinds {
		fmt.Fprintf(stderr, "%s: warming %s\n", w.name, k.name)
		if ctx.Err() != nil {
			return nil, fmt.Errorf("interrupted before %q", w.name)
		}
		s, err := o.prepare(ctx, w, k)
		if err != nil {
			return nil, fmt.Errorf("%s: %s: %w", w.name, k.name, err)
		}
		runners = append(runners, runner{server: s})
		t.Servers = append(t.Servers, &served{Name: k.name})
	}
	for i := range runners { // only now: servers close connections that idle
		cl, err := newClient(runners[i].listen, o.conns)
		if err != nil {
			return nil, fmt.Errorf("%s: %s: %w", w.name, runners[i].name, err)
		}
		runners[i].client = cl
	}
	for n := range o.rounds {
		for i := range runners {
			at := (i + n) % len(runners) // nobody is always behind the same one
			if err := ctx.Err(); err != nil {
				return t.settled(), fmt.Errorf("interrupted after %d rounds of %q", n, w.name)
			}
			r, err := o.play(w, runners[at])
			if err != nil {
				return t.settled(), fmt.Errorf("%s: %s: %w", w.name, runners[at].name, err)
			}
			t.Servers[at].Rounds = append(t.Servers[at].Rounds, r)
		}
	}
	return t.settled(), nil
}

// prepare starts a server, holds its responses against the origin's bytes, cold
// and cached, and warms it.
func (o *options) prepare(ctx context.Context, w *workload, k kind) (s *server, err error) {
	if s, err = k.launch(w.capacity); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			s.end()
		}
	}()
	for i := range min(40, len(w.paths)) {
		for range 2 {
			if err = fetch(s.listen, w.paths[i]); err != nil {
				return nil, err
			}
		}
	}
	cl, err := newClient(s.listen, o.conns)
	if err != nil {
		return nil, err
	}
	defer cl.close()
	r := runner{s, cl}
	if err = r.warm(ctx, w, w.warm); err == nil && !w.allHits && s.files != "" {
		r.settle(ctx, w.capacity)
		err = r.warm(ctx, w, w.warm/10)
	}
	return s, err
}

// warm asks for that many requests.
func (r runner) warm(ctx context.Context, w *workload, requests int64) error {
	for left := requests; left > 0 && ctx.Err() == nil; {
		got, err := r.client.play(2*time.Second, left, w.next(r.server))
		if err != nil {
			return fmt.Errorf("warming: %w; it printed: %s", err, r.printed())
		}
		left -= got.requests
	}
	return ctx.Err()
}

// settle waits until a server that keeps files has removed those beyond its
// capacity: nginx looks every ten seconds only.
func (r runner) settle(ctx context.Context, capacity int64) {
	for range 200 {
		if diskUsed(r.dir+"/"+r.files) <= capacity+capacity/50 || ctx.Err() != nil {
			return
		}
		time.Sleep(100 * time.Millisecond)
	}
}

func (o *options) play(w *workload, r runner) (round, error) {
	asked, cpu := r.origin.asked.Load(), r.cpu()
	got, err := r.play(o.round, 0, w.next(r.server))
	if err != nil {
		return round{}, err
	}
	used, misses := r.cpu()-cpu, r.origin.asked.Load()-asked
	if w.allHits && misses > 0 {
		return round{}, fmt.Errorf("%d of %d requests went to the origin, though everything is cached", misses, got.requests)
	}
	n := float64(got.requests)
	return round{
		Rate: n / got.took.Seconds(),
		P50:  float64(got.latency.ValueAtQuantile(50)) / 1e6,
		P99:  float64(got.latency.ValueAtQuantile(99)) / 1e6,
		CPU:  used * 1e6 / n,
		Busy: used / got.took.Seconds(),
		Hits: 1 - float64(misses)/n,
	}, nil
}

// weighAll asks each server for many different objects and takes what it grew
// by.
func (o *options) weighAll(ctx context.Context, kinds []kind, all *comparison, stderr io.Writer) error {
	for _, size := range []int{1 << 10, 16 << 10} {
		objects := o.stored
		if size > 1<<10 {
			objects /= 2
		}
		for _, k := range kinds {
			if strings.Contains(k.name, ",") {
				continue // stores as the plain one does
			}
			if ctx.Err() != nil {
				return fmt.Errorf("interrupted before all was weighed")
			}
			fmt.Fprintf(stderr, "storing %d objects of %d bytes in %s\n", objects, size, k.name)
			m, err := o.weigh(k, size, objects)
			if err != nil {
				return fmt.Errorf("storing objects in %s: %w", k.name, err)
			}
			all.Memory = append(all.Memory, m)
		}
	}
	return nil
}

func (o *options) weigh(k kind, size, objects int) (m memory, err error) {
	s, err := k.launch(4 * int64(objects) * int64(size+4096))
	if err != nil {
		return m, err
	}
	defer s.end()
	cl, err := newClient(s.listen, o.conns)
	if err != nil {
		return m, err
	}
	defer cl.close()
	at := 0
	next := func() request { at++; return requestFor(pathOf(size, at)) }
	if _, err = cl.play(time.Minute, 1000, next); err != nil { // connections and pools are there
		return m, err
	}
	before, files := s.memory(), diskUsed(s.dir+"/"+k.files)
	if _, err = cl.play(10*time.Minute, int64(objects), next); err != nil {
		return m, err
	}
	m = memory{Server: k.name, Size: size, Objects: objects}
	m.Process = float64(s.memory()-before) / float64(objects)
	if k.files != "" {
		m.Files = float64(diskUsed(s.dir+"/"+k.files)-files) / float64(objects)
	}
	m.Beyond = m.Process + m.Files - float64(size)
	return m, nil
}
