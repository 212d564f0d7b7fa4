package logs

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"runtime"
	"time"

	"edgesim/results"
	"edgesim/results/recording"
)

// Logs can be read in portions, by other processes: each makes an extract, and
// whoever puts extracts together in the order of the portions (Gathering) has the
// records, names and doubts that one reading has.
//
// An extract is a head as JSON, its length before it as an unsigned varint, and
// recordings, their lengths before them: one, or as often as the table of strings was
// emptied. Distributions, edges and behaviors have numbers of the extract's own, in
// its head; the recordings name none. In the place of recordings there may be what
// else was made of the records (Adder), and then the head says what only records
// would.

// Portion is a part of a log that is read by itself: a whole file, or whole lines of
// one that lies plainly.
type Portion struct {
	Path     string // where it lies, or in a file with other portions
	From, To int64  // its bytes there, To excluded

	Distribution string // the ID that the file's name tells; "" when it tells none
	Amid         bool   // it is some lines of a file: nothing is to be told of the file by them
	Format       string // as Options has it; with Amid never ""
	Header       string // the last #Fields line before it
	Last         bool   // the file ends with it

	looks string // the format that whoever cut the file told by its looks
}

// Extraction says how portions are read.
type Extraction struct {
	Portions []Portion
	Query    bool                                                         // as Options has it
	Locate   func(addr netip.Addr) (country [2]byte, state results.State) // the same
	Trim     func(r *results.Record)                                      // takes out of a record what nobody will ask for; nil: nothing. Its end, host, distribution, edge and behavior have to stay
	Workers  int                                                          // as Options has it

	// Adder makes what adds records up, whose numbers are the extract's own and whose
	// times count from 1970; nil: the extract has the records. Trim has no say then.
	Adder func(*results.Names) Adder
}

// Adder adds records up.
type Adder interface {
	Add([]results.Record)
	Full() bool  // it is time to Cut
	Cut() []byte // what was added since; nil when nothing was
}

// head is what an extract begins with.
type head struct {
	Parts         []told      `json:"parts"`                   // by portion
	Distributions [][2]string `json:"distributions,omitempty"` // ID and domain
	Edges         []string    `json:"edges,omitempty"`
	Behaviors     []string    `json:"behaviors,omitempty"`
	Seen          uint8       `json:"seen"`
	Added         *added      `json:"added,omitempty"` // of records that were added up
}

// extraction is an extract being made.
type extraction struct {
	Extraction
	p       *pipeline
	names   *results.Names
	parts   []told
	begun   bool // of the last of them something is there
	seen    seen
	workers []numbers
	placed  placed
	known   known
	brief   brief
	adder   Adder
	added   added

	out      bytes.Buffer
	begins   int // where in out the recording begins that is being written
	writer   *recording.Writer
	segments [][]byte
	err      error
}

// Extract reads portions. Lines that cannot be read are a part of the extract; an
// error is that of a portion which is not there, or that ctx ended.
func (e Extraction) Extract(ctx context.Context) ([]byte, error) {
	inputs, err := e.inputs()
	if err != nil {
		return nil, err
	}
	if e.Workers <= 0 {
		e.Workers = runtime.GOMAXPROCS(0)
	}
	x := &extraction{Extraction: e, names: results.NewNames(time.Unix(0, 0).UTC()), workers: make([]numbers, e.Workers), known: newKnown()}
	o := Options{Names: x.names, Locate: e.Locate, Query: e.Query, Bounded: true, Workers: e.Workers}
	x.brief.strings = x.names.Strings
	if e.Adder != nil {
		x.adder = e.Adder(x.names)
	}
	x.p = newPipeline(o, nil, inputs, &Doubts{}, nil)
	x.p.ending, x.p.place = x.land, x
	if err := x.p.run(ctx); err != nil {
		return nil, err
	}
	x.cut()
	return x.bytes(), x.err
}

