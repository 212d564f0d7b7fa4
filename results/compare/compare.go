// Package compare tells two sets of runs apart: every headline figure with its
// interval, the difference, and whether it is more than chance. It knows summaries
// and manifests. It must never know how a run was made.
//
// The unit is a run. Requests within a run are correlated (a cache remembers), and
// so are its hours and time buckets: they are no replicas, and a thousand of them
// say no more about another seed than one. Only runs repeated with other seeds do.
package compare

import (
	"errors"
	"fmt"
	"slices"

	"edgesim/results"
)

// Run is one run, as its folder tells it.
type Run struct {
	Name     string // of its folder
	Summary  *results.Summary
	Manifest *results.Manifest
}

// Read reads the run in dir.
func Read(dir, name string) (Run, error) {
	m, err := results.ReadManifest(dir)
	if err != nil {
		return Run{}, err
	}
	if m.Format == 0 {
		return Run{}, fmt.Errorf("%s/%s is no run's: it tells no format", dir, results.ManifestFile)
	}
	s, err := results.ReadSummary(dir)
	return Run{name, s, m}, err
}

// Report is a comparison.
type Report struct {
	A          []string `json:"a"` // names of the runs
	B          []string `json:"b"`
	Confidence float64  `json:"confidence"`
	// Paired says that runs of the same seed were compared with each other: what
	// the seed does to both is no difference.
	Paired   bool      `json:"paired_by_seed"`
	Settings []Setting `json:"settings"` // in which the first runs' scenarios differ
	Rows     []Row     `json:"figures"`
	Verdict  []string  `json:"verdict"` // sentences
	Warnings []string  `json:"warnings"`
}

// Row is one figure of both sides.
type Row struct {
	Name  string     `json:"name"` // as in summary.json: "latency_ms.ttfb.p99"
	Title string     `json:"title"`
	Unit  string     `json:"unit"` // "%", "ms", "/s", "B/s" or "": a number
	A     Estimate   `json:"a"`
	B     Estimate   `json:"b"`
	Delta Difference `json:"difference"`
	// Says is better, worse, more or less where the difference is more than chance,
	// "same" where there is none at all, "~" where it may be chance, and "?" where
	// there are too few runs to tell.
	Says string `json:"says"`
}

// Words of Row.Says.
const (
	Better  = "better"
	Worse   = "worse"
	More    = "more"
	Less    = "less"
	Same    = "same"
	Chance  = "~"
	Unknown = "?"
)

// Compare compares runs. confidence is that of the intervals, between 0 and 1; a
// difference is more than chance where its interval leaves 0 out.
func Compare(a, b []Run, confidence float64) (*Report, error) {
	if len(a) == 0 || len(b) == 0 {
		return nil, errors.New("a comparison wants runs on both sides")
	}
	if !(confidence > 0 && confidence < 1) {
		return nil, fmt.Errorf("confidence %v; right is between 0 and 1, as 0.95", confidence)
	}
	a, twiceA := once(a)
	b, twiceB := once(b)
	r := &Report{A: namesOf(a), B: namesOf(b), Confidence: confidence, Settings: settings(a[0], b[0]), Warnings: slices.Concat(twiceA, twiceB, doubts(a, b))}
	if paired, ok := pair(a, b); ok {
		b, r.Paired = paired, true
	}
	for _, q := range quantities {
		if row, ok := r.row(q, a, b); ok {
			r.Rows = append(r.Rows, row)
		}
	}
	r.Verdict = r.words()
	return r, nil
}

func namesOf(runs []Run) (names []string) {
	for _, r := range runs {
		names = append(names, r.Name)
	}
	return names
}

// row compares one figure; ok is false where a run does not have it.
func (r *Report) row(q quantity, a, b []Run) (Row, bool) {
	row := Row{Name: q.name, Title: q.title, Unit: q.unit}
	va, okA := q.values(a)
	vb, okB := q.values(b)
	if !okA || !okB {
		return row, false
	}
	row.A, row.B = estimate(va, r.Confidence), estimate(vb, r.Confidence)
	if r.Paired {
		row.Delta = pairedDifference(va, vb, r.Confidence)
	} else {
		row.Delta = difference(va, vb, r.Confidence)
	}
	row.Says = row.Delta.says(q.good, 1-r.Confidence)
	return row, true
}

// pair puts b into the order of a's seeds. ok is false where seeds come twice, are
// not the same on both sides, or where there are fewer than two.
func pair(a, b []Run) (ordered []Run, ok bool) {
	if len(a) != len(b) || len(a) < 2 {
		return nil, false
	}
	bySeed := map[uint64]Run{}
	for _, r := range b {
		bySeed[r.Manifest.Seed] = r
	}
	seen := map[uint64]bool{}
	for _, r := range a {
		other, ok := bySeed[r.Manifest.Seed]
		if !ok || seen[r.Manifest.Seed] {
			return nil, false
		}
		seen[r.Manifest.Seed] = true
		ordered = append(ordered, other)
	}
	return ordered, len(bySeed) == len(b)
}
