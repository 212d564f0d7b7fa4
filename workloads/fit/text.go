package fit

import (
	"fmt"
	"io"
	"math"
	"strings"
	"text/tabwriter"
	"time"

	"edgesim/sim/unit"
)

// Write prints what was fitted, and how well, for a terminal of 80 columns.
func (f *Fit) Write(w io.Writer) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	row := func(name, format string, args ...any) { fmt.Fprintf(t, name+"\t"+format+"\n", args...) }
	p := f.Parameters
	row("requests", "%d for %d objects", p.Requests, p.Objects)
	if p.Followed < 1 {
		row("", "by a sample of one in %.0f objects", 1/p.Followed)
	}
	p.Popularity.write(row)
	p.Sizes.write(row)
	p.Arrivals.write(row)
	p.Diurnal.write(row)
	p.Turnover.write(row)
	p.Churn.write(row)
	p.Mixes.write(row)
	p.Mixes.writeOutages(row)
	f.Edge.write(row)
	if err := t.Flush(); err != nil {
		return err
	}
	if err := p.writeParts(w); err != nil {
		return err
	}
	if err := f.writeTried(w); err != nil {
		return err
	}
	return f.writeOthers(w)
}

type rowFunc func(name, format string, args ...any)

func percent(v float64) string { return fmt.Sprintf("%.3g %%", 100*v) }

// interval is an estimate's, as numbers.
func (e Estimate) interval() string {
	return fmt.Sprintf("%.4g (%.4g to %.4g)", e.Value, e.Low, e.High)
}

// percents is an estimate of a share.
func (e Estimate) percents() string {
	return fmt.Sprintf("%.3g %% (%.3g to %.3g)", 100*e.Value, 100*max(e.Low, 0), 100*e.High)
}

func (p *Popularity) write(row rowFunc) {
	if p.Population == 0 {
		row("popularity", "not told by a descriptor")
		return
	}
	if z := p.Zipf; z != nil {
		row("popularity", "Zipf's law, exponent %.3f (%.3f to %.3f)", z.Alpha, z.Low, z.High)
		if !z.Good {
			row("", "a poor fit: shares of objects are up to %s off", percent(z.Distance))
		}
		row("population", "%s objects, by that law, asked for or not", about(float64(p.Population)))
		row("one-hit objects", "%s of requests beyond what the law has", p.OneHits.percents())
	} else {
		row("popularity", "no law: too few objects are asked for again")
	}
	if m := p.Mandelbrot; m != nil {
		row("head", "flat: (rank + q)^-a, q = %s", m.Q.interval())
		row("", "a = %s, of the first %d ranks", m.Alpha.interval(), m.Ranks)
	}
	row("asked for once", "%s of objects", p.Once.percents())
}

// about is a large number in a few digits.
func about(v float64) string {
	if v < 1e6 {
		return fmt.Sprintf("%.0f", v)
	}
	return fmt.Sprintf("%.3g", v)
}

func (s *Sizes) write(row rowFunc) {
	if s == nil {
		row("sizes", "none are told: every object counts 1")
		return
	}
	row("sizes", "lognormal, mu %s,", s.Mu.interval())
	row("", "sigma %s: median %d bytes", s.Sigma.interval(), s.Median)
	if t := s.Tail; t != nil {
		row("", "Pareto tail of %s from %d bytes, index %s", percent(t.Share), t.From, t.Index.interval())
	}
	row("", "up to %s of objects off; mean %.0f bytes", percent(s.Off), s.Mean)
	row("", "correlation with popularity %.2f (by ranks)", s.ByRank)
}

func (a *Arrivals) write(row rowFunc) {
	if a == nil {
		return
	}
	row("arrivals", "%s per second: %s", a.Rate.interval(), a.Kind)
	row("", "gaps vary by %.3g of their mean (Poisson 1)", a.Variation)
	if n := len(a.Dispersions); n > 0 {
		low, high := a.Dispersions[0], a.Dispersions[n-1]
		row("", "dispersion %.3g in %s, %.3g in %s (Poisson 1)", low.Value, lasting(low.Width), high.Value, lasting(high.Width))
	}
}

func (d *Diurnal) write(row rowFunc) {
	if d == nil {
		return
	}
	row("day", "a1 %s, a2 %s", d.A1.interval(), d.A2.interval())
	row("", "peak at %02d:%02d on the trace's clock", int(d.Peak), int(math.Mod(d.Peak, 1)*60))
}

func (o *Turnover) write(row rowFunc) {
	switch {
	case o == nil:
	case o.Resident:
		row("life of objects", "not told: they are asked for until the trace ends")
	default:
		row("life of objects", "%s (%s to %s), %.3g requests each", lasting(o.Life.Value), lasting(o.Life.Low), lasting(o.Life.High), o.Volume)
	}
}

func lasting(seconds float64) string {
	return unit.Duration(time.Duration(rounded(seconds, 3) * 1e9).Round(time.Millisecond)).String()
}

func (x *Mixes) write(row rowFunc) {
	if x == nil {
		return
	}
	for _, one := range []struct {
		name   string
		shares map[string]float64
	}{{"methods", x.Methods}, {"statuses", x.Statuses}, {"classes", x.Classes}, {"countries", x.Countries}} {
		if len(one.shares) == 0 {
			continue
		}
		var parts []string
		for _, name := range most(one.shares, 5) {
			parts = append(parts, name+" "+percent(one.shares[name]))
		}
		row(one.name, "%s", strings.Join(parts, ", "))
	}
	row("ranges", "%s, aborts %s", x.Ranges.percents(), x.Aborts.percents())
	row("conditional", "%s, HEAD %s", x.Conditionals.percents(), x.Heads.percents())
	if x.Redirects.Value > 0 {
		row("redirects", "%s", x.Redirects.percents())
	}
	row("viewers", "%d, by their addresses", x.Viewers)
	if h := x.Hits; h.Told {
		row("hits", "%s, refresh hits %s of requests for objects", percent(h.Hit), percent(h.Renewed))
	}
}

// writeTried is a line for each model.
func (f *Fit) writeTried(w io.Writer) error {
	fmt.Fprint(w, "\nLRU's miss ratios, how far they are from the trace's, in percentage points:\n")
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprint(t, "model\trequests: mean\tmost\tbytes: mean\tmost\t\n")
	for i := range f.Tried {
		one := &f.Tried[i]
		if one.Why != "" {
			continue
		}
		d, chosen := one.Distance, ""
		if i == f.Chosen {
			chosen = "*"
		}
		fmt.Fprintf(t, "%s%s\t%.2f\t%.2f\t", chosen, one.Model, 100*d.Mean, 100*d.Max)
		if f.Parameters.Sizes != nil {
			fmt.Fprintf(t, "%.2f\t%.2f\t\n", 100*d.ByteMean, 100*d.ByteMax)
		} else {
			fmt.Fprint(t, "-\t-\t\n")
		}
	}
	if err := t.Flush(); err != nil {
		return err
	}
	for i := range f.Tried {
		if why := f.Tried[i].Why; why != "" {
			fmt.Fprintf(w, "%s: not played: %s\n", f.Tried[i].Model, why)
		}
	}
	verdict := fmt.Sprintf("within %.3g", 100*f.Near)
	if !f.Tried[f.Chosen].Distance.Within(f.Near) {
		verdict = fmt.Sprintf("not within %.3g: the nearest", 100*f.Near)
	}
	_, err := fmt.Fprintf(w, "* written: %s\n", verdict)
	return err
}
