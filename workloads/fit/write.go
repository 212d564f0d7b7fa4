package fit

import (
	"fmt"
	"math"
	"strings"

	"edgesim/sim/unit"
	"edgesim/workloads"
)

// document is a scenario as it is written.
type document struct {
	b strings.Builder
}

func (d *document) line(format string, args ...any) {
	fmt.Fprintf(&d.b, format+"\n", args...)
}

// head is all but the sections: an edge of a tenth of the working set, one origin from
// which everything may be cached, and what the whole workload has.
func (d *document) head(m *Measured, p *Parameters, model string) {
	bytes := m.WorkingSet
	if !m.Tells.Sizes {
		bytes *= noSize
	}
	rate := m.rate()
	d.line("name: fitted")
	d.line("about: %q", model+" fitted to "+m.Name)
	d.line("duration: %s", unit.Duration(math.Ceil(float64(m.Requests)/rate*1.2+10)*1e9))
	d.line("edge:")
	d.line("  capacity: %s # a tenth of the working set", unit.Size(max(bytes/10, 1<<16)))
	d.line("  policy: lru")
	d.line("origins:")
	d.line("  origin:")
	d.line("    kind: bucket")
	d.line("    first_byte: {median: 40ms, p99: 200ms}")
	d.line("    cache_control: public, max-age=31536000")
	d.line("distributions:")
	d.line("  - id: E1FITTED000001")
	d.line("    domain: d1fitted.cloudfront.net")
	d.line("    default: {origin: origin}")
	d.line("workload:")
	d.line("  rate: %s", unit.Rate(rate))
	d.line("  requests: %d # as many as the trace has", m.Requests)
	if p.Arrivals != nil {
		d.line("  arrivals: %s", p.Arrivals.Kind)
	}
	d.mixes(p.Mixes)
}

// mixes are what a log tells of requests beside objects and times.
func (d *document) mixes(x *Mixes) {
	if x == nil {
		return
	}
	for _, one := range []struct {
		key   string
		share Estimate
	}{{"ranges", x.Ranges}, {"aborts", x.Aborts}, {"heads", x.Heads}} {
		if one.share.Value > 0 {
			d.line("  %s: %s", one.key, unit.Share(rounded(one.share.Value, 4)))
		}
	}
	if len(x.Countries) == 0 {
		return
	}
	var list []string
	for _, code := range most(x.Countries, 50) {
		list = append(list, fmt.Sprintf("%q: %.4g", code, 100*x.Countries[code]))
	}
	d.line("  viewers:")
	d.line("    countries: {%s}", strings.Join(list, ", "))
}

// rate is requests per second; of a trace without times a thousand.
func (m *Measured) rate() float64 {
	if s := m.clock.seconds(); m.Tells.Times && s > 0 {
		return rounded(float64(m.Requests)/s, 5)
	}
	return 1000
}

// rounded is v to so many digits.
func rounded(v float64, digits int) float64 {
	var r float64
	fmt.Sscanf(fmt.Sprintf("%.*g", digits, v), "%g", &r)
	return r
}

// within writes distances, a few to a line.
func (d *document) within(points []workloads.Within) {
	d.b.WriteString("            within: {")
	for i, p := range points {
		switch {
		case i > 0 && i%6 == 0:
			d.b.WriteString(",\n              ")
		case i > 0:
			d.b.WriteString(", ")
		}
		fmt.Fprintf(&d.b, "%d: %s", p.Distance, unit.Share(math.Round(p.Share*1e6)/1e6))
	}
	d.b.WriteString("}\n")
}

// noSize is what objects weigh where a trace tells no sizes.
const noSize = 1024

// newObjects are how many objects a section of recency has: more than come in any run.
const newObjects = 1_000_000_000

// recency are the sections of a workload of distances.
func (d *document) recency(m *Measured, list []class) {
	d.line("  sections:")
	d.section("objects", "100%", newObjects)
	d.line("      popularity: recency")
	d.line("      recency:")
	if m.Tells.Sizes {
		d.line("        by: bytes")
	}
	d.line("        types:")
	for i := range list {
		points := list[i].within
		if len(points) == 0 {
			points = []workloads.Within{{}} // never again
		}
		d.line("          - type: size-%d", i+1)
		d.within(points)
	}
	d.line("      types:")
	for i := range list {
		c := &list[i]
		d.line("        - name: size-%d", i+1)
		d.line("          prefix: /%d/", i+1)
		d.line("          share: %s", share(c.objects/float64(m.Objects)))
		d.line("          size: %s", c.size(m.Tells.Sizes))
	}
}

// size is the sizes of a class as a scenario has them.
func (c *class) size(told bool) string {
	if !told {
		return fmt.Sprintf("{median: %d}", noSize)
	}
	if c.lnSigma < 1e-6 || c.least == c.most {
		return fmt.Sprintf("{median: %d}", c.least)
	}
	median := c.octets / c.objects / math.Exp(c.lnSigma*c.lnSigma/2)
	return fmt.Sprintf("{median: %d, sigma: %.4g, min: %d, max: %d}", int64(max(1, math.Round(median))), c.lnSigma, c.least, c.most)
}
