package main

import (
	"os"
	"strings"
	"testing"

	"edgesim/sim/scenario"
)

// TestFilesInTheREADMEStand reads every YAML file that the README shows as
// `edgesim serve --config` would.
func TestFilesInTheREADMEStand(t *testing.T) {
	text, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	files := strings.Split(string(text), "```yaml\n")[1:]
	if len(files) == 0 {
		t.Fatal("the README shows no file")
	}
	for _, file := range files {
		file, _, _ = strings.Cut(file, "```")
		if _, err := scenario.ParseConfig("README.md", []byte(file)); err != nil {
			t.Errorf("%v in\n%s", err, file)
		}
	}
}

func TestScenariosPrintsTheManagedPolicies(t *testing.T) {
	out := &strings.Builder{}
	if code := run([]string{"scenarios", "policies"}, out, &strings.Builder{}); code != 0 || !strings.Contains(out.String(), "CachingOptimized:") {
		t.Errorf("status %d:\n%s", code, out)
	}
}
