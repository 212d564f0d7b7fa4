package cache

import (
	"cmp"
	"math"
	"slices"
)

// classicOf is the second implementation of a classical policy, or nil.
func classicOf(name string, get func(string) float64, capacity int64) plain {
	switch name {
	case "clock":
		return &plainClock{hits: map[uint64]int{}, most: 1<<int(get("bits")) - 1}
	case "slru":
		n := int(get("segments"))
		return &plainSLRU{segments: make([][]request, n), most: part(capacity, get("protected")/float64(n-1))}
	case "2q":
		return &plain2Q{kin: part(capacity, get("kin")), kout: part(capacity, get("kout"))}
	case "mq":
		return &plainMQ{
			objects: map[uint64]*plainMQObject{}, past: map[uint64]plainMQObject{},
			queues: int(get("queues")), life: int(get("life")),
			outCap: part(capacity, get("out")),
		}
	}
	return nil
}

func part(capacity int64, of float64) int64 { return int64(float64(capacity) * of) }

// plainClock is a ring: the hand is where the slice begins.
type plainClock struct {
	ring []request
	hits map[uint64]int
	most int
}

func (p *plainClock) hit(key uint64)    { p.hits[key] = min(p.hits[key]+1, p.most) }
func (p *plainClock) add(r request)     { p.ring, p.hits[r.key] = append(p.ring, r), 0 }
func (p *plainClock) remove(key uint64) { p.ring = without(p.ring, key) }

func (p *plainClock) victim(uint64) request {
	for p.hits[p.ring[0].key] > 0 {
		p.hits[p.ring[0].key]--
		p.ring = append(p.ring[1:], p.ring[0])
	}
	r := p.ring[0]
	p.ring = p.ring[1:]
	return r
}

// plainSLRU's segments have the least recently used first.
type plainSLRU struct {
	segments [][]request
	most     int64
}

func (p *plainSLRU) hit(key uint64) {
	at := slices.IndexFunc(p.segments, func(s []request) bool { return where(s, key) >= 0 })
	r := p.segments[at][where(p.segments[at], key)]
	p.segments[at] = without(p.segments[at], key)
	to := at
	if at < len(p.segments)-1 && r.size <= p.most {
		to++
	}
	p.segments[to] = append(p.segments[to], r)
	for i := len(p.segments) - 1; i > 0; i-- {
		for sum(p.segments[i]) > p.most {
			p.segments[i-1] = append(p.segments[i-1], p.segments[i][0])
			p.segments[i] = p.segments[i][1:]
		}
	}
}

func (p *plainSLRU) add(r request) { p.segments[0] = append(p.segments[0], r) }

func (p *plainSLRU) victim(uint64) request {
	for i, s := range p.segments {
		if len(s) > 0 {
			p.segments[i] = s[1:]
			return s[0]
		}
	}
	panic("nobody is there")
}

func (p *plainSLRU) remove(key uint64) {
	for i := range p.segments {
		p.segments[i] = without(p.segments[i], key)
	}
}

type plain2Q struct {
	a1in, a1out, am []request
	kin, kout       int64
	back            uint64 // was in A1out when room was made for it
	isBack          bool
}

func (p *plain2Q) hit(key uint64) {
	if i := where(p.am, key); i >= 0 {
		r := p.am[i]
		p.am = append(without(p.am, key), r)
	}
}

func (p *plain2Q) recall(key uint64) {
	if where(p.a1out, key) >= 0 {
		p.a1out = without(p.a1out, key)
		p.back, p.isBack = key, true
	}
}

func (p *plain2Q) add(r request) {
	p.recall(r.key)
	if p.isBack && p.back == r.key {
		p.am = append(p.am, r)
	} else {
		p.a1in = append(p.a1in, r)
	}
	p.isBack = false
}

func (p *plain2Q) victim(in uint64) (r request) {
	p.recall(in)
	if sum(p.a1in) > p.kin || len(p.am) == 0 {
		r, p.a1in = p.a1in[0], p.a1in[1:]
		if r.size <= p.kout {
			p.a1out = append(p.a1out, r)
		}
		for sum(p.a1out) > p.kout {
			p.a1out = p.a1out[1:]
		}
		return r
	}
	r, p.am = p.am[0], p.am[1:]
	return r
}

func (p *plain2Q) remove(key uint64) { p.a1in, p.am = without(p.a1in, key), without(p.am, key) }

// plainMQ has no queues: an object knows the number of its own, and when it came
// into it.
type plainMQ struct {
	objects   map[uint64]*plainMQObject
	past      map[uint64]plainMQObject
	out       []request
	queues    int
	life, now int
	moves     int
	outCap    int64
}

type plainMQObject struct{ size, asked, expires, queue, came int }

func (p *plainMQ) enter(o *plainMQObject, queue int) {
	p.moves++
	o.queue, o.came = queue, p.moves
}

func (p *plainMQ) hit(key uint64) {
	o := p.objects[key]
	p.now++
	o.asked++
	o.expires = p.now + p.lifetime()
	queue := int(math.Log2(float64(o.asked)))
	p.enter(o, min(queue, p.queues-1))
	for q := 1; q < p.queues; q++ {
		if old := p.oldest(q); old != nil && old.expires < p.now {
			old.expires = p.now + p.lifetime()
			p.enter(old, q-1)
		}
	}
}

// lifetime is in requests.
func (p *plainMQ) lifetime() int { return cmp.Or(p.life, 2*len(p.objects)) }

func (p *plainMQ) oldest(queue int) (o *plainMQObject) {
	for _, x := range p.objects {
		if x.queue == queue && (o == nil || x.came < o.came) {
			o = x
		}
	}
	return o
}

func (p *plainMQ) add(r request) {
	o := plainMQObject{}
	if where(p.out, r.key) >= 0 {
		p.out = without(p.out, r.key)
		o = p.past[r.key]
	}
	o.size = int(r.size)
	p.objects[r.key] = &o
	p.hit(r.key)
}

func (p *plainMQ) victim(uint64) request {
	var o *plainMQObject
	for q := 0; o == nil; q++ {
		o = p.oldest(q)
	}
	for key, x := range p.objects {
		if x != o {
			continue
		}
		r := request{key, int64(o.size)}
		delete(p.objects, key)
		if r.size <= p.outCap {
			p.out = append(p.out, r)
			p.past[key] = *o
		}
		for sum(p.out) > p.outCap {
			p.out = p.out[1:]
		}
		return r
	}
	panic("nobody is there")
}

func (p *plainMQ) remove(key uint64) { delete(p.objects, key) }
