package edge

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"edgesim/edge/arena"
)

// The bytes of a body stay as long as anybody holds it, and are never read
// after (docs/adr/0014). Under the race detector the arena overwrites what comes
// back to it, so that these tests would see it.

func TestReaderKeepsTheBytesOfAnEvictedBody(t *testing.T) {
	for _, size := range []int{100, 5000, 100 << 10, 3 << 20} {
		t.Run(fmt.Sprint(size), func(t *testing.T) {
			a := arena.New()
			want := bytes.Repeat([]byte{'a'}, size)
			b := filled(a, want)
			s, ok := newStream(b, 0, -1)
			if !ok {
				t.Fatal("a complete body cannot be read")
			}
			b.let() // by the cache
			other := filled(a, bytes.Repeat([]byte{'b'}, size))
			got, err := io.ReadAll(s)
			if err != nil || !bytes.Equal(got, want) {
				t.Errorf("read %d bytes, %v, of an evicted body of %d; or they are another's", len(got), err, size)
			}
			s.Close()
			other.let()
			if n := a.InUse(); n != 0 {
				t.Errorf("%d bytes are in use when nobody holds anything", n)
			}
			if _, ok := newStream(b, 0, -1); ok {
				t.Error("a body is read whose bytes are gone")
			}
		})
	}
}

// filled is a complete body with these bytes.
func filled(a *arena.Arena, p []byte) *body {
	b := newBody(a)
	for left := p; len(left) > 0; {
		b.grow(nextPiece(b.size, int64(len(p))))
		n := copy(b.room(), left)
		b.wrote(n)
		left = left[n:]
	}
	b.finish(complete, nil)
	return b
}

// A body of unknown length ends in a chunk that is mostly empty and is replaced
// by a tight one; who was reading the old one reads on.
func TestTrimWaitsForTheReaders(t *testing.T) {
	a := arena.New()
	b := newBody(a)
	s, _ := newStream(b, 0, -1)
	b.grow(32 << 10)
	n := copy(b.room(), strings.Repeat("a", 1000))
	b.wrote(n)
	p, _ := b.next(&s.reader)
	b.finish(complete, nil)
	if held := b.held(); held > 1100 {
		t.Errorf("a body of 1000 bytes takes %d", held)
	}
	other := a.Take(32 << 10)
	copy(other[:cap(other)], bytes.Repeat([]byte{'b'}, cap(other)))
	if string(p) != strings.Repeat("a", 1000) {
		t.Error("what a reader was reading was given to somebody else")
	}
	a.Give(other)
	s.Close()
	if n := a.InUse(); n != b.held() {
		t.Errorf("%d bytes are in use by a body that takes %d", n, b.held())
	}
	b.let()
	if n := a.InUse(); n != 0 {
		t.Errorf("%d bytes are in use when nobody holds anything", n)
	}
}

// Viewers who read hits while the objects are evicted under them, by a cache
// that holds three, get what they asked for. Every lab's end checks that nothing
// is still held.
func TestHitsSurviveTheirEviction(t *testing.T) {
	const size = 300 << 10
	inLab(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "max-age=60")
		w.Write(bytes.Repeat([]byte(r.URL.Path[1:2]), size))
	}, func(c *Config) { c.Capacity = 1 << 20 }, func(l *lab) {
		done := make(chan string)
		for range 20 {
			for name := 'a'; name <= 'j'; name++ {
				go func() {
					a := l.get("/" + string(name))
					if a.err != nil || !bytes.Equal(a.body, bytes.Repeat([]byte(string(name)), size)) {
						done <- fmt.Sprintf("/%c: %d bytes, %v, or another's", name, len(a.body), a.err)
					}
					done <- ""
				}()
			}
			for range 10 {
				if wrong := <-done; wrong != "" {
					t.Fatal(wrong)
				}
			}
		}
	})
}
