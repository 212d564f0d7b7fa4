package player

import (
	"bufio"
	"bytes"
	"strings"
	"testing"

	"github.com/valyala/fasthttp"
	"pgregory.net/rapid"
)

// Headers as servers write them, and what readPlain is to make of them.
var headers = map[string]bool{
	"HTTP/1.1 200 OK\r\nServer: nginx\r\nDate: Thu, 01 Jan 1970 00:00:00 GMT\r\nContent-Type: text/html\r\nContent-Length: 12\r\nConnection: keep-alive\r\n": true,
	"HTTP/1.1 200 OK\r\ncontent-type: text/html; charset=utf-8\r\nCONTENT-LENGTH:0\r\nconnection: close\r\nage: 17\r\n":                                      true,
	"HTTP/1.1 200\r\nContent-Type:  a/b  \r\nContent-Length: 1\r\nX-Cache: TCP_HIT, MISS\r\nX-Cache: Hit from cloudfront\r\n":                                true,
	"HTTP/1.1 206 Partial Content\r\nContent-Type: a/b\r\nContent-Length: 5\r\nContent-Range: bytes 0-4/10\r\nETag: W/\"x\"\r\n":                             true,
	"HTTP/1.1 404 Not Found\r\nContent-Type: a/b\r\nContent-Length: 5\r\nCache-Status: Shield; hit, Edge; fwd=uri-miss; collapsed\r\n":                       true,
	"HTTP/1.1 200 OK\r\nContent-Type: a/b\r\nContent-Length: 5\r\nSet-Cookie: a=b\r\nCF-Cache-Status: DYNAMIC\r\nX-Cache-Status: STALE\r\nEmpty:\r\n":        true,

	"HTTP/1.1 103 Early Hints\r\nContent-Type: a/b\r\nContent-Length: 5\r\n":                       false,
	"HTTP/1.0 200 OK\r\nContent-Type: a/b\r\nContent-Length: 5\r\n":                                false,
	"HTTP/1.1 20 OK\r\nContent-Type: a/b\r\nContent-Length: 5\r\n":                                 false,
	"HTTP/1.1 2000 OK\r\nContent-Type: a/b\r\nContent-Length: 5\r\n":                               false,
	"HTTP/1.1 200 OK\nContent-Type: a/b\nContent-Length: 5\n":                                      false,
	"HTTP/1.1 200 OK\r\nContent-Type: a/b\r\n":                                                     false,
	"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n":                                                     false,
	"HTTP/1.1 200 OK\r\nContent-Type: a/b\r\nContent-Length: 5\r\nContent-Length: 5\r\n":           false,
	"HTTP/1.1 200 OK\r\nContent-Type: a/b\r\nContent-Length: +5\r\n":                               false,
	"HTTP/1.1 200 OK\r\nContent-Type: a/b\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n":  false,
	"HTTP/1.1 200 OK\r\nContent-Type: a/b\r\nContent-Length: 5\r\nConnection: Upgrade\r\n":         false,
	"HTTP/1.1 200 OK\r\nContent-Type: a/b\r\nContent-Length: 5\r\nX-Long: a\r\n b\r\n":             false,
	"HTTP/1.1 200 OK\r\nContent-Type: a/b\r\nContent-Length : 5\r\n":                               false,
	"HTTP/1.1 200 OK\r\nContent-Type: a/b\r\nContent-Length: 5\r\nno colon\r\n":                    false,
	"HTTP/1.1 200 OK\r\nContent-Type: a/b\r\nContent-Length: 5\r\nETag: \"a\"\r\nETag: \"b\"\r\n":  false,
	"HTTP/1.1 200 OK\r\nContent-Type: a/b\r\nContent-Length: 5\r\nX-Odd: \x7f\r\n":                 false,
	"HTTP/1.1 200 OK\r\nContent-Type: a/b\r\nContent-Length: 5\r\nX-Odd: \xc3\xa9\r\n":             false,
	"HTTP/1.1 200 OK\r\nContent-Type: a/b\r\nContent-Length: 5\r\nX-Odd: a\rContent-Length: 6\r\n": false,
	"HTTP/1.1 200 OK\r\nContent-Type: a/b\r\nContent-Length: 5\r\nX-Odd: 0123\x00456789012345\r\n": false,
	"HTTP/1.1 200 OK\r\nContent-Type: a/b\r\nContent-Length: 1234567890123456\r\n":                 false,
	"HTTP/1.1 200 OK\r\n\r\nContent-Type: a/b\r\nContent-Length: 5\r\n":                            false,
}

