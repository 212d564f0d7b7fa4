package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
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
	n := 0
	f, err := search(ctx, 1000, func(rate float64) (trial, error) {
		if n++; n == 2 {
			cancel()
		}
		return trial{Asked: rate, Met: true, Kept: true}, nil
	})
	if err != nil || !f.Partial || f.Rate != 1000 || f.Above != 0 || len(f.Trials) != 1 {
		t.Errorf("interrupted at the second trial: %+v, %v", f, err)
	}
	if f, err := search(ctx, 1000, func(rate float64) (trial, error) { return trial{Asked: rate, Met: true}, nil }); err != nil || !f.Partial {
		t.Errorf("interrupted: %+v, %v", f, err)
	}
}

// A rate at which a worker was lost is played again, and its trial counts for nothing; a
// search that fails says what it had found, and no more.
func TestSearchThatLosesWorkers(t *testing.T) {
	few := errors.New("1 of 2 workers are ready after 1m0s")
	gone := trial{Lost: "share 2/2 (worker b): its worker was stopped"}
	good, bad := trial{Met: true, Kept: true}, trial{Kept: true}
	for name, row := range map[string]struct {
		trials      []trial // what comes of one after the other; then there are too few workers
		asked       []float64
		rate, above float64
		met         int
		why         string
	}{
		"found nothing":        {nil, nil, 0, 0, 0, few.Error()},
		"lost at once":         {[]trial{gone}, []float64{100}, 0, 0, 0, few.Error()},
		"lost on the way up":   {[]trial{good, gone, good, gone}, []float64{100, 200, 200, 400}, 200, 0, 1, few.Error()},
		"lost on the way down": {[]trial{good, bad, gone, good, good}, []float64{100, 200, 150, 150, 175}, 175, 200, 1, few.Error()},
		"all missed":           {[]trial{bad, gone, bad}, []float64{100, 50, 50}, 0, 50, 0, few.Error()},
		"lost each time":       {[]trial{good, gone, gone, gone, good}, []float64{100, 200, 200, 200}, 100, 0, 1, "200/s was played 3 times, and a worker was lost each time; the last time share 2/2 (worker b)"},
	} {
		n := 0
		f, err := search(t.Context(), 100, func(rate float64) (trial, error) {
			if n == len(row.trials) {
				return trial{}, few
			}
			got := row.trials[n]
			got.Asked = rate
			n++
			return got, nil
		})
		var asked []float64
		for _, one := range f.Trials {
			asked = append(asked, one.Asked)
		}
		if err == nil || !strings.Contains(err.Error(), row.why) || !slices.Equal(asked, row.asked) || !f.Partial || f.Rate != row.rate || f.Above != row.above || f.Met != row.met || f.Tried != row.met {
			t.Errorf("%s: %+v, %v", name, f, err)
		}
		if name == "lost on the way down" {
			f.heldToPartial(t, err)
		}
	}
}

// heldToPartial holds what is printed and drawn of a search that failed to its figures.
func (f *found) heldToPartial(t *testing.T, why error) {
	t.Helper()
	dir := t.TempDir() // which a search makes before its first trial
	o, err := parse([]string{"http://edge.test", "--find-max", "ttfb-p99<=50ms", "--out", dir}, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	var out, errs bytes.Buffer
	if code := f.end(o, why, &out, &errs); code != exitFail || !strings.Contains(errs.String(), why.Error()) {
		t.Errorf("exit status %d: %s", code, errs.String())
	}
	text := strings.Join(strings.Fields(out.String()), " ")
	drawn, err := os.ReadFile(filepath.Join(dir, "find_max.svg"))
	if err != nil || !strings.Contains(string(drawn), "partial") || !strings.Contains(text, "This is partial") || !strings.Contains(errs.String(), "what it has found is partial") ||
		strings.Count(text, "worker lost") != len(f.Trials)-f.told() {
		t.Errorf("%v; the text says\n%s\n%s", err, out.String(), errs.String())
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
	code = run([]string{addr, "--rate", "40", "--find-max", "hit>=99.9%", "--out", os.DevNull}, &out, &errs)
	if code != exitUsage || !strings.Contains(errs.String(), "--out /dev/null: there is a file in its way") || strings.Contains(errs.String(), "looking") {
		t.Errorf("with a file as --out: exit status %d: %s", code, errs.String())
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
