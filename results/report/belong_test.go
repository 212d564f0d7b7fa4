package report

import (
	"testing"
	"time"

	"edgesim/results"
)

// oneHour is a request of a viewer in Japan for the first distribution.
func oneHour(names *results.Names) []results.Record {
	return []results.Record{{URL: names.Strings.Of("/a"), Referrer: names.Strings.Of("https://example.com/"), Status: 200,
		Result: results.Hit, Response: results.Hit, BytesOut: 1000, Country: [2]byte{'J', 'P'}}}
}

// Tables made while there was one distribution count as its own when there are
// two; where they do not say whose they are, no rows of none come of it.
func TestTablesOfTheOnlyDistributionStayItsOwn(t *testing.T) {
	names := exampleNames()
	two := names.Distributions
	for _, belong := range []bool{true, false} {
		names.Distributions = two[:1]
		o := Options{Names: names, Generated: epoch.Add(time.Hour)}
		then := NewSet(o)
		then.Add(oneHour(names))
		var tables []*Table
		for _, k := range then.Kinds() {
			tables = append(tables, then.Tables(k.Name, "")...)
		}
		names.Distributions = two
		now, again := NewSet(o), NewSet(o)
		now.Add(oneHour(names))
		for _, table := range tables {
			if belong {
				table.Belong(two[0])
			}
			if !again.Prints(table.Name) || !belong && table.Name != "viewers_locations" {
				continue
			}
			if err := again.Absorb(table); err != nil {
				t.Fatal(err)
			}
		}
		scopes := []string{""}
		if belong {
			scopes = []string{"", two[0].ID, two[1].ID}
		}
		for _, scope := range scopes {
			compareBelonging(t, now, again, scope, belong)
		}
	}
}

func compareBelonging(t *testing.T, now, again *Set, scope string, belong bool) {
	t.Helper()
	for _, name := range []string{"cache_statistics", "usage", "top_referrers", "viewers"} {
		want, got := now.Tables(name, scope), again.Tables(name, scope)
		for i := range want {
			if w, g := len(want[i].Rows), len(got[i].Rows); !belong && g > w {
				t.Errorf("%s of %q: %d rows, want %d", want[i].Name, scope, g, w)
			}
			if w, g := csvOf(t, want[i]), csvOf(t, got[i]); belong && w != g {
				t.Errorf("%s of %q:\n%s\nwant\n%s", want[i].Name, scope, g, w)
			}
		}
	}
}
