package player

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"net/http"
	"testing"
	"time"

	"github.com/valyala/fasthttp"

	"edgesim/results"
	"edgesim/workloads"
)

// reader is a connection of no network, on which answers are read from bytes.
func reader(t testing.TB) *conn {
	t.Helper()
	p, err := New(Config{Target: "edge.example:80", Catalog: smallCatalog(t), Source: workloads.FromSlice(nil), Connections: 1})
	if err != nil {
		t.Fatal(err)
	}
	p.scheds[0].begin(time.Now(), newGoAlarm())
	return p.conns[0]
}

// dry is what a reader asks for more than it was given, which a look should have
// kept it from.
var errDry = errors.New("nothing more has come")

// giving gives c bytes as an answer to a request, and then end.
func (c *conn) giving(b []byte, method workloads.Method, end error) {
	c.req = workloads.Request{Method: method}
	c.need = 0
	c.prepare()
	c.wire.from = io.MultiReader(bytes.NewReader(b), ended{end})
	c.wire.n = 0
	c.in.Reset(&c.wire)
}

type ended struct{ err error }

func (e ended) Read([]byte) (int, error) { return 0, e.err }

// method is GET or HEAD.
func method(head bool) workloads.Method {
	if head {
		return workloads.HEAD
	}
	return workloads.GET
}

func answers(f *testing.F) {
	for _, s := range []string{
		"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",
		"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\nok",
		"HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 2\r\n\r\nok!",
		"HTTP/1.1 200 OK\r\nContent-Length : 2\r\n\r\nok", "HTTP/1.1 200 OK\r\nX: a\r\n Content-Length: 2\r\n\r\nok",
		"HTTP/1.1 200 OK\r\nContent-Length: +2\r\n\r\nok", "HTTP/1.1 200 OK\r\ncontent-length:2\r\n\r\nokmore",
		"HTTP/1.1 200 OK\nContent-Length: 2\n\nok", "HTTP/1.1 200 OK\r\nX: y\n\nbody\r\n\r\n",
		"HTTP/1.1 204 No Content\r\nContent-Length: 2\r\n\r\n", "HTTP/1.1 304 Not Modified\r\nContent-Length: 2\r\n\r\n",
		"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", "HTTP/1.1 101 Switching\r\n\r\n",
		"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3;a=b\r\nabc\r\nA\r\n0123456789\r\n0\r\nT: 1\r\n\r\n",
		"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0x3\r\nabc\r\n0\r\n\r\n",
		"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\nabc\n0\n\n",
		"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\nabc",
		"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\nContent-Length: 1\r\n\r\nx", "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nall of it",
		"HTTP/1.1 2x0 OK\r\nContent-Length: 0\r\n\r\n", "HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok", "200 OK\r\n\r\n", "\r\n\r\n", "",
	} {
		f.Add([]byte(s), false)
		f.Add([]byte(s), true)
	}
}

// What a look at the beginning of an answer says holds: an answer that is whole is
// read to its end from what is there, whatever else there is, and one that is not
// whole yet cannot be read to its end.
func FuzzLookTellsWhatReadingFinds(f *testing.F) {
	answers(f)
	c := reader(f)
	f.Fuzz(func(t *testing.T, b []byte, head bool) {
		if len(b) > readBuffer {
			return
		}
		c.giving(b, method(head), errDry)
		_, _ = c.in.Peek(len(b))
		saw, need := c.look(), c.need
		kind, err := c.receive()
		switch dry := errors.Is(err, errDry); {
		case saw == whole && dry:
			t.Fatalf("whole, with %d bytes, and reading wants more: %v, %v", need, kind, err)
		case saw == whole && kind == results.NoFault && c.rec.BytesOut != int64(need):
			t.Fatalf("whole with %d bytes, and reading takes %d", need, c.rec.BytesOut)
		case saw == partial && kind == results.NoFault:
			t.Fatalf("not whole yet, and reading finds the end after %d bytes", c.rec.BytesOut)
		}
	})
}

