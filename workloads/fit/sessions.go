package fit

import (
	"cmp"
	"iter"
	"maps"
	"math"
	"slices"

	"edgesim/workloads/trace/stat"
)

// Sessions are page sessions, as a scenario's stream of pages has them. Times are in
// seconds; 0: not told.
type Sessions struct {
	Share     float64            `json:"share"`     // of the requests for objects: pages, and what they embed
	Objects   float64            `json:"objects"`   // that a page embeds, of half of the pages or fewer
	Sigma     float64            `json:"sigma"`     // of the logarithm of that
	Cached    float64            `json:"cached"`    // of these, that browsers have kept
	Pages     float64            `json:"pages"`     // of a session, on average
	Think     float64            `json:"think"`     // on average, from a page's last object to the next page
	Parse     float64            `json:"parse"`     // from a page to the first of what it embeds
	Each      float64            `json:"each"`      // of an object, with six at a time
	Referrers map[string]float64 `json:"referrers"` // of what no page led to: none, search, social, other

	embeds map[uint16]float64 // by the log's kind: requests for what pages embed
	lists  map[uint16]group   // by kind: in how many lists objects are
	alone  map[uint16]group   // by kind: requests for objects that no page leads to,
	others map[uint16]float64 // and for the others
}

const (
	// leastSessions is the share of the requests that pages have to lead to, and
	// leastLists how many pages there are to be, for there to be sessions.
	leastSessions = 0.1
	leastLists    = 20
	// oftenShown is how often a page has to be asked for to tell all that it embeds.
	oftenShown = 5
	// mostListed is how many objects a page is taken to embed at most.
	mostListed = 1000.0
)

// sessions sums up; nil where pages hardly lead to anything. requests are those for
// objects.
func (b *browsing) sessions(requests int64) *Sessions {
	var lists []*pageList
	for _, page := range slices.Sorted(maps.Keys(b.lists)) {
		if l := b.lists[page]; l.views > 0 && l.asked > 0 {
			lists = append(lists, l)
		}
	}
	if float64(b.embedded) < leastSessions*float64(requests) || len(lists) < leastLists {
		return nil
	}
	s := &Sessions{Share: float64(b.pages+b.embedded) / float64(requests), Pages: 1, Referrers: shares(b.outside, func(k string) string { return k }),
		embeds: b.byKind, lists: map[uint16]group{}}
	if b.led > 0 {
		s.Pages = float64(b.pages) / float64(max(b.pages-b.led, 1))
		s.Think = b.think(1 - 1/s.Pages)
	}
	s.Parse = b.parsed[0] / max(b.parsed[1], 1)
	s.Each = b.loaded[0] / max(b.loaded[1], 1)
	s.lengths(lists)
	s.memberships(lists)
	return s
}

// lengths are how many objects pages embed, and which share of these browsers ask for.
//
// Of a list of L objects, each asked for by a view with the probability q, v views ask
// for v·L·q and for L(1−(1−q)^v) different ones; both together give L and q of pages
// that are shown often. q is taken for that of all pages.
func (s *Sessions) lengths(lists []*pageList) {
	asked, there := 0.0, 0.0
	for _, l := range lists {
		if l.views >= oftenShown {
			asked += float64(l.asked)
			there += l.length() * float64(l.views)
		}
	}
	q := 1.0
	if there > 0 {
		q = min(asked/there, 1)
	}
	n, sum, squares, chance := 0.0, 0.0, 0.0, 0.0
	for _, l := range lists {
		long := float64(l.asked) / float64(l.views) / q
		y := math.Log(long)
		n, sum, squares = n+1, sum+y, squares+y*y
		chance += (1 - q) / (long * q * float64(l.views))
	}
	mean := sum / n
	s.Objects, s.Cached = math.Exp(mean), 1-q
	s.Sigma = math.Sqrt(max(squares/n-mean*mean-chance/n, 0))
}

// length is how many objects the page embeds.
func (l *pageList) length() float64 {
	v, mean := float64(l.views), float64(l.asked)/float64(l.views)
	low, high := max(float64(len(l.of)), mean), max(float64(len(l.of)), mostListed)
	for range 60 {
		mid := (low + high) / 2
		if met := mid * -math.Expm1(v*math.Log1p(-min(mean/mid, 1-1e-12))); met < float64(len(l.of)) {
			low = mid
		} else {
			high = mid
		}
	}
	return low
}

// memberships count, by kind, in how many of the lists each object is.
func (s *Sessions) memberships(lists []*pageList) {
	type member struct {
		object uint64
		kind   uint16
	}
	in := map[member]int64{}
	for _, l := range lists {
		for object, kind := range l.of {
			in[member{object, kind}]++
		}
	}
	counts := map[uint16]map[int64]int64{}
	for m, n := range in {
		if counts[m.kind] == nil {
			counts[m.kind] = map[int64]int64{}
		}
		counts[m.kind][n]++
	}
	for kind, by := range counts {
		s.lists[kind] = groupOfCounts(by)
	}
}

// tellApart counts requests for objects that no page leads to, and for others.
func (s *Sessions) tellApart(objects iter.Seq2[uint64, *logged]) {
	counts := map[uint16]map[int64]int64{}
	s.alone, s.others = map[uint16]group{}, map[uint16]float64{}
	for _, o := range objects {
		if o.led > 0 {
			s.others[o.kind] += float64(o.asked)
			continue
		}
		if counts[o.kind] == nil {
			counts[o.kind] = map[int64]int64{}
		}
		counts[o.kind][int64(o.asked)]++
	}
	for kind, by := range counts {
		delete(by, 0) // what was only written
		s.alone[kind] = groupOfCounts(by)
	}
}

func groupOfCounts(by map[int64]int64) (g group) {
	g.scale, g.once = 1, float64(by[1])
	for n, objects := range by {
		g.counts = append(g.counts, stat.Count{Requests: n, Objects: objects})
		g.objects += float64(objects)
		g.asked += float64(n * objects)
	}
	slices.SortFunc(g.counts, func(a, b stat.Count) int { return cmp.Compare(a.Requests, b.Requests) })
	return g
}

// think is the mean of an exponential time after which viewers go on, as a share q of
// them does: of those that the log shows to the end of their thoughts, and of those that
// it does not, whose next page would come after it ended, or never.
//
// With n times g observed and the others c long without, the logarithm of the likelihood
// is n·ln λ − λ·Σg + Σ ln(1−q+q·e^−λc), whose derivative falls through 0 once.
func (b *browsing) think(q float64) float64 {
	if b.thought[1] == 0 {
		return 0
	}
	var open []float64
	for _, v := range b.views {
		if v.at != unknown {
			open = append(open, float64(b.ended-max(v.last, v.at))/1e9)
		}
	}
	slope := func(rate float64) float64 {
		d := b.thought[1]/rate - b.thought[0]
		for _, c := range open {
			e := q * math.Exp(-rate*c)
			d -= c * e / (1 - q + e)
		}
		return d
	}
	low, high := math.Log(1e-6), math.Log(1e4)
	for range 60 {
		if mid := (low + high) / 2; slope(math.Exp(mid)) > 0 {
			low = mid
		} else {
			high = mid
		}
	}
	return 1 / math.Exp(low)
}
