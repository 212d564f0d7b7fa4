package live

import (
	"bufio"
	"context"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/valyala/fasthttp/fasthttputil"

	"edgesim/sim/origin"
)

// shelf is an origin's contents by path.
type shelf map[string]origin.Object

func (s shelf) Find(_, path []byte) (origin.Object, bool) {
	o, ok := s[string(path)]
	return o, ok
}

func newServer(t testing.TB, c origin.Config, contents Contents) *Server {
	t.Helper()
	m, err := origin.New(c)
	if err != nil {
		t.Fatal(err)
	}
	s, err := New(Config{Model: m, Contents: contents})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// bubble is a server in virtual time.
type bubble struct {
	*Server
	t  *testing.T
	ln *fasthttputil.InmemoryListener
}

// inBubble runs f against a server in a synctest bubble, and shuts down.
func inBubble(t *testing.T, c origin.Config, contents Contents, f func(b *bubble)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		b := &bubble{Server: newServer(t, c, contents), t: t, ln: fasthttputil.NewInmemoryListener()}
		go func() {
			if err := b.Serve(b.ln); err != nil {
				t.Error(err)
			}
		}()
		defer b.end()
		f(b)
	})
}

func (b *bubble) end() {
	if err := b.Shutdown(context.Background()); err != nil {
		b.t.Error(err)
	}
	synctest.Wait()
	if st := b.Stats(); st.InFlight != 0 || st.Serving != 0 || st.Waiting != 0 {
		b.t.Errorf("after the end there are %d in flight, %d served, %d waiting", st.InFlight, st.Serving, st.Waiting)
	}
	time.Sleep(time.Minute) // fasthttp's idle workers leave
}

func (b *bubble) dial() net.Conn {
	b.t.Helper()
	c, err := b.ln.Dial()
	if err != nil {
		b.t.Fatal(err)
	}
	return c
}

// client is one connection to a server, and what came over it when.
type client struct {
	t     testing.TB
	conn  net.Conn
	r     *bufio.Reader
	begin time.Time
}

func (b *bubble) client() *client { return newClient(b.t, b.dial()) }

func newClient(t testing.TB, c net.Conn) *client {
	return &client{t: t, conn: c, r: bufio.NewReaderSize(c, 64<<10), begin: time.Now()}
}

func (c *client) close() { _ = c.conn.Close() }

// send writes a request: its first line's method and path, and lines of header.
func (c *client) send(methodAndPath string, header ...string) {
	c.t.Helper()
	c.upload(methodAndPath, "", header...)
}

// upload is send with a body; Content-Length is among the lines of header.
func (c *client) upload(methodAndPath, body string, header ...string) {
	c.t.Helper()
	lines := append([]string{methodAndPath + " HTTP/1.1", "Host: shop.example"}, header...)
	c.raw(strings.Join(lines, "\r\n") + "\r\n\r\n" + body)
}

func (c *client) raw(text string) {
	c.t.Helper()
	c.begin = time.Now()
	if _, err := io.WriteString(c.conn, text); err != nil {
		c.t.Error("sending:", err)
	}
}

// receive reads a response's header.
func (c *client) receive(method string) (*http.Response, error) {
	return http.ReadResponse(c.r, &http.Request{Method: method})
}

// get fetches a path whole and returns the response with its body.
func (c *client) get(methodAndPath string, header ...string) (*http.Response, []byte) {
	c.t.Helper()
	c.send(methodAndPath, header...)
	resp, err := c.receive(strings.Fields(methodAndPath)[0])
	if err != nil {
		c.t.Fatalf("%s: %v", methodAndPath, err)
	}
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		c.t.Fatalf("%s: body after %d bytes: %v", methodAndPath, len(body), err)
	}
	return resp, body
}

// verify checks every byte of a body against its entity tag.
func verify(t testing.TB, resp *http.Response, body []byte, off int64) {
	t.Helper()
	key, version, ok := origin.ParseETag([]byte(resp.Header.Get("ETag")))
	if !ok {
		t.Fatalf("entity tag %q names no content", resp.Header.Get("ETag"))
	}
	if w := origin.Check(body, key, version, off); w >= 0 {
		t.Fatalf("byte %d of %d from offset %d is wrong", w, len(body), off)
	}
}

// onTCP serves on loopback until the test ends.
func onTCP(t testing.TB, s *Server) (addr string) {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- s.Serve(ln) }()
	t.Cleanup(func() {
		ctx, cancel := context.WithCancel(context.Background())
		cancel() // no patience with connections that tests left open
		_ = s.Shutdown(ctx)
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	return ln.Addr().String()
}

func dialTCP(t testing.TB, addr string) *client {
	t.Helper()
	c, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return newClient(t, c)
}
