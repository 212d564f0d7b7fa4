package logs

import (
	"bytes"
	"errors"
	"io"
	"os"
	"sync"
)

const (
	blockLen = 256 << 10 // bytes of lines that a worker takes at a time
	headLen  = 64 << 10  // bytes that a format is told by
	lineMost = 1 << 20   // bytes of the longest line; CloudFront's are under 40 KiB
)

// file is what the lines of one file have in common.
type file struct {
	path         string
	distribution string // ID that the file's name tells; "" when it tells none
	format       *chosen
}

// block is what a reader hands to a worker: whole lines of one file, or a part.
type block struct {
	file   *file
	header string // the last #Fields line before it
	data   []byte
	part   any // of a format with split; else nil
	room   *[]byte

	skipped int64 // lines before the block that were too long
	packed  int64 // bytes of the file on the disk that went into it, about

	end  bool   // nothing more comes of the file
	said string // what there is to say of the file; with end
	lost bool   // nothing of the file could be read; with end

	done chan struct{} // closed when out is filled
	out  *batch
}

// rooms are the buffers of blocks.
var rooms = sync.Pool{New: func() any { b := make([]byte, 0, blockLen); return &b }}

// reader cuts one file into blocks.
type reader struct {
	in     input
	stdin  io.Reader
	wanted *chosen // nil: the file is to tell
	stop   <-chan struct{}
	blocks chan *block

	file    *file
	header  string
	raw     *counted
	told    int64 // of raw.n
	skipped int64
}

// errStopped says that nobody wants the rest.
var errStopped = errors.New("stopped")

// run reads the file; the last block says how it ended.
func (r *reader) run() {
	defer close(r.blocks)
	r.file = &file{path: r.in.path}
	if part := r.in.part; part == nil {
		r.file.distribution = distributionOf(r.in.path)
	} else {
		r.file.distribution, r.header = part.Distribution, part.Header
	}
	last := r.read()
	last.end = true
	if r.send(last) != nil {
		return
	}
}

func (r *reader) send(b *block) error {
	b.file, b.skipped = r.file, r.skipped
	r.skipped = 0
	if r.raw != nil {
		b.packed, r.told = r.raw.n-r.told, r.raw.n
	}
	select {
	case r.blocks <- b:
		return nil
	case <-r.stop:
		return errStopped
	}
}

// read reads all of the file, and returns what there is to say of it.
func (r *reader) read() *block {
	from, err := r.open()
	if err != nil {
		return &block{said: "cannot be read: " + err.Error()}
	}
	defer from.Close()
	r.raw = &counted{r: from}
	if r.in.part != nil && r.in.part.Amid {
		r.file.format = r.wanted
		room := rooms.Get().(*[]byte)
		return r.lines(r.raw, (*room)[:0], nil, room)
	}
	text, packed, err := unpack(r.raw)
	if err != nil {
		return &block{lost: true, said: "cannot be unpacked: " + err.Error()}
	}
	defer text.Close()
	room := rooms.Get().(*[]byte)
	head, err := fill(text, (*room)[:0], headLen)
	if len(head) == 0 {
		return ended(err, false)
	}
	if r.file.format = r.wanted; r.wanted == nil {
		r.file.format = detect(head)
	}
	if head = bytes.TrimPrefix(head, bom); len(head) == 0 {
		return ended(err, false)
	}
	switch {
	case r.file.format == nil:
		return &block{lost: true, said: "is not a log this program knows"}
	case r.file.format.split != nil:
		return r.parts(from, text, packed, head)
	case bytes.IndexByte(head, 0) >= 0:
		return &block{lost: true, said: "is binary, and no log"}
	}
	return r.lines(text, head, err, room)
}

func (r *reader) open() (io.ReadCloser, error) {
	if r.in.path == "-" {
		if r.stdin == nil {
			return nil, errors.New("there is no standard input")
		}
		return io.NopCloser(r.stdin), nil
	}
	f, err := os.Open(r.in.path)
	if p := r.in.part; err == nil && p != nil {
		return section{io.NewSectionReader(f, p.From, p.To-p.From), f}, nil
	}
	return f, err
}

// section is a part of a file.
type section struct {
	io.Reader
	io.Closer
}

// fill reads until b has at least n bytes, or nothing more comes. b has room.
func fill(from io.Reader, b []byte, n int) ([]byte, error) {
	for len(b) < n {
		k, err := from.Read(b[len(b):cap(b)])
		b = b[:len(b)+k]
		if err != nil {
			return b, err
		}
	}
	return b, nil
}

// lines cuts a text at line feeds. b is what has been read of it already.
func (r *reader) lines(text io.Reader, b []byte, err error, room *[]byte) *block {
	for {
		if err == nil {
			b, err = fill(text, b, cap(b))
		}
		cut := bytes.LastIndexByte(b, '\n') + 1
		if err == io.EOF {
			cut = len(b) // the last line may do without its line feed
		}
		if cut == 0 && r.file.format.ends != nil {
			cut = r.file.format.ends(b)
		}
		if cut == 0 && err == nil {
			b, room, err = r.longer(text, b, room)
			continue
		}
		rest := b[cut:]
		var next *[]byte
		if err == nil {
			next = rooms.Get().(*[]byte)
			*next = append((*next)[:0], rest...)
		}
		if sent := r.block(b[:cut], room); sent != nil {
			return &block{}
		}
		if err != nil {
			return ended(err, len(rest) > 0)
		}
		b, room = *next, next
	}
}

// ended is what there is to say at the end of a text.
func ended(err error, amid bool) *block {
	if err == io.EOF {
		return &block{}
	}
	said := "breaks off: " + err.Error()
	if errors.Is(err, io.ErrUnexpectedEOF) {
		said = "breaks off before its end"
	}
	if amid {
		said += ", amid a line, which is left out"
	}
	return &block{said: said}
}

// longer makes room for a line that fills b, or passes over one that is too long.
func (r *reader) longer(text io.Reader, b []byte, room *[]byte) ([]byte, *[]byte, error) {
	if cap(b) < lineMost {
		more := make([]byte, len(b), min(2*cap(b), lineMost))
		copy(more, b)
		return more, &more, nil
	}
	r.skipped++
	for {
		b = b[:0]
		b, err := fill(text, b, blockLen)
		if at := bytes.IndexByte(b, '\n'); at >= 0 {
			return b[:copy(b, b[at+1:])], room, err
		}
		if err != nil {
			return b[:0], room, err
		}
	}
}

// block hands lines on, and keeps what the next ones must know of them.
func (r *reader) block(data []byte, room *[]byte) error {
	before := r.header
	if h := lastHeader(data); h != "" {
		r.header = h
	}
	return r.send(&block{header: before, data: data, room: room})
}

const fieldsMark = "#Fields:"

// lastHeader is the last line that says what the lines after it hold. The mark
// it begins with is rare in a log, where it is written %23.
func lastHeader(data []byte) (header string) {
	for at := 0; ; at++ {
		next := bytes.IndexByte(data[at:], '#')
		if next < 0 {
			return header
		}
		at += next
		if at > 0 && data[at-1] != '\n' || !bytes.HasPrefix(data[at:], []byte(fieldsMark)) {
			continue
		}
		line, _, _ := bytes.Cut(data[at:], []byte{'\n'})
		header = string(bytes.TrimSuffix(line, []byte{'\r'}))
	}
}
