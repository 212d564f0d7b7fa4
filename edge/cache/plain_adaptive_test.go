package cache

// adaptiveOf is the second implementation of ARC, CAR or LIRS, or nil.
func adaptiveOf(name string, get func(string) float64, capacity int64) plain {
	switch name {
	case "arc":
		return &plainARC{c: capacity, step: get("step"), oneForOne: get("forget") == 1}
	case "car":
		return &plainCAR{c: capacity, bit: map[uint64]bool{}}
	case "lirs":
		return &plainLIRS{lirCap: capacity - max(1, part(capacity, get("hir"))), outCap: part(capacity, get("stack")), state: map[uint64]string{}}
	}
	return nil
}

// plainARC is the paper's figure 4 with bytes for pages; lists have the least
// recently used first.
type plainARC struct {
	t1, t2, b1, b2 []request
	p              float64
	c              int64
	step           float64
	oneForOne      bool
	in             request
	known          string // of the incoming object: "", "new", "b1" or "b2"
}

func (a *plainARC) hit(key uint64) {
	for _, list := range []*[]request{&a.t1, &a.t2} {
		if i := where(*list, key); i >= 0 {
			r := (*list)[i]
			*list = without(*list, key)
			a.t2 = append(a.t2, r)
			return
		}
	}
}

func (a *plainARC) meet(key uint64) {
	if a.known != "" {
		return
	}
	a.known = "new"
	by := func(r request, own, other []request) float64 {
		step := a.step
		if step == 0 {
			step = float64(r.size)
		}
		return step * max(float64(sum(other))/float64(sum(own)), 1)
	}
	if i := where(a.b1, key); i >= 0 {
		a.known = "b1"
		a.p = min(float64(a.c), a.p+by(a.b1[i], a.b1, a.b2))
		a.b1 = without(a.b1, key)
	} else if i := where(a.b2, key); i >= 0 {
		a.known = "b2"
		a.p = max(0, a.p-by(a.b2[i], a.b2, a.b1))
		a.b2 = without(a.b2, key)
	}
}

func (a *plainARC) add(r request) {
	a.meet(r.key)
	if a.known == "new" {
		a.t1 = append(a.t1, r)
	} else {
		a.t2 = append(a.t2, r)
	}
	a.known = ""
	if a.oneForOne {
		return
	}
	for sum(a.t1)+sum(a.b1) > a.c && len(a.b1) > 0 {
		a.b1 = a.b1[1:]
	}
	for a.all() > 2*a.c && len(a.b2) > 0 {
		a.b2 = a.b2[1:]
	}
}

func (a *plainARC) all() int64 { return sum(a.t1) + sum(a.t2) + sum(a.b1) + sum(a.b2) }

func (a *plainARC) victim(in uint64) (r request) {
	a.meet(in)
	if a.oneForOne && a.known == "new" {
		if sum(a.t1)+sum(a.b1)+a.in.size > a.c {
			if len(a.b1) == 0 {
				r, a.t1 = a.t1[0], a.t1[1:]
				return r
			}
			a.b1 = a.b1[1:]
		} else if a.all() >= 2*a.c && len(a.b2) > 0 {
			a.b2 = a.b2[1:]
		}
	}
	size := float64(sum(a.t1))
	if len(a.t2) == 0 || len(a.t1) > 0 && (size > a.p || a.known == "b2" && size == a.p) {
		r, a.t1 = a.t1[0], a.t1[1:]
		a.b1 = append(a.b1, r)
		return r
	}
	r, a.t2 = a.t2[0], a.t2[1:]
	a.b2 = append(a.b2, r)
	return r
}

func (a *plainARC) remove(key uint64) { a.t1, a.t2 = without(a.t1, key), without(a.t2, key) }

// incoming tells the object that room is made for.
func (a *plainARC) incoming(r request) { a.in = r }

// plainCAR is the paper's figure 2 with bytes for pages; the hands are where the
// slices begin.
type plainCAR struct {
	t1, t2, b1, b2 []request
	bit            map[uint64]bool
	p              float64
	c              int64
}

func (a *plainCAR) hit(key uint64) { a.bit[key] = true }

func (a *plainCAR) victim(uint64) request {
	for {
		from, to := &a.t2, &a.b2
		if float64(sum(a.t1)) >= max(1, a.p) || len(a.t2) == 0 {
			from, to = &a.t1, &a.b1
		}
		r := (*from)[0]
		*from = (*from)[1:]
		if !a.bit[r.key] {
			*to = append(*to, r)
			return r
		}
		a.bit[r.key] = false
		a.t2 = append(a.t2, r)
	}
}

