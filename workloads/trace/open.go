package trace

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"os"
	"slices"
	"strings"

	"edgesim/results"
)

// Options say which trace is read, and how much of it.
type Options struct {
	Files   []string  // paths, one after the other, packed or not; "-" for Stdin
	Stdin   io.Reader // what "-" reads; nil: os.Stdin
	Format  string    // name of a format; "": told by the content, then by the name
	Columns string    // which column is what, for formats that have to be told; see the csv format

	Limit    int64 // requests at most; 0: all
	From, To int64 // ns since the trace's own epoch: requests from From on and before To; 0: no bound

	// Records, when not nil, is told of all that access logs hold, in their order and
	// from a goroutine of its own, until Read has returned an error or Close has. A
	// record's strings are good for one call.
	Records func(recs []results.Record, names *results.Names)

	// Locate, of access logs, is a viewer's country, where a log does not say it; used by
	// several goroutines, nil: unknown.
	Locate func(addr netip.Addr) (country [2]byte, state results.State)

	SkipBad bool // pass over what is no request and count it, in place of ending with an error
}

// Info is what is known of a trace before it is read.
type Info struct {
	Format   string
	Files    []string
	Requests int64 // -1 where only reading tells
	Bytes    int64 // of the files as they lie; -1 where only reading tells
	Tells
}

// Trace is a trace that is being read. It is for one goroutine at a time.
//
// Read allocates nothing for a request; the memory of a Trace is a buffer of 256
// KiB and what unpacking takes, whatever the length of the trace.
type Trace struct {
	o      Options
	info   Info
	format Format
	head   []byte // of the first file, unpacked
	stdin  *bufio.Reader
	buf    []byte
	open   requests // nil before the first and between files
	next   int      // of o.Files
	number int64    // of requests decoded, before any was left out
	given  int64
	bytes  int64 // of the requests given; not of formats whose sizes have 32 bits
	faults Faults
}

const standardInput = "-"

// Open opens a trace. The error says which file cannot be read or which option is
// wrong; of a trace that is wrong further down Read says so.
//
// Of several files the next accesses are unknown: an object that does not come
// again in its file may in the next one.
func Open(o Options) (*Trace, error) {
	if len(o.Files) == 0 {
		return nil, errNoFile
	}
	if o.Stdin == nil {
		o.Stdin = os.Stdin
	}
	t := &Trace{o: o, buf: make([]byte, bufferLen), stdin: bufio.NewReaderSize(o.Stdin, rawLen)}
	t.faults.skip = o.SkipBad
	if err := t.look(); err != nil {
		return nil, err
	}
	return t, t.begin()
}

// Told is the name of the format that Open would read the files in. Of the standard
// input it takes nothing away where that is a bufio.Reader of at least 64 KiB.
func Told(o Options) (string, error) {
	if len(o.Files) == 0 {
		return "", errNoFile
	}
	t := &Trace{o: o}
	if o.Stdin == nil {
		t.o.Stdin = os.Stdin
	}
	t.stdin = bufio.NewReaderSize(t.o.Stdin, rawLen)
	err := t.look()
	return t.format.Name, err
}

var errNoFile = errors.New("trace: no file is named; right is one or more, or - for the standard input")

// look tells the format and fills in the Info.
func (t *Trace) look() (err error) {
	if slices.ContainsFunc(t.o.Files, isLogs) && (t.o.Format == "" || strings.HasPrefix(t.o.Format, "logs")) {
		t.format, err = registry.Find("logs")
		t.info = Info{Format: t.format.Name, Files: t.o.Files, Requests: -1, Bytes: -1, Tells: t.format.Tells}
		return err
	}
	size, packed, err := t.sizes()
	if err != nil {
		return err
	}
	if t.head, err = headOf(t.o.Files[0], t.stdin); err != nil {
		return err
	}
	if t.format, err = t.o.format(t.o.Files[0], t.head); err != nil {
		return err
	}
	t.info = Info{Format: t.format.Name, Files: t.o.Files, Requests: -1, Bytes: size, Tells: t.format.Tells}
	if t.format.tells != nil {
		if t.info.Tells, err = t.format.tells(t.parameters(t.o.Files[0])); err != nil {
			return err
		}
	}
	t.info.Next = t.info.Next && len(t.o.Files) == 1 && t.o.From == 0 && t.o.To == 0
	if t.format.width > 0 && size >= 0 && !packed && t.o.From == 0 && t.o.To == 0 {
		t.info.Requests = size / int64(t.format.width)
		if t.o.Limit > 0 {
			t.info.Requests = min(t.info.Requests, t.o.Limit)
		}
	}
	if (t.o.From != 0 || t.o.To != 0) && !t.info.Times {
		return fmt.Errorf("trace: %s: a trace of format %s tells no times to cut it by; right is a number of requests", t.o.Files[0], t.format.Name)
	}
	return nil
}

// sizes is how long the files are together, and whether any is packed.
func (t *Trace) sizes() (size int64, packed bool, err error) {
	for _, path := range t.o.Files {
		if path == standardInput {
			size = -1
			continue
		}
		info, err := os.Stat(path)
		if err != nil {
			return 0, false, fmt.Errorf("trace: %w", err)
		}
		if info.IsDir() {
			return 0, false, fmt.Errorf("trace: %s is a folder; right are its files", path)
		}
		if !info.Mode().IsRegular() || size < 0 {
			size = -1
			continue
		}
		size += info.Size()
		head, err := firstBytes(path, len(xzMark))
		if err != nil {
			return 0, false, err
		}
		packed = packed || packing(head) != ""
	}
	return size, packed, nil
}

func (t *Trace) parameters(path string) *parameters {
	return &parameters{columns: t.o.Columns, head: t.head, path: path, faults: &t.faults}
}

