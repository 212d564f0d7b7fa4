package trace

import (
	"os"
	"strings"
	"testing"
)

// TestDocsTellEveryFormat: docs/traces.md has a line for each, which says whether it
// is written, too.
func TestDocsTellEveryFormat(t *testing.T) {
	b, err := os.ReadFile("../../docs/traces.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range Formats() {
		found := false
		for line := range strings.Lines(string(b)) {
			if strings.HasPrefix(line, "| `"+f.Name+"` |") {
				found = true
				if strings.HasSuffix(line, "| yes |\n") != f.Writable() {
					t.Errorf("docs/traces.md is wrong about whether %s is written", f.Name)
				}
			}
		}
		if !found {
			t.Errorf("docs/traces.md does not tell %s", f.Name)
		}
	}
}
