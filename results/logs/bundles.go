package logs

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"strings"

	"edgesim/results"
)

const (
	// bundleBytes is how much text the portions of a bundle have together, about.
	bundleBytes = 64 << 20
	// bundleMost is how many portions a bundle has at the most.
	bundleMost = 256
	// packedTimes is how much longer a packed log is than it lies, about.
	packedTimes = 8
)

// Bundle is portions that one process reads together: a range of a large file, or
// whole files, of which small ones go together.
type Bundle []Portion

// Plan says how logs are read in portions.
type Plan struct {
	o      Options
	format *chosen
	inputs []input
	doubts *Doubts
	bytes  int64 // of a bundle
}

// NewPlan finds the logs as Read does; Options say the same. Portions do not depend
// on who reads them, nor on how many do.
func NewPlan(o Options) (*Plan, error) {
	p := &Plan{o: o, doubts: &Doubts{}, bytes: bundleBytes}
	var err error
	if p.format, err = o.format(); err != nil {
		return nil, err
	}
	if p.inputs, err = expand(o.Files, p.doubts); err != nil {
		return nil, err
	}
	for _, in := range p.inputs {
		if in.info == nil || !in.info.Mode().IsRegular() {
			return nil, fmt.Errorf("log: %s can be read once only, and only here: it cannot be handed out; right is a file", strings.Replace(in.path, "-", "the standard input", min(1, 2-len(in.path))))
		}
	}
	return p, nil
}

// Stamps tell the logs from others, and from what they were before they were
// changed, without reading them.
func (p *Plan) Stamps() (list []string) {
	for _, in := range p.inputs {
		list = append(list, fmt.Sprintf("%s %d %d", in.path, in.size, in.info.ModTime().UnixNano()))
	}
	return list
}

// Gather begins to put the plan's extracts together, for a sink as Read's.
func (p *Plan) Gather(sink func([]results.Record)) *Gathering {
	return &Gathering{o: p.o, doubts: p.doubts, place: newPlacer(p.o.Names, 1), sink: sink, most: mostStrings}
}

// Lost notes that nothing is to be had of a bundle.
func (g *Gathering) Lost(b Bundle, why error) {
	for i := range b {
		p := &b[i]
		g.doubts.say("%s: bytes %d to %d are left out: %v", p.Path, p.From, p.To, why)
		g.told(p, &told{})
	}
}

// Doubts are what there is to say of the logs up to now.
func (g *Gathering) Doubts() *Doubts { return g.doubts }

// End is what there is to say when all extracts are taken, with Read's errors.
func (g *Gathering) End() (*Doubts, error) { return g.doubts, g.doubts.end(&g.o) }

// end sums up; an error says that nothing was a log.
func (d *Doubts) end(o *Options) error {
	d.sum()
	if d.Unknown > 0 && d.Unknown == d.Files {
		return fmt.Errorf("%w: %s. %s", ErrNothingKnown, strings.Join(o.Files, ", "), o.recognised())
	}
	return nil
}

// Bundles cuts the logs, in their order. An error is the last.
func (p *Plan) Bundles(ctx context.Context) iter.Seq2[Bundle, error] {
	return func(yield func(Bundle, error) bool) {
		var open Bundle
		var weight int64
		flush := func() bool {
			whole := open
			open, weight = nil, 0
			return len(whole) == 0 || yield(whole, nil)
		}
		for i := range p.inputs {
			in := &p.inputs[i]
			cut, its, err := p.look(in)
			switch {
			case ctx.Err() != nil:
				yield(nil, ctx.Err())
				return
			case err != nil:
				yield(nil, err)
				return
			case cut != nil:
				if !flush() || !p.ranges(in, cut, yield) {
					return
				}
				continue
			case weight+its > p.bytes || len(open) == bundleMost:
				if !flush() {
					return
				}
			}
			open, weight = append(open, p.whole(in)), weight+its
		}
		flush()
	}
}

// whole is a file as one portion.
func (p *Plan) whole(in *input) Portion {
	return Portion{Path: in.path, To: in.size, Distribution: distributionOf(in.path), Format: p.o.Format, Last: true}
}

