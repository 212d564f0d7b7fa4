package workloads

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"time"
)

// Pages are what a browser asks for: the HTML of a page, then what the page
// embeds, with the page as its Referer; after a while the next page, whose Referer
// is the one before. Only a session's first page is led to from outside.
//
// A page is an object of a type of HTML, drawn by its section's popularity; all
// other types of the stream's sections are what pages embed. Which of them a page
// embeds, and how many, belongs to the page (pageLists). Of these the browser asks
// for those that it has not kept from before.
//
// How many: lognormal, with 70 in the middle, as the median page of the HTTP
// Archive had in October 2024 (71 requests), and σ 0.6. The think time between pages
// is exponential, or Pareto with the index given: SURGE's inactive OFF times
// (Barford and Crovella, SIGMETRICS 1998) are think=3s,tail=1.5. How many pages a
// viewer looks at is geometric. Where no source is named the defaults are
// assumptions.
func init() {
	traffic.register(TrafficKind{
		Name:  "pages",
		Usage: "page sessions: HTML, then what it embeds, with the page as referrer",
		Params: []Param{
			{Name: "objects", Usage: "that a page embeds, of half of the pages or fewer", Unit: Whole, Default: 70, Low: 0, High: mostEmbedded},
			{Name: "sigma", Usage: "standard deviation of the logarithm of that", Default: 0.6, Low: 0, High: 3},
			{Name: "cached", Usage: "of what a page embeds, that the browser has kept", Unit: Share, Default: 0, Low: 0, High: 1},
			{Name: "pages", Usage: "that a viewer looks at, on average", Default: 4, Low: 1, High: 1e6},
			{Name: "think", Usage: "from the last object of a page to the next page, on average", Unit: Seconds, Default: 30, Low: 0.001, High: 1e6},
			{Name: "tail", Usage: "index of think times of Pareto's law; 0: they are exponential", Default: 0, Low: 0, High: 100},
			{Name: "connections", Usage: "on which a page's objects are asked for; 0: all at once", Unit: Whole, Default: 6, Low: 0, High: 1000},
			{Name: "parse", Usage: "from the request for a page to the first for what it embeds", Unit: Seconds, Default: 0.1, Low: 0, High: 60},
			{Name: "each", Usage: "what an object takes on its connection", Unit: Seconds, Default: 0.05, Low: 0, High: 60},
		},
		New: newPages,
	})
}

// pages is the course of page sessions.
type pages struct {
	sites       []part // the sections that have pages
	choice      alias  // of sites
	lists       pageLists
	rng         *rand.PCG
	last        float64 // that a page is a session's last
	think, tail float64 // seconds; index
	parse, each time.Duration
	connections int
}

// browsing is a session of pages.
type browsing struct {
	visitor
	left  int      // pages, the one under way included
	page  uint64   // its id plus 1; 0: none yet
	host  uint16   // under which it was asked for
	site  int      // index into sites
	asked int      // of list
	list  []uint64 // what is asked for after it; nil before it
	shown bool     // it was asked for
}

func newPages(c TrafficConfig, p Params) (Source, error) {
	if err := c.checkTraffic(); err != nil {
		return nil, err
	}
	s := &pages{
		rng: rand.NewPCG(c.Seed, streamCourse), last: 1 / p["pages"], think: p["think"], tail: p["tail"],
		parse: nanoseconds(p["parse"] * 1e9), each: nanoseconds(p["each"] * 1e9), connections: int(p["connections"]),
	}
	if s.tail != 0 && s.tail <= 1 {
		return nil, wrong("tail", s.tail, "more than 1, so that there is a mean, or 0")
	}
	if err := s.lists.open(&c, p, s.rng); err != nil {
		return nil, err
	}
	if err := s.open(&c); err != nil {
		return nil, err
	}
	asked := s.pilot(&c)
	rounds := float64(1)
	if s.connections > 0 {
		rounds = math.Ceil(mostEmbedded / float64(s.connections))
	}
	seconds := p["parse"] + rounds*p["each"]
	if p["pages"] > 1 {
		if seconds += 10 * p["pages"] * p["think"]; s.tail > 0 {
			seconds *= 10
		}
	}
	return newSessions(c, plan{p["pages"] * (1 + asked), nanoseconds(seconds * 1e9)}, s)
}

// leastPages is the share of a section's objects that have to be pages: they are
// found by drawing until one is.
const leastPages = 1e-3

// open finds the pages.
func (s *pages) open(c *TrafficConfig) error {
	var shares []float64
	for _, i := range c.Sections {
		section := c.Catalog.sections[i]
		share := section.shareOf(isPage)
		if share == 0 {
			continue
		}
		if share < leastPages {
			return fmt.Errorf("section %q: %.2g%% of the objects are pages: want a tenth of a percent at least, or a section of their own", section.Name, 100*share)
		}
		site := newPart(section, i, c.Seed)
		if err := site.addPopularity(i, c.Seed, c.Rate/(1+s.lists.mean())/share); err != nil {
			return err
		}
		s.sites, shares = append(s.sites, site), append(shares, section.Share)
	}
	if len(s.sites) == 0 {
		return fmt.Errorf("no section has a type of text/html: pages are of such a type")
	}
	s.choice = newAlias(evenIfZero(shares))
	return nil
}

