package cache

import (
	"slices"

	"edgesim/edge/policy"
)

// A plain order is a second implementation of a policy: from its definition, on
// slices and maps of whole objects, oldest first, with nothing done fast.
type plain interface {
	hit(key uint64)
	add(r request)
	victim(in uint64) request
	remove(key uint64)
}

// plainCache is a cache around a plain order.
type plainCache struct {
	order    plain
	size     map[uint64]int64
	capacity int64
	largest  int64
}

func (c *plainCache) used() (sum int64) {
	for _, n := range c.size {
		sum += n
	}
	return sum
}

func (c *plainCache) remove(key uint64) {
	if _, ok := c.size[key]; ok {
		c.order.remove(key)
		delete(c.size, key)
	}
}

func (c *plainCache) store(r request) (victims []uint64, ok bool) {
	c.remove(r.key)
	if r.size > c.largest {
		return nil, false
	}
	if o, ok := c.order.(interface{ admits(request, int64) bool }); ok && !o.admits(r, c.capacity-c.used()) {
		return nil, false
	}
	if o, ok := c.order.(interface{ incoming(request) }); ok {
		o.incoming(r)
	}
	for c.used()+r.size > c.capacity {
		v := c.order.victim(r.key).key
		delete(c.size, v)
		victims = append(victims, v)
	}
	c.size[r.key] = r.size
	c.order.add(r)
	return victims, true
}

func where(rs []request, key uint64) int {
	return slices.IndexFunc(rs, func(r request) bool { return r.key == key })
}

func without(rs []request, key uint64) []request {
	return slices.DeleteFunc(rs, func(r request) bool { return r.key == key })
}

func sum(rs []request) (bytes int64) {
	for _, r := range rs {
		bytes += r.size
	}
	return bytes
}

type plainFIFO struct{ all []request }

func (p *plainFIFO) hit(uint64)        {}
func (p *plainFIFO) add(r request)     { p.all = append(p.all, r) }
func (p *plainFIFO) remove(key uint64) { p.all = without(p.all, key) }

func (p *plainFIFO) victim(uint64) request {
	v := p.all[0]
	p.all = p.all[1:]
	return v
}

type plainLRU struct{ plainFIFO }

func (p *plainLRU) hit(key uint64) {
	r := p.all[where(p.all, key)]
	p.remove(key)
	p.add(r)
}

// plainSIEVE's hand is an index.
type plainSIEVE struct {
	all     []request
	visited map[uint64]bool
	hand    int
}

func (p *plainSIEVE) hit(key uint64) { p.visited[key] = true }
func (p *plainSIEVE) add(r request)  { p.all = append(p.all, r) }

func (p *plainSIEVE) victim(uint64) request {
	for p.visited[p.all[p.hand].key] {
		p.visited[p.all[p.hand].key] = false
		p.hand = (p.hand + 1) % len(p.all)
	}
	v := p.all[p.hand]
	p.remove(v.key)
	return v
}

func (p *plainSIEVE) remove(key uint64) {
	i := where(p.all, key)
	p.all = without(p.all, key)
	delete(p.visited, key)
	if i < p.hand {
		p.hand--
	}
	if p.hand == len(p.all) {
		p.hand = 0
	}
}

type plainS3FIFO struct {
	small, main, ghost []request
	hits               map[uint64]int
	back               map[uint64]bool // was remembered when room was made for it
	smallCap, mainCap  int64
	move               int
	full               bool
}

func (p *plainS3FIFO) hit(key uint64) { p.hits[key] = min(p.hits[key]+1, 3) }

func (p *plainS3FIFO) recall(key uint64) {
	if where(p.ghost, key) >= 0 {
		p.ghost = without(p.ghost, key)
		p.back[key] = true
	}
}

func (p *plainS3FIFO) add(r request) {
	p.recall(r.key)
	p.hits[r.key] = 0
	if p.back[r.key] || !p.full && sum(p.small) >= p.smallCap {
		p.main = append(p.main, r)
	} else {
		p.small = append(p.small, r)
	}
	delete(p.back, r.key)
}

func (p *plainS3FIFO) victim(in uint64) request {
	p.recall(in)
	p.full = true
	probation := sum(p.main) <= p.mainCap
	for probation && len(p.small) > 0 {
		r := p.small[0]
		p.small = p.small[1:]
		if p.hits[r.key] < p.move {
			p.remember(r)
			return r
		}
		p.hits[r.key] = 0
		p.main = append(p.main, r)
	}
	for {
		r := p.main[0]
		p.main = p.main[1:]
		if p.hits[r.key] == 0 {
			return r
		}
		p.hits[r.key]--
		p.main = append(p.main, r)
	}
}

func (p *plainS3FIFO) remember(r request) {
	if r.size > p.mainCap {
		return
	}
	for sum(p.ghost)+r.size > p.mainCap {
		p.ghost = p.ghost[1:]
	}
	p.ghost = append(p.ghost, r)
}

func (p *plainS3FIFO) remove(key uint64) {
	p.small = without(p.small, key)
	p.main = without(p.main, key)
}

// plainOf is the second implementation of a policy, or nil.
func plainOf(spec string, capacity int64) *plainCache {
	c := &plainCache{size: map[uint64]int64{}, capacity: capacity, largest: capacity}
	k, params, err := policy.Parse(spec)
	if err != nil {
		panic(err)
	}
	get := func(name string) float64 { return k.Get(policy.Config{Params: params}, name) }
	if slices.ContainsFunc(k.Params, func(p policy.Param) bool { return p.Name == "max" }) {
		c.largest = part(capacity, get("max"))
	}
	switch k.Name {
	case "fifo":
		c.order = &plainFIFO{}
	case "lru":
		c.order = &plainLRU{}
	case "sieve":
		c.order = &plainSIEVE{visited: map[uint64]bool{}}
	case "s3fifo":
		small := part(capacity, get("small"))
		c.order = &plainS3FIFO{
			hits: map[uint64]int{}, back: map[uint64]bool{},
			smallCap: small, mainCap: capacity - small, move: int(get("move")),
		}
	default:
		for _, of := range []func(string, func(string) float64, int64) plain{classicOf, rankedOf, adaptiveOf} {
			if c.order = of(k.Name, get, capacity); c.order != nil {
				return c
			}
		}
		return nil
	}
	return c
}
