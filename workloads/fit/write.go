package fit

import (
	"fmt"
	"io"
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

// head is all but the workload: an edge of a tenth of the working set, and one origin
// from which everything may be cached.
func (d *document) head(m *Measured, name, about string, bytes int64) {
	d.line("name: %s", name)
	d.line("about: %s", about)
	d.line("seed: 1")
	rate := m.rate()
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

// WriteTo writes the text.
func (d *document) WriteTo(w io.Writer) (int64, error) {
	n, err := io.WriteString(w, d.b.String())
	return int64(n), err
}

// noSize is what objects weigh where a trace tells no sizes.
const noSize = 1024

// recency is the scenario of distances.
func (m *Measured) recency() string {
	list := m.classes()
	m.distances(list)
	d := &document{}
	bytes := m.WorkingSet
	if !m.Tells.Sizes {
		bytes *= noSize
	}
	d.head(m, "fitted", "recency fitted to "+m.Name, bytes)
	d.line("  sections:")
	d.line("    - name: objects")
	d.line("      hosts: [d1fitted.cloudfront.net]")
	d.line("      objects: %d # the trace has %d; new ones go on coming", uint64(1e9), m.Objects)
	d.line("      popularity: recency")
	d.line("      recency:")
	if m.Tells.Sizes {
		d.line("        by: bytes")
	}
	d.line("        types:")
	for i := range list {
		if len(list[i].within) == 0 {
			continue // never again
		}
		d.line("          - type: size-%d", i+1)
		d.within(list[i].within)
	}
	d.line("      types:")
	for i := range list {
		c := &list[i]
		d.line("        - name: size-%d", i+1)
		d.line("          prefix: /%d/", i+1)
		d.line("          share: %s", unit.Share(max(1e-9, math.Round(c.objects/float64(m.Objects)*1e9)/1e9)))
		d.line("          size: %s", c.size(m.Tells.Sizes))
	}
	return d.b.String()
}

// size is the sizes of a class as a scenario has them.
func (c *class) size(told bool) string {
	if !told {
		return "{median: 1KiB}"
	}
	if c.lnSigma < 1e-6 || c.least == c.most {
		return fmt.Sprintf("{median: %d}", c.least)
	}
	median := c.octets / c.objects / math.Exp(c.lnSigma*c.lnSigma/2)
	return fmt.Sprintf("{median: %d, sigma: %.4g, min: %d, max: %d}", int64(max(1, math.Round(median))), c.lnSigma, c.least, c.most)
}
