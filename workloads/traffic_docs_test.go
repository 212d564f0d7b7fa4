package workloads

import (
	"os"
	"strings"
	"testing"
)

// The page has a row for every kind of traffic, with all settings and their defaults.
func TestTheDocsTraffic(t *testing.T) {
	text, err := os.ReadFile("../docs/workloads.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range TrafficKinds() {
		var settings []string
		for _, p := range k.Params {
			settings = append(settings, "`"+p.Name+"="+p.Format(p.Default)+"`")
		}
		want := "| `" + k.Name + "` | " + strings.Join(append(settings, "|"), " ")
		if !strings.Contains(string(text), want) {
			t.Errorf("docs/workloads.md has no row that begins %s", want)
		}
	}
}
