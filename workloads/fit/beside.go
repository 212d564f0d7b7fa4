package fit

import (
	"fmt"
	"math"
	"strings"

	"edgesim/sim/unit"
)

// What a log has beside requests for objects: origins that fail, paths that are not
// there, methods that change something.

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
	if x.Statuses["403"] > x.Statuses["404"] {
		d.line("    missing: 403")
	}
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
	d.line("    default: {origin: origin-%d}", i+1)
}

// beside are the sections of what is not there and of what changes something, and the
// streams that these need.
func (d *document) beside() {
	x := d.p.Mixes
	if d.bare || x == nil {
		return
	}
	if x.Gone.Value > 0 {
		d.aside("gone", x.Gone.Value*float64(x.Records)/float64(d.m.Requests), "          missing: true")
	}
	if x.Changes.Value == 0 {
		return
	}
	others := strings.Join(d.names, ", ")
	d.aside("changes", 1, "          cache_control: no-store")
	d.line("  streams:")
	d.line("    - {kind: independent, share: %s, sections: [%s]}", share(1-x.Changes.Value), others)
	post := math.Round(x.post*1e4) / 1e4
	d.line("    - {kind: %q, share: %s, sections: [%s]}", fmt.Sprintf("api:post=%s,other=%s", unit.Share(post), unit.Share(1-post)), share(x.Changes.Value), "changes")
}

// aside is a section of few objects beside the others.
func (d *document) aside(name string, of float64, key string) {
	d.section(section{name: name, hosts: d.sites()[0].Hosts, share: of, objects: 1000, zipf: 0.8, types: func() {
		d.line("        - name: %s", otherClass)
		d.line("          prefix: /%s/", name)
		d.line("          size: {median: 1KB}")
		d.line("%s", key)
	}})
}
