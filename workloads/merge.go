package workloads

import "container/heap"

// Merge is the requests of several sources, in order of At; those of the same
// moment in the order of their sources.
func Merge(sources ...Source) Source {
	if len(sources) == 1 {
		return sources[0]
	}
	m := &merged{waiting: make([]*lane, 0, len(sources))}
	for i, s := range sources {
		m.fresh = append(m.fresh, &lane{source: s, place: i, batch: make([]Request, drawnAtOnce)})
	}
	return m
}

// merged is a Source that takes from several the request that is due first.
type merged struct {
	fresh   []*lane // not read yet
	waiting lanes   // by their next request
	err     error
}

// lane is one of the sources, with what was read of it ahead.
type lane struct {
	source Source
	place  int
	batch  []Request
	at, n  int
	err    error // that came with the batch
}

// Read implements Source.
func (m *merged) Read(reqs []Request) (n int, err error) {
	for _, l := range m.fresh {
		if m.fill(l) {
			m.waiting = append(m.waiting, l)
		}
	}
	if m.fresh != nil {
		m.fresh = nil
		heap.Init(&m.waiting)
	}
	for n < len(reqs) && len(m.waiting) > 0 && m.err == nil {
		l := m.waiting[0]
		reqs[n] = l.batch[l.at]
		n++
		if l.at++; l.at < l.n || m.fill(l) {
			heap.Fix(&m.waiting, 0)
		} else {
			heap.Pop(&m.waiting)
		}
	}
	switch {
	case m.err != nil:
		return n, m.err
	case len(m.waiting) == 0:
		return n, EOF
	}
	return n, nil
}

// fill reads the next batch of a lane; false at its end.
func (m *merged) fill(l *lane) bool {
	for l.err == nil {
		l.at = 0
		if l.n, l.err = l.source.Read(l.batch); l.n > 0 {
			return true
		}
	}
	if l.err != EOF {
		m.err = l.err
	}
	return false
}

// Limit is the first n requests of a source.
func Limit(s Source, n uint64) Source { return &limited{s, n} }

type limited struct {
	source Source
	left   uint64
}

// Read implements Source.
func (l *limited) Read(reqs []Request) (int, error) {
	if l.left == 0 {
		return 0, EOF
	}
	n, err := l.source.Read(reqs[:min(uint64(len(reqs)), l.left)])
	l.left -= uint64(n)
	return n, err
}

// Untimed is a source's requests in their order, all at time 0: what a closed loop
// takes of them.
func Untimed(s Source) Source { return untimed{s} }

type untimed struct{ source Source }

// Read implements Source.
func (u untimed) Read(reqs []Request) (int, error) {
	n, err := u.source.Read(reqs)
	for i := range reqs[:n] {
		reqs[i].At = 0
	}
	return n, err
}

// lanes is a heap by the moment of the next request, then by place.
type lanes []*lane

func (l lanes) Len() int { return len(l) }
func (l lanes) Less(i, j int) bool {
	a, b := l[i], l[j]
	if x, y := a.batch[a.at].At, b.batch[b.at].At; x != y {
		return x < y
	}
	return a.place < b.place
}
func (l lanes) Swap(i, j int) { l[i], l[j] = l[j], l[i] }
func (l *lanes) Push(x any)   { *l = append(*l, x.(*lane)) }
func (l *lanes) Pop() any {
	last := len(*l) - 1
	x := (*l)[last]
	*l = (*l)[:last]
	return x
}
