package compare

import (
	"fmt"
	"io"
	"strings"

	"github.com/goccy/go-yaml"
)

// Setting is a setting of the scenario in which the sides differ: what a difference
// of figures may come from.
type Setting struct {
	Name string `json:"name"` // its keys with dots between them: "edge.policy", "workload.sections.0.zipf"
	A    string `json:"a"`    // as text; "" where that side does not have it
	B    string `json:"b"`
}

// passedOver are keys that say nothing of what is played: seeds are what chance is,
// names and descriptions are for people.
var passedOver = map[string]bool{"seed": true, "name": true, "about": true}

// settings are those in which the scenarios of two runs differ, in the order of a's
// file and then of b's. What is no scenario has none.
func settings(a, b Run) (list []Setting) {
	ofA, ofB := flat(a.Manifest.Scenario), flat(b.Manifest.Scenario)
	if len(ofA) == 0 || len(ofB) == 0 {
		return nil
	}
	valueB := map[string]string{}
	for _, s := range ofB {
		valueB[s.Name] = s.A
	}
	had := map[string]bool{}
	for _, s := range ofA {
		had[s.Name] = true
		if other := valueB[s.Name]; other != s.A {
			list = append(list, Setting{s.Name, s.A, other})
		}
	}
	for _, s := range ofB {
		if !had[s.Name] {
			list = append(list, Setting{s.Name, "", s.A})
		}
	}
	return list
}

// flat are the single values of a scenario's text, each as a Setting's A.
func flat(text string) (list []Setting) {
	var tree any
	if err := yaml.UnmarshalWithOptions([]byte(text), &tree, yaml.UseOrderedMap()); err != nil {
		return nil
	}
	walk(tree, "", func(name, value string) {
		if !passedOver[name] {
			list = append(list, Setting{Name: name, A: value})
		}
	})
	return list
}

// walk tells see of every single value below the tree.
func walk(tree any, name string, see func(name, value string)) {
	below := func(key any) string {
		return strings.TrimPrefix(fmt.Sprintf("%s.%v", name, key), ".")
	}
	switch tree := tree.(type) {
	case yaml.MapSlice:
		for _, item := range tree {
			walk(item.Value, below(item.Key), see)
		}
	case []any:
		for i, item := range tree {
			walk(item, below(i), see)
		}
	case nil: // as though the key were not there
	default:
		see(name, fmt.Sprint(tree))
	}
}

// settingsTold is how many settings the text names.
const settingsTold = 8

// writeSettings prints in what the scenarios differ.
func (r *Report) writeSettings(w io.Writer) {
	for i, s := range r.Settings {
		if i == settingsTold {
			fmt.Fprintf(w, "  and %d settings more\n", len(r.Settings)-i)
			break
		}
		if i == 0 {
			fmt.Fprintln(w, "What is set differently, in A and in B:")
		}
		fmt.Fprintf(w, "  %s: %s | %s\n", s.Name, shown(s.A), shown(s.B))
	}
}

// shown is a value, or that there is none.
func shown(value string) string {
	if value == "" {
		return "–"
	}
	const most = 24
	if r := []rune(strings.ReplaceAll(value, "\n", " ")); len(r) > most {
		return string(r[:most-1]) + "…"
	}
	return value
}
