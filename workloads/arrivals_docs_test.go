package workloads

import (
	"os"
	"strings"
	"testing"
)

// The page has a row for every kind, with all settings and their defaults.
func TestTheDocsArrivalsAndShapes(t *testing.T) {
	text, err := os.ReadFile("../docs/workloads.md")
	if err != nil {
		t.Fatal(err)
	}
	row := func(name string, params []Param) {
		var settings []string
		for _, p := range params {
			settings = append(settings, "`"+p.Name+"="+p.Format(p.Default)+"`")
		}
		want := "| `" + name + "` | " + strings.Join(append(settings, "|"), " ")
		if !strings.Contains(string(text), want) {
			t.Errorf("docs/workloads.md has no row that begins %s", want)
		}
	}
	for _, k := range ArrivalKinds() {
		row(k.Name, k.Params)
	}
	for _, k := range ShapeKinds() {
		row(k.Name, k.Params)
	}
}