// begin opens the next file.
func (t *Trace) begin() error {
	if t.format.open != nil {
		return t.beginAll()
	}
	path := t.o.Files[t.next]
	f, err := openFile(path, t.stdin, t.buf)
	if err != nil {
		return err
	}
	if t.next > 0 {
		if err := t.same(path); err != nil {
			return errors.Join(err, f.Close())
		}
	}
	if f.decode, err = t.format.new(t.parameters(path)); err != nil {
		return errors.Join(err, f.Close())
	}
	t.open, t.next = f, t.next+1
	return nil
}

// beginAll opens all files where their format reads them itself.
func (t *Trace) beginAll() (err error) {
	o := t.o
	o.Stdin = t.stdin
	_, layout, _ := strings.Cut(o.Format, ":")
	t.next = len(o.Files)
	t.open, err = t.format.open(o, layout, &t.faults)
	return err
}

// same refuses a later file that is certainly of another format than the first.
func (t *Trace) same(path string) error {
	if t.o.Format != "" || t.format.detect == nil || path == standardInput {
		return nil
	}
	head, err := headOf(path, nil)
	if err == nil && len(head) > 0 && t.format.detect(head) == no {
		err = fmt.Errorf("trace: %s is no %s, as %s is; files of one trace are of one format: name it with --format", path, t.format.Name, t.o.Files[0])
	}
	return err
}

// Info is what is known of the trace.
func (t *Trace) Info() Info { return t.info }

// Faults is what has been found wrong so far.
func (t *Trace) Faults() *Faults { return &t.faults }

// Read implements Reader.
func (t *Trace) Read(reqs []Request) (int, error) {
	if t.o.Limit > 0 {
		reqs = reqs[:min(int64(len(reqs)), t.o.Limit-t.given)]
	}
	n := 0
	for n < len(reqs) {
		if t.open == nil {
			if t.next == len(t.o.Files) {
				return n, io.EOF
			}
			if err := t.begin(); err != nil {
				return n, err
			}
		}
		made, err := t.open.read(reqs[n:])
		n += t.keep(reqs[n : n+made])
		if err == io.EOF {
			err = t.leave()
		}
		if t.bytes < 0 {
			return n, fmt.Errorf("%s: sizes of the first %d requests add up to more than 2^63-1 bytes; right are sizes in bytes, or --columns size-unit=KB and the like", t.o.Files[t.next-1], t.given)
		}
		if err != nil {
			return n, err
		}
	}
	if t.o.Limit > 0 && t.given == t.o.Limit {
		return n, io.EOF
	}
	return n, nil
}

// keep takes the requests that were asked for together, and returns how many.
func (t *Trace) keep(reqs []Request) int {
	t.number += int64(len(reqs))
	if len(t.o.Files) > 1 {
		forgetNext(reqs)
	}
	if t.o.From != 0 || t.o.To != 0 {
		reqs = t.cut(reqs)
	}
	t.given += int64(len(reqs))
	if t.format.width == 0 {
		t.weigh(reqs)
	}
	return len(reqs)
}

// weigh adds the sizes up. Whatever is counted of a trace is at most that much, so
// that no sum overflows where this one does not; where it does it stays below 0.
func (t *Trace) weigh(reqs []Request) {
	sum, over := t.bytes, t.bytes
	for i := range reqs {
		sum += reqs[i].Size
		over |= sum
	}
	t.bytes = max(sum, 0)
	if over < 0 {
		t.bytes = -1
	}
}

// cut leaves out what is not of the times asked for. Where requests are missing
// their numbers are others, and the next accesses are not known any more.
func (t *Trace) cut(reqs []Request) []Request {
	kept := reqs[:0]
	for _, r := range reqs {
		if r.At >= t.o.From && (t.o.To == 0 || r.At < t.o.To) {
			r.Next = Unknown
			kept = append(kept, r)
		}
	}
	return kept
}

// Close gives back what the trace holds. It may be called at any time, and again.
func (t *Trace) Close() error {
	t.next = len(t.o.Files)
	return t.leave()
}

// leave closes the file that is open.
func (t *Trace) leave() error {
	if t.open == nil {
		return nil
	}
	err := t.open.Close()
	t.open = nil
	return err
}

// headOf is how a file begins, unpacked.
func headOf(path string, stdin *bufio.Reader) ([]byte, error) {
	var raw []byte
	var err error
	if path == standardInput {
		if raw, err = stdin.Peek(rawLen); err == io.EOF {
			err = nil
		}
	} else {
		raw, err = firstBytes(path, rawLen)
	}
	if err != nil {
		return nil, fmt.Errorf("trace: %w", err)
	}
	packed := packing(raw)
	if packed == "" {
		return raw[:min(len(raw), headLen)], nil
	}
	text, err := unpack(strings.NewReader(string(raw)), packed)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	defer text.Close()
	head := make([]byte, headLen)
	n, err := io.ReadFull(text, head) // the beginning of something packed breaks off
	switch {
	case n > 0 || err == io.EOF:
	case len(raw) < rawLen && errors.Is(err, io.ErrUnexpectedEOF): // raw is all there is
		return nil, fmt.Errorf("%s: %w", path, errBreaksOff)
	default:
		return nil, fmt.Errorf("%s: it begins as %s does, and what follows cannot be unpacked: %w", path, packed, err)
	}
	return head[:n], nil
}

func firstBytes(path string, n int) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("trace: %w", err)
	}
	defer f.Close()
	head := make([]byte, n)
	n, err = io.ReadFull(f, head)
	if err != nil && err != io.EOF && err != io.ErrUnexpectedEOF {
		return nil, fmt.Errorf("trace: %w", err)
	}
	return head[:n], nil
}
