package workloads

// Deal deals the requests of a source to several players, one after the other in
// turn, and is what player part of parts gets, counted from 0: all parts together
// have every request once, at its time, so that several processes or machines play
// the very schedule of one. Every player reads the whole source.
func Deal(s Source, part, parts int) Source {
	if parts < 2 {
		return s
	}
	return &dealt{source: s, wait: part, parts: parts, batch: make([]Request, drawnAtOnce)}
}

type dealt struct {
	source Source
	wait   int // requests of others before the next one of ours
	parts  int
	batch  []Request
	at, n  int
	err    error
}

// Read implements Source.
func (d *dealt) Read(reqs []Request) (n int, err error) {
	for n < len(reqs) {
		if d.at+d.wait < d.n {
			d.at += d.wait
			reqs[n] = d.batch[d.at]
			n, d.at, d.wait = n+1, d.at+1, d.parts-1
			continue
		}
		d.wait -= d.n - d.at
		if d.at, d.n = 0, 0; d.err != nil {
			return n, d.err
		}
		d.n, d.err = d.source.Read(d.batch)
	}
	return n, nil
}
