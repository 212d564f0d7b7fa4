package logs

import (
	"bytes"
	"io"
	"strings"

	"edgesim/results"
)

// Format is one kind of log, as its file registers it.
type Format struct {
	Name  string // "cloudfront"
	About string // one sentence: what writes it, and how it is told
	// Layout, when not nil, says that the name may be followed by a colon and a
	// layout, and refuses one that cannot be understood.
	Layout func(layout string) error

	// Detect reports whether a file that begins with head is certainly of this
	// format. head is up to 64 KiB, unpacked; it may end amid a line.
	Detect func(head []byte) bool
	// Looks, when not "", says that nothing but the look of its lines tells the format,
	// and how a file is read then; a reader of the figures is told so.
	Looks string

	// new makes what reads lines of this format. Each worker has its own.
	new func(j *job) (decoder, error)

	// ends, when not nil, is where in a text without a line feed its last whole
	// record ends; 0 where it has none.
	ends func(text []byte) int

	// split, when not nil, says that a file is no sequence of lines: it hands on
	// parts, which a decoder that is a partDecoder reads, one call each.
	split func(r io.ReaderAt, size int64, emit func(part any) error) error
}

// A decoder reads the lines of one format for one worker. It belongs to one
// goroutine.
type decoder interface {
	// begin says of which file the next lines are, and what was the last of its
	// lines that began with "#Fields:"; "" when there was none.
	begin(f *file, header string)

	// line reads one line, without its line feed, into r, which holds what a
	// record holds of which nothing is known. The error says what is wrong with
	// the line, and then r is not used.
	line(line []byte, r *results.Record) error
}

// A restDecoder tells what stands in a line behind its record: more of them.
type restDecoder interface {
	// rest is what line has left; empty when it read all, or could not read it.
	rest() []byte
}

// A partDecoder reads what its format's split has cut.
type partDecoder interface {
	// part adds the records of one part to out.
	part(f *file, part any, out *batch)
}

var registry = results.Registry[Format]{What: "log format", Name: func(f Format) string { return f.Name }}

func register(f Format) { registry.Add(f) }

// Formats lists every format, by name.
func Formats() []Format { return registry.Kinds() }

// recognised says what was looked for.
func (o *Options) recognised() string {
	if o.Format != "" {
		return "Format " + o.Format + " was asked for"
	}
	var told, named []string
	for _, f := range Formats() {
		if f.Detect != nil {
			told = append(told, f.Name)
		} else {
			named = append(named, f.Name)
		}
	}
	return "Told by their content are " + strings.Join(told, ", ") + "; by name, as a format, " + strings.Join(named, ", ")
}

// chosen is a format with its layout.
type chosen struct {
	*Format
	layout string
	looks  bool // it was told by its looks
}

// format is the one that the options name; nil when files are to tell.
func (o Options) format() (*chosen, error) {
	if o.Format == "" {
		return nil, nil
	}
	name, layout, has := strings.Cut(o.Format, ":")
	f, err := registry.Find(name)
	if err != nil {
		return nil, err
	}
	if has && f.Layout == nil {
		return nil, formatError(name, "takes no layout")
	}
	if has {
		if err := f.Layout(layout); err != nil {
			return nil, formatError(name, err.Error())
		}
	}
	return &chosen{Format: &f, layout: layout}, nil
}

type formatFault string

func (f formatFault) Error() string { return string(f) }

func formatError(name, what string) error { return formatFault("log format " + name + ": " + what) }

// detect is the format of a file that begins so; nil when none is certain.
func detect(head []byte) *chosen {
	head = bytes.TrimPrefix(head, bom)
	for _, f := range Formats() {
		if f.Detect != nil && f.Detect(head) {
			return &chosen{Format: &f, looks: f.Looks != ""}
		}
	}
	return nil
}

// Told reports whether a file that begins with head, of up to 64 KiB, is a log by its
// content.
func Told(head []byte) bool { return detect(head) != nil }

// bom may stand at the beginning of a text in UTF-8 (Unicode, section 23.8), and is no
// part of it.
var bom = []byte("\xef\xbb\xbf")
