package scenario

import (
	"os"
	"strings"
	"testing"
)

// What docs/network.md shows is a part of a scenario that stands.
func TestTheDocsLocations(t *testing.T) {
	text, err := os.ReadFile("../../docs/network.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(text), "```yaml\n")
	shown, _, ok := strings.Cut(rest, "```")
	if !ok {
		t.Fatal("the page shows no YAML")
	}
	s := mustParse(t, shown+`distributions:
  - {id: E1, domain: d1.net, default: {origin: bucket}}
`, "workload.rate=5", "workload.sections=[{name: s, hosts: [d1.net]}]")
	if len(s.Edge.Locations) != 3 || len(s.Edge.Tiers) != 2 || s.Workload.Viewers.Countries["US"] != 40 {
		t.Errorf("%+v", s.Edge)
	}
}
