//go:build linux

package main

import (
	"bytes"
	"errors"
	"fmt"
	"net"
	"strconv"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
	"golang.org/x/sys/unix"
)

// request is what a connection sends, and how long a body it expects.
type request struct {
	wire []byte
	size int
}

func requestFor(path string) request {
	return request{fmt.Appendf(nil, "GET %s HTTP/1.1\r\nHost: example.com\r\nUser-Agent: Mozilla/5.0 (X11; Linux x86_64)"+
		" AppleWebKit/537.36\r\nAccept: */*\r\nReferer: https://example.org/page\r\n\r\n", path), sizeOf(path)}
}

// client is a number of keep-alive connections in a closed loop: each sends its
// next request when the response is there. One thread serves them all by epoll,
// so that it costs less than any of the servers.
type client struct {
	epoll int
	conns map[int32]*conn
	buf   []byte
}

type conn struct {
	fd    int
	began time.Time
	size  int    // of the body that is awaited
	head  []byte // of the response, until it is complete
	left  int    // bytes of the body to come; -1: the header is not complete
}

// result is what a client saw.
type result struct {
	requests int64
	took     time.Duration
	latency  *hdrhistogram.Histogram // ns, from a request's write to its response's last byte
}

func newClient(addr string, conns int) (*client, error) {
	epoll, err := unix.EpollCreate1(unix.EPOLL_CLOEXEC)
	if err != nil {
		return nil, err
	}
	cl := &client{epoll: epoll, conns: map[int32]*conn{}, buf: make([]byte, 256<<10)}
	for range conns {
		if err := cl.connect(addr); err != nil {
			cl.close()
			return nil, err
		}
	}
	return cl, nil
}

func (cl *client) connect(addr string) error {
	tcp, err := net.ResolveTCPAddr("tcp4", addr)
	if err != nil {
		return err
	}
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return err
	}
	c := &conn{fd: fd}
	cl.conns[int32(fd)] = c
	to := &unix.SockaddrInet4{Port: tcp.Port}
	copy(to.Addr[:], tcp.IP.To4())
	return errors.Join(unix.Connect(fd, to), unix.SetNonblock(fd, true),
		unix.SetsockoptInt(fd, unix.IPPROTO_TCP, unix.TCP_NODELAY, 1),
		unix.EpollCtl(cl.epoll, unix.EPOLL_CTL_ADD, fd, &unix.EpollEvent{Events: unix.EPOLLIN, Fd: int32(fd)}))
}

func (cl *client) close() {
	for _, c := range cl.conns {
		unix.Close(c.fd)
	}
	unix.Close(cl.epoll)
}

// patience is how long all connections together may see nothing.
const patience = 10 * time.Second

// play asks until length has passed or, where most is not 0, most requests have
// been sent; then it waits for the responses that are out.
func (cl *client) play(length time.Duration, most int64, next func() request) (result, error) {
	r := result{latency: hdrhistogram.New(1000, int64(time.Minute), 3)}
	began, sent := time.Now(), int64(0)
	goesOn := func(now time.Time) bool { return now.Sub(began) < length && (most == 0 || sent < most) }
	awaited := 0
	for _, c := range cl.conns {
		if !goesOn(began) {
			break
		}
		if err := c.send(next(), time.Now()); err != nil {
			return r, err
		}
		sent++
		awaited++
	}
	events := make([]unix.EpollEvent, len(cl.conns))
	for awaited > 0 {
		n, err := unix.EpollWait(cl.epoll, events, int(patience.Milliseconds()))
		if err != nil && err != unix.EINTR {
			return r, err
		}
		if n == 0 && err == nil {
			return r, fmt.Errorf("%d responses did not come within %v", awaited, patience)
		}
		for i := range max(n, 0) {
			c := cl.conns[events[i].Fd]
			done, err := c.read(cl.buf)
			if err != nil {
				return r, err
			}
			if !done {
				continue
			}
			now := time.Now()
			_ = r.latency.RecordValue(min(max(int64(now.Sub(c.began)), 1000), int64(time.Minute))) // in its range by that
			r.requests++
			if awaited--; goesOn(now) {
				if err := c.send(next(), now); err != nil {
					return r, err
				}
				sent++
				awaited++
			}
		}
	}
	r.took = time.Since(began)
	return r, nil
}

func (c *conn) send(q request, now time.Time) error {
	c.began, c.size, c.left, c.head = now, q.size, -1, c.head[:0]
	n, err := unix.Write(c.fd, q.wire)
	if err == nil && n < len(q.wire) {
		err = errors.New("a request did not fit into the socket's buffer")
	}
	return err
}

// read takes what has come. It reports true with the response's last byte.
func (c *conn) read(buf []byte) (done bool, err error) {
	n, err := unix.Read(c.fd, buf)
	switch {
	case err == unix.EAGAIN || err == unix.EINTR:
		return false, nil
	case err != nil:
		return false, err
	case n == 0:
		return false, errors.New("the server closed a connection")
	}
	if c.left < 0 {
		if n, err = c.header(buf[:n]); err != nil || c.left < 0 {
			return false, err
		}
	}
	if c.left -= n; c.left < 0 {
		return false, errors.New("more came than the response has")
	}
	return c.left == 0, nil
}

// header takes p as more of the header. It returns how much of p is body.
func (c *conn) header(p []byte) (body int, err error) {
	c.head = append(c.head, p[:min(len(p), 16<<10)]...)
	end := bytes.Index(c.head, []byte("\r\n\r\n"))
	if end < 0 {
		return 0, nil
	}
	if !bytes.HasPrefix(c.head, []byte("HTTP/1.1 200")) {
		return 0, fmt.Errorf("the response begins with %.40q", c.head)
	}
	before := len(c.head) - min(len(p), 16<<10)
	c.left = c.size
	return len(p) - (end + 4 - before), nil
}

// fetch asks once, on a connection of its own, and checks all of the response.
func fetch(addr, path string) error {
	c, err := net.DialTimeout("tcp", addr, patience)
	if err != nil {
		return err
	}
	defer c.Close()
	_ = c.SetDeadline(time.Now().Add(patience)) // a closed one says so below
	q := requestFor(path)
	if _, err := c.Write(q.wire); err != nil {
		return err
	}
	return checkResponse(c, path, q.size)
}

func checkResponse(c net.Conn, path string, size int) error {
	var got []byte
	for buf := make([]byte, 64<<10); ; {
		n, err := c.Read(buf)
		got = append(got, buf[:n]...)
		head, body, whole := bytes.Cut(got, []byte("\r\n\r\n"))
		switch {
		case whole && len(body) >= size:
			return checkParts(string(bytes.ToLower(head)), body, path, size)
		case err != nil:
			return fmt.Errorf("%s: after %d bytes: %w", path, len(got), err)
		}
	}
}

func checkParts(head string, body []byte, path string, size int) error {
	if len(head) < 12 || head[:12] != "http/1.1 200" {
		return fmt.Errorf("%s: the response begins with %.40q", path, head)
	}
	if !bytes.Contains([]byte(head+"\r\n"), []byte("\r\ncontent-length: "+strconv.Itoa(size)+"\r\n")) {
		return fmt.Errorf("%s: no Content-Length of %d in %q", path, size, head)
	}
	if !bytes.Equal(body, appendBody(nil, path)) {
		return fmt.Errorf("%s: the body is not the origin's", path)
	}
	return nil
}
