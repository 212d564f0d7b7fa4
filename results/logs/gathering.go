package logs

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"encoding/json"
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
}

// Take puts the extract of portions behind those before it. An error says that it is
// none of theirs, and then it is taken up to there.
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
	for len(rest) > 0 {
		var segment []byte
		if segment, rest, err = chunk(rest); err == nil {
			err = g.records(segment, own, &b)
		}
		if err != nil {
			return fmt.Errorf("an extract of logs: %w", err)
		}
	}
	g.doubts.seen.unmask(h.Seen)
	for i := range h.Parts {
		g.told(&portions[i], &h.Parts[i])
	}
	return nil
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
