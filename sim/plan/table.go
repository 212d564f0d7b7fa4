package plan

import (
	"fmt"
	"io"
	"strings"

	"edgesim/sim/objective"
	"edgesim/sim/sweep"
)

// WriteTable prints the answers, at most 80 columns wide: a line for every policy,
// and what the answer of the smallest hangs on. objects says that capacities are
// numbers of objects.
func (r *Result) WriteTable(w io.Writer, objects bool) error {
	var b strings.Builder
	fmt.Fprintf(&b, "Smallest capacity for %s\n\n", strings.Join(r.Targets, " and "))
	fmt.Fprintf(&b, "%-14s %10s %10s  %s\n", "policy", "capacity", "a month", r.heads())
	for i := range r.Answers {
		r.line(&b, &r.Answers[i], objects)
	}
	if best := r.Best(); best != nil {
		r.explain(&b, best, objects)
	} else if len(r.Answers) > 0 {
		r.unmet(&b, objects)
	}
	if r.OneTrace {
		b.WriteString("\nReplicas play the same requests: ± is what policies draw by chance alone. How\nfar other traffic like it would be off is not known.\n")
	}
	if r.Partial {
		b.WriteString("\nInterrupted: policies are missing.\n")
	}
	if len(r.Lost) > 0 {
		fmt.Fprintf(&b, "\nFailed trials are left out: %d. What hangs on them is missing, or less sure.\n", len(r.Lost))
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// heads are what stands over the targets' columns.
func (r *Result) heads() string {
	var list []string
	for _, t := range r.targets {
		list = append(list, fmt.Sprintf("%-18s", t.Name))
	}
	return strings.TrimRight(strings.Join(list, " "), " ")
}

func (r *Result) line(b *strings.Builder, a *Answer, objects bool) {
	capacity, cost := sweep.Capacity(a.Capacity, objects), "–"
	if !a.Reached {
		capacity = "> " + capacity
	}
	if a.At.Cost != nil {
		cost = fmt.Sprintf("$%.2f", a.At.Cost.Total())
	}
	var figures []string
	for _, t := range r.targets {
		figures = append(figures, fmt.Sprintf("%-18s", show(t.Quantity, a.At.Figures)))
	}
	fmt.Fprintf(b, "%-14s %10s %10s  %s\n", a.Policy, capacity, cost, strings.TrimRight(strings.Join(figures, " "), " "))
}

// show is an estimate with its unit.
func show(q objective.Quantity, figures map[string]sweep.Estimate) string {
	e, ok := figures[q.Name]
	if !ok {
		return "unknown"
	}
	if e.Doubt == nil {
		return q.Unit.Show(e.Mean)
	}
	return strings.TrimSuffix(q.Unit.Show(e.Mean), " %") + " ± " + q.Unit.Show(*e.Doubt)
}

// Best is the answer with the smallest capacity that keeps the targets; nil where
// none does.
func (r *Result) Best() *Answer {
	var best *Answer
	for i := range r.Answers {
		if a := &r.Answers[i]; a.Reached && (best == nil || a.Capacity < best.Capacity) {
			best = a
		}
	}
	return best
}

// explain says how sure the answer is and what would change it.
func (r *Result) explain(b *strings.Builder, a *Answer, objects bool) {
	sure := " with its whole interval"
	if a.At.Replicas == 1 || r.OneTrace {
		sure = ""
	}
	fmt.Fprintf(b, "\n%s at %s keeps every target%s.\n", a.Policy, sweep.Capacity(a.Capacity, objects), sure)
	if a.Below != nil {
		how := "does not"
		if a.Perhaps {
			how = "does by its mean, but not surely"
		}
		space := " "
		if len(r.targets) > 1 {
			space = "\n  " // two figures with intervals are wider than a terminal behind the words
		}
		fmt.Fprintf(b, "%s %s:%s%s.\n", sweep.Capacity(a.Below.Capacity, objects), how, space, r.figures(a.Below.Figures))
	}
	if a.Guess > 0 {
		fmt.Fprintf(b, "The analytic model had said %s.\n", sweep.Capacity(a.Guess, objects))
	}
	if a.At.Replicas == 1 && !r.OneTrace {
		b.WriteString("One replica has no interval: --replicas 3 or more says how sure this is.\n")
	}
	for i, v := range a.Variants {
		if i == 0 {
			b.WriteString("\nWhat would change the answer, at that capacity:\n")
		}
		kept := "kept"
		if !v.Kept {
			kept = "missed"
		}
		fmt.Fprintf(b, "  %-28s %-7s %s\n", v.Name, kept, r.means(v.Figures))
	}
}

// unmet says whether a larger cache would help where none that was looked at does.
func (r *Result) unmet(b *strings.Builder, objects bool) {
	largest := r.Answers[0].Capacity
	for i := range r.Answers {
		largest = min(largest, r.Answers[i].Capacity)
	}
	fmt.Fprintf(b, "\nNo policy keeps the targets at any capacity that was looked at.\n")
	switch {
	case r.All > 0 && largest >= r.All:
		fmt.Fprintf(b, "All objects weigh about %s, so that a larger cache changes nothing: what\nstill misses is asked for the first time, has expired, or is not kept. Right\nare lower targets, longer TTLs, or behaviors that keep more.\n", sweep.Capacity(r.All, objects))
	case r.All > 0:
		fmt.Fprintf(b, "All objects weigh about %s: a larger --most may do.\n", sweep.Capacity(r.All, objects))
	}
	for i := range r.Answers {
		if a := &r.Answers[i]; a.Perhaps {
			fmt.Fprintf(b, "%s keeps them by its mean, but not surely: more --replicas may tell.\n", a.Policy)
		}
	}
}

// means are the targets' figures without their intervals.
func (r *Result) means(m map[string]sweep.Estimate) string {
	bare := map[string]sweep.Estimate{}
	for name, e := range m {
		bare[name] = sweep.Estimate{Mean: e.Mean}
	}
	return r.figures(bare)
}

func (r *Result) figures(m map[string]sweep.Estimate) string {
	var list []string
	for _, t := range r.targets {
		list = append(list, t.Name+" "+show(t.Quantity, m))
	}
	return strings.Join(list, ", ")
}
