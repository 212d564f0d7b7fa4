package main

import (
	"context"
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Tiers of flags: the first is asked for what the edges miss together, each hands on
// what it misses, and the lower hit ratio is the corrected one.
func TestModelOfTiers(t *testing.T) {
	t.Parallel()
	j := modelAnswers(t, "--objects", "50000", "--zipf", "0.8", "--rate", "1000/s", "--edges", "4", "--capacity", "1000", "--tiers", "4000,20%")
	a := j.Answers[0]
	if j.Edges != 4 || math.Abs(j.Rate-250) > 1e-6 || len(a.Tiers) != 2 {
		t.Fatalf("%+v", j)
	}
	first, second := a.Tiers[0], a.Tiers[1]
	for what, x := range map[string][2]float64{
		"the first is asked for":  {first.Corrected.Asked, 4 * a.OriginRequests},
		"the second is asked for": {second.Corrected.Asked, first.Corrected.Passes},
		"the second's capacity":   {second.Capacity, 10_000},
		"corrected (four edges)":  {math.Round(100 * first.Corrected.Hit), 21}, // docs/models.md
		"naive":                   {math.Round(100 * first.Naive.Hit), 24},
	} {
		if math.Abs(x[0]-x[1]) > 1e-6*x[1] {
			t.Errorf("%s: %v, want %v", what, x[0], x[1])
		}
	}
	if second.Corrected.Hit >= second.Naive.Hit || second.Corrected.Hit <= 0 {
		t.Errorf("the second's band is %v to %v", second.Corrected.Hit, second.Naive.Hit)
	}
}

// Scenario tiers has an edge, a regional cache of 32 MiB and a shield that holds all.
// Played virtually with LRU, for twenty minutes, its regional cache hits 53.6 %.
func TestModelOfAScenariosTiers(t *testing.T) {
	t.Parallel()
	j := modelAnswers(t, "tiers", "--policy", "lru")
	for _, a := range j.Answers {
		if a.Capacity != j.Capacity {
			continue
		}
		regional, shield := a.Tiers[0], a.Tiers[1]
		if regional.Tier != "regional" || regional.Corrected.Hit > 0.536 || regional.Naive.Hit < 0.536 || regional.Naive.Hit-regional.Corrected.Hit > 0.06 || shield.Corrected.Hit < 0.9999 {
			t.Errorf("%+v", a.Tiers)
		}
		return
	}
	t.Error("no answer for its own capacity")
}

// An origin of 64 places with 80 ms each, asked for what a cache misses: Erlang's C.
func TestModelOfAnOrigin(t *testing.T) {
	t.Parallel()
	args := []string{"--objects", "1e6", "--capacity", "1%", "--rate", "1000/s", "--origin"}
	a := modelAnswers(t, append(args, "servers=64,service=80ms")...).Answers[0]
	o := a.Origins[0]
	if math.Abs(o.Rate-a.OriginRequests) > 1e-6 || math.Abs(o.Busy-o.Rate*0.08/64) > 1e-9 || o.Wait == nil || math.Abs(*o.Time-*o.Wait-0.08) > 1e-9 || o.Waits <= 0 || o.Waits > 0.1 {
		t.Errorf("%+v", o)
	}
	even := modelAnswers(t, append(args, "servers=64,service=80ms,cv2=0")...).Answers[0].Origins[0]
	if math.Abs(*even.Wait-*o.Wait/2) > 1e-12 {
		t.Errorf("service that is always the same waits %v, exponential %v", *even.Wait, *o.Wait)
	}
	full := modelAnswers(t, append(args, "servers=8,service=80ms")...).Answers[0].Origins[0]
	if full.Busy <= 1 || full.Wait != nil {
		t.Errorf("an overloaded origin: %+v", full)
	}
	if late := modelAnswers(t, append(args, "servers=64,service=80ms,timeout=1ms")...).Answers[0].Origins[0].Late; o.Late != 0 || full.Late != 1 || late <= 0 || late >= o.Waits {
		t.Errorf("late: %v after 30 s, %v of an overloaded one, %v after 1 ms, where %v wait", o.Late, full.Late, late, o.Waits)
	}
	text, _, _ := model(t, append(args, "servers=8,service=80ms")...)
	if !strings.Contains(text, "endless") {
		t.Errorf("the table does not say that the queue is endless:\n%s", text)
	}
}

// One server with lognormal times is M/G/1, for which the formula is exact (Pollaczek,
// Khinchine). The virtual run's mean over 114,000 requests is within 4 %.
func TestModelOfAnOriginIsWhatIsPlayed(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "mg1.yaml")
	err := os.WriteFile(file, []byte(`
name: mg1
seed: 5
duration: 20m
warmup: 1m
edge: {mode: cloudfront, capacity: 64MiB}
origins:
  app: {kind: server, concurrency: 1, first_byte: {median: 5ms, p99: 25ms}, uncacheable: 100%}
distributions:
  - {id: E1MG1000000001, domain: d1mg1.cloudfront.net, aliases: [www.example.com], default: {origin: app}}
workload:
  rate: 100/s
  sections:
    - {name: all, hosts: [www.example.com], objects: 1000000, popularity: uniform, types: [{name: x, prefix: /x/, ext: .bin, content_type: a/b, size: {median: 1KB, p99: 1KB}}]}
`), 0o644)
	if err != nil {
		t.Fatal(err)
	}
	o := modelAnswers(t, file, "--policy", "lru", "--capacity", "64MiB").Answers[0].Origins[0]
	status, out, errs := edgesim(t, context.Background(), "run", file, "--mode", "virtual", "--json", "--out", filepath.Join(t.TempDir(), "run"))
	var played struct {
		Latency struct{ TTFB struct{ Mean float64 } } `json:"latency_ms"`
	}
	if err := json.Unmarshal([]byte(out), &played); err != nil || status != exitDone {
		t.Fatal(status, err, errs)
	}
	if got := played.Latency.TTFB.Mean / 1000; math.Abs(got/(*o.Time)-1) > 0.04 || o.Busy < 0.6 || o.Busy > 0.7 {
		t.Errorf("played %.5f s, by formula %.5f s at %v busy", got, *o.Time, o.Busy)
	}
}

