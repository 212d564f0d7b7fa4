package page

import (
	"regexp"
	"strings"
	"testing"
)

// The modules stand in the page as one: none defines what another does, imports
// what comes later, or keeps a word of import or export.
func TestModulesMakeOneScript(t *testing.T) {
	defined := map[string]string{}
	place := map[string]int{}
	for i, name := range inOrder {
		place[name] = i
		source, err := modules.ReadFile("script/" + name + ".js")
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range regexp.MustCompile(`(?m)^(?:export )?(?:const|let|class|function\*?) ([A-Za-z_]+)`).FindAllStringSubmatch(string(source), -1) {
			if other := defined[m[1]]; other != "" {
				t.Errorf("%s.js and %s.js both define %s", name, other, m[1])
			}
			defined[m[1]] = name
		}
		for _, m := range regexp.MustCompile(`from "\./([a-z]+)\.js"`).FindAllStringSubmatch(string(source), -1) {
			if at, known := place[m[1]]; !known || at >= i && name != m[1] {
				t.Errorf("%s.js imports %s.js, which does not come before it", name, m[1])
			}
		}
		if lines := strings.Count(string(source), "\n"); lines > 300 {
			t.Errorf("%s.js has %d lines: a module has at most 300", name, lines)
		}
	}
	if left := regexp.MustCompile(`(?m)^(import|export)\b.*`).FindString(script()); left != "" {
		t.Errorf("the script keeps %q", left)
	}
	entries, err := modules.ReadDir("script")
	if err != nil || len(entries) != len(inOrder) {
		t.Errorf("%d modules are listed of %d (%v)", len(inOrder), len(entries), err)
	}
}
