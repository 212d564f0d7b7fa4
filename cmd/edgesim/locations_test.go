package main

import (
	"context"
	"encoding/json"
	"math"
	"strings"
	"testing"

	"edgesim/sim/network"
)

func TestLocations(t *testing.T) {
	t.Parallel()
	status, text, _ := edgesim(t, context.Background(), "scenarios", "locations")
	if status != 0 || !strings.Contains(text, "FRA      Frankfurt         DE       EU       eu-central-1    50.04") || strings.Count(text, "\n") != 1+len(network.Locations()) {
		t.Errorf("status %d\n%s", status, text)
	}
	status, text, _ = edgesim(t, context.Background(), "scenarios", "locations", "world")
	for _, want := range []string{"regional  SIN50-P7  Singapore             IAD50-P9  252.5 ", "edge      NRT57-P2  Tokyo        1", "Viewers' last mile comes on top: p50 1", "United States         Dallas "} {
		if status != 0 || !strings.Contains(text, want) {
			t.Errorf("status %d, no %q in\n%s", status, want, text)
		}
	}
}

func TestDistancesAsJSON(t *testing.T) {
	status, text, _ := edgesim(t, context.Background(), "scenarios", "locations", "world", "--json", "--set", "network.matrix=aws-2017")
	var d distances
	if err := json.Unmarshal([]byte(text), &d); err != nil || status != 0 {
		t.Fatal(status, err)
	}
	viewers := 0.0
	for _, e := range d.Edges {
		viewers += e.Viewers
	}
	if len(d.Edges) != 13 || math.Abs(viewers-1) > 1e-5 || d.Measured == 0 || d.Edges[7].Origins["app"] != 217 {
		t.Errorf("%d edges, %v of the viewers, %d measured, Singapore is %v from the origins", len(d.Edges), viewers, d.Measured, d.Edges[7].Origins)
	}
}

func TestLocationsSayWhatIsWrong(t *testing.T) {
	for want, args := range map[string][]string{
		`no scenario "wordl"`:                {"locations", "wordl"},
		"3 names given":                      {"locations", "world", "more"},
		"there is nothing to set":            {"locations", "--set", "a=b"},
		"network.stretch: -1: want 1 to 100": {"locations", "world", "--set", "network.stretch=-1"},
		"network.matrix: reading a m":        {"locations", "world", "--set", "network.matrix=no/such.csv"},
	} {
		status, _, stderr := edgesim(t, context.Background(), append([]string{"scenarios"}, args...)...)
		if status != 2 || !strings.Contains(stderr, want) {
			t.Errorf("%v: status %d, %s; want %s", args, status, stderr, want)
		}
	}
}
