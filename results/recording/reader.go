package recording

import (
	"bufio"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/klauspost/compress/zstd"

	"edgesim/results"
)

const (
	// mostOfAny is how long a block may be, in bytes.
	mostOfAny = 16 << 20
	// mostMemory is what unpacking may take.
	mostMemory = 64 << 20
)

// ErrCut says that a file has no end: whoever wrote it was stopped.
var ErrCut = errors.New("the file has no end: whoever wrote it was stopped")

// Reader reads a file of records, in the order in which they were written, and
// translates what they refer to into the names of another Names.
type Reader struct {
	into   *results.Names
	unpack *zstd.Decoder
	in     *bufio.Reader
	fields []column // that its records have
	buf    []byte
	recs   []results.Record
	column []uint64 // numbers of one

	epoch time.Time
	texts []results.Sym // by number in the file: in into
	named [4][]uint16   // distributions, edges, behaviors, origins, by number in the file
	class []uint8
	hists map[string]*results.Histogram
}

// NewReader begins to read a file. Names it mentions are put into those given.
func NewReader(r io.Reader, into *results.Names) (*Reader, error) {
	unpack, err := zstd.NewReader(r, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(mostMemory))
	if err != nil {
		return nil, fmt.Errorf("unpacking records: %w", err)
	}
	rd, err := newReader(unpack, into)
	if err != nil {
		unpack.Close()
		return nil, err
	}
	rd.unpack = unpack
	return rd, nil
}

// newReader begins to read what is unpacked.
func newReader(unpacked io.Reader, into *results.Names) (*Reader, error) {
	r := &Reader{into: into, in: bufio.NewReaderSize(unpacked, 64<<10), fields: columns,
		texts: []results.Sym{0, results.Overflow}, hists: map[string]*results.Histogram{}}
	magic := make([]byte, len(Magic))
	if _, err := io.ReadFull(r.in, magic); err != nil || string(magic) != Magic && string(magic) != magic1 {
		return nil, errors.New("not a file of records, or one of a newer version")
	}
	if string(magic) == magic1 {
		r.fields = columns[:len(columns)-1]
	}
	return r, nil
}

// Close frees what reading took.
func (r *Reader) Close() { r.unpack.Close() }

// Epoch is the moment from which the records' times count; zero before the first
// of them is read.
func (r *Reader) Epoch() time.Time { return r.epoch }

// Histogram is the one kept under that name; nil where there is none, or before the
// end is read.
func (r *Reader) Histogram(name string) *results.Histogram { return r.hists[name] }

// NextInto is Next for who keeps batches: the room that they bring takes the next.
func (r *Reader) NextInto(room []results.Record) ([]results.Record, error) {
	r.recs = room[:0]
	return r.Next()
}

// Next is the next batch of records, which is good until the next call; io.EOF at
// the end, and ErrCut where it ends without one.
func (r *Reader) Next() ([]results.Record, error) {
	for {
		letter, err := r.block()
		if err != nil {
			return nil, err
		}
		switch letter {
		case 'N':
			err = r.readNames()
		case 'S':
			err = r.readStrings()
		case 'H':
			err = r.readHistogram()
		case 'R':
			if err = r.readRecords(); err == nil {
				return r.recs, nil
			}
		case 'E':
			return nil, io.EOF
		default:
			err = fmt.Errorf("a block %q, which this version does not know", letter)
		}
		if err != nil {
			return nil, err
		}
	}
}

// block reads the next block into buf.
func (r *Reader) block() (letter byte, err error) {
	if letter, err = r.in.ReadByte(); err != nil {
		return 0, cut(err)
	}
	n, err := binary.ReadUvarint(r.in)
	if err != nil {
		return 0, cut(err)
	}
	if n > mostOfAny {
		return 0, fmt.Errorf("a block of %d bytes; right are up to %d", n, mostOfAny)
	}
	if uint64(cap(r.buf)) < n {
		r.buf = make([]byte, n)
	}
	r.buf = r.buf[:n]
	if _, err := io.ReadFull(r.in, r.buf); err != nil {
		return 0, cut(err)
	}
	return letter, nil
}

func cut(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return ErrCut
	}
	return err
}

