package workloads

import (
	"os"
	"strings"
	"testing"
)

// TestDocsTellEveryPopularity: docs/workloads.md has a row for each kind, change and
// setting, with its default.
func TestDocsTellEveryPopularity(t *testing.T) {
	b, err := os.ReadFile("../docs/workloads.md")
	if err != nil {
		t.Fatal(err)
	}
	_, asked, _ := strings.Cut(string(b), "# What is asked for\n")
	asked, _, _ = strings.Cut(asked, "# When requests come\n")
	rows := map[string]string{}
	for line := range strings.Lines(asked) {
		if cells := strings.Split(line, "|"); len(cells) > 3 {
			rows[strings.Trim(cells[1], " `")] = cells[2]
		}
	}
	tell := func(name string, params []Param) {
		row, ok := rows[name]
		if !ok {
			t.Errorf("docs/workloads.md has no row for %s", name)
		}
		for _, p := range params {
			if want := "`" + p.Name + "=" + p.Unit.Format(p.Default) + "`"; !strings.Contains(row, want) {
				t.Errorf("docs/workloads.md: the row of %s does not tell %s", name, want)
			}
		}
	}
	for _, kind := range PopularityKinds() {
		tell(kind.Name, kind.Params)
	}
	for _, kind := range PopularityChanges() {
		tell("+"+kind.Name, kind.Params)
	}
	for _, kind := range TrafficKinds() {
		if kind.Name == "scan" || kind.Name == "attack" || kind.Name == "crowd" {
			tell(kind.Name, kind.Params)
		}
	}
}