func TestModelOfShotNoise(t *testing.T) {
	t.Parallel()
	j := modelAnswers(t, "--popularity", "shot_noise:requests=10,beta=2,life=100s", "--rate", "10/s", "--capacity", "200")
	if a := j.Answers[0]; math.Abs(a.Hit-0.7437) > 1e-4 || math.Abs(a.OriginRequests-2.563) > 1e-2 { // sim/analytic's simulated test
		t.Errorf("%+v", a)
	}
	if all := modelAnswers(t, "--popularity", "shot_noise:requests=25,life=3d", "--size", "1MB").Answers; len(all) != octaves || all[octaves-1].Hit < 0.95 {
		t.Errorf("%+v", all)
	}
}

func TestModelSaysWhatIsWrongBehind(t *testing.T) {
	t.Parallel()
	for args, want := range map[string]string{
		"--objects 10 --edges 0":                                   "--edges 0: right is 1 to 1000",
		"quickstart --edges 3":                                     "--edges says what the scenario does already",
		"quickstart --origin servers=1,service=1s":                 "--origin says what the scenario does already",
		"--objects 10 --tiers 1GiB":                                "--tiers: ",
		"--objects 10 --origin servers=0,service=1s":               "servers=0; right is a number from 1",
		"--objects 10 --origin servers=4":                          "has not both of servers and service",
		"--objects 10 --origin servers=4,service=-1s":              "service=-1s; right is a time",
		"--objects 10 --origin servers=4,service=1s,cv2=x":         "cv2=x; right is",
		"--objects 10 --origin places=4":                           `there is no "places"`,
		"--popularity zipf":                                        "popularity zipf has no formula here",
		"--popularity shot_noise:lief=3d":                          "--popularity: ",
		"--popularity shot_noise --policy fifo":                    "--policy is not in the formula of objects that come and go",
		"--popularity shot_noise --tiers 100":                      "--tiers is not in the formula",
		"--popularity shot_noise --objects 10":                     "four ways",
		"--popularity shot_noise --origin servers=4,service=100ms": "--origin is not in the formula",
	} {
		modelRefuses(t, args, want)
	}
}
