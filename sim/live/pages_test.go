package live

import (
	"maps"
	"strings"
	"testing"

	"edgesim/results"
	"edgesim/sim/scenario"
	"edgesim/sim/virtual"
)

// Which page led to a request is in the records of both worlds, and the same: top
// referrers count by it.
func TestBothWorldsKnowThePageThatLedToARequest(t *testing.T) {
	s, err := scenario.Load("news", "duration=3s", "warmup=1s", "workload.rate=200/s", "workload.aborts=0%", "workload.conditionals=0%", "edge.shards=1")
	if err != nil {
		t.Fatal(err)
	}
	played, names := inBubble(t, s)
	view := &collector{from: results.AtSimulator}
	others, err := virtual.Records(t.Context(), virtual.Config{Scenario: s, Epoch: names.Epoch}, view)
	if err != nil {
		t.Fatal(err)
	}
	live, told := pagesOf(played, names), pagesOf(view.recs, others)
	if !maps.Equal(live, told) {
		t.Errorf("live:\n%v\nforetold:\n%v", live, told)
	}
	inside := 0
	for page, n := range live {
		if strings.HasPrefix(page, "http://news.example.com/news/") {
			inside += n
		}
	}
	if inside == 0 {
		t.Errorf("nothing was led to by a page: %v", live)
	}
}

// pagesOf counts requests by their referrer.
func pagesOf(recs []results.Record, names *results.Names) map[string]int {
	counts := map[string]int{}
	for i := range recs {
		counts[names.Str(recs[i].Referrer)]++
	}
	return counts
}
