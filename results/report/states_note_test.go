package report

import (
	"strings"
	"testing"

	"edgesim/results"
)

// Where countries are known and no state is, states are what is said to be lacking.
func TestUnknownStatesAreNotUnknownCountries(t *testing.T) {
	for country, want := range map[string]string{"JP": "No viewer's state", "US": "No viewer's state", "": "No viewer's state"} {
		names := exampleNames()
		r := results.Record{Status: 200}
		copy(r.Country[:], country)
		v := newViewers(Options{Names: names, States: true})
		v.Add([]results.Record{r})
		for _, table := range v.Tables("") {
			if all := strings.Join(table.Notes, "\n"); table.Name == "viewers_locations" && !strings.Contains(all, want) {
				t.Errorf("%q: notes %q", country, all)
			}
		}
	}
}
