package trace

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
)

const (
	// bufferLen is how much of a file is read at a time: it stays in a core's
	// second cache until it has been decoded.
	bufferLen = 256 << 10
	// lineMost is the longest line, in bytes.
	lineMost = 1 << 20
	// headLen is how much of a file a format is told by.
	headLen = 64 << 10
	// rawLen is how much of one that is packed is read for that: an unpacker may give
	// nothing of a block that is not whole. zstd's have 128 KiB at most (RFC 8878
	// §3.1.1.2.4) and xz's 64 KiB, with their frames' headers before them.
	rawLen = 192 << 10
)

// file is one file of a trace while it is read.
type file struct {
	path   string
	raw    io.Closer
	text   io.ReadCloser // unpacked
	buf    []byte
	at, to int   // of buf, what is still to be decoded
	end    error // what text ended with
	decode decoder
}

// openFile opens what a path names; "-" is stdin, of which head has been looked at.
func openFile(path string, stdin *bufio.Reader, buf []byte) (*file, error) {
	f := &file{path: path, buf: buf}
	var in io.Reader = stdin
	var head []byte
	if path == standardInput {
		head, _ = stdin.Peek(len(xzMark))
	} else {
		opened, err := os.Open(path)
		if err != nil {
			return nil, fmt.Errorf("trace: %w", err)
		}
		head = make([]byte, len(xzMark))
		n, _ := opened.ReadAt(head, 0)
		head, in, f.raw = head[:n], opened, opened
	}
	packed := packing(head)
	if packed != "" && path != standardInput {
		in = bufio.NewReaderSize(in, bufferLen)
	}
	var err error
	if f.text, err = unpack(in, packed); err != nil {
		return nil, errors.Join(fmt.Errorf("%s: %w", path, err), f.Close())
	}
	return f, nil
}

// read decodes requests until reqs is full or there are no more bytes at hand. At
// the end of the file it returns io.EOF with none. Where the file breaks off, half a
// line is no line: what is wrong is not what stands in it.
func (f *file) read(reqs []Request) (int, error) {
	for {
		used, made, err := f.decode.decode(f.buf[f.at:f.to], f.end == io.EOF, reqs)
		f.at += used
		if made > 0 || err != nil {
			return made, err
		}
		if f.end == io.EOF {
			return 0, io.EOF
		}
		if f.end != nil {
			return 0, fmt.Errorf("%s: %w", f.path, f.end)
		}
		if err := f.fill(); err != nil {
			return 0, err
		}
	}
}

// fill reads more behind what is left.
func (f *file) fill() error {
	f.to = copy(f.buf, f.buf[f.at:f.to])
	f.at = 0
	if f.to == len(f.buf) {
		if len(f.buf) >= lineMost {
			return fmt.Errorf("%s: a line is longer than 1 MiB; right is a text with one request a line, or --format with the name of a binary one", f.path)
		}
		f.buf = append(f.buf, make([]byte, len(f.buf))...)
	}
	for f.to < len(f.buf) && f.end == nil {
		var n int
		n, f.end = f.text.Read(f.buf[f.to:])
		f.to += n
	}
	if errors.Is(f.end, io.ErrUnexpectedEOF) {
		f.end = errBreaksOff
	}
	return nil
}

// errBreaksOff is what ends the reading of something packed whose end is missing.
var errBreaksOff = errors.New("it breaks off: what it is packed in is not whole")

// Close gives back what the file holds.
func (f *file) Close() error {
	var errs []error
	if f.text != nil {
		_ = f.text.Close() // an unpacker says again what reading has said
	}
	if f.raw != nil {
		errs = append(errs, f.raw.Close())
	}
	return errors.Join(errs...)
}
