package main

import (
	"bytes"
	"context"
	"encoding/json"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// A server that meets an objective up to a rate is found out to within a twentieth,
// wherever the search begins.
func TestSearchFindsTheHighestRate(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		limit := rapid.Float64Range(5, 500_000).Draw(t, "limit")
		start := rapid.Float64Range(1, 100_000).Draw(t, "start")
		f, err := search(context.Background(), start, func(rate float64) (trial, error) {
			return trial{Asked: rate, Met: rate <= limit, Kept: true}, nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if f.Rate > limit || f.Rate < limit/1.06 || f.Above <= limit || f.Met != f.Tried || f.Tried != 1+confirmations || f.Limit != "objective" {
			t.Fatalf("limit %v from %v: %+v", limit, start, f)
		}
		if f.GaveUp {
			t.Fatalf("%d trials", len(f.Trials))
		}
	})
}

// One that meets it by chance near its limit has an answer that held every time.
func TestSearchConfirmsItsAnswer(t *testing.T) {
	for seed := range uint64(50) {
		rng := rand.New(rand.NewPCG(seed, 1))
		f, err := search(context.Background(), 1000, func(rate float64) (trial, error) {
			return trial{Asked: rate, Kept: true, Met: rate <= 5000 || rate <= 8000 && rng.Float64() < 0.5}, nil
		})
		if err != nil || f.Rate < 4000 || f.Rate > 8000 || !f.GaveUp && (f.Met != f.Tried || f.Tried <= confirmations) {
			t.Errorf("seed %d: %v/s, met %d of %d (%v); right is 4000 to 8000, and always", seed, f.Rate, f.Met, f.Tried, err)
		}
	}
}

func TestSearchEnds(t *testing.T) {
	never, err := search(context.Background(), 1000, func(rate float64) (trial, error) { return trial{Asked: rate}, nil })
	if err != nil || never.Rate != 0 || len(never.Trials) > 12 {
		t.Errorf("a server that never meets it: %+v, %v", never, err)
	}
	always, err := search(context.Background(), 1000, func(rate float64) (trial, error) { return trial{Asked: rate, Met: true}, nil })
	if err != nil || always.Rate < fastest/2 || always.Above != 0 {
		t.Errorf("one that always does: %+v, %v", always, err)
	}
	slow, err := search(context.Background(), 1000, func(rate float64) (trial, error) {
		return trial{Asked: rate, Met: rate < 3000, Unsound: rate >= 3000}, nil
	})
	if err != nil || slow.Limit != "generator" {
		t.Errorf("a generator that is too slow: %+v, %v", slow, err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if f, err := search(ctx, 1000, func(rate float64) (trial, error) { return trial{Asked: rate, Met: true}, nil }); err != nil || !f.Partial {
		t.Errorf("interrupted: %+v, %v", f, err)
	}
}

// A search against a server leaves its trials, its answer and its curve. An
// objective that is always missed ends after a few.
func TestFindMaxLeavesACurve(t *testing.T) {
	addr, _ := server(t, func([]byte) {})
	dir := filepath.Join(t.TempDir(), "found")
	var out, errs bytes.Buffer
	code := run([]string{addr, "--rate", "4", "--find-max", "hit>=200/s"}, &out, &errs)
	if code != exitUsage || !strings.Contains(errs.String(), "--find-max") {
		t.Errorf("exit status %d: %s", code, errs.String())
	}
	out.Reset()
	errs.Reset()
	code = run([]string{addr, "--rate", "40", "--find-max", "hit>=99.9%", "--trial", "300ms", "--zipf", "0", "--objects", "1000", "--out", dir, "--json"}, &out, &errs)
	var f found
	if err := json.Unmarshal(out.Bytes(), &f); err != nil || code != exitFail || f.Rate != 0 || len(f.Trials) < 3 {
		t.Fatalf("exit status %d, %+v, %v: %s", code, f, err, errs.String())
	}
	for _, name := range []string{"find_max.json", "find_max.svg", "find_max.png"} {
		if _, err := os.Stat(filepath.Join(dir, name)); err != nil {
			t.Error(err)
		}
	}
}
