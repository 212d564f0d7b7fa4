package fit

import (
	"errors"
	"fmt"
	"slices"

	"edgesim/sim/unit"
)

func init() {
	register(Model{
		Name:  "pages",
		Usage: "page sessions: pages with what they embed, as the referrers of a log tell it, and all else by itself",
		order: 0,
		pages: true,
		sections: func(d *document) error {
			x := d.p.Mixes
			if x == nil || x.Sessions == nil {
				return errors.New("no log whose pages lead to a tenth of its requests")
			}
			return d.browse(x.Sessions)
		},
	})
}

// browse writes sections of pages and of what they embed, which the sessions ask for, and
// then those of all else.
func (d *document) browse(s *Sessions) error {
	d.line("  sections:")
	var pages, embedded int
	var later []func()
	for i := range d.p.Parts {
		p := &d.p.Parts[i]
		u := s.usesOf(p)
		switch {
		case p.Class == "html":
			pages++
			d.headOf(p)
		case u.embedded():
			embedded++
			d.section(d.listed(p, &u))
			if u.share() < 0.99 {
				later = append(later, func() { d.section(d.alone(p, &u)) })
			}
		default:
			later = append(later, func() { d.headOf(p) })
		}
	}
	if pages == 0 || embedded == 0 {
		return errors.New("no content class is mostly what pages embed")
	}
	d.shown = slices.Clone(d.names)
	for _, write := range later {
		write()
	}
	d.beside()
	return nil
}

// uses are what a part's objects are asked for.
type uses struct {
	asked  float64 // requests that pages led to
	others float64 // requests for the objects that some were for
	lists  group   // in how many pages these are
	alone  group   // the other objects
}

func (s *Sessions) usesOf(p *Part) (u uses) {
	lists, alone := map[int64]int64{}, map[int64]int64{}
	for k, in := range p.kind {
		if !in {
			continue
		}
		kind := uint16(k)
		u.asked += s.embeds[kind]
		u.others += s.others[kind]
		s.lists[kind].addTo(lists)
		s.alone[kind].addTo(alone)
	}
	u.lists, u.alone = groupOfCounts(lists), groupOfCounts(alone)
	return u
}

func (g group) addTo(by map[int64]int64) {
	for _, c := range g.counts {
		by[c.Requests] += c.Objects
	}
}

// share is that of the objects that pages embed, of the part's requests.
func (u *uses) share() float64 { return u.others / max(u.others+u.alone.asked, 1) }

// embedded reports whether a part is mostly what pages embed, but for objects of which
// none do.
func (u *uses) embedded() bool { return u.lists.objects > 0 && u.asked > u.others/2 }

// listed is the section of a part's objects that pages embed: its law is that by which
// they get into the lists of pages.
func (d *document) listed(p *Part, u *uses) section {
	l, _ := lawOf(u.lists.counts)
	l = u.lists.nearestOf(l)
	ranks := l.ladder()
	return section{name: p.Name, hosts: d.hosts(p), share: p.Share * u.share(), objects: uint64(ranks.manyEnough(u.lists.asked, u.lists.objects) + 0.5),
		zipf: l.alpha, types: func() { d.types(p, "") }}
}

// alone is the section of a part's other objects.
func (d *document) alone(p *Part, u *uses) section {
	l, _ := lawOf(u.alone.counts)
	s := d.part(p, u.alone.nearestOf(l), &u.alone)
	s.name, s.share = p.Name+"-alone", p.Share*(1-u.share())
	s.types = func() { d.types(p, "/alone") }
	return s
}

// stream is the kind of traffic.
func (s *Sessions) stream() string {
	text := fmt.Sprintf("pages:objects=%.0f,sigma=%.3g,cached=%s,pages=%.4g", max(s.Objects, 1), min(s.Sigma, 3), unit.Share(rounded(s.Cached, 3)), s.Pages)
	for _, one := range []struct {
		key     string
		seconds float64
	}{{"think", s.Think}, {"parse", min(s.Parse, 60)}, {"each", min(s.Each, 60)}} {
		if one.seconds > 0 {
			text += fmt.Sprintf(",%s=%s", one.key, span(max(one.seconds, 0.001)))
		}
	}
	return text
}