func (r *Reader) readNames() error {
	var n names
	if err := json.Unmarshal(r.buf, &n); err != nil {
		return fmt.Errorf("names: %w", err)
	}
	r.epoch = n.Epoch
	var failed error
	number := func(at uint16, err error) uint16 {
		failed = errors.Join(failed, err)
		return at
	}
	r.named = [4][]uint16{}
	for _, d := range n.Distributions {
		r.named[0] = append(r.named[0], number(r.into.PlaceDistribution(d)))
	}
	for _, e := range n.Edges {
		r.named[1] = append(r.named[1], number(r.into.PlaceEdge(e)))
	}
	for _, b := range n.Behaviors {
		r.named[2] = append(r.named[2], number(r.into.PlaceBehavior(b)))
	}
	for _, o := range n.Origins {
		r.named[3] = append(r.named[3], number(r.into.PlaceOrigin(o)))
	}
	r.class = r.class[:0]
	for _, c := range n.Classes {
		at, err := r.into.PlaceClass(c)
		failed = errors.Join(failed, err)
		r.class = append(r.class, at)
	}
	return failed
}

func (r *Reader) readStrings() error {
	for b := r.buf; len(b) > 0; {
		n, width := binary.Uvarint(b)
		if width <= 0 || n > uint64(len(b)-width) {
			return errCut
		}
		r.texts = append(r.texts, r.into.Strings.Bytes(b[width:width+int(n)]))
		b = b[width+int(n):]
	}
	return nil
}

func (r *Reader) readHistogram() error {
	n, width := binary.Uvarint(r.buf)
	if width <= 0 || n > uint64(len(r.buf)-width) {
		return errCut
	}
	h := results.NewHistogram()
	name := string(r.buf[width : width+int(n)])
	if err := h.UnmarshalBinary(r.buf[width+int(n):]); err != nil {
		return fmt.Errorf("histogram %q: %w", name, err)
	}
	r.hists[name] = h
	return nil
}

func (r *Reader) readRecords() error {
	n, width := binary.Uvarint(r.buf)
	if width <= 0 || n > mostOfBlock {
		return errCut
	}
	r.recs = append(r.recs[:0], make([]results.Record, n)...)
	if uint64(cap(r.column)) < n {
		r.column = make([]uint64, mostOfBlock)
	}
	b := r.buf[width:]
	var err error
	for i := range r.fields {
		if b, err = readColumn(b, &r.fields[i], r.recs, r.column[:n]); err != nil {
			return err
		}
	}
	if len(b) > 0 {
		return fmt.Errorf("%d bytes behind the records of a block", len(b))
	}
	for i := range r.recs {
		if err := r.translate(&r.recs[i]); err != nil {
			return fmt.Errorf("record %d: %w", r.recs[i].ID, err)
		}
	}
	return nil
}

// translate puts our names' numbers in the place of the file's, and refuses numbers
// that no writer writes.
func (r *Reader) translate(rec *results.Record) error {
	for _, s := range []*results.Sym{&rec.Host, &rec.URL, &rec.Query, &rec.Referrer, &rec.Agent, &rec.Cookie, &rec.Forwarded, &rec.ContentType} {
		if int(*s) >= len(r.texts) {
			return fmt.Errorf("string %d of %d", *s, len(r.texts))
		}
		*s = r.texts[*s]
	}
	for i, at := range []*uint16{&rec.Distribution, &rec.Edge, &rec.Behavior, &rec.Origin} {
		// A number beyond the names is of what has none: it stays.
		if int(*at) < len(r.named[i]) {
			*at = r.named[i][*at]
		}
	}
	if int(rec.Class) < len(r.class) {
		rec.Class = r.class[rec.Class]
	}
	if rec.Response >= results.Results || rec.Result >= results.Results || rec.Layer >= results.Layers || rec.Detail >= results.Details ||
		rec.Method >= results.Methods || rec.Vantage >= results.Vantages || rec.Protocol >= results.Protocols ||
		rec.Version >= results.Versions || rec.TTL >= results.TTLClasses || rec.State >= results.States || rec.Fault >= results.Faults {
		return errors.New("a kind that this version does not know")
	}
	return nil
}
