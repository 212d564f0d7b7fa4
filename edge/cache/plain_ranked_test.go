package cache

import "slices"

// rankedOf is the second implementation of a policy that evicts the least of a
// score, or nil.
func rankedOf(name string, get func(string) float64, capacity int64) plain {
	switch name {
	case "lfuda":
		return &plainRanked{objects: map[uint64]*plainScore{}, score: func(age float64, n int, _ int64) float64 { return age + float64(n) }}
	case "gdsf":
		cost := func(int64) float64 { return 1 }
		if packet := get("packet"); packet > 0 {
			cost = func(size int64) float64 { return 2 + float64(size)/packet }
		}
		return &plainRanked{
			objects: map[uint64]*plainScore{}, contest: get("contest") == 1,
			score: func(age float64, n int, size int64) float64 { return age + float64(n)*cost(size)/float64(size) },
		}
	case "lruk":
		return &plainLRUK{k: int(get("k")), retained: part(capacity, get("retained")), size: map[uint64]int64{}, asked: map[uint64][]int{}}
	}
	return nil
}

// plainRanked looks at everybody for the least score.
type plainRanked struct {
	objects map[uint64]*plainScore
	score   func(age float64, n int, size int64) float64
	age     float64
	now     int
	contest bool
}

type plainScore struct {
	request
	n, last int
	score   float64
}

func (p *plainRanked) hit(key uint64) {
	o := p.objects[key]
	p.now++
	o.n++
	o.last, o.score = p.now, p.score(p.age, o.n, o.size)
}

func (p *plainRanked) add(r request) {
	p.objects[r.key] = &plainScore{request: r}
	p.hit(r.key)
}

// sorted is everybody, the least first.
func (p *plainRanked) sorted() (all []*plainScore) {
	for _, o := range p.objects {
		all = append(all, o)
	}
	slices.SortFunc(all, func(a, b *plainScore) int {
		if a.score < b.score || a.score == b.score && a.last < b.last {
			return -1
		}
		return 1
	})
	return all
}

func (p *plainRanked) victim(uint64) request {
	o := p.sorted()[0]
	p.age = o.score
	delete(p.objects, o.key)
	return o.request
}

func (p *plainRanked) remove(key uint64) { delete(p.objects, key) }

// admits says, under the rule of the contest, whether all who would have to leave
// stand no higher than the newcomer.
func (p *plainRanked) admits(r request, free int64) bool {
	h := p.score(p.age, 1, r.size)
	for _, o := range p.sorted() {
		if !p.contest || free >= r.size {
			break
		}
		if o.score > h {
			return false
		}
		free += o.size
	}
	return true
}

// plainLRUK keeps every request there was for an object that it knows.
type plainLRUK struct {
	k, now   int
	retained int64
	size     map[uint64]int64
	asked    map[uint64][]int // oldest first
	left     []request
}

func (p *plainLRUK) hit(key uint64) {
	p.now++
	p.asked[key] = append(p.asked[key], p.now)
}

func (p *plainLRUK) add(r request) {
	if where(p.left, r.key) < 0 {
		delete(p.asked, r.key)
	}
	p.left = without(p.left, r.key)
	p.size[r.key] = r.size
	p.hit(r.key)
}

// kth is the K-th last request, or 0.
func (p *plainLRUK) kth(key uint64) int {
	if n := len(p.asked[key]); n >= p.k {
		return p.asked[key][n-p.k]
	}
	return 0
}

func (p *plainLRUK) last(key uint64) int { return p.asked[key][len(p.asked[key])-1] }

func (p *plainLRUK) victim(uint64) request {
	first := true
	var worst uint64
	for key := range p.size {
		a, b := p.kth(key), p.kth(worst)
		if first || a < b || a == b && p.last(key) < p.last(worst) {
			worst, first = key, false
		}
	}
	r := request{worst, p.size[worst]}
	delete(p.size, worst)
	if r.size <= p.retained {
		p.left = append(p.left, r)
	}
	for sum(p.left) > p.retained {
		p.left = p.left[1:]
	}
	return r
}

func (p *plainLRUK) remove(key uint64) { delete(p.size, key) }
