package fit

import (
	"math"
	"slices"

	"edgesim/results"
)

// Outage is a stretch of a log in which a site's origin failed, as a scenario can have
// it: the whole of it fails, so that one in which a part of the requests did is as much
// shorter.
type Outage struct {
	From float64 `json:"from_s"` // since the log's first record
	For  float64 `json:"for_s"`
	Kind string  `json:"kind"` // refuse, hang or error, by what viewers were told most: 502, 504, any other

	// Where not all failed: what share of the requests did, and how long that went on
	// in the log. 0: all did, or it was too short to tell.
	Part   float64 `json:"part,omitempty"`
	Lasted float64 `json:"lasted_s,omitempty"`

	failed [failings]float64 // requests beyond the share that fails at all times
}

// failings are the ways in which an origin fails, as statuses tell them.
const (
	refusing = iota // 502
	hanging         // 504
	erring          // 500, 503
	failings
)

var outageKinds = [failings]string{"refuse", "hang", "error"}

// reach is what requests that reached an origin came to, in one piece of the time.
type reach struct {
	all    float64
	failed [failings]float64
}

func (r reach) fails() float64 { return r.failed[refusing] + r.failed[hanging] + r.failed[erring] }

func (r *reach) join(o reach) {
	r.all += o.all
	for i, n := range o.failed {
		r.failed[i] += n
	}
}

// reaches are those of a site over the log's time, in pieces that become longer as the
// log does.
type reaches struct {
	width  int64 // ns
	pieces []reach
}

// mostPieces is how many there are at the most, from a second's on.
const mostPieces = 1024

// add counts a request that ended so long after the log's first, ns, where it tells that
// it reached an origin.
func (s *reaches) add(at int64, r *results.Record) {
	how := failings
	switch r.Status {
	case 502:
		how = refusing
	case 504:
		how = hanging
	case 500, 503:
		how = erring
	}
	switch r.ResultType() {
	case results.Miss, results.RefreshHit, results.Error:
	default:
		return
	}
	piece := s.at(max(at, 0))
	piece.all++
	if how < failings {
		piece.failed[how]++
	}
}

func (s *reaches) at(at int64) *reach {
	if s.width == 0 {
		s.width = 1e9
	}
	for at/s.width >= mostPieces {
		s.halve()
	}
	for int64(len(s.pieces)) <= at/s.width {
		s.pieces = append(s.pieces, reach{})
	}
	return &s.pieces[at/s.width]
}

// halve makes two pieces one.
func (s *reaches) halve() {
	s.width *= 2
	for i := range s.pieces {
		if i%2 == 0 {
			s.pieces[i/2] = s.pieces[i]
		} else {
			s.pieces[i/2].join(s.pieces[i])
		}
	}
	s.pieces = s.pieces[:(len(s.pieces)+1)/2]
}

const (
	// leastReached is how many requests reach an origin in a piece, on average: of
	// fewer one does not tell a stretch from chance.
	leastReached = 10
	// An outage is where a fifth of the requests fail, and ten times as many as in the
	// rest of the log, as far as that is possible; and in all of it five requests and
	// five standard deviations more than there.
	leastFailing, manyTimes, mostFailing = 0.2, 10.0, 0.9
	leastFailed, leastDeviations         = 5, 5.0
)

// outages are the stretches in which far more failed than in the rest of the log.
func (s *reaches) outages() (list []Outage) {
	sum := s.sum(func(reach) bool { return true })
	if sum.fails() < leastFailed {
		return nil
	}
	coarse := reaches{s.width, append([]reach{}, s.pieces...)}
	for sum.all < leastReached*float64(len(coarse.pieces)) && len(coarse.pieces) > 2 {
		coarse.halve()
	}
	usual := coarse.usual()
	from := min(max(leastFailing, manyTimes*usual), mostFailing)
	bad := func(i int) bool {
		r := coarse.pieces[i]
		return r.all > 0 && r.fails() >= from*r.all
	}
	for i := 0; i < len(coarse.pieces); i++ {
		if !bad(i) {
			continue
		}
		end := i + 1
		for end < len(coarse.pieces) && bad(end) {
			end++
		}
		var all reach
		for _, r := range coarse.pieces[i:end] {
			all.join(r)
		}
		if all.fails() >= usual*all.all+leastDeviations*math.Sqrt(all.all*usual*(1-usual))+leastFailed {
			list = append(list, coarse.outage(i, end, usual))
		}
		i = end
	}
	return list
}

// usual is the share of requests that fail in most of the log: where it is not twice the
// median of the pieces, or a fifth.
func (s *reaches) usual() float64 {
	var shares []float64
	for _, r := range s.pieces {
		if r.all > 0 {
			shares = append(shares, r.fails()/r.all)
		}
	}
	slices.Sort(shares)
	most := max(leastFailing, 2*shares[len(shares)/2])
	rest := s.sum(func(r reach) bool { return r.fails() <= most*r.all })
	return rest.fails() / max(rest.all, 1)
}

func (s *reaches) sum(of func(reach) bool) (sum reach) {
	for _, r := range s.pieces {
		if of(r) {
			sum.join(r)
		}
	}
	return sum
}

// outage is that of pieces first to end, and of what of those beside them belongs to it.
func (s *reaches) outage(first, end int, usual float64) (o Outage) {
	width := float64(s.width) / 1e9
	o.From = float64(first) * width
	for i := max(first-1, 0); i < min(end+1, len(s.pieces)); i++ {
		r := s.pieces[i]
		beyond := max(r.fails()-usual*r.all, 0)
		if r.all == 0 || beyond == 0 {
			continue
		}
		part := min(beyond/(r.all*(1-usual)), 1) * width
		switch {
		case i < first:
			o.From -= part // a stretch begins within it, and lasts to its end
		case i == first && (first == 0 || s.pieces[i-1].fails() <= usual*s.pieces[i-1].all):
			o.From += width - part
		}
		o.For += part
		for how, n := range r.failed {
			o.failed[how] += n * beyond / r.fails()
		}
	}
	most := refusing
	for how, n := range o.failed {
		if n > o.failed[most] {
			most = how
		}
	}
	o.Kind = outageKinds[most]
	o.Part, o.Lasted = s.part(first, end, usual)
	return o
}

// wholeOutage is the share of requests from which on an outage is one of all.
const wholeOutage = 0.8

// part is the share of requests that failed from piece first to end, beyond the usual,
// and how long these are: 0 where nearly all did. Of the pieces at both ends a part may
// be well, so that those between them tell.
func (s *reaches) part(first, end int, usual float64) (share, lasted float64) {
	var inside reach
	for i := first + 1; i < end-1; i++ {
		inside.join(s.pieces[i])
	}
	if inside.all == 0 {
		return 0, 0
	}
	share = (inside.fails()/inside.all - usual) / (1 - usual)
	if share >= wholeOutage {
		return 0, 0
	}
	return share, float64(end-first) * float64(s.width) / 1e9
}

// outages are those of each site; without them is what is left of requests that failed
// in each way.
func (m *Mixing) outages(sites []Site) (left [failings]float64) {
	left = [failings]float64{refusing: float64(m.statuses[502]), hanging: float64(m.statuses[504]),
		erring: float64(m.statuses[500] + m.statuses[503])}
	for i := range sites {
		if i >= len(m.reached) {
			break
		}
		sites[i].Outages = m.reached[i].outages()
		for _, o := range sites[i].Outages {
			for how, n := range o.failed {
				left[how] = max(left[how]-n, 0)
			}
		}
	}
	return left
}
