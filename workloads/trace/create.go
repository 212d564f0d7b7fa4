package trace

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Sink says what a trace is written to.
type Sink struct {
	Path   string    // of the file; "-": Stdout
	Stdout io.Writer // what "-" writes; nil: os.Stdout
	Format string    // name of a format; "": told by the name of the file
	Tells  Tells     // what the requests to come tell; others' columns are left out or filled with what is right for nobody

	// Memory bounds what looking for next accesses takes, in bytes; 0: 1 GiB. Where
	// that is too little for the objects, the looking takes more passes.
	Memory int64
}

// An encoder writes requests as one format has them.
type encoder interface {
	// append appends reqs to dst. An error says which request cannot be written.
	append(dst []byte, reqs []Request) ([]byte, error)
}

// Writer writes a trace. The file is there whole or not at all: until Close it has
// another name, and Abort removes it. What is no file, as a pipe or a device, stays
// what it is, and is written to as the requests come.
type Writer struct {
	sink   Sink
	encode encoder
	pack   io.WriteCloser // compresses into out
	out    *bufio.Writer
	file   *os.File // nil: standard output, or a device
	device *os.File // a pipe or a device that the path names; else nil
	spool  *spool   // nil: requests are written as they come
	buf    []byte
	n      int64
	ended  bool
}

// Create begins to write a trace. How it is compressed, and unless Sink.Format says
// it also the format, the ending of the name tells: "web.oracleGeneral.zst".
//
// oracleGeneral has every request's next access. Where the requests do not tell it,
// they are kept in a file beside the one to be made until all have come, and the
// next accesses are then filled in from the end; see docs/traces.md.
func Create(s Sink) (*Writer, error) {
	format, err := s.format()
	if err != nil {
		return nil, err
	}
	w := &Writer{sink: s, encode: format.write(s.Tells)}
	if s.Path == standardInput {
		if s.Stdout == nil {
			s.Stdout = os.Stdout
		}
		w.out = bufio.NewWriterSize(s.Stdout, bufferLen)
	} else if err = w.open(s.Path); err != nil {
		return nil, err
	}
	if w.pack, err = packer(w.out, s.Path); err != nil {
		return nil, errors.Join(err, w.Abort())
	}
	if format.Tells.Next && !s.Tells.Next {
		if w.spool, err = newSpool(s, w.encode); err != nil {
			return nil, errors.Join(err, w.Abort())
		}
	}
	return w, nil
}

// open opens what the path names: a new file that is to take its name, or the pipe
// or device that is there, which a file of its name would replace.
func (w *Writer) open(path string) (err error) {
	if info, err := os.Stat(path); err == nil && !info.Mode().IsRegular() {
		if w.device, err = os.OpenFile(path, os.O_WRONLY, 0); err != nil {
			return fmt.Errorf("trace: %w", err)
		}
		w.out = bufio.NewWriterSize(w.device, bufferLen)
		return nil
	}
	if w.file, err = beside(path); err == nil {
		w.out = bufio.NewWriterSize(w.file, bufferLen)
	}
	return err
}

// beside is a new file in path's folder.
func beside(path string) (*os.File, error) {
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*.part")
	if err != nil {
		return nil, fmt.Errorf("trace: %w", ofPath(path, err))
	}
	return f, nil
}

// ofPath is err told of path, where it is of the file that is written in its stead:
// nobody has asked for that one. What the standard output's records are kept in has
// no other name.
func ofPath(path string, err error) error {
	if path == standardInput {
		return err
	}
	if at := (*fs.PathError)(nil); errors.As(err, &at) {
		return &fs.PathError{Op: at.Op, Path: path, Err: at.Err}
	}
	if at := (*os.LinkError)(nil); errors.As(err, &at) {
		return &fs.PathError{Op: at.Op, Path: path, Err: at.Err}
	}
	return err
}

// format is the one that the sink names, or its file's name.
func (s Sink) format() (Format, error) {
	if s.Format != "" {
		f, err := registry.Find(s.Format)
		if err == nil && f.write == nil {
			err = fmt.Errorf("trace: %s is only read; right is one of %s", f.Name, list(Writable(), ", "))
		}
		return f, err
	}
	may := slices.DeleteFunc(Writable(), func(f Format) bool { return !f.named(s.Path) })
	if len(may) != 1 {
		return Format{}, fmt.Errorf("trace: the name %s does not tell one format to write; right is --to %s", s.Path, list(Writable(), " or --to "))
	}
	return may[0], nil
}

// Writable are the formats in which traces can be written, by name.
func Writable() []Format {
	return slices.DeleteFunc(Formats(), func(f Format) bool { return f.write == nil })
}

// Write adds requests.
func (w *Writer) Write(reqs []Request) (err error) {
	if w.buf, err = w.encode.append(w.buf[:0], reqs); err != nil {
		return fmt.Errorf("%s: %w", w.sink.Path, err)
	}
	w.n += int64(len(reqs))
	if w.spool != nil {
		err = w.spool.write(w.buf)
	} else {
		_, err = w.pack.Write(w.buf)
	}
	return ofPath(w.sink.Path, err)
}

// Requests is how many were written.
func (w *Writer) Requests() int64 { return w.n }

// Close ends the file and gives it its name. After an error nothing is left of it.
func (w *Writer) Close() (err error) {
	if w.ended {
		return nil
	}
	if err = w.finish(); err != nil {
		return errors.Join(ofPath(w.sink.Path, err), w.Abort())
	}
	w.ended = true
	if w.file == nil {
		return nil
	}
	if err := os.Rename(w.file.Name(), w.sink.Path); err != nil {
		return errors.Join(ofPath(w.sink.Path, err), os.Remove(w.file.Name()))
	}
	return nil
}

func (w *Writer) finish() error {
	if w.spool != nil {
		if err := w.spool.finish(w.pack); err != nil {
			return err
		}
		w.spool = nil
	}
	if err := w.pack.Close(); err != nil {
		return err
	}
	if err := w.out.Flush(); err != nil {
		return err
	}
	if w.device != nil {
		return w.device.Close()
	}
	if w.file == nil {
		return nil
	}
	// CreateTemp makes files for their owner alone; a trace is for everybody.
	if err := w.file.Chmod(0o644); err != nil {
		return err
	}
	return w.file.Close()
}

// Abort ends the writing and leaves nothing of it; after Close it does nothing.
func (w *Writer) Abort() error {
	if w.ended {
		return nil
	}
	w.ended = true
	var errs []error
	if w.spool != nil {
		errs = append(errs, w.spool.remove())
	}
	if w.device != nil {
		w.device.Close() // it may have been closed already
	}
	if w.file != nil {
		w.file.Close() // it may have been closed already
		errs = append(errs, os.Remove(w.file.Name()))
	}
	return errors.Join(errs...)
}

// bare is a file's name without what tells its compression, in lower case.
func bare(path string) string {
	name := strings.ToLower(filepath.Base(path))
	for _, ending := range []string{".gz", ".zst", ".xz"} {
		name = strings.TrimSuffix(name, ending)
	}
	return name
}

// Path is where the trace is written to.
func (w *Writer) Path() string { return w.sink.Path }
