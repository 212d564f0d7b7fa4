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

// brokenCase is a command that workers come to the middle of.
type brokenCase struct {
	args   []string
	when   string // it is broken off
	stdout []string
	stderr string // behind what broke it off
}

func brokenCases(path string) []brokenCase {
	return []brokenCase{
		{[]string{"mrc", path, "--policy", "lru,sieve", "--capacity", "100kB,200kB"}, "2 of 4 pieces",
			[]string{"partial: 2 of 4 cells were played", "lru"}, "; 2 of 4 cells were played"},
		{[]string{"mrc", path, "--policy", "lru,sieve", "--capacity", "100kB", "--json"}, "1 of 2 pieces",
			[]string{`"partial": true`, `"policy": "lru"`}, "; 1 of 2 cells were played"},
		{[]string{"mrc", path, "--policy", "lru", "--capacity", "100kB", "--shards", "4"}, "2 of 4 pieces",
			[]string{"played in 2 shards", "partial: 2 of 4 shards were played"}, "; 2 of 4 shards were played"},
		{[]string{"sweep", path, "--policy", "lru,sieve", "--capacity", "100kB", "--replicas", "2"}, "2 of 4 pieces",
			[]string{"lru"}, "; the figures are of what was played until then"},
		{append([]string{"sweep", "quickstart", "--policy", "lru,sieve", "--capacity", "4MiB", "--replicas", "2"}, quick...), "2 of 4 pieces",
			[]string{"lru"}, "; the figures are of what was played until then"},
		{[]string{"plan", path, "--policy", "lru,sieve", "--target", "hit>=0.1%", "--most", "1B", "--replicas", "2"}, "2 of 4 pieces",
			[]string{"lru"}, "; policies are missing"},
		{append([]string{"plan", "quickstart", "--policy", "lru,sieve", "--target", "hit>=99.9%", "--most", "64KiB", "--replicas", "2", "--json"}, quick...), "2 of 4 pieces",
			[]string{`"partial": true`, `"policy": "lru"`}, "; policies are missing"},
	}
}

// hold has it broken off, and holds what it prints to what there is.
func (c *brokenCase) hold(t *testing.T, url string, end func(said string, interrupt func()), why, afterwards string) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var out bytes.Buffer
	said := &heard{what: c.when}
	said.then = func() { end(said.String(), cancel) }
	status := runUntil(ctx, append(c.args, "--nats", url), &out, said)
	if status != exitFail || !strings.Contains(said.String(), why+c.stderr) || strings.Contains(said.String(), "is not over, and workers go on") != (afterwards == fleet.Running) {
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
	if list := alone(t, "jobs", "list", "--json", "--nats", url); !strings.Contains(list, `"state": "`+afterwards+`"`) {
		t.Errorf("%q: the job is not %s:\n%s", c.args, afterwards, list)
	}
	alone(t, "jobs", "remove", jobIn(said.String()), "--nats", url)
}

// jobIn is the job that a command says is its own.
func jobIn(said string) string { return strings.Fields(strings.SplitAfter(said, "job ")[1])[0] }

// Who is interrupted has what is there, marked, though workers go on.
func TestInterruptedByWorkersPrintsWhatIsThere(t *testing.T) {
	t.Parallel()
	url := cluster(t, 0)
	holding(t, url, "sieve", `"number":2`, `"number":3`)
	for _, c := range brokenCases(oracleTrace(t, 5_000)) {
		c.hold(t, url, func(_ string, interrupt func()) { interrupt() }, "interrupted", fleet.Running)
	}
}

// Whose job is cancelled, too, and the worker is free again.
func TestCancelledByAnotherPrintsWhatIsThere(t *testing.T) {
	t.Parallel()
	url := cluster(t, 0)
	holding(t, url, "sieve", `"number":2`, `"number":3`)
	for _, c := range brokenCases(oracleTrace(t, 5_000)) {
		c.hold(t, url, func(said string, _ func()) { alone(t, "jobs", "cancel", jobIn(said), "--nats", url) }, "the job was cancelled", fleet.Cancelled)
	}
}
