package scenario

import (
	"embed"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
	"time"

	"edgesim/sim/nearest"
	"edgesim/sim/unit"
)

//go:embed presets/*.yaml
var presetFiles embed.FS

// Preset is a workload that comes with the program: a synthesis of published
// figures, not the copy of any site.
type Preset struct {
	Name  string
	About string // in one line
}

// Presets lists them by name.
func Presets() (list []Preset) {
	for _, name := range presetNames() {
		text, _ := PresetText(name)
		first, _, _ := strings.Cut(strings.TrimPrefix(text, "# "), "\n")
		list = append(list, Preset{name, first})
	}
	return list
}

func presetNames() []string {
	files, err := fs.Glob(presetFiles, "presets/*.yaml")
	if err != nil {
		panic("scenario: the pattern of presets is malformed: " + err.Error())
	}
	for i, f := range files {
		files[i] = strings.TrimSuffix(path.Base(f), ".yaml")
	}
	return files
}

// PresetText is a preset's YAML, comments included: what a scenario can have as its
// workload. What is of runs of a day and longer is in comments at its end.
func PresetText(name string) (string, error) {
	text, inDays, err := presetParts(name)
	if err == nil && inDays != "" {
		text += "# in a run of " + aDay.String() + " and longer, beside that or in its place:\n#\n"
		for line := range strings.Lines(inDays) {
			text += "# " + line
		}
	}
	return text, err
}

// presetParts are the two documents of a preset's file: what it is at all times and,
// where there is more, what a run of days has beside that or in its place.
func presetParts(name string) (always, inDays string, err error) {
	text, err := presetFiles.ReadFile("presets/" + name + ".yaml")
	if err != nil || name == "" {
		return "", "", fmt.Errorf("no preset %q%s", name, nearest.DidYouMean(name, presetNames()))
	}
	always, inDays, _ = strings.Cut(string(text), "---\n")
	return always, inDays, nil
}

// aDay is how long a run lasts that gets what changes within days: the shape of a
// day, whose mean over whole days is the rate asked for, bursts, births, churn. A run
// of seconds at midnight would get the night's rate, lie between two bursts, and see
// nobody born.
const aDay = unit.Duration(24 * time.Hour)

// inDays reports whether a scenario is a run of days by what has been said so far.
// A closed loop has no time in which anything changes; one that ends by the number
// of requests does not say how long it takes.
func inDays(root, w *node) bool {
	text := func(of *node, key string) string {
		if n := of.find(key); n != nil && n.kind == scalar {
			return n.text
		}
		return ""
	}
	if text(w, "closed") == "true" || text(w, "requests") != "" && text(w, "requests") != "0" {
		return false
	}
	if said := text(root, "duration"); said != "" {
		var d unit.Duration
		return d.Set(said) == nil && d >= aDay
	}
	var stages unit.Schedule
	return stages.Set(text(w, "rate")) == nil && stages.Length() >= aDay
}

// OfPreset is a scenario with a preset as its workload, asked for under one name of
// an edge that nobody looks at: what a load generator plays against a server.
func OfPreset(name, host string, sets ...string) (*Scenario, error) {
	if _, err := PresetText(name); err != nil {
		return nil, err
	}
	const text = `name: %s
origins: {server: {kind: server}}
distributions: [{id: EPRESET0000001, domain: %q, default: {origin: server}}]
workload: {preset: %s}
`
	return Parse("preset "+name, fmt.Appendf(nil, text, name, host, name), sets...)
}

// ofPresets are the keys by whose values it is decided what a preset is.
var ofPresets = []string{"workload.preset", "duration", "workload.rate", "workload.closed", "workload.requests"}

// presetFirst puts a preset below what the file says of its workload, so that
// assignments find it there, and returns the assignments that are left.
func presetFirst(root *node, sets []string) (left []string, f *fault) {
	for _, set := range sets {
		if key, _, _ := strings.Cut(set, "="); !slices.Contains(ofPresets, key) {
			left = append(left, set)
		} else if f := assign(root, set); f != nil {
			return nil, f
		}
	}
	return left, mergePreset(root)
}

// mergePreset puts the preset that a workload names below it.
func mergePreset(root *node) *fault {
	w := root.find("workload")
	if w == nil {
		return nil
	}
	named := w.find("preset")
	if named == nil || named.kind != scalar || named.text == "" {
		return nil
	}
	always, more, err := presetParts(named.text)
	if err != nil {
		return named.fault("workload.preset", "%v", err)
	}
	if !inDays(root, w) {
		more = ""
	}
	for _, text := range []string{more, always} {
		preset, f := parseTree([]byte(text))
		if f != nil {
			return f
		}
		preset.mark(place{set: "preset " + named.text})
		w.merge(preset)
	}
	return nil
}

// merge adds what n does not say: keys of mappings, and of lists whose items have
// names the items that n does not have; items of one name are merged. Other lists
// are n's alone.
func (n *node) merge(below *node) {
	switch {
	case n.kind == nothing:
		*n = *below
	case n.kind == mapping && below.kind == mapping:
		for i, k := range below.keys {
			if mine := n.find(k.name); mine != nil {
				mine.merge(below.items[i])
			} else {
				n.keys, n.items = append(n.keys, k), append(n.items, below.items[i])
			}
		}
	case n.kind == list && below.kind == list:
		n.mergeNamed(below)
	}
}

func (n *node) mergeNamed(below *node) {
	named := func(item *node) bool { return item.find("name") != nil && item.ownName() != "" }
	if !slices.ContainsFunc(below.items, named) {
		return
	}
	merged, mine := slices.Clone(below.items), n.items
	for _, item := range mine {
		at := slices.IndexFunc(merged, func(other *node) bool { return other.ownName() == item.ownName() })
		if at < 0 || !named(item) {
			merged = append(merged, item)
			continue
		}
		item.merge(merged[at])
		merged[at] = item
	}
	n.items = merged
}

// hostsOfPreset gives a preset's sections a host where nobody does.
func (s *Scenario) hostsOfPreset() {
	w := &s.Workload
	if w.Preset == "" || len(w.Hosts) > 0 || len(s.Distributions) == 0 {
		return
	}
	d := &s.Distributions[0]
	w.Hosts = []string{d.Domain}
	for _, alias := range d.Aliases {
		if !strings.Contains(alias, "*") {
			w.Hosts = []string{alias}
			return
		}
	}
}
