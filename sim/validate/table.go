package validate

import (
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"

	"edgesim/results/report"
)

// WriteTable prints the figures, at most 80 columns wide.
func (r *Result) WriteTable(w io.Writer) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%-25s %10s %10s %16s %6s  %s\n", "", "live", "virtual", "distance", "goal", "verdict")
	for _, f := range r.Figures {
		if f.Verdict == Silent {
			continue
		}
		line := fmt.Sprintf("%-25s %10s %10s %16s %6s  %s", f.Name, f.Unit.show(f.Live), f.Unit.show(f.Virtual),
			f.distance(), f.goal(), f.Verdict)
		b.WriteString(strings.TrimRight(line, " ") + "\n")
	}
	fmt.Fprintf(&b, "\n%s\n", r.words())
	_, err := io.WriteString(w, b.String())
	return err
}

// show is a value with its unit, in ten columns.
func (u Unit) show(v float64) string {
	switch u {
	case Percent:
		return strconv.FormatFloat(v, 'f', 2, 64) + " %"
	case Milliseconds:
		return strconv.FormatFloat(v, 'f', digits(v), 64) + " ms"
	case Bytes:
		return report.Column{Unit: report.Bytes}.Show(report.Cell{Num: v})
	}
	return report.Column{Unit: report.Count}.Show(report.Cell{Num: math.Round(v)})
}

func digits(v float64) int {
	switch {
	case v >= 100:
		return 0
	case v >= 10:
		return 1
	}
	return 3
}

func (f *Figure) distance() string {
	unit := " %"
	if f.Unit == Percent {
		unit = " pp"
	}
	if f.Doubt == nil {
		return fmt.Sprintf("%+.2f%s", tidy(f.Distance), unit)
	}
	return fmt.Sprintf("%+.2f ± %.2f%s", tidy(f.Distance), *f.Doubt, unit)
}

// tidy keeps a distance that rounds to nothing from having a sign.
func tidy(v float64) float64 {
	if math.Abs(v) < 0.005 {
		return 0
	}
	return v
}

func (f *Figure) goal() string {
	switch {
	case f.Goal == 0:
		return ""
	case f.Unit == Percent:
		return strconv.FormatFloat(f.Goal, 'g', -1, 64) + " pp"
	}
	return strconv.FormatFloat(f.Goal, 'g', -1, 64) + " %"
}

// words says what the table comes to.
func (r *Result) words() string {
	count := map[Verdict]int{}
	for _, f := range r.Figures {
		count[f.Verdict]++
	}
	var s string
	switch {
	case count[Apart] > 0:
		s = fmt.Sprintf("The worlds are apart: %d of %d figures miss their goal.", count[Apart], count[Apart]+count[Agrees]+count[Unsure])
	case count[Unsure] > 0:
		s = fmt.Sprintf("Nothing is known to be apart. Of %d figures with a goal %d agree; of %d the\nrepetitions do not tell: more would (--repeat), on a machine with nothing else\nto do.",
			count[Agrees]+count[Unsure], count[Agrees], count[Unsure])
	default:
		s = fmt.Sprintf("The worlds agree: all %d figures that have a goal keep it.", count[Agrees])
	}
	if len(r.Seeds) == 1 {
		s += "\nOne repetition has no interval: --repeat 3 or more gives one."
	} else {
		s += fmt.Sprintf("\n%d repetitions, a seed each in both worlds; ± is half of a 95 %% interval.", len(r.Seeds))
	}
	if r.Partial {
		s += "\nInterrupted: there would have been more repetitions."
	}
	return s
}
