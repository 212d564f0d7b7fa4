package fit

import (
	"fmt"
	"io"
	"text/tabwriter"

	"edgesim/sim/unit"
)

func (c *Churn) write(row rowFunc) {
	if c == nil {
		return
	}
	row("churn", "%s of the ranks change in %s", c.Part.percents(), lasting(c.Every))
}

func (e *Edge) write(row rowFunc) {
	if e == nil {
		return
	}
	row("cache", "LRU of %v hits %s in the scenario, %s in the log", unit.Size(rounded(float64(e.Capacity), 3)), percent(e.Hit), percent(e.Wanted))
	if e.Warm {
		row("", "warm when the log begins: the scenario has a warm-up")
	}
}

// writeOutages is a line for each outage of a site's origin.
func (x *Mixes) writeOutages(row rowFunc) {
	if x == nil {
		return
	}
	for _, site := range x.Sites {
		for _, o := range site.Outages {
			row("outage", "%s: %s after %s, for %s", site.Domain, o.Kind, lasting(o.From), lasting(o.For))
			if o.Part > 0 {
				row("", "of all requests: in the log %.2g %% failed, for %s", 100*o.Part, lasting(o.Lasted))
			}
		}
	}
}

// writeParts is a line for each part that a scenario has a section for, of logs.
func (p *Parameters) writeParts(w io.Writer) error {
	if p.Mixes == nil {
		return nil
	}
	fmt.Fprint(w, "\nSections: distributions' content classes\n")
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprint(t, "section\trequests\tobjects\texponent\tmedian size\tgood for\tuncacheable\t\n")
	for i := range p.Parts {
		one := &p.Parts[i]
		good, never := "-", "-"
		if one.Lifetime > 0 {
			good = lasting(one.Lifetime)
		}
		if one.Uncacheable > 0 {
			never = percent(one.Uncacheable)
		}
		fmt.Fprintf(t, "%s\t%s\t%d\t%.2f\t%d\t%s\t%s\t\n", one.Name, percent(one.Share), one.Objects, one.law.alpha, one.Sizes.median(), good, never)
	}
	return t.Flush()
}

func (s *Sizes) median() int64 {
	if s == nil {
		return 0
	}
	return s.Median
}

// writeOthers is a line for each other policy.
func (f *Fit) writeOthers(w io.Writer) error {
	if len(f.Others) == 0 {
		return nil
	}
	fmt.Fprint(w, "\nThe same of other policies, at fewer sizes:\n")
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprint(t, "policy\trequests: mean\tmost\tbytes: mean\tmost\t\n")
	for _, o := range f.Others {
		d := o.Distance
		fmt.Fprintf(t, "%s\t%.2f\t%.2f\t", o.Policy, 100*d.Mean, 100*d.Max)
		if f.Parameters.Sizes != nil {
			fmt.Fprintf(t, "%.2f\t%.2f\t\n", 100*d.ByteMean, 100*d.ByteMax)
		} else {
			fmt.Fprint(t, "-\t-\t\n")
		}
	}
	return t.Flush()
}
