package report

import (
	"errors"
	"fmt"
	"time"

	"edgesim/results"
)

// A digest is what records of a part of a log come to, as far as reports add it up:
// whoever has it need not see the records. It is made where they are read (Digester),
// and a Set takes it in their place, in the order of the log. Reports say the same
// then, to the last count and the last note.
//
// What is the same of many records stands in it once, with their number and sums:
//
//	scopes     by distribution: records, their first and last end
//	crowds     results.Crowd, whose buckets are hours
//	agents     by distribution, hour and User-Agent, in the order in which they came
//	places     by distribution, hour and viewer's country and state
//	referrers  by distribution and Referer
//	objects    by distribution, path and query
//	pairs      who downloaded what for the first time in this digest, in their order
//
// Pairs are hashes of 64 bits and the larger part of it: what viewers have had cannot
// be added up without them. Times are in ns since 1970, distributions, edges and
// behaviors have numbers of whoever made it.
type digest struct {
	texts     []results.Sym // by number
	left      int64         // records out of the range
	scopes    []digestScope
	crowds    []digestCrowd
	agents    []digestAgent
	places    []digestPlace
	referrers []digestReferrer
	objects   []digestObject
	pairs     []digestPair
	again     uint32 // downloads behind the last pair of pairs that are there

	wants func(distribution uint16) bool
	room  []byte // that it was unpacked into
}

type digestScope struct {
	distribution uint16
	records      int64
	first, last  int64
	unknown      int64 // downloads of viewers without an address
}

type digestCrowd struct {
	results.Crowd
	example results.Record
}

type digestAgent struct {
	after        int64 // records of all distributions from the row before to this one's first
	distribution uint16
	hour         int64 // since 1970
	agent        uint32
	n            int64
}

type digestPlace struct {
	distribution uint16
	hour         int64
	country      [2]byte
	state        results.State
	n, bytes     int64
}

type digestReferrer struct {
	distribution uint16
	referrer     uint32
	n            int64
}

type digestObject struct {
	objectCounts
	distribution uint16
	path, query  uint32
}

type digestPair struct {
	pair   uint64
	object uint32 // its row
	again  uint32 // downloads of pairs that are there, since the row before
}

// A digested report can be made of digests.
type digested interface {
	// digests reports whether its options allow it.
	digests() bool
	// addDigest counts what crowds do not tell, of distributions that d wants.
	addDigest(d *digest)
}

// ErrRecords says that a digest would not tell all that a report shows: it has to be
// given the records.
var ErrRecords = errors.New("a report needs the records by themselves")

// TakesDigests reports whether the set can be made of digests.
func (s *Set) TakesDigests() bool {
	grain := max(s.o.Grain, 0)
	if grain%time.Hour != 0 || !s.o.at(0).Equal(s.o.at(0).Truncate(time.Hour)) {
		return false
	}
	for _, r := range s.reports {
		_, crowded := r.(results.Crowded)
		_, singly := r.(results.Singly)
		d, able := r.(digested)
		if able && !d.digests() || !able && (!crowded || singly) {
			return false
		}
	}
	return true
}

// AddDigests takes the digests of records that come next. Their numbers of
// distributions, edges and behaviors stand for those in the lists. With ErrRecords
// nothing was taken; any other error says that a Digester did not make them.
func (s *Set) AddDigests(packed [][]byte, distributions, edges, behaviors []uint16) error {
	d := &s.digest
	read := func(packed []byte) error {
		err := d.read(packed, s.o.Names.Strings)
		if err == nil {
			err = d.translate(distributions, edges, behaviors, s.o.at(0).UnixNano())
		}
		if err != nil {
			return fmt.Errorf("a digest of records: %w", err)
		}
		return nil
	}
	if !s.o.whole() && !s.hasRoom(packed, read) {
		return ErrRecords
	}
	for _, p := range packed {
		if err := read(p); err != nil {
			return err
		}
		s.addDigest(d)
	}
	return nil
}

func (s *Set) addDigest(d *digest) {
	d.wants = func(distribution uint16) bool {
		return s.o.whole() || s.filter.wants(&results.Record{Distribution: distribution})
	}
	s.leftOut += d.left
	for _, of := range d.scopes {
		if !d.wants(of.distribution) {
			s.leftOut += of.records
			continue
		}
		s.o.span.add(of.first)
		s.o.span.add(of.last)
	}
	for i := range d.crowds {
		if c := &d.crowds[i]; d.wants(c.example.Distribution) {
			c.Record = &c.example
			s.AddCrowd(&c.Crowd)
		}
	}
	for _, r := range s.reports {
		if one, able := r.(digested); able {
			one.addDigest(d)
		}
	}
}

// hasRoom reports whether no bound is reached by the digests. Where one is reached
// depends on how many records came before, which is told of all distributions
// together.
func (s *Set) hasRoom(packed [][]byte, read func([]byte) error) bool {
	agents, pairs := 0, 0
	for _, p := range packed {
		if read(p) == nil { // or it is refused later
			agents, pairs = agents+len(s.digest.agents), pairs+len(s.digest.pairs)
		}
	}
	for _, r := range s.reports {
		switch r := r.(type) {
		case *viewers:
			if !r.agents.Takes(agents) {
				return false
			}
		case *popularObjects:
			if !r.repeats.seen.Takes(pairs) {
				return false
			}
		}
	}
	return true
}

// translate gives the digest the set's numbers, and times since its epoch.
func (d *digest) translate(distributions, edges, behaviors []uint16, epoch int64) error {
	var failed error
	to := func(list []uint16, n *uint16) {
		switch {
		case int(*n) < len(list):
			*n = list[*n]
		case *n != results.Unnamed:
			failed = fmt.Errorf("number %d of %d names", *n, len(list))
		}
	}
	for i := range d.scopes {
		of := &d.scopes[i]
		to(distributions, &of.distribution)
		of.first, of.last = of.first-epoch, of.last-epoch
	}
	for i := range d.crowds {
		c := &d.crowds[i]
		to(distributions, &c.example.Distribution)
		to(edges, &c.example.Edge)
		to(behaviors, &c.example.Behavior)
		c.example.At, c.LastAt, c.LastEnd = c.example.At-epoch, c.LastAt-epoch, c.LastEnd-epoch
	}
	for i := range d.agents {
		to(distributions, &d.agents[i].distribution)
	}
	for i := range d.places {
		to(distributions, &d.places[i].distribution)
	}
	for i := range d.referrers {
		to(distributions, &d.referrers[i].distribution)
	}
	for i := range d.objects {
		to(distributions, &d.objects[i].distribution)
	}
	return failed
}

// inHour is a record of that hour, to find its cell by.
func (t *timeline) inHour(distribution uint16, hour int64) results.Record {
	return results.Record{Distribution: distribution, At: hour*int64(time.Hour) - t.epoch}
}
