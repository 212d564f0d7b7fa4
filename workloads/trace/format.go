package trace

import (
	"edgesim/results"
)

// Format is one way to write a trace down, as its file registers it.
type Format struct {
	Name  string // "oraclegeneral"
	About string // one line: what a request looks like, and who writes it so
	Tells Tells  // what a trace of this format tells beside the objects

	// Name parts, in lower case, that tell it where the content leaves a doubt.
	names []string

	// detect says how sure it is that a file which begins with head is of this
	// format; nil: it is told by its name alone, or has to be named. Head is
	// unpacked, and may end amid a line or record.
	detect func(head []byte) sureness

	// tells, when not nil, is what this one trace tells, by its beginning.
	tells func(p *parameters) (Tells, error)

	width int // bytes of a record; 0: the format has lines

	new func(p *parameters) (decoder, error)
	// open, when not nil, reads all files itself, in place of new; layout is what
	// stands behind the name and a colon.
	open  func(o Options, layout string, faults *Faults) (requests, error)
	write func(known Tells) encoder // nil: the format is only read
}

// sureness is how certain a format is of a file.
type sureness uint8

const (
	no     sureness = iota
	maybe           // nothing speaks against it
	surely          // what stands there is of no other format
)

// when is s where ok holds.
func (s sureness) when(ok bool) sureness {
	if ok {
		return s
	}
	return no
}

// Tells is what a trace knows of its requests beside the objects' names.
type Tells struct {
	Times bool // Request.At
	Sizes bool // Request.Size
	Next  bool // Request.Next
}

// parameters are what a decoder is made from.
type parameters struct {
	columns string // Options.Columns
	head    []byte // how the first file begins, unpacked
	path    string // of the file
	faults  *Faults
}

// requests is what makes requests of one file, or of all.
type requests interface {
	read(reqs []Request) (int, error)
	Close() error
}

// A decoder makes requests of the bytes of one file.
type decoder interface {
	// decode reads from data, of which end says that nothing follows it, and
	// returns how many bytes of it are done with and how many requests they made.
	// Both are 0 when it takes more data to go on.
	decode(data []byte, end bool, reqs []Request) (used, made int, err error)
}

var registry = results.Registry[Format]{What: "trace format", Name: func(f Format) string { return f.Name }}

func register(f Format) { registry.Add(f) }

// Formats lists every format, by name.
func Formats() []Format { return registry.Kinds() }

// Writable reports whether traces can be written in the format.
func (f Format) Writable() bool { return f.write != nil }
