package fit

import "edgesim/results"

// freshness is what the records of a kind tell of how long a response is good. When an
// object comes from the origin, or is found unchanged there, its age begins anew: hits
// are younger than they are allowed to be, and what is asked about again is older.
type freshness struct {
	asked, hits, renewed, misses int64
	first, firstHits             int64 // requests for objects not met before in the log
	young, old                   bins  // ages in ms: of hits, and of objects asked about again
}

// add takes a request that a cache may answer, and what is known of its object.
func (f *freshness) add(r *results.Record, o *logged) {
	f.asked++
	if o.asked == 0 {
		f.first++
	}
	o.asked++
	age := int64(-1)
	if o.fetched != unknown {
		age = max(r.At-o.fetched, 0) / 1e6
	}
	switch r.ResultType() {
	case results.Hit:
		f.hits++
		if o.asked == 1 {
			f.firstHits++
		}
		o.hits++
		if age >= 0 {
			f.young.add(age, 1)
		}
	case results.RefreshHit:
		f.renewed++
		if age >= 0 {
			f.old.add(age, 1)
		}
		o.fetched = r.End()
	case results.Miss:
		f.misses++
		o.fetched = r.End()
	}
}

func (f *freshness) join(other *freshness) {
	f.asked += other.asked
	f.hits += other.hits
	f.renewed += other.renewed
	f.misses += other.misses
	f.first += other.first
	f.firstHits += other.firstHits
	f.young.join(other.young)
	f.old.join(other.old)
}

const (
	// leastRenewed is how many responses are asked about again where it is told how
	// long they are good, and which share of the requests.
	leastRenewed      = 20
	leastRenewedShare = 0.002
)

// lifetime is for how long responses are good, in seconds: the age that tells hits from
// what was asked about again with the fewest of either on the wrong side. 0: for as
// long as the log tells.
func (f *freshness) lifetime() float64 {
	if f.renewed < leastRenewed || float64(f.renewed) < leastRenewedShare*float64(f.asked) {
		return 0
	}
	wrong := 0.0
	for _, n := range f.young {
		wrong += n
	}
	best, at := wrong, -1
	for i := range max(len(f.young), len(f.old)) {
		if i < len(f.young) {
			wrong -= f.young[i]
		}
		if i < len(f.old) {
			wrong += f.old[i]
		}
		if wrong < best {
			best, at = wrong, i
		}
	}
	if at < 0 {
		return 0
	}
	return float64(lastOf(at)+1) / 1e3
}