// isPage reports whether objects of a type are pages.
func isPage(t *objectType) bool {
	return strings.HasPrefix(t.ContentType, "text/html") || strings.HasPrefix(t.ContentType, "application/xhtml")
}

// pages are the types whose objects are pages.
func (s *section) pages() []bool {
	list := make([]bool, len(s.types))
	for i := range s.types {
		list[i] = isPage(&s.types[i])
	}
	return list
}

// shareOf is the share of a section's objects that are of such types.
func (s *section) shareOf(wanted func(*objectType) bool) (share float64) {
	before := uint64(0)
	for i := range s.types {
		if t := &s.types[i]; wanted(t) {
			share += float64(t.until-before) / 0x1p63
		}
		before = s.types[i].until
	}
	return share
}

// pilot looks at so many pages to tell how many objects are asked for after one, on
// average: it depends on the few pages that most viewers look at.
func (s *pages) pilot(c *TrafficConfig) float64 {
	const looked = 1 << 15
	// What was popular first is drawn anew from 0 by the run itself.
	cfg := *c
	cfg.Seed = hash(c.Seed, streamPilot)
	again := *s
	if err := again.reopen(&cfg); err != nil {
		panic("workloads: pages that were opened cannot be again: " + err.Error())
	}
	sum := 0
	for range looked {
		_, id := again.draw(0)
		sum += s.lists.count(id)
	}
	return float64(sum) / looked * (1 - s.lists.cached)
}

// reopen opens the pages with another seed.
func (s *pages) reopen(c *TrafficConfig) error {
	s.sites, s.rng = nil, rand.NewPCG(c.Seed, streamCourse)
	return s.open(c)
}

// draw is a page, and the section it is of.
func (s *pages) draw(now time.Duration) (site int, id uint64) {
	if len(s.sites) > 1 {
		site = int(s.choice.draw(s.rng.Uint64()))
	}
	p := &s.sites[site]
	section := p.section
	for {
		rank := p.popular.Draw(max(now, 0))
		if isPage(&section.types[section.typeOf(rank)]) {
			return site, p.first + rank
		}
	}
}

// begin implements course. Of pages before 0 only the last can matter.
func (s *pages) begin(b *browsing, who visitor, at time.Duration) (time.Duration, bool) {
	*b = browsing{visitor: who, left: 1, list: b.list[:0]}
	if s.last < 1 {
		u := open(s.rng.Uint64())
		b.left += int(min(math.Log(u)/math.Log1p(-s.last), 1e9))
	}
	came := at
	for at < -s.loading() && b.left > 1 {
		b.left--
		at += s.pause()
	}
	if at < -s.loading() {
		return 0, false
	}
	if at > came { // and was led there by a page
		site, id := s.draw(0)
		b.site, b.host, b.page = site, s.sites[site].host(), id+1
	}
	return at, true
}

// loading is the longest time that a page's objects are asked for.
func (s *pages) loading() time.Duration {
	if s.connections == 0 {
		return s.parse
	}
	return s.parse + s.each*time.Duration(mostEmbedded/s.connections+1)
}

// pause is a think time.
func (s *pages) pause() time.Duration {
	u := open(s.rng.Uint64())
	if s.tail == 0 {
		return nanoseconds(-math.Log(u) * s.think * 1e9)
	}
	return nanoseconds(s.think * (s.tail - 1) / s.tail * math.Pow(u, -1/s.tail) * 1e9)
}

// step implements course.
func (s *pages) step(b *browsing, now time.Duration, r *Request) (wait time.Duration, more bool) {
	r.Viewer = b.viewer
	if !b.shown {
		s.show(b, now, r)
		wait = s.parse
	} else {
		id := b.list[b.asked]
		b.asked++
		r.Object, r.From = id, b.page
		r.Host = s.lists.parts[s.lists.partOf(id)].hostFor(b.host, id)
		if s.connections > 0 && b.asked%s.connections == 0 {
			wait = s.each
		}
	}
	if b.asked < len(b.list) {
		return wait, true
	}
	b.shown = false
	b.left--
	return s.pause(), b.left > 0
}

// show asks for the next page.
func (s *pages) show(b *browsing, now time.Duration, r *Request) {
	before, first := b.page, b.page == 0
	site, id := s.draw(now)
	if first || site != b.site {
		b.site, b.host = site, s.sites[site].host()
	}
	if r.Referrer = b.referrer; !first {
		r.Referrer, r.From = 0, before
	}
	b.page, b.shown, b.asked = id+1, true, 0
	b.list = s.lists.appendList(b.list[:0], id)
	r.Object, r.Host = id, b.host
}
