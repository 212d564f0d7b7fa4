package logs

import (
	"bytes"
	"io"
	"os"
)

// parts cuts a file that is no sequence of lines. What is packed, or comes from
// a pipe, is laid into a file of its own first: parts are read where they lie.
func (r *reader) parts(from io.Reader, text io.Reader, packed bool, head []byte) *block {
	f, isFile := from.(*os.File)
	if info, err := statOf(f); packed || !isFile || err != nil || !info.Mode().IsRegular() {
		spool, err := spooled(io.MultiReader(bytes.NewReader(head), text))
		if err != nil {
			return &block{said: "cannot be unpacked: " + err.Error()}
		}
		defer spool.Close()
		f = spool
	}
	info, err := f.Stat()
	if err != nil {
		return &block{said: "cannot be read: " + err.Error()}
	}
	var sent []*block
	err = r.file.format.split(f, info.Size(), func(part any) error {
		b := &block{part: part, done: make(chan struct{})}
		sent = append(sent, b)
		return r.send(b)
	})
	r.await(sent)
	if err != nil && err != errStopped {
		return &block{said: "cannot be read on: " + err.Error()}
	}
	return &block{}
}

func statOf(f *os.File) (os.FileInfo, error) {
	if f == nil {
		return nil, os.ErrInvalid
	}
	return f.Stat()
}

// spooled is a file without a name that holds what r gives.
func spooled(r io.Reader) (*os.File, error) {
	f, err := os.CreateTemp("", "log-*")
	if err != nil {
		return nil, err
	}
	if err := os.Remove(f.Name()); err != nil {
		f.Close()
		return nil, err
	}
	if _, err := io.Copy(f, r); err != nil {
		f.Close()
		return nil, err
	}
	return f, nil
}

// await waits until workers are done with the parts, since they lie in a file
// that is closed then.
func (r *reader) await(sent []*block) {
	for _, b := range sent {
		select {
		case <-b.done:
		case <-r.stop:
			return
		}
	}
}
