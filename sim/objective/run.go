package objective

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"edgesim/results"
)

// Values are what a trial or a run came to, by the quantities' names. One that is
// not there is not known.
type Values map[string]float64

// measuredTimes are the three times that latency is told in.
var measuredTimes = []struct{ name, title string }{
	{"ttfb", "first byte"}, {"total", "last byte"}, {"service", "service time"},
}

var measuredFigures = []struct {
	name, about string
	of          func(results.Figures) float64
}{
	{"mean", "the mean", func(f results.Figures) float64 { return f.Mean }},
	{"p50", "half come within it", func(f results.Figures) float64 { return f.P50 }},
	{"p90", "9 of 10 come within it", func(f results.Figures) float64 { return f.P90 }},
	{"p99", "99 of 100 come within it", func(f results.Figures) float64 { return f.P99 }},
	{"p99.9", "999 of 1000 come within it", func(f results.Figures) float64 { return f.P999 }},
	{"max", "the longest", func(f results.Figures) float64 { return f.Max }},
}

// Measured lists the quantities that the summary of a run tells.
func Measured() []Quantity {
	list := []Quantity{
		{"hit", "hit ratio", Share, "requests whose response began as a hit", true},
		{"byte-hit", "byte hit ratio", Share, "body bytes that no origin had to send", true},
		{"errors", "error ratio", Share, "requests that failed", false},
		{"rate", "rate achieved", PerSecond, "requests answered in a second", true},
	}
	for _, t := range measuredTimes {
		for _, f := range measuredFigures {
			list = append(list, Quantity{t.name + "-" + f.name, t.title + " " + f.name, Seconds, f.about, false})
		}
	}
	return list
}

// Of are the values of a run. Times of no request, and ratios of none, are not
// known; nor is a hit ratio where no response told its result type.
func Of(s *results.Summary) Values {
	v := Values{"rate": s.Rate.Achieved}
	if s.ViewerRequests > 0 {
		v["errors"] = s.ErrorRatio
	}
	if told(s) {
		v["hit"], v["byte-hit"] = s.HitRatio, s.ByteHitRatio
	}
	for i, figures := range []results.Figures{s.Latency.TTFB, s.Latency.Total, s.Latency.Service} {
		if figures.Count == 0 {
			continue
		}
		for _, f := range measuredFigures {
			v[measuredTimes[i].name+"-"+f.name] = f.of(figures) / 1e3
		}
	}
	return v
}

func told(s *results.Summary) bool {
	for _, r := range []results.Result{results.Hit, results.RefreshHit, results.Miss} {
		if s.ByResult[r.Label()].Requests > 0 {
			return true
		}
	}
	return false
}

// ParseAll reads promises about a run's figures.
func ParseAll(texts []string) (list []Target, err error) {
	for _, text := range texts {
		t, err := Parse(text, Measured())
		if err != nil {
			return nil, err
		}
		list = append(list, t)
	}
	return list, nil
}

// Judge says of every promise whether the run kept it. One about a quantity that
// is not known is not kept.
func Judge(targets []Target, s *results.Summary) (list []results.Objective) {
	values := Of(s)
	for _, t := range targets {
		o := results.Objective{Objective: t.String(), Quantity: t.Name}
		if v, known := values[t.Name]; known {
			o.Measured, o.Kept = &v, t.Kept(v)
		}
		list = append(list, o)
	}
	return list
}

// Missed says which promises the run did not keep, as a sentence of an error; ""
// where it kept all. Figures that are the load generator's own decide nothing, so
// that a promise is missed by those, too.
func Missed(s *results.Summary) string {
	list := s.Objectives
	if s.Unsound && len(list) > 0 {
		return "the run is unsound: whether it kept its objectives is not decided"
	}
	var missed []string
	for _, o := range list {
		if !o.Kept {
			missed = append(missed, o.Objective)
		}
	}
	switch len(missed) {
	case 0:
		return ""
	case 1:
		return "an objective was missed: " + missed[0]
	}
	return fmt.Sprintf("%d of %d objectives were missed: %s", len(missed), len(list), strings.Join(missed, ", "))
}

// WriteTable prints what was promised, what was measured and whether it was kept.
func WriteTable(w io.Writer, list []results.Objective) error {
	width := len("objective")
	for _, o := range list {
		width = max(width, len([]rune(o.Objective)))
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%-*s  %14s  %s\n", width, "objective", "measured", "kept")
	for _, o := range list {
		measured, kept := "not known", "no"
		if o.Measured != nil {
			measured = unitOf(o.Quantity).Show(*o.Measured)
		}
		if o.Kept {
			kept = "yes"
		}
		fmt.Fprintf(&b, "%-*s  %14s  %s\n", width, o.Objective, measured, kept)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func unitOf(quantity string) Unit {
	all := Measured()
	at := slices.IndexFunc(all, func(q Quantity) bool { return q.Name == quantity })
	if at < 0 {
		panic("objective: no quantity " + quantity)
	}
	return all[at].Unit
}