func TestPlainHeadersAreReadInOnePass(t *testing.T) {
	for header, want := range headers {
		var h heading
		var a answer
		if got := h.readPlain([]byte(header), &a); got != want || got != h.plain {
			t.Errorf("%q: plain is %v", header, got)
		}
		agrees(t, header)
	}
}

func TestVisibleBytes(t *testing.T) {
	for c := range 256 {
		for at := range 20 {
			text := []byte("twenty visible bytes")
			text[at] = byte(c)
			if got, want := visible(text), c >= 0x20 && c < 0x7f; got != want {
				t.Fatalf("%#x at %d: visible is %v", c, at, got)
			}
		}
	}
}

type reporter interface {
	Fatalf(format string, args ...any)
	Helper()
}

// agrees holds readPlain to what fasthttp makes of the same header.
func agrees(t reporter, header string) {
	t.Helper()
	var got heading
	var told answer
	if !got.readPlain([]byte(header), &told) {
		return
	}
	var read fasthttp.ResponseHeader
	in := bufio.NewReader(strings.NewReader(header + "\r\n"))
	if err := read.Read(in); err != nil || in.Buffered() > 0 {
		t.Fatalf("%q is plain; fasthttp has %d bytes left and says %v", header, in.Buffered(), err)
	}
	want, wantTold := headingOf(&read), answer{}
	for name, value := range read.All() {
		wantTold.field(name, value)
	}
	if told != wantTold {
		t.Fatalf("%q tells %+v, right is %+v", header, told, wantTold)
	}
	if got.status != want.status || got.length != want.length || got.closes != want.closes ||
		!bytes.Equal(got.contentType, want.contentType) || !bytes.Equal(got.tag, want.tag) {
		t.Fatalf("%q is %+v, right is %+v", header, got, want)
	}
}

// Made of what headers are made of, and of what they should not be.
func TestPlainHeadersSayWhatFasthttpReads(t *testing.T) {
	names := rapid.SampledFrom([]string{"Content-Length", "content-length", "Content-Type", "Connection", "X-Cache", "Cache-Status", "Age", "ETag",
		"Content-Range", "Set-Cookie", "Server", "Trailer", "Upgrade", "Transfer-Encoding", "x_odd", "A b", "é"})
	values := rapid.SampledFrom([]string{"0", "5", "5 ", " 12", "close", "keep-alive", "Close", "a/b", "Hit from x", "a; hit", "a; fwd=miss", `"x"`, "bytes 0-4/9", "", "\t", "chunked"})
	ends := rapid.SampledFrom([]string{"\r\n", "\r\n", "\r\n", "\r\n", "\r\n", "\n", "\r\n "})
	rapid.Check(t, func(t *rapid.T) {
		header := rapid.SampledFrom([]string{"HTTP/1.1 200 OK\r\n", "HTTP/1.1 304 \r\n", "HTTP/1.1 500\r\n", "HTTP/1.1  200 OK\r\n"}).Draw(t, "first line")
		header += "Content-Type: a/b\r\nContent-Length: 7\r\n"
		for range rapid.IntRange(0, 5).Draw(t, "lines") {
			header += names.Draw(t, "name") + rapid.SampledFrom([]string{": ", ":", " : "}).Draw(t, "colon") + values.Draw(t, "value") + ends.Draw(t, "end")
		}
		agrees(t, header)
	})
}

func FuzzPlainHeadersSayWhatFasthttpReads(f *testing.F) {
	for header := range headers {
		f.Add(header)
	}
	f.Fuzz(func(t *testing.T, header string) {
		if strings.HasSuffix(header, "\r\n") && !strings.Contains(header, "\r\n\r\n") { // as look cuts it
			agrees(t, header)
		}
	})
}

func BenchmarkHeading(b *testing.B) {
	const header = "HTTP/1.1 200 OK\r\nServer: fasthttp\r\nDate: Thu, 26 Nov 2026 23:59:59 GMT\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: 1024\r\nX-Cache: HIT\r\n"
	b.Run("plain", func(b *testing.B) {
		var h heading
		var a answer
		text := []byte(header)
		b.ReportAllocs()
		for b.Loop() {
			if !h.readPlain(text, &a) {
				b.Fatal("it is plain")
			}
		}
	})
	b.Run("fasthttp", func(b *testing.B) {
		var h fasthttp.ResponseHeader
		from := strings.NewReader(header + "\r\n")
		in := bufio.NewReader(from)
		b.ReportAllocs()
		for b.Loop() {
			from.Reset(header + "\r\n")
			in.Reset(from)
			if err := h.Read(in); err != nil {
				b.Fatal(err)
			}
			var a answer
			for name, value := range h.All() {
				a.field(name, value)
			}
		}
	})
}
