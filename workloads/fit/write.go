package fit

import (
	"fmt"
	"math"
	"strings"
	"time"

	"edgesim/sim/unit"
	"edgesim/workloads"
)

// document is a scenario as it is written. A bare one asks for what the trace asks a
// cache for, and nothing else: it is what a fit is judged by.
type document struct {
	b    strings.Builder
	m    *Measured
	p    *Parameters
	seed uint64
	bare bool
	edge *Edge // nil: not told by a log

	pages bool // there are page sessions

	names []string // of the sections written so far
	shown []string // of those the ones that page sessions ask for
}

func (d *document) line(format string, args ...any) {
	fmt.Fprintf(&d.b, format+"\n", args...)
}

// fittedDomain is the distribution of what no log names.
const fittedDomain = "d1fitted.cloudfront.net"

// sites are the distributions that are written.
func (d *document) sites() []Site {
	if d.p.Mixes == nil || len(d.p.Mixes.Sites) == 0 {
		return []Site{{ID: "E1FITTED000001", Domain: fittedDomain, Hosts: []string{fittedDomain}}}
	}
	return d.p.Mixes.Sites
}

// head is all but the sections: an edge, an origin for each distribution from which
// everything may be cached, and what the whole workload has.
func (d *document) head(model string) {
	d.line("name: fitted")
	d.line("about: %q", model+" fitted to "+d.m.Name)
	if d.seed > 1 {
		d.line("seed: %d # of several tried, that with the nearest curves", d.seed)
	}
	d.length()
	d.writeEdge()
	d.line("origins:")
	for i := range d.sites() {
		d.origin(i)
	}
	d.line("distributions:")
	for i, s := range d.sites() {
		d.distribution(i, s)
	}
	d.workload()
}

// requests is how many there are, and how many a second. A cache that was warm when
// the log began has as many more to become so.
func (d *document) requests() (n int64, rate float64, warm bool) {
	n = d.m.Requests
	if !d.bare && d.p.Mixes != nil {
		n = d.p.Mixes.Records
	}
	rate = rounded(float64(n)/max(d.m.length(), 1e-3), 5)
	if !d.m.Tells.Times || d.m.length() <= 0 {
		rate = 1000
	}
	return n, rate, d.edge != nil && d.edge.Warm
}

func (d *document) length() {
	n, rate, warm := d.requests()
	seconds := float64(n) / rate
	if warm {
		d.line("duration: %s", spanned(2*seconds*1.2+10))
		d.line("warmup: %s # as long as the log, which begins with a cache that is warm", spanned(seconds))
		return
	}
	d.line("duration: %s", spanned(math.Ceil(seconds*1.2+10)))
}

func spanned(seconds float64) unit.Duration {
	return unit.Duration(math.Ceil(min(seconds, 9e9)*1e3) * 1e6)
}

func (d *document) writeEdge() {
	bytes, why := d.m.WorkingSet/10, "a tenth of the working set"
	if !d.m.Tells.Sizes {
		bytes *= noSize
	}
	if d.edge != nil {
		bytes, why = d.edge.Capacity, "with which LRU hits as often as the log's cache did"
	}
	d.line("edge:")
	d.line("  capacity: %s # %s", unit.Size(max(bytes, 1<<16)), why)
	d.line("  policy: lru")
	d.line("  shards: 1")
}

// workload is what the whole workload has.
func (d *document) workload() {
	n, rate, warm := d.requests()
	d.line("workload:")
	d.line("  rate: %s", unit.Rate(rate))
	if warm {
		d.line("  requests: %d # twice as many as the log has", 2*n)
	} else {
		d.line("  requests: %d # as many as the trace has", n)
	}
	if a := d.p.Arrivals; a != nil && !d.pages { // sessions come by Poisson's law, and their requests in crowds
		d.line("  arrivals: %s", a.Kind)
	}
	if s := d.p.Diurnal.Shape(); s != "" {
		d.line("  shape: [%q]", s)
	}
	if x := d.p.Mixes; x != nil {
		d.habits(x)
		d.viewers(x)
	}
}

// habits are what viewers do with whatever they ask for.
func (d *document) habits(x *Mixes) {
	for _, one := range []struct {
		key   string
		share Estimate
	}{{"ranges", x.Ranges}, {"aborts", x.Aborts}, {"heads", x.Heads}, {"conditionals", x.Conditionals}} {
		if one.share.Value > 0 {
			d.line("  %s: %s", one.key, unit.Share(rounded(one.share.Value, 4)))
		}
	}
}

// countriesKept is how many countries a scenario has.
const countriesKept = 60

func (d *document) viewers(x *Mixes) {
	d.line("  viewers:")
	if x.Viewers > 0 {
		d.line("    count: %d", min(x.Viewers, 10_000_000))
	}
	if x.IPv6 > 0 {
		d.line("    ipv6: %s", unit.Share(rounded(x.IPv6, 4)))
	}
	r := x.Referrers
	if d.pages && x.Sessions != nil {
		r = x.Sessions.Referrers
	}
	d.line("    referrers: {none: %.4g, search: %.4g, social: %.4g, other: %.4g}", 100*r["none"], 100*r["search"], 100*r["social"], 100*r["other"])
	if len(x.Agents) > 0 {
		d.line("    agents:")
		for _, name := range most(x.Agents, agentsKept) {
			d.line("      %q: %.4g", plainText(name), 100*x.Agents[name])
		}
	}
	if len(x.Countries) > 0 {
		var list []string
		for _, code := range most(x.Countries, countriesKept) {
			list = append(list, fmt.Sprintf("%q: %.4g", code, 100*x.Countries[code]))
		}
		d.line("    countries: {%s}", strings.Join(list, ", "))
	}
}

// plainText is a text as a header and YAML in quotes can have it.
func plainText(s string) string {
	s = strings.Map(func(c rune) rune {
		if c < ' ' || c > '~' {
			return -1
		}
		return c
	}, s)
	return s[:min(len(s), 400)]
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

// span is a time as settings write it.
func span(seconds float64) string {
	d := time.Duration(seconds * 1e9)
	return unit.Duration(d.Round(max(time.Millisecond, d/1000).Truncate(time.Millisecond))).String()
}