// look says of which format the lines of a file are that is to be cut, and how much
// text one has that is not, about.
func (p *Plan) look(in *input) (cut *chosen, weight int64, err error) {
	f, err := os.Open(in.path)
	if err != nil {
		return nil, 0, fmt.Errorf("log: %w", err)
	}
	defer f.Close()
	text, packed, err := unpack(f)
	if packed {
		if err == nil {
			text.Close()
		}
		return nil, in.size * packedTimes, nil
	}
	if err != nil || in.size <= p.bytes {
		return nil, in.size, nil
	}
	head, err := fill(text, make([]byte, 0, headLen), headLen)
	if err != nil && err != io.EOF {
		return nil, in.size, nil // whoever reads it says why
	}
	if cut = p.format; cut == nil {
		cut = detect(head)
	}
	if cut != nil && (cut.split != nil || bytes.IndexByte(head, 0) >= 0) {
		cut = nil
	}
	return cut, in.size, nil
}

// ranges cuts a file at line feeds. False when nobody wants more.
func (p *Plan) ranges(in *input, format *chosen, yield func(Bundle, error) bool) bool {
	f, err := os.Open(in.path)
	if err != nil {
		yield(nil, fmt.Errorf("log: %w", err))
		return false
	}
	defer f.Close()
	name := p.o.Format
	if name == "" {
		name = format.Name
	}
	s := scan{f: f, size: in.size}
	if begin := make([]byte, len(bom)); in.size >= int64(len(bom)) {
		if _, err := f.ReadAt(begin, 0); err == nil && bytes.Equal(begin, bom) {
			s.at = int64(len(bom))
		}
	}
	looks := ""
	if format.looks {
		looks = format.Name
	}
	for s.at < in.size {
		part := Portion{Path: in.path, From: s.at, Distribution: distributionOf(in.path), Amid: true, Format: name, Header: s.header, looks: looks}
		if err := s.pass(p.bytes); err != nil {
			yield(nil, fmt.Errorf("log: %s: %w", in.path, err))
			return false
		}
		part.To, part.Last = s.at, s.at == in.size
		if !yield(Bundle{part}, nil) {
			return false
		}
	}
	return true
}

// scan goes through a file of lines, and knows the last #Fields line of what is
// behind it.
type scan struct {
	f      io.ReaderAt
	size   int64
	at     int64
	header string
	room   []byte
}

// scanLen is how much is looked at at a time.
const scanLen = 1 << 20

// pass goes on by n bytes and to the end of the line there.
func (s *scan) pass(n int64) error {
	if s.room == nil {
		s.room = make([]byte, scanLen)
	}
	begin, amid := s.at, false
	for s.at < s.size {
		got, err := s.f.ReadAt(s.room[:min(scanLen, s.size-s.at)], s.at)
		if err != nil && !errors.Is(err, io.EOF) || got == 0 {
			return errors.Join(err, errors.New("it is shorter than it was"))
		}
		data := s.room[:got]
		enough := s.at-begin+int64(got) >= n
		if enough {
			from := max(0, int(n-(s.at-begin))-1)
			if at := bytes.IndexByte(data[from:], '\n'); at >= 0 {
				data = data[:from+at+1]
			} else {
				enough = false
			}
		}
		amid = s.look(data, amid)
		if enough {
			return nil
		}
	}
	return nil
}

// look takes in data, and says whether it ends amid a line that is too long to be
// looked at: of what ends amid another only the lines before it are taken in.
func (s *scan) look(data []byte, amid bool) bool {
	cut := bytes.LastIndexByte(data, '\n') + 1
	lines := data[:cut]
	if amid {
		_, lines, _ = bytes.Cut(lines, []byte{'\n'})
	}
	if h := lastHeader(lines); h != "" {
		s.header = h
	}
	if cut == 0 {
		cut = len(data)
		amid = true
	} else {
		amid = false
	}
	if s.at+int64(len(data)) == s.size {
		cut = len(data)
	}
	s.at += int64(cut)
	return amid
}
