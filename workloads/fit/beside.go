package fit

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"edgesim/sim/unit"
)

// What a log has beside requests for objects: origins that fail, paths that are not
// there or that lead elsewhere, methods that change something.

// origin is a distribution's.
func (d *document) origin(i int) {
	d.line("  origin-%d:", i+1)
	x := d.p.Mixes
	server := !d.bare && x != nil && (x.Statuses["500"] > x.Errors.Value/4 || x.Changes.Value > 0) // buckets take no POST
	if server {
		d.line("    kind: server")
	} else {
		d.line("    kind: bucket")
	}
	d.line("    first_byte: {median: 40ms, p99: 200ms}")
	d.line("    cache_control: public, max-age=31536000")
	if d.bare || x == nil {
		return
	}
	for _, one := range []struct {
		key   string
		share Estimate
	}{{"errors", x.Errors}, {"resets", x.Resets}} {
		v := x.ofOrigin(one.share.Value)
		if one.key == "resets" { // the edge asks once more: a viewer is told of two in a row
			v = math.Sqrt(v)
		}
		if v > 0 {
			d.line("    %s: %s", one.key, unit.Share(rounded(v, 3)))
		}
	}
	d.outages(i)
	if x.Statuses["403"] > x.Statuses["404"] {
		d.line("    missing: 403")
	}
}

// outages are those of a site's origin, which in a scenario with a warm-up come as long
// after that as in the log after its beginning.
func (d *document) outages(site int) {
	list := d.sites()[site].Outages
	if len(list) == 0 || !d.m.Tells.Times {
		return
	}
	n, rate, warm := d.requests()
	later := 0.0
	if warm {
		later = float64(n) / rate
	}
	d.line("    outages:")
	for _, o := range list {
		d.line("      - {from: %s, for: %s, kind: %s}%s", spanned(later+o.From), spanned(o.For), o.Kind, o.comment())
	}
}

// comment says where an outage of all stands for a longer one of a part.
func (o *Outage) comment() string {
	if o.Part == 0 {
		return ""
	}
	return fmt.Sprintf(" # in the log %.2g %% failed, for %s", 100*o.Part, lasting(o.Lasted))
}

// ofOrigin is a share of all requests as one of those that reach an origin: the hits
// do not. Where a log does not tell them they are taken for half.
func (x *Mixes) ofOrigin(of float64) float64 {
	if of == 0 {
		return 0
	}
	missed := 0.5
	if x.Hits.Told {
		missed = 1 - x.Hits.Hit
	}
	return min(of/(missed*(1-of)+of), 1)
}

func (d *document) distribution(i int, s Site) {
	id := s.ID
	if id == "" {
		id = fmt.Sprintf("E%dFITTED000001", i+1)
	}
	d.line("  - id: %s", id)
	d.line("    domain: %s", s.Domain)
	var aliases []string
	for _, host := range s.Hosts {
		if host != s.Domain {
			aliases = append(aliases, host)
		}
	}
	if len(aliases) > 0 {
		d.line("    aliases: [%s]", strings.Join(aliases, ", "))
	}
	if s.Redirects > 0 && !d.bare {
		d.line("    behaviors:")
		d.line("      - {path: /%s/*, origin: origin-%d, viewer_protocol: redirect-to-https}", redirected, i+1)
	}
	d.line("    default: {origin: origin-%d}", i+1)
}

// Sections beside those of objects; of several sites' redirects each has a number.
const (
	gone       = "gone"
	changes    = "changes"
	redirected = "redirected"
)

// isAside reports whether a section is one of those.
func isAside(name string) bool {
	return name == gone || name == changes || strings.HasPrefix(name, redirected)
}

// beside are the sections of what is not there, of what leads elsewhere and of what
// changes something, and the streams that these need.
func (d *document) beside() {
	x := d.p.Mixes
	aside := 0.0
	if !d.bare && x != nil {
		aside = d.asides(x)
	}
	others := slices.DeleteFunc(slices.Clone(d.names), func(name string) bool { return slices.Contains(d.shown, name) })
	var list []stream
	if len(d.shown) > 0 {
		pages := min(x.Sessions.Share, 1)
		list = append(list, stream{x.Sessions.stream(), pages, d.shown}, stream{"independent", 1 - pages + aside, others})
	} else {
		list = append(list, stream{"independent", 1 + aside, others})
	}
	if !d.bare && x != nil && x.Changes.Value > 0 {
		d.aside(changes, d.sites()[0], 1, "          cache_control: no-store")
		post := math.Round(x.post*1e4) / 1e4
		list = append(list, stream{fmt.Sprintf("api:post=%s,other=%s", unit.Share(post), unit.Share(1-post)), (1 + aside) * x.Changes.Value / (1 - x.Changes.Value), []string{changes}})
	}
	if len(list) > 1 {
		d.streams(list)
	}
}

// stream is one of a workload's.
type stream struct {
	kind     string
	share    float64 // beside the others'
	sections []string
}

// streams are written as shares of all requests; one without sections has nothing to ask
// for.
func (d *document) streams(list []stream) {
	list = slices.DeleteFunc(list, func(s stream) bool { return len(s.sections) == 0 })
	sum := 0.0
	for _, s := range list {
		sum += s.share
	}
	d.line("  streams:")
	for _, s := range list {
		d.line("    - {kind: %q, share: %s, sections: [%s]}", s.kind, share(s.share/sum), strings.Join(s.sections, ", "))
	}
}

// asides are the sections of what is not there and of what leads elsewhere, and what
// these have beside the requests for objects.
func (d *document) asides(x *Mixes) (sum float64) {
	if x.Gone.Value > 0 {
		sum += d.perObject(x.Gone.Value)
		d.aside(gone, d.sites()[0], d.perObject(x.Gone.Value), "          missing: true")
	}
	for i, s := range d.sites() {
		if s.Redirects > 0 {
			sum += d.perObject(s.Redirects)
			d.aside(fmt.Sprintf("%s-%d", redirected, i+1), s, d.perObject(s.Redirects), "          cache_control: no-store")
		}
	}
	return sum
}

// perObject is a share of all records beside the sections of objects, which have 1
// together.
func (d *document) perObject(of float64) float64 {
	return of * float64(d.p.Mixes.Records) / float64(d.m.Requests)
}

// aside is a section of few objects beside the others, of a site.
func (d *document) aside(name string, of Site, share float64, key string) {
	path, _, _ := strings.Cut(name, "-")
	d.section(section{name: name, hosts: of.Hosts, share: share, objects: 1000, zipf: 0.8, types: func() {
		d.line("        - name: %s", otherClass)
		d.line("          prefix: /%s/", path)
		d.line("          size: {median: 1KB}")
		d.line("%s", key)
	}})
}