func (a *plainCAR) add(r request) {
	n1, n2 := float64(sum(a.b1)), float64(sum(a.b2))
	if i := where(a.b1, r.key); i >= 0 {
		a.p = min(a.p+float64(a.b1[i].size)*max(1, n2/n1), float64(a.c))
		a.b1, a.t2 = without(a.b1, r.key), append(a.t2, r)
	} else if i := where(a.b2, r.key); i >= 0 {
		a.p = max(a.p-float64(a.b2[i].size)*max(1, n1/n2), 0)
		a.b2, a.t2 = without(a.b2, r.key), append(a.t2, r)
	} else {
		a.t1 = append(a.t1, r)
	}
	a.bit[r.key] = false
	for sum(a.t1)+sum(a.b1) > a.c && len(a.b1) > 0 {
		a.b1 = a.b1[1:]
	}
	for sum(a.t1)+sum(a.t2)+sum(a.b1)+sum(a.b2) > 2*a.c && len(a.b2) > 0 {
		a.b2 = a.b2[1:]
	}
}

func (a *plainCAR) remove(key uint64) { a.t1, a.t2 = without(a.t1, key), without(a.t2, key) }

// plainLIRS keeps S with its bottom first and Q with its oldest first, and says in
// words what an object is.
type plainLIRS struct {
	s, q, left     []request
	state          map[uint64]string // lir, hir, left
	lirCap, outCap int64
	incoming       string // what the object that room is made for was when that began
	asked          bool
}

func (p *plainLIRS) lir() (bytes int64) {
	for _, r := range p.s {
		if p.state[r.key] == "lir" {
			bytes += r.size
		}
	}
	return bytes
}

func (p *plainLIRS) prune() {
	for len(p.s) > 0 && p.state[p.s[0].key] != "lir" {
		key := p.s[0].key
		p.s = p.s[1:]
		if p.state[key] == "left" {
			p.left = without(p.left, key)
			delete(p.state, key)
		}
	}
}

func (p *plainLIRS) hit(key uint64) {
	at := where(p.s, key)
	if p.state[key] == "lir" {
		r := p.s[at]
		p.s = append(without(p.s, key), r)
		p.prune()
		return
	}
	r := p.q[where(p.q, key)]
	p.q = without(p.q, key)
	p.s = append(without(p.s, key), r)
	if at >= 0 && r.size <= p.lirCap {
		p.promote(r)
		return
	}
	p.q = append(p.q, r)
}

func (p *plainLIRS) promote(r request) {
	p.state[r.key] = "lir"
	p.prune()
	for p.lir() > p.lirCap {
		low := p.s[0]
		p.s = p.s[1:]
		p.state[low.key] = "hir"
		p.q = append(p.q, low)
		p.prune()
	}
}

func (p *plainLIRS) ask(key uint64) {
	if p.asked {
		return
	}
	p.asked, p.incoming = true, p.state[key]
	if p.incoming == "left" {
		p.s, p.left = without(p.s, key), without(p.left, key)
		delete(p.state, key)
	}
}

func (p *plainLIRS) add(r request) {
	p.ask(r.key)
	p.asked = false
	p.state[r.key] = "hir"
	p.s = append(p.s, r)
	free := p.lirCap - p.lir()
	if r.size <= free || p.incoming == "left" && r.size <= p.lirCap {
		p.promote(r)
		return
	}
	p.q = append(p.q, r)
}

func (p *plainLIRS) victim(in uint64) request {
	p.ask(in)
	if len(p.q) == 0 {
		r := p.s[0]
		p.remove(r.key)
		return r
	}
	r := p.q[0]
	p.q = p.q[1:]
	delete(p.state, r.key)
	if where(p.s, r.key) < 0 {
		return r
	}
	if r.size > p.outCap {
		p.s = without(p.s, r.key)
		return r
	}
	p.state[r.key] = "left"
	p.left = append(p.left, r)
	for sum(p.left) > p.outCap {
		gone := p.left[0]
		p.left, p.s = p.left[1:], without(p.s, gone.key)
		delete(p.state, gone.key)
	}
	return r
}

func (p *plainLIRS) remove(key uint64) {
	was := p.state[key]
	delete(p.state, key)
	p.s, p.q = without(p.s, key), without(p.q, key)
	if was == "lir" {
		p.prune()
	}
}
