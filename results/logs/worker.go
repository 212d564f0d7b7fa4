package logs

import (
	"bytes"
	"sync"

	"edgesim/results"
)

// batch is what a worker made of a block.
type batch struct {
	recs      []results.Record
	lines     int64 // that should have given records
	allLines  int64 // with empty ones and directives
	malformed int64
	faults    []Fault // of the first of them; their lines count from the block's start
	strange   []string

	worker int // whose numbers the records have
	placed placed
}

var batches = sync.Pool{New: func() any { return new(batch) }}

func (b *batch) release() {
	*b = batch{recs: b.recs[:0], faults: b.faults[:0], strange: b.strange[:0]}
	batches.Put(b)
}

// fault counts what gave no record. line counts from the block's start; 0 where
// there are no lines.
func (b *batch) fault(line int64, what string) {
	b.malformed++
	if len(b.faults) < mostFaults {
		b.faults = append(b.faults, Fault{Line: line, What: what})
	}
}

// unknown is a record of which nothing is known.
var unknown = results.Record{
	ContentLength: -1, RangeStart: -1, RangeEnd: -1,
	Distribution: results.NoDistribution, Edge: results.Unnamed, Behavior: results.Unnamed, Origin: results.Unnamed,
	Vantage: results.AtEdge,
}

// worker parses blocks, one at a time.
type worker struct {
	j        *job
	decoders map[string]decoder // by format and layout
	faults   map[string]error   // formats whose decoder cannot be made
}

func newWorker(o Options, number int) *worker {
	return &worker{j: newJob(o, number), decoders: map[string]decoder{}, faults: map[string]error{}}
}

func (w *worker) parse(b *block) {
	out := batches.Get().(*batch)
	b.out = out
	out.worker = w.j.number
	if len(b.data) == 0 && b.part == nil {
		out.placed = w.j.placed
		return
	}
	w.j.texts.begin()
	d, err := w.decoder(b.file.format)
	switch {
	case err != nil:
		out.fault(0, err.Error())
	case b.part != nil:
		d.(partDecoder).part(b.file, b.part, out)
	default:
		parseLines(d, b, out)
	}
	out.placed = w.j.placed
	out.strange = append(out.strange, w.j.strange...)
	w.j.strange = w.j.strange[:0]
}

func (w *worker) decoder(f *chosen) (decoder, error) {
	key := f.Name + ":" + f.layout
	if d := w.decoders[key]; d != nil {
		return d, nil
	}
	if err := w.faults[key]; err != nil {
		return nil, err
	}
	w.j.layout = f.layout
	d, err := f.new(w.j)
	if err != nil {
		w.faults[key] = err
		return nil, err
	}
	w.decoders[key] = d
	return d, nil
}

// parseLines reads the lines of a block. Those that begin with # are no
// records, whatever the format; #Fields says what the next ones hold.
func parseLines(d decoder, b *block, out *batch) {
	d.begin(b.file, b.header)
	rest := b.data
	for len(rest) > 0 {
		line := rest
		if at := bytes.IndexByte(rest, '\n'); at >= 0 {
			line, rest = rest[:at], rest[at+1:]
		} else {
			rest = nil
		}
		out.allLines++
		if n := len(line); n > 0 && line[n-1] == '\r' {
			line = line[:n-1]
		}
		switch {
		case len(line) == 0:
		case line[0] == '#':
			if bytes.HasPrefix(line, []byte(fieldsMark)) {
				d.begin(b.file, string(line))
			}
		default:
			out.line(d, line)
		}
	}
}

// line reads the record of a line; where rows of a format may stand side by
// side, those of all of them.
func (b *batch) line(d decoder, line []byte) {
	more, _ := d.(restDecoder)
	for {
		b.lines++
		b.recs = append(b.recs, unknown)
		if err := d.line(line, &b.recs[len(b.recs)-1]); err != nil {
			b.recs = b.recs[:len(b.recs)-1]
			b.fault(b.allLines, err.Error())
			return
		}
		if more == nil {
			return
		}
		if line = more.rest(); len(line) == 0 {
			return
		}
	}
}
