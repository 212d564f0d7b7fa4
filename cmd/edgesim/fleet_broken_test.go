package main

import (
	"bytes"
	"context"
	"strings"
	"testing"

	"edgesim/sim/fleet"
)

// heard is a program's stderr; it calls then once, when it says what.
type heard struct {
	bytes.Buffer
	what string
	then func()
}

func (h *heard) Write(b []byte) (int, error) {
	n, err := h.Buffer.Write(b)
	if h.then != nil && strings.Contains(h.String(), h.what) {
		h.then()
		h.then = nil
	}
	return n, err
}

// holding has a worker that never ends with pieces whose description has one of some
// words.
func holding(t *testing.T, url string, words ...string) {
	t.Helper()
	c, err := fleet.Connect(t.Context(), fleet.Options{URL: url, Version: fleetVersion()})
	if err != nil {
		t.Fatal(err)
	}
	w := &fleet.Worker{Conn: c, Name: "holds", Slots: 12, Cache: t.TempDir(), Kinds: fleet.Kinds()}
	for i, k := range w.Kinds {
		w.Kinds[i].Do = func(ctx context.Context, r *fleet.Room, args []byte) ([]byte, error) {
			for _, word := range words {
				if strings.Contains(string(args), word) {
					<-ctx.Done()
					return nil, ctx.Err()
				}
			}
			return k.Do(ctx, r, args)
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	over := make(chan struct{})
	go func() { defer close(over); _ = w.Run(ctx) }()
	t.Cleanup(func() { cancel(); <-over; c.Close() })
	for { // pieces are cut by who is there
		if n, err := c.Slots(ctx); err != nil || n > 0 {
			return
		}
	}
}

// Who is interrupted has what is there, marked, though workers go on.
func TestInterruptedByWorkersPrintsWhatIsThere(t *testing.T) {
	t.Parallel()
	url := cluster(t, 0)
	holding(t, url, "sieve", `"number":2`, `"number":3`)
	path := oracleTrace(t, 5_000)
	for _, c := range []struct {
		args   []string
		when   string // it is interrupted
		stdout []string
		stderr string
	}{
		{[]string{"mrc", path, "--policy", "lru,sieve", "--capacity", "100kB,200kB"}, "2 of 4 pieces",
			[]string{"partial: 2 of 4 cells were played", "lru"}, "interrupted; 2 of 4 cells were played"},
		{[]string{"mrc", path, "--policy", "lru,sieve", "--capacity", "100kB", "--json"}, "1 of 2 pieces",
			[]string{`"partial": true`, `"policy": "lru"`}, "interrupted; 1 of 2 cells were played"},
		{[]string{"mrc", path, "--policy", "lru", "--capacity", "100kB", "--shards", "4"}, "2 of 4 pieces",
			[]string{"played in 2 shards", "partial: 2 of 4 shards were played"}, "interrupted; 2 of 4 shards were played"},
		{[]string{"sweep", path, "--policy", "lru,sieve", "--capacity", "100kB", "--replicas", "2"}, "2 of 4 pieces",
			[]string{"lru"}, "interrupted; the figures are of what was played until then"},
		{append([]string{"sweep", "quickstart", "--policy", "lru,sieve", "--capacity", "4MiB", "--replicas", "2"}, quick...), "2 of 4 pieces",
			[]string{"lru"}, "interrupted; the figures are of what was played until then"},
	} {
		ctx, cancel := context.WithCancel(t.Context())
		var out bytes.Buffer
		said := &heard{what: c.when, then: cancel}
		status := runUntil(ctx, append(c.args, "--nats", url), &out, said)
		if status != exitFail || !strings.Contains(said.String(), c.stderr) || !strings.Contains(said.String(), "is not over, and workers go on") {
			t.Errorf("%q: status %d: %s", c.args, status, said.String())
		}
		for _, want := range c.stdout {
			if !strings.Contains(out.String(), want) {
				t.Errorf("%q: no %q in\n%s", c.args, want, out.String())
			}
		}
		if strings.Contains(out.String(), "sieve") {
			t.Errorf("%q tells of what was not played:\n%s", c.args, out.String())
		}
		cancel()
	}
}
