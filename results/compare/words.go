package compare

import (
	"fmt"
	"io"
	"math"
	"strings"
)

// words is the verdict: what is better, what is worse, and how sure that is.
func (r *Report) words() []string {
	told := map[string][]string{}
	for _, row := range r.Rows {
		told[row.Says] = append(told[row.Says], row.inWords())
	}
	n := len(r.Rows)
	differ := len(told[Better]) + len(told[Worse]) + len(told[More]) + len(told[Less])
	var say []string
	switch {
	case n == 0:
		return []string{"The runs have no figure in common."}
	case len(told[Unknown]) > 0 && differ == 0:
		return []string{"Nothing can be said of chance: there are too few runs."}
	case len(told[Same]) == n:
		return []string{"Every figure is the same."}
	case differ == 0:
		return []string{fmt.Sprintf("No figure of %d differs beyond chance; the intervals say how large a difference could have been missed.", n)}
	}
	for _, group := range []struct{ says, begin string }{{Better, "B is better in "}, {Worse, "B is worse in "}, {More, "B has more: "}, {Less, "B has less: "}} {
		if list := told[group.says]; len(list) > 0 {
			say = append(say, group.begin+few(list)+".")
		}
	}
	if byChance := float64(n) * (1 - r.Confidence); float64(differ) <= math.Ceil(byChance) {
		say = append(say, fmt.Sprintf("But of %d figures about %.0f would seem to differ by chance alone.", n, math.Ceil(byChance)))
	}
	return say
}

// mostTold is how many figures a sentence names.
const mostTold = 3

func few(list []string) string {
	if more := len(list) - mostTold; more > 0 {
		return strings.Join(list[:mostTold], ", ") + fmt.Sprintf(" and %d more", more)
	}
	return strings.Join(list, ", ")
}

// inWords is "byte hit ratio (+1.27 points, +1.01 to +1.53)".
func (row Row) inWords() string {
	text := fmt.Sprintf("%s (%s", row.Title, row.change())
	if span := row.span(); span != "" {
		text += ", " + span
	}
	return text + ")"
}

// change is the difference: in points where the figure is a share, else in percent
// of A, or as it is where A is 0.
func (row Row) change() string {
	switch {
	case row.Unit == "%":
		return signed(row.Delta.Mean) + " points"
	case row.Delta.Relative != nil:
		return signed(100**row.Delta.Relative) + "%"
	}
	return signed(row.Delta.Mean) + row.Unit
}

// span is the interval of the difference, in the unit of change.
func (row Row) span() string {
	d := row.Delta
	if d.Low == nil {
		return ""
	}
	low, high := *d.Low, *d.High
	if row.Unit != "%" && d.Relative != nil {
		scale := math.Abs(row.A.Mean) / 100
		low, high = low/scale, high/scale
	}
	return signed(low) + " to " + signed(high)
}

// signed is a number in three digits with its sign.
func signed(v float64) string {
	switch a := math.Abs(v); {
	case v == 0:
		return "0"
	case a >= 100:
		return fmt.Sprintf("%+.0f", v)
	case a >= 10:
		return fmt.Sprintf("%+.1f", v)
	case a >= 0.01:
		return fmt.Sprintf("%+.2f", v)
	}
	return fmt.Sprintf("%+.1g", v)
}

// WriteText prints the comparison in at most 80 columns.
func (r *Report) WriteText(w io.Writer) error {
	var b strings.Builder
	fmt.Fprintf(&b, "A  %s\nB  %s\n", listed(r.A), listed(r.B))
	if r.Paired {
		b.WriteString("Runs of the same seed are compared with each other.\n")
	}
	r.writeSettings(&b)
	fmt.Fprintf(&b, "\n%-15s %14s %14s %8s\n", "", "A", "B", "B − A")
	for _, row := range r.Rows {
		fmt.Fprintf(&b, "%-15s %14s %14s %8s %-16s %s\n", row.Title,
			row.A.short(row.Unit), row.B.short(row.Unit), shortChange(row), strings.Replace(row.span(), " to ", "..", 1), row.Says)
	}
	b.WriteString("\n")
	for _, s := range r.Verdict {
		wrap(&b, s)
	}
	fmt.Fprintf(&b, "\nMeans over runs; ± and .. are %g %% intervals. pp: points of percent, other\ndifferences are of A. ~ may be chance; ? too few runs to tell.\n", 100*r.Confidence)
	_, err := io.WriteString(w, b.String())
	return err
}

// columns are those of a table.
const columns = 80

// wrap adds a paragraph.
func wrap(b *strings.Builder, text string) {
	used := 0
	for _, word := range strings.Fields(text) {
		n := len([]rune(word))
		switch {
		case used > 0 && used+1+n > columns:
			b.WriteString("\n")
			used = 0
		case used > 0:
			b.WriteString(" ")
			used++
		}
		b.WriteString(word)
		used += n
	}
	b.WriteString("\n")
}

// listed are names, so many as fit in a line.
func listed(names []string) string {
	text := strings.Join(names, ", ")
	if len([]rune(text)) <= columns-3 {
		return text
	}
	first := []rune(names[0])
	if len(names) == 1 {
		return "…" + string(first[len(first)-(columns-4):])
	}
	more := fmt.Sprintf(" and %d more", len(names)-1)
	if room := columns - 3 - len(more); len(first) > room {
		first = append([]rune("…"), first[len(first)-room+1:]...)
	}
	return string(first) + more
}

// short is the mean with half of its interval.
func (e Estimate) short(unit string) string {
	mean, div, name := e.Mean, 1.0, unit
	if unit == "B/s" {
		for _, u := range []string{"kB/s", "MB/s", "GB/s", "TB/s"} {
			if math.Abs(mean/div) < 1000 {
				break
			}
			div, name = div*1000, u
		}
	}
	text := digits(mean / div)
	if e.Low != nil {
		text += "±" + strings.TrimPrefix(signed((*e.High-*e.Low)/2/div), "+")
	}
	return text + name
}

// digits is a number in four digits.
func digits(v float64) string {
	switch a := math.Abs(v); {
	case a >= 1000:
		return fmt.Sprintf("%.0f", v)
	case a >= 100:
		return fmt.Sprintf("%.1f", v)
	case a >= 10 || a == 0:
		return fmt.Sprintf("%.2f", v)
	}
	return fmt.Sprintf("%.3f", v)
}

func shortChange(row Row) string {
	return strings.Replace(row.change(), " points", "pp", 1)
}
