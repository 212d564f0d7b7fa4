package folder

import (
	"strings"
	"testing"
	"unicode/utf8"

	"edgesim/results"
)

func TestHeadlineFitsATerminal(t *testing.T) {
	recs, names := synthetic(6)
	opt := options(t.TempDir(), names)
	opt.Plots = false
	opt.Manifest.Name = strings.Repeat("very-", 40) + "long"
	s := build(t, opt, recs, End{Partial: true, Warnings: []string{strings.Repeat("a doubt about the figures ", 9)}})
	var out strings.Builder
	if err := Headline(&out, s, "results/runs/one"); err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(out.String()) {
		if n := utf8.RuneCountInString(strings.TrimRight(line, "\n")); n > 80 {
			t.Errorf("line of %d columns: %q", n, line)
		}
	}
	for _, want := range []string{"hit ratio", "byte hit ratio", "origin offload", "Hit ", "Miss ", "p99", "errors",
		"warning", "partial", "images.example.com", "results/runs/one/index.html"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("the headline lacks %q:\n%s", want, out.String())
		}
	}
}

// Where there are tiers, a headline adds up what each layer had of its own.
func TestHeadlineOfTiers(t *testing.T) {
	place := func(layer, location string, requests, hits int64) results.TierFigures {
		f := results.TierFigures{Layer: layer, Location: location, Requests: requests, Hits: hits, BodyBytes: 100 * requests, CachedBytes: 100 * hits}
		f.Add(&results.TierFigures{})
		return f
	}
	s := &results.Summary{Tiers: []results.TierFigures{
		place("edge", "FRA1", 10_000_000, 5_000_000), place("edge", "IAD1", 10_000_000, 1_000_000), place("shield", "IAD2", 400, 100), place("origin", "bucket", 300, 0)}}
	var out strings.Builder
	if err := Headline(&out, s, "x"); err != nil {
		t.Fatal(err)
	}
	want := `  tiers           edge (2)          20,000,000  own hits  30.0 %  bytes  30.0 %
                  shield                   400  own hits  25.0 %  bytes  25.0 %
                  origin                   300
`
	if !strings.Contains(out.String(), want) {
		t.Errorf("got\n%s\nwant\n%s", out.String(), want)
	}
	out.Reset()
	s.Tiers = s.Tiers[:1]
	if Headline(&out, s, "x"); strings.Contains(out.String(), "tiers") {
		t.Error("one location's headline has tiers")
	}
}

// Against a server that does not tell how it answered, a headline still has
// its times.
func TestHeadlineOfUnclassifiedResponses(t *testing.T) {
	opt := options(t.TempDir(), results.NewNames(runStart))
	opt.Plots = false
	opt.TrafficFrom = results.AtClient
	s := build(t, opt, []results.Record{{At: 5e9, Vantage: results.AtClient, TTFB: 7e6, Total: 9e6, Status: 200}}, End{})
	var out strings.Builder
	if err := Headline(&out, s, "x"); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(out.String(), "unclassified") || strings.Count(out.String(), "7.00 ms") != 2 {
		t.Errorf("the headline lacks the times of unclassified responses:\n%s", out.String())
	}
}
