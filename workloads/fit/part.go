package fit

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"edgesim/workloads/trace/stat"
)

// Part are the objects that a scenario has in a section of their own: of an access log
// those of a distribution and a content class, of a trace all.
type Part struct {
	Name       string     `json:"name"`
	Site       int        `json:"site"`  // of Mixes.Sites
	Class      string     `json:"class"` // content class
	Ending     string     `json:"ending"`
	Share      float64    `json:"share"` // of the requests for objects
	Requests   int64      `json:"requests"`
	Objects    int64      `json:"objects"`
	Popularity Popularity `json:"popularity"`
	Sizes      *Sizes     `json:"sizes,omitempty"`
	Turnover   *Turnover  `json:"turnover,omitempty"`
	Hot        []Hot      `json:"hot,omitempty"` // those asked for most often, one by one

	// What a log tells of how long responses are good; 0: for as long as it tells.
	Lifetime    float64 `json:"lifetime,omitempty"`    // seconds
	Uncacheable float64 `json:"uncacheable,omitempty"` // share of the objects that never hit, of those asked for often

	law  law // of all of its objects
	rest law // of those that are not hot
	all  group
	cold group
	kind []bool // the log's kinds that are in it

	members []*object
}

// group is what is known of several objects.
type group struct {
	counts  []stat.Count
	objects float64 // as many as those followed stand for
	asked   float64 // requests for them
	once    float64 // objects asked for once
	scale   float64 // objects that one of those followed stands for
}

// Hot is an object that is asked for so often that it counts by itself.
type Hot struct {
	Share float64 `json:"share"` // of the requests for objects
	Size  int64   `json:"size"`
}

const (
	// leastPart is the share of the requests below which kinds are put together.
	leastPart = 0.005
	// hotShare is the share of requests or bytes from which on an object is hot; those
	// of a part that are asked for more often than such a one are, too.
	hotShare = 0.005
	mostHot  = 24 // of a part
	// often is how often an object has to be asked for to be called uncacheable for
	// never having hit.
	often = 8
)

// parts are what the scenario has sections for.
func (m *Measured) parts() []Part {
	var list []Part
	if m.Log == nil || len(m.Log.kinds) == 0 {
		list = []Part{{Name: "objects", Class: "object", kind: []bool{true}}}
	} else {
		list = m.Log.parts(float64(m.Requests))
	}
	of := map[uint16]int{}
	for i := range list {
		for k, in := range list[i].kind {
			if in {
				of[uint16(k)] = i
			}
		}
	}
	for _, o := range m.objects.All() {
		p := &list[of[o.kind]]
		p.members = append(p.members, o)
	}
	list = slices.DeleteFunc(list, func(p Part) bool { return len(p.members) == 0 })
	for i := range list {
		list[i].measure(m)
	}
	return list
}

// parts are the log's kinds, the rare ones of a site put together.
func (x *Mixing) parts(requests float64) []Part {
	by := map[kindKey]*Part{}
	fresh := map[kindKey]*freshness{}
	ends := map[kindKey]map[string]int64{}
	for number := range x.kinds {
		k := &x.kinds[number]
		key := k.kindKey
		if float64(k.requests) < leastPart*requests {
			key.class = otherClass
		}
		p := by[key]
		if p == nil {
			p = &Part{Site: key.site, Class: key.class, kind: make([]bool, len(x.kinds))}
			by[key], fresh[key], ends[key] = p, &freshness{}, map[string]int64{}
		}
		p.kind[number] = true
		fresh[key].join(&k.fresh)
		for ending, n := range k.endings {
			ends[key][ending] += n
		}
	}
	never := x.never()
	var list []Part
	for _, key := range slices.SortedFunc(maps.Keys(by), func(a, b kindKey) int {
		return cmp.Or(cmp.Compare(a.site, b.site), cmp.Compare(a.class, b.class))
	}) {
		p := by[key]
		p.Name = p.Class
		if len(x.sites.list) > 1 {
			p.Name = fmt.Sprintf("%d-%s", key.site+1, p.Class)
		}
		p.Lifetime = fresh[key].lifetime()
		if f := fresh[key]; f.hits+f.renewed > 0 {
			p.Uncacheable = p.shareOf(never)
		}
		p.Ending = mostOf(ends[key])
		list = append(list, *p)
	}
	return list
}

func mostOf(counts map[string]int64) (best string) {
	for name, n := range counts {
		if n > counts[best] || n == counts[best] && name < best {
			best = name
		}
	}
	return best
}

// never are, by kind, the objects asked for often, and those of them that never hit.
func (x *Mixing) never() [][2]float64 {
	counts := make([][2]float64, len(x.kinds))
	for _, o := range x.objects.All() {
		if o.asked < often {
			continue
		}
		counts[o.kind][0]++
		if o.hits == 0 {
			counts[o.kind][1]++
		}
	}
	return counts
}

// shareOf is the second of the first, over the part's kinds; 0 of fewer than ten.
func (p *Part) shareOf(counts [][2]float64) float64 {
	all, some := 0.0, 0.0
	for k, in := range p.kind {
		if in {
			all += counts[k][0]
			some += counts[k][1]
		}
	}
	if all < 10 {
		return 0
	}
	return some / all
}

// measure fits the part.
func (p *Part) measure(m *Measured) {
	scale := 1 / m.Rate()
	slices.SortFunc(p.members, func(a, b *object) int {
		return cmp.Or(cmp.Compare(b.requests, a.requests), cmp.Compare(b.size, a.size), cmp.Compare(a.first, b.first))
	})
	p.all = groupOf(p.members, scale)
	p.Share = p.all.asked / max(m.seen.requests, 1)
	p.Requests, p.Objects = int64(p.all.asked+0.5), int64(p.all.objects+0.5)
	p.Popularity, p.law = p.all.popularity()
	p.law = p.all.nearestOf(p.law)
	if m.Tells.Sizes {
		p.Sizes = fitSizes(p.members)
	}
	p.Turnover = m.turnover(p.members)
	hot := p.hot(m)
	p.cold = groupOf(p.members[hot:], scale)
	if p.cold.objects > 0 {
		refit, _ := lawOf(p.cold.counts)
		p.rest = p.cold.nearestOf(law{p.law.alpha, float64(hot)}, law{refit.alpha, float64(hot)})
	}
	for _, o := range p.members[:hot] {
		p.Hot = append(p.Hot, Hot{float64(o.requests) / m.seen.requests, o.size})
	}
}

// hot is how many of the members, who are in order, count by themselves. Of a sample
// none do: who is in it stands for others.
func (p *Part) hot(m *Measured) (n int) {
	if m.Rate() < 1 {
		return 0
	}
	for i, o := range p.members[:min(len(p.members), mostHot)] {
		asked := float64(o.requests)
		if asked >= hotShare*m.seen.requests || asked*float64(o.size) >= hotShare*m.seen.bytes {
			n = i + 1
		}
	}
	return n
}

// groupOf sums up objects that stand for scale each.
func groupOf(list []*object, scale float64) (g group) {
	g.scale = scale
	by := map[int64]int64{}
	for _, o := range list {
		by[o.requests]++
		g.asked += float64(o.requests) * scale
	}
	g.objects, g.once = float64(len(list))*scale, float64(by[1])*scale
	for _, requests := range slices.Sorted(maps.Keys(by)) {
		g.counts = append(g.counts, stat.Count{Requests: requests, Objects: by[requests]})
	}
	return g
}