// inputs are the portions as files to read, once they are known to be there.
func (e Extraction) inputs() (list []input, err error) {
	for i := range e.Portions {
		p := &e.Portions[i]
		in := input{path: p.Path, size: p.To - p.From, part: p}
		if in.format, err = (Options{Format: p.Format}).format(); err != nil {
			return nil, err
		}
		if p.Amid && (in.format == nil || in.format.split != nil) {
			return nil, fmt.Errorf("log format %q has no lines that can be read by themselves", p.Format)
		}
		info, err := os.Stat(p.Path)
		if err != nil {
			return nil, err
		}
		if p.From < 0 || p.To < p.From || p.To > info.Size() {
			return nil, fmt.Errorf("bytes %d to %d of a file that has %d", p.From, p.To, info.Size())
		}
		list = append(list, in)
	}
	return list, nil
}

// land puts a block into the extract.
func (x *extraction) land(b *block, line int64) int64 {
	out, t := b.out, b.told()
	if !x.begun {
		x.begun = true
		x.parts = append(x.parts, told{})
	}
	x.parts[len(x.parts)-1].add(&t)
	x.name(out)
	for i := range out.recs {
		x.seen.add(&out.recs[i])
	}
	if x.adder != nil {
		x.addUp(out.recs)
	} else {
		x.record(out.recs)
	}
	out.release()
	if b.room != nil {
		rooms.Put(b.room)
	}
	x.begun = !b.end
	return line + t.AllLines
}

// record keeps records.
func (x *extraction) record(recs []results.Record) {
	for i := range recs {
		if x.Trim != nil {
			x.Trim(&recs[i])
		}
		x.brief.shorten(&recs[i])
	}
	x.write(recs)
}

func (x *extraction) write(recs []results.Record) {
	if len(recs) == 0 || x.err != nil {
		return
	}
	if x.writer == nil {
		x.begins = x.out.Len()
		if x.writer, x.err = recording.NewWriter(&x.out, &results.Names{Epoch: x.names.Epoch, Strings: x.names.Strings}); x.err != nil {
			return
		}
	}
	x.writer.Add(recs)
}

// cut ends the recording that is being written, or what is added up.
func (x *extraction) cut() {
	if x.adder != nil {
		if b := x.adder.Cut(); b != nil {
			x.segments = append(x.segments, b)
		}
		return
	}
	if x.writer == nil {
		return
	}
	x.err = errors.Join(x.err, x.writer.Close())
	x.writer = nil
	x.segments = append(x.segments, bytes.Clone(x.out.Bytes()[x.begins:]))
	x.out.Reset()
}

// name gives records the extract's own numbers.
func (x *extraction) name(b *batch) {
	n := &x.workers[b.worker]
	for i := range b.recs {
		r := &b.recs[i]
		r.Distribution = lookUp(&n.distributions, b.placed.distributions, r.Distribution, x.distribution)
		r.Edge = lookUp(&n.edges, b.placed.edges, r.Edge, func(code string) uint16 {
			return number(x.known.edges, &x.placed.edges, code)
		})
		r.Behavior = lookUp(&n.behaviors, b.placed.behaviors, r.Behavior, func(pattern string) uint16 {
			return number(x.known.behaviors, &x.placed.behaviors, pattern)
		})
	}
}

func (x *extraction) distribution(d distribution) uint16 {
	n := number(x.known.distributions, &x.placed.distributions, d)
	if len(x.brief.seeds) < len(x.placed.distributions) {
		x.brief.distribution(d)
	}
	return n
}

// forget is called when the table of strings was emptied, and nothing is under way.
func (x *extraction) forget() {
	x.cut()
	x.added.forget()
}

func (x *extraction) bytes() []byte {
	h := head{Parts: x.parts, Edges: x.placed.edges, Behaviors: x.placed.behaviors, Seen: x.seen.mask()}
	if x.adder != nil {
		h.Added = &x.added
	}
	for _, d := range x.placed.distributions {
		h.Distributions = append(h.Distributions, [2]string{d.id, d.domain})
	}
	text, err := json.Marshal(h)
	if err != nil {
		panic("logs: the head of an extract is no JSON: " + err.Error())
	}
	b := append(binary.AppendUvarint(nil, uint64(len(text))), text...)
	for _, s := range x.segments {
		b = append(binary.AppendUvarint(b, uint64(len(s))), s...)
	}
	return b
}