// An answer that the player reads without a fault is read alike by fasthttp and by
// net/http where those read it: the same status, and as many bytes of body.
func FuzzAnswersAreReadAsOthersReadThem(f *testing.F) {
	answers(f)
	c := reader(f)
	f.Fuzz(func(t *testing.T, b []byte, head bool) {
		c.giving(b, method(head), io.EOF)
		kind, err := c.receive()
		if kind != results.NoFault && kind != results.FaultExcess {
			return
		}
		status, body := int(c.rec.Status), c.rec.BodyBytes
		if s, n, ok := byFasthttp(b, head); ok && (s != status || n != body) {
			t.Errorf("status %d and %d bytes of body (%v); fasthttp reads %d and %d", status, body, err, s, n)
		}
		if s, n, ok := byNetHTTP(b, head); ok && (s != status || n != body) {
			t.Errorf("status %d and %d bytes of body (%v); net/http reads %d and %d", status, body, err, s, n)
		}
	})
}

func byFasthttp(b []byte, head bool) (status int, body int64, ok bool) {
	var r fasthttp.Response
	r.SkipBody = head
	if err := r.ReadLimitBody(bufio.NewReaderSize(bytes.NewReader(b), readBuffer), 1<<20); err != nil {
		return 0, 0, false
	}
	return r.StatusCode(), int64(len(r.Body())), true
}

func byNetHTTP(b []byte, head bool) (status int, body int64, ok bool) {
	in := bufio.NewReaderSize(bytes.NewReader(b), readBuffer)
	asked := &http.Request{Method: http.MethodGet}
	if head {
		asked.Method = http.MethodHead
	}
	for {
		r, err := http.ReadResponse(in, asked)
		if err != nil {
			return 0, 0, false
		}
		if r.StatusCode < 200 {
			continue
		}
		body, err = io.Copy(io.Discard, r.Body)
		return r.StatusCode, body, err == nil
	}
}

// A chunked body is read to the end that net/http finds, whatever the pieces it
// comes in.
func FuzzChunksEndWhereTheyDo(f *testing.F) {
	for _, s := range []string{"3\r\nabc\r\n0\r\n\r\n", "3;x\r\nabc\r\n0\r\nA: b\r\n\r\nmore", "A\r\n0123456789\r\n0\r\n\r\n", "0\r\n\r\n", "3 \r\nabc\r\n0\r\n\r\n", "3\r\nabcd\r\n", "-1\r\n", "000000000000000000003\r\nabc\r\n0\r\n\r\n"} {
		f.Add([]byte(s), byte(1))
	}
	c := reader(f)
	f.Fuzz(func(t *testing.T, b []byte, step byte) {
		const header = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
		all := append([]byte(header), b...)
		c.giving(all, workloads.GET, io.EOF)
		whole, _ := c.receive()
		n := c.rec.BodyBytes
		c.giving(nil, workloads.GET, io.EOF)
		c.wire.from = &pieces{b: all, step: 1 + int(step)}
		inPieces, _ := c.receive()
		// What lies behind an answer is noticed where it has come by then.
		if late := whole == results.FaultExcess && inPieces == results.NoFault; whole != inPieces && !late || n != c.rec.BodyBytes {
			t.Fatalf("%v with %d bytes at once; in pieces of %d %v with %d", whole, n, 1+int(step), inPieces, c.rec.BodyBytes)
		}
		if s, m, ok := byNetHTTP(all, false); ok && (whole != results.NoFault && whole != results.FaultExcess || s != 200 || m != n) {
			t.Fatalf("%v with %d bytes; net/http reads %d", whole, n, m)
		}
	})
}

// pieces are bytes that come step by step.
type pieces struct {
	b    []byte
	step int
}

func (p *pieces) Read(to []byte) (int, error) {
	if len(p.b) == 0 {
		return 0, io.EOF
	}
	n := copy(to, p.b[:min(p.step, len(p.b))])
	p.b = p.b[n:]
	return n, nil
}
