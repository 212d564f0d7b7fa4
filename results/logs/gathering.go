package logs

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"edgesim/results"
	"edgesim/results/recording"
)

// Gathering puts extracts together.
type Gathering struct {
	o      Options
	doubts *Doubts
	place  *placer
	sink   func([]results.Record)
	line   int64 // lines of the file so far
	most   int   // strings before the table is emptied

	// Sums takes what an Adder made in the place of records, or returns ErrRecords;
	// its numbers stand for those in the lists. nil: there are records only.
	Sums func(sums [][]byte, distributions, edges, behaviors []uint16) error
}

// ErrRecords says that of records which were added up more is to be told than the
// extract does: nothing of it was taken, and one with records can be.
var ErrRecords = errors.New("more is to be told of the records than was added up")

// Take puts the extract of portions behind those before it. An error says that it is
// none of theirs, and then it is taken up to there, or is ErrRecords.
func (g *Gathering) Take(portions []Portion, extract []byte) error {
	text, rest, err := chunk(extract)
	var h head
	if err == nil {
		err = json.Unmarshal(text, &h)
	}
	if err == nil && len(h.Parts) != len(portions) {
		err = fmt.Errorf("it is of %d portions, not of %d", len(h.Parts), len(portions))
	}
	if err != nil {
		return fmt.Errorf("an extract of logs: %w", err)
	}
	own, b := placed{edges: h.Edges, behaviors: h.Behaviors}, brief{strings: g.o.Names.Strings}
	for _, d := range h.Distributions {
		own.distributions = append(own.distributions, distribution{d[0], d[1]})
		b.distribution(distribution{d[0], d[1]})
	}
	g.place.workers[0] = numbers{}
	if h.Added != nil {
		err = g.sums(h.Added, own, rest)
	} else {
		err = g.segments(rest, func(segment []byte) error { return g.records(segment, own, &b) })
	}
	if err != nil {
		return fmt.Errorf("an extract of logs: %w", err)
	}
	g.doubts.seen.unmask(h.Seen)
	for i := range h.Parts {
		g.told(&portions[i], &h.Parts[i])
	}
	return nil
}

// segments hands on what is left of an extract, one after the other.
func (g *Gathering) segments(rest []byte, take func(segment []byte) error) error {
	for len(rest) > 0 {
		segment, behind, err := chunk(rest)
		if err == nil {
			err = take(segment)
		}
		if err != nil {
			return err
		}
		rest = behind
	}
	return nil
}

// sums hands on what was made of records.
func (g *Gathering) sums(a *added, own placed, rest []byte) error {
	if g.Sums == nil {
		return errors.New("its records are added up, which nobody asked for")
	}
	if a.future(&g.o) {
		return ErrRecords
	}
	if len(rest) == 0 {
		return nil // no line was a record
	}
	var all [][]byte
	err := g.segments(rest, func(segment []byte) error {
		all = append(all, segment)
		return nil
	})
	if err == nil {
		n := g.place.numbersOf(&own, a.Hosts)
		err = g.Sums(all, n.distributions, n.edges, n.behaviors)
	}
	if err == nil {
		g.doubts.addedUp(a)
	}
	return err
}

func (g *Gathering) told(p *Portion, t *told) {
	t.Looks = cmp.Or(p.looks, t.Looks)
	g.doubts.take(p.Path, g.line, t)
	g.line += t.AllLines
	if p.Last {
		g.doubts.ended(p.Path, t.Said, t.Lost)
		g.line = 0
	}
}

// chunk is what begins with its length, and what is behind it.
func chunk(b []byte) (is, rest []byte, err error) {
	n, width := binary.Uvarint(b)
	if width <= 0 || n > uint64(len(b)-width) {
		return nil, nil, io.ErrUnexpectedEOF
	}
	return b[width : width+int(n)], b[width+int(n):], nil
}

// records hands on the records of a recording, and unpacks the next meanwhile.
func (g *Gathering) records(segment []byte, own placed, b *brief) error {
	if g.o.Bounded && g.o.Names.Strings.Len() >= g.most {
		g.o.Names.Strings.Reset()
		g.place.forget()
	}
	r, err := recording.NewReader(bytes.NewReader(segment), g.o.Names)
	if err != nil {
		return err
	}
	defer r.Close()
	full, free := make(chan []results.Record, unpackedMost), make(chan []results.Record, unpackedMost+2)
	for range cap(free) {
		free <- nil
	}
	var failed error
	go func() {
		defer close(full)
		for {
			recs, err := r.NextInto(<-free)
			if err != nil {
				failed = err
				return
			}
			for i := range recs {
				b.restore(&recs[i])
			}
			full <- recs
		}
	}()
	for recs := range full {
		g.place.name(&batch{recs: recs, placed: own})
		g.doubts.dates(recs, g.o)
		g.sink(recs)
		free <- recs
	}
	if failed == io.EOF {
		return nil
	}
	return failed
}

// unpackedMost is how many batches are unpacked before they are taken.
const unpackedMost = 4
