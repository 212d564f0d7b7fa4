package accesslog

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/klauspost/compress/gzip"
)

// outlet is a file that a server's log goes to. What was written before the last
// sync that succeeded survives whatever goes wrong later.
type outlet interface {
	io.Writer
	sync() error   // makes what was written sure
	size() int64   // bytes in the file so far
	finish() error // after a last sync: closes the file, and gives it its name
	rescue() error // after an error: the same, of what was sure
}

// openOutlet opens a file as Create does.
func openOutlet(path string) (outlet, error) {
	if strings.HasSuffix(path, ".gz") {
		return openPart(path)
	}
	return openPlain(path)
}

// plain is a text that grows line by line.
type plain struct {
	f    *os.File
	sure int64 // its length after the last write that succeeded
}

func openPlain(path string) (*plain, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o644)
	if err != nil {
		return nil, err
	}
	info, err := f.Stat()
	if err != nil {
		f.Close()
		return nil, err
	}
	return &plain{f: f, sure: info.Size()}, nil
}

func (p *plain) Write(b []byte) (int, error) {
	n, err := p.f.Write(b)
	if err == nil {
		p.sure += int64(n)
	}
	return n, err
}

func (p *plain) sync() error   { return nil }
func (p *plain) size() int64   { return p.sure }
func (p *plain) finish() error { return p.f.Close() }

// rescue takes off a line that was written in part. A file that cannot be cut,
// such as a pipe, stays as it is.
func (p *plain) rescue() error {
	_ = p.f.Truncate(p.sure)
	return p.f.Close()
}

// part is a gzip that is not whole yet, beside the name that it will have. Every
// sync ends a member of it (RFC 1952 §2.2), so that up to there it is whole.
type part struct {
	path string
	f    *os.File
	z    *gzip.Writer
	sure int64 // length of its whole members
	new  bool  // something was written since
}

func openPart(path string) (*part, error) {
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*.part")
	if err == nil {
		err = f.Chmod(0o644)
	}
	if err != nil {
		return nil, err
	}
	z, err := gzip.NewWriterLevel(f, gzip.BestSpeed)
	if err != nil {
		panic("accesslog: gzip refuses its own level: " + err.Error())
	}
	return &part{path: path, f: f, z: z}, nil
}

func (p *part) Write(b []byte) (int, error) {
	p.new = true
	return p.z.Write(b)
}

func (p *part) sync() error {
	if !p.new {
		return nil
	}
	if err := p.z.Close(); err != nil {
		return err
	}
	at, err := p.f.Seek(0, io.SeekCurrent)
	if err != nil {
		return err
	}
	p.sure, p.new = at, false
	p.z.Reset(p.f)
	return nil
}

func (p *part) size() int64 {
	at, err := p.f.Seek(0, io.SeekCurrent)
	if err != nil {
		return p.sure
	}
	return at
}

func (p *part) finish() error {
	if err := errors.Join(p.f.Sync(), p.f.Close()); err != nil {
		return err
	}
	return settle(p.f.Name(), p.path)
}

func (p *part) rescue() error {
	err := errors.Join(p.f.Truncate(p.sure), p.f.Close())
	if p.sure == 0 {
		return errors.Join(err, os.Remove(p.f.Name()))
	}
	if err != nil {
		return fmt.Errorf("%s is left as it is: %w", p.f.Name(), err)
	}
	return settle(p.f.Name(), p.path)
}
