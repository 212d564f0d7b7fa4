package scenario

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"

	"edgesim/sim/nearest"
	"edgesim/sim/unit"
	"edgesim/workloads"
)

// What distances count.
const (
	byObjects = "objects"
	byBytes   = "bytes"
)

// checkRecency looks at what only the file knows: how distances are written. What
// they mean the catalog checks with the section.
func (s *Scenario) checkRecency(section *Section, where at) *fault {
	r := &section.Recency
	switch {
	case r.By != "" && r.By != byObjects && r.By != byBytes:
		return s.source.fault(where.then("by"), "%q: want bytes or objects", r.By)
	case r.By != "" && len(r.Types) == 0:
		return s.source.fault(where.then("types"), "missing: want distances, as [{within: {0: 10%%, 1000: 40%%}}]")
	}
	var names []string
	for _, t := range section.Types {
		names = append(names, t.Name)
	}
	for i, t := range r.Types {
		place := where.then("types", i)
		if t.Type != "" && !slices.Contains(names, t.Type) {
			return s.source.fault(place.then("type"), "the section has no type %q%s", t.Type, nearest.DidYouMean(t.Type, names))
		}
		known := map[int64]string{}
		for _, text := range slices.Sorted(maps.Keys(t.Within)) {
			distance, err := r.distance(text)
			if err != nil {
				return s.source.fault(place.then("within", text), "%v", err)
			}
			if other, twice := known[distance]; twice {
				return s.source.fault(place.then("within", text), "it is the same distance as %s", other)
			}
			known[distance] = text
		}
	}
	return nil
}

// distance reads a key of Within.
func (r *Recency) distance(text string) (int64, error) {
	if r.By != byBytes {
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil || n < 0 {
			return 0, fmt.Errorf("%q: want a number of objects, as 1000, or by: bytes", text)
		}
		return n, nil
	}
	if text == "0" {
		return 0, nil
	}
	size, err := unit.ParseSize(text)
	return int64(size), err
}

// convert is nil where there are no distances. They have been checked.
func (r *Recency) convert() *workloads.Recency {
	if len(r.Types) == 0 {
		return nil
	}
	made := &workloads.Recency{ByBytes: r.By == byBytes}
	for _, t := range r.Types {
		of := workloads.RecencyOf{Type: t.Type}
		for text, share := range t.Within {
			distance, err := r.distance(text)
			if err != nil {
				panic("scenario: a checked distance is wrong: " + err.Error())
			}
			of.Within = append(of.Within, workloads.Within{Distance: distance, Share: float64(share)})
		}
		slices.SortFunc(of.Within, func(a, b workloads.Within) int { return cmp.Compare(a.Distance, b.Distance) })
		made.Types = append(made.Types, of)
	}
	return made
}
