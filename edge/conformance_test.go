package edge

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"edgesim/edge/behavior"
)

var update = flag.Bool("update", false, "write the generated documents anew")

// level is how strongly a document asks for something.
type level string

const (
	must   level = "MUST"
	should level = "SHOULD"
	may    level = "MAY" // allowed, and better done than left
)

// rule is a row of the table of conformance: what a document asks for, and the
// scripts (script_test.go) that show it on a real edge. A rule that is not kept,
// or cannot be, has a reason in place of a script, or beside the script that
// shows what is done instead.
type rule struct {
	section string // "9111 §4.2.1"
	level   level
	says    string // in our words
	script  string
	with    func(*behavior.Behavior) // changes the standard behavior; nil: nothing
	by      string                   // another test that shows it
	no      string                   // why it is not kept
}

// rules is the table. A file of rows adds its name here.
func rules() []rule {
	return slices.Concat(
		storing, freshness, reuse, validating, conditions, ranging, extensions, semantics, forwarding,
	)
}

func TestConformance(t *testing.T) {
	for _, r := range rules() {
		if r.script == "" {
			continue
		}
		t.Run(strings.ReplaceAll(r.section+" "+r.says, "/", "|"), func(t *testing.T) {
			runScript(t, r.script, r.with)
		})
	}
}

// Every row shows what it claims, or says why not.
func TestConformanceRowsAreWhole(t *testing.T) {
	tests := testNames(t)
	seen := map[string]bool{}
	for _, r := range rules() {
		key := r.section + r.says
		switch {
		case seen[key]:
			t.Errorf("%s: %s: the row is there twice", r.section, r.says)
		case r.script == "" && r.by == "" && r.no == "":
			t.Errorf("%s: %s: no script, no test, no reason", r.section, r.says)
		case r.by != "" && !slices.Contains(tests, r.by):
			t.Errorf("%s: %s: there is no test %s", r.section, r.says, r.by)
		}
		seen[key] = true
	}
}

// testNames are the tests of this package and of the one that judges.
func testNames(t *testing.T) (names []string) {
	for _, pattern := range []string{"*_test.go", "rfc9111/*_test.go"} {
		files, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range files {
			text, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			for line := range strings.Lines(string(text)) {
				if name, ok := strings.CutPrefix(line, "func "); ok && strings.Contains(name, "(t *testing.T)") {
					names = append(names, name[:strings.IndexByte(name, '(')])
				}
			}
		}
	}
	return names
}

const conformanceDoc = "../docs/conformance.md"

// docs/conformance.md is the table; -update writes it.
func TestConformanceDocIsCurrent(t *testing.T) {
	want := conformanceText(rules())
	if *update {
		if err := os.WriteFile(conformanceDoc, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(conformanceDoc)
	if err != nil || string(got) != want {
		t.Errorf("docs/conformance.md is not the table (%v): go test ./edge -run Conformance -update", err)
	}
}

func conformanceText(table []rule) string {
	slices.SortStableFunc(table, func(a, b rule) int { return compareSections(a.section, b.section) })
	var rows strings.Builder
	kept, reasoned, doc := 0, 0, ""
	for _, r := range table {
		if d := r.section[:4]; d != doc {
			doc = d
			fmt.Fprintf(&rows, "\n## RFC %s\n\n| Section | | What it asks for | Test | Kept |\n|---|---|---|---|---|\n", doc)
		}
		verdict := "yes"
		if r.no != "" {
			reasoned++
			verdict = "no: " + r.no
		} else {
			kept++
		}
		fmt.Fprintf(&rows, "| %s | %s | %s | %s | %s |\n", r.section[5:], r.level, escapeCell(r.says), r.test(), escapeCell(verdict))
	}
	return fmt.Sprintf(conformanceHead, len(table), kept, reasoned) + rows.String()
}

// test names what shows the row; "script" is a script of the table's own.
func (r *rule) test() string {
	switch {
	case r.by != "":
		return r.by
	case r.script != "":
		return "script"
	}
	return "none"
}

const conformanceHead = `# Conformance

What the standards ask of a shared cache, row by row, and whether the edge in
mode ` + "`standard`" + ` keeps it. The rules are in our words; MAY marks what is allowed and
better done than left. %d rows: %d kept, %d not, each with its reason.

A row's test is a script of its own, run by its section, as with
` + "`go test ./edge -v -run 'TestConformance/9111_§3.4'`" + `, or a test of that name in edge.

Generated from the tests that show it, edge/conformance*_test.go, by
` + "`go test ./edge -run Conformance -update`" + `; a test fails when it is not current.
`

func escapeCell(s string) string { return strings.ReplaceAll(s, "|", "\\|") }

// compareSections orders "9111 §4.2.1" by number.
func compareSections(a, b string) int {
	split := func(s string) []string {
		return strings.FieldsFunc(s, func(r rune) bool { return r < '0' || r > '9' })
	}
	x, y := split(a), split(b)
	for i := range min(len(x), len(y)) {
		if c := len(x[i]) - len(y[i]); c != 0 {
			return c
		}
		if c := strings.Compare(x[i], y[i]); c != 0 {
			return c
		}
	}
	return len(x) - len(y)
}
