package edge

import (
	"bufio"
	"io"
	"net"
	"strings"
	"testing"

	"edgesim/results"
)

// What an origin sends that is no response is not believed, not passed on and
// not kept.
func TestResponsesThatAreNone(t *testing.T) {
	const ok = "HTTP/1.1 200 OK\r\nCache-Control: max-age=60\r\n"
	for name, x := range map[string]struct {
		bytes  string
		detail results.Detail
	}{
		"status of four digits": {"HTTP/1.1 9999 X\r\nContent-Length: 0\r\n\r\n", results.OriginInvalidResponseError},
		"status of letters":     {"HTTP/1.1 abc X\r\nContent-Length: 0\r\n\r\n", results.OriginInvalidResponseError},
		"HTTP/2.0":              {"HTTP/2.0 200 OK\r\nContent-Length: 0\r\n\r\n", results.OriginInvalidResponseError},
		"two lengths":           {ok + "Content-Length: 5\r\nContent-Length: 3\r\n\r\nhello", results.OriginInvalidResponseError},
		"length 5x":             {ok + "Content-Length: 5x\r\n\r\nhello", results.OriginInvalidResponseError},
		"length -5":             {ok + "Content-Length: -5\r\n\r\nhello", results.OriginInvalidResponseError},
		"length 2^63-1":         {ok + "Content-Length: 9223372036854775807\r\n\r\nhello", results.OriginInvalidResponseError},
		"length and chunks":     {ok + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", results.OriginInvalidResponseError},
		"gzip":                  {ok + "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", results.OriginInvalidResponseError},
		"bare CR":               {ok + "X: a\rSet-Cookie: b\r\nContent-Length: 0\r\n\r\n", results.OriginInvalidResponseError},
		"bare LF":               {"HTTP/1.1 200 OK\nContent-Length: 0\n\n", results.OriginInvalidResponseError},
		"NUL":                   {ok + "X: a\x00b\r\nContent-Length: 0\r\n\r\n", results.OriginInvalidResponseError},
		"folded":                {ok + "X: a\r\n b\r\nContent-Length: 0\r\n\r\n", results.OriginInvalidResponseError},
		"space before colon":    {ok + "Content-Length : 0\r\n\r\n", results.OriginInvalidResponseError},
		"101":                   {"HTTP/1.1 101 Switching Protocols\r\n\r\n", results.OriginInvalidResponseError},
		"too large":             {ok + "X: " + strings.Repeat("a", 33<<10) + "\r\n\r\n", results.OriginHeaderTooBigError},
		"endless":               {ok + strings.Repeat("X: y\r\n", 100_000), results.OriginHeaderTooBigError},
		"nothing":               {"", results.OriginCommError},
		"half a header":         {ok, results.OriginCommError},
	} {
		t.Run(name, func(t *testing.T) {
			rawLab(t, func(c net.Conn, br *bufio.Reader) {
				if readReq(br) {
					io.WriteString(c, x.bytes)
				}
			}, nil, func(l *lab) {
				for range 2 {
					if a := l.get("/a"); a.status != 502 || a.header.Get("Set-Cookie") != "" {
						t.Errorf("%d %v, %v", a.status, a.header, a.err)
					}
				}
				for _, r := range l.recorded(2) {
					if r.Detail != x.detail {
						t.Errorf("recorded as %v, want %v", r.Detail, x.detail)
					}
				}
			})
		})
	}
}

// A chunked body with faulty framing breaks off, and is not kept.
func TestChunksThatAreNone(t *testing.T) {
	for name, body := range map[string]string{
		"size":         "5\r\nhello\r\nxyz\r\n",
		"bare LF":      "5\nhello\n0\n\n",
		"data longer":  "5\r\nhello!!\r\n0\r\n\r\n",
		"overflow":     "5\r\nhello\r\nffffffffffffffff\r\nx",
		"trailer":      "5\r\nhello\r\n0\r\nX: a\rb\r\n\r\n",
		"long trailer": "5\r\nhello\r\n0\r\n" + strings.Repeat("X: y\r\n", 5000) + "\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			rawLab(t, func(c net.Conn, br *bufio.Reader) {
				if readReq(br) {
					io.WriteString(c, "HTTP/1.1 200 OK\r\nCache-Control: max-age=60\r\nTransfer-Encoding: chunked\r\n\r\n"+body)
				}
			}, nil, func(l *lab) {
				for range 2 {
					if a := l.get("/a"); a.err == nil && a.status == 200 || a.header.Get("X-Cache") == "Hit from edgesim" {
						t.Errorf("%d %q %v %s", a.status, a.body, a.err, a.header.Get("X-Cache"))
					}
				}
			})
		})
	}
}
