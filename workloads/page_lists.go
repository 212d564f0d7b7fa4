package workloads

import (
	"fmt"
	"math"
	"math/rand/v2"
)

// pageLists are the objects that pages embed. A page has always the same list,
// which follows from its number: so many objects, drawn from the types that are no
// pages by a law of Zipf with their section's exponent, so that the popular ones
// are what many pages share, as a site's scripts and logos are, and every page has
// some of its own. None is in a list twice.
type pageLists struct {
	parts  []embeds
	choice alias // of parts
	seed   uint64
	rng    *rand.PCG // of the list being made
	kept   *rand.PCG // says what a browser has kept

	objects, sigma, cached float64
	most                   float64 // objects of a page

	seen  [2 << mostBits]mark // what is in the list being made: open addressing
	lists uint64              // made so far
	known []knownList         // by the page's hash; a power of two
}

// knownList is the list of the page that came last to its place.
type knownList struct {
	page uint64 // plus 1; 0: none yet
	ids  []uint64
}

// mark is an object that is in a list.
type mark struct{ id, list uint64 }

// embeds is a section whose objects pages embed.
type embeds struct {
	part
	end   uint64 // id after its last object
	pages []bool // by type: its objects are pages
	ranks Ranks  // from the list's chance
}

const (
	mostBits     = 10
	mostEmbedded = 1000 // objects of a page at most, fewer than 2^mostBits
)

// triesEmbedded is how often an object is drawn again that is a page, or in the list
// already, before the list is one shorter.
const triesEmbedded = 64

// Lists are remembered, those of popular pages mostly: about knownIDs in them (8 MiB),
// which is most of the views of a site with some thousand popular pages.
const (
	knownIDs   = 1 << 20
	mostKnown  = 1 << 14
	leastKnown = 1 << 6
)

func (l *pageLists) open(c *TrafficConfig, p Params, kept *rand.PCG) error {
	*l = pageLists{objects: p["objects"], sigma: p["sigma"], cached: p["cached"], kept: kept, rng: rand.NewPCG(0, 0)}
	var shares []float64
	there := 0.0
	for _, i := range c.Sections {
		section := c.Catalog.sections[i]
		share := section.shareOf(func(t *objectType) bool { return !isPage(t) })
		if share < leastPages {
			continue
		}
		ranks, err := NewZipf(section.Objects, section.Zipf, l.rng)
		if err != nil {
			return fmt.Errorf("section %q: %w", section.Name, err)
		}
		l.parts = append(l.parts, embeds{newPart(section, i, c.Seed), section.first + section.Objects, section.pages(), ranks})
		shares, there = append(shares, section.Share), there+share*float64(section.Objects)
		l.seed ^= section.keySeed
	}
	if l.most = min(mostEmbedded, math.Floor(there/2)); len(l.parts) > 0 {
		l.choice = newAlias(evenIfZero(shares))
	}
	known := mostKnown
	for known > leastKnown && float64(known)*l.length() > knownIDs {
		known /= 2
	}
	l.known = make([]knownList, known)
	return nil
}

// length is how many objects an unpopular page has on average.
func (l *pageLists) length() float64 {
	return min(l.objects*math.Exp(l.sigma*l.sigma/2), l.most)
}

// mean is how many objects an unpopular page has on average that are asked for.
func (l *pageLists) mean() float64 { return l.length() * (1 - l.cached) }

// count is how many objects a page has.
func (l *pageLists) count(page uint64) int {
	if l.objects == 0 {
		return 0
	}
	z := normalQuantile(open(hash(l.seed, page)))
	return int(min(math.Round(l.objects*math.Exp(l.sigma*z)), l.most))
}

// appendList appends what a browser asks for when it shows a page: of its list what
// it has not kept.
func (l *pageLists) appendList(dst []uint64, page uint64) []uint64 {
	list := l.of(page)
	if l.cached == 0 {
		return append(dst, list...)
	}
	for _, id := range list {
		if unit64(l.kept.Uint64()) >= l.cached {
			dst = append(dst, id)
		}
	}
	return dst
}

// of is a page's list, good until the next call.
func (l *pageLists) of(page uint64) []uint64 {
	at := &l.known[hash(l.seed, page)&uint64(len(l.known)-1)]
	if at.page != page+1 {
		at.page, at.ids = page+1, l.appendAll(at.ids[:0], page)
	}
	return at.ids
}

// appendAll makes a page's list, and appends it.
func (l *pageLists) appendAll(dst []uint64, page uint64) []uint64 {
	l.rng.Seed(hash(l.seed, page), page)
	l.lists++
	for range l.count(page) {
		for range triesEmbedded {
			if id, ok := l.draw(); ok && l.isNew(id) {
				dst = append(dst, id)
				break
			}
		}
	}
	return dst
}

// isNew reports whether an object is not in the list yet, and puts it there.
func (l *pageLists) isNew(id uint64) bool {
	for i := mix(id) >> (64 - mostBits - 1); ; i = (i + 1) & (uint64(len(l.seen)) - 1) {
		switch m := &l.seen[i]; {
		case m.list != l.lists:
			*m = mark{id, l.lists}
			return true
		case m.id == id:
			return false
		}
	}
}

// draw is an object; false: it is a page.
func (l *pageLists) draw() (uint64, bool) {
	at := 0
	if len(l.parts) > 1 {
		at = int(l.choice.draw(l.rng.Uint64()))
	}
	p := &l.parts[at]
	rank := p.ranks.Draw()
	return p.first + rank, !p.pages[p.section.typeOf(rank)]
}

// partOf is the part that has an object.
func (l *pageLists) partOf(id uint64) int {
	for i := range l.parts {
		if id >= l.parts[i].first && id < l.parts[i].end {
			return i
		}
	}
	panic("workloads: an object of a page's list is of no section")
}
