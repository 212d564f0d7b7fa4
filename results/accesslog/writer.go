// Package accesslog writes records as CloudFront's standard access log, in the
// form of 33 tab-separated columns. It knows the format and nothing of where
// the records came from.
package accesslog

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"edgesim/results"
)

// blockLen is how many bytes are gathered before they are written.
const blockLen = 256 << 10

// Writer writes a log. It is a results.View, used by one goroutine at a time.
// The first error stops it; Close tells it.
type Writer struct {
	w       io.Writer
	names   *results.Names
	columns []column
	buf     []byte
	ends    []func() error // what Close does after the last write
	err     error
}

// New returns a Writer that begins with the two header lines. Closing it does
// not close w.
func New(w io.Writer, names *results.Names) *Writer { return newWriter(w, names, columns[:]) }

func newWriter(w io.Writer, names *results.Names, columns []column) *Writer {
	l := &Writer{w: w, names: names, columns: columns, buf: make([]byte, 0, blockLen+4096)}
	l.buf = append(l.buf, headerOf(columns)...)
	return l
}

// Create opens the log at path. A path that ends in .gz is compressed; such a
// file appears under its name when it is whole: until Close it is a file beside
// it whose name ends in ".part". Where the name is taken by then, the log is put
// behind what is there, which is gzip still. Any other file is appended to as it
// goes, as servers do when they start again.
func Create(path string, names *results.Names) (*Writer, error) {
	return create(path, names, columns[:])
}

// CreateOurs is Create for a run's log, which is new and has TTLField behind
// CloudFront's fields.
func CreateOurs(path string, names *results.Names) (*Writer, error) {
	return create(path, names, ours)
}

func create(path string, names *results.Names, columns []column) (*Writer, error) {
	to, err := openOutlet(path)
	if err != nil {
		return nil, fmt.Errorf("access log: %w", err)
	}
	l := newWriter(to, names, columns)
	if to.size() > 0 {
		l.buf = l.buf[:0] // it has a header
	}
	l.ends = append(l.ends, func() error {
		if l.err == nil {
			l.keep(to.sync())
		}
		if l.err != nil {
			return to.rescue()
		}
		return to.finish()
	})
	return l, nil
}

// settle gives a finished part its name, or puts it behind the file that has
// that name already.
func settle(part, path string) error {
	switch err := os.Link(part, path); {
	case err == nil:
		return os.Remove(part) // renaming one name of a file to another of its names does nothing
	case !errors.Is(err, fs.ErrExist):
		return os.Rename(part, path) // where files have but one name
	}
	from, err := os.Open(part)
	if err != nil {
		return err
	}
	defer from.Close()
	to, err := os.OpenFile(path, os.O_WRONLY|os.O_APPEND, 0)
	if err != nil {
		return err
	}
	_, err = io.Copy(to, from)
	if err = errors.Join(err, to.Close()); err != nil {
		return err
	}
	return os.Remove(part)
}

// Add writes a line for every record.
func (l *Writer) Add(recs []results.Record) {
	for i := range recs {
		l.buf = appendLine(l.buf, l.columns, l.names, &recs[i])
		if len(l.buf) >= blockLen {
			l.flush()
		}
	}
}

// Flush hands on what was gathered, for readers that follow a growing file.
func (l *Writer) Flush() error {
	l.flush()
	return l.err
}

func (l *Writer) flush() {
	if l.err == nil && len(l.buf) > 0 {
		l.keep(write(l.w, l.buf))
	}
	l.buf = l.buf[:0]
}

func write(w io.Writer, b []byte) error {
	_, err := w.Write(b)
	return err
}

// Close writes what is left and returns the first error there was. What Create
// opened it closes.
func (l *Writer) Close() error {
	l.flush()
	for _, end := range l.ends {
		l.keep(end())
	}
	l.ends = nil
	return l.err
}

func (l *Writer) keep(err error) {
	switch {
	case err == nil, l.err != nil && (errors.Is(err, l.err) || errors.Is(l.err, err)): // none, or what is kept
	case l.err == nil:
		l.err = fmt.Errorf("access log: %w", err)
	default:
		l.err = errors.Join(l.err, err)
	}
}
