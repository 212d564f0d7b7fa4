package wire

import (
	"bufio"
	"bytes"
	"io"
	"net/http"
	"net/http/httputil"
	"strings"
	"testing"
)

func TestResponsesThatAreNotBelieved(t *testing.T) {
	ok := func(fields string) string { return "HTTP/1.1 200 OK\r\n" + fields + "\r\n" }
	for _, x := range []struct {
		section string
		bytes   string
		want    *Fault
	}{
		{"9112 4 four digits", "HTTP/1.1 9999 X\r\n\r\n", BadStatus},
		{"9112 4 letters", "HTTP/1.1 abc X\r\n\r\n", BadStatus},
		{"9112 4 two digits", "HTTP/1.1 20 X\r\n\r\n", BadStatus},
		{"9110 15 600", "HTTP/1.1 600 X\r\n\r\n", BadStatus},
		{"9110 15 099", "HTTP/1.1 099 X\r\n\r\n", BadStatus},
		{"9112 4 HTTP/2.0", "HTTP/2.0 200 OK\r\n\r\n", BadStatus},
		{"9112 4 lower case", "http/1.1 200 OK\r\n\r\n", BadStatus},
		{"9112 4 another protocol", "ICY 200 OK and more\r\n\r\n", BadStatus},
		{"9112 4 two spaces", "HTTP/1.1  200 OK\r\n\r\n", BadStatus},
		{"9112 4 empty line before", "\r\nHTTP/1.1 200 OK\r\n\r\n", BadStatus},
		{"9112 4 control in the phrase", "HTTP/1.1 200 O\x00K\r\n\r\n", BadStatus},
		{"9112 2.2 bare LF", "HTTP/1.1 200 OK\nX: y\n\n", BareLF},
		{"9112 2.2 bare CR", ok("X: a\rSet-Cookie: b\r\n"), BadValue},
		{"9110 5.5 NUL", ok("X: a\x00\r\n"), BadValue},
		{"9112 5.2 folded", ok("X: a\r\n b\r\n"), Folded},
		{"9112 5.1 space before the colon", ok("Content-Length : 5\r\n"), SpacedName},
		{"9110 5.1 no name", ok(": a\r\n"), EmptyName},
		{"9110 8.6 5x", ok("Content-Length: 5x\r\n"), BadLength},
		{"9110 8.6 -5", ok("Content-Length: -5\r\n"), BadLength},
		{"9110 8.6 2^63-1", ok("Content-Length: 9223372036854775807\r\n"), BadLength},
		{"9110 8.6 list of the same", ok("Content-Length: 5, 5\r\n"), BadLength},
		{"9112 6.3 conflicting", ok("Content-Length: 5\r\nContent-Length: 6\r\n"), TwoLengths},
		{"9112 6.3 repeated", ok("Content-Length: 5\r\nContent-Length: 5\r\n"), TwoLengths},
		{"9112 6.1 both", ok("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n"), TwoFramings},
		{"9112 6.1 gzip", ok("Transfer-Encoding: gzip\r\n"), BadCoding},
		{"9112 6.1 HTTP/1.0", "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", BadCoding},
		{"9112 6.1 204 in chunks", "HTTP/1.1 204 X\r\nTransfer-Encoding: chunked\r\n\r\n", NoBody},
		{"9110 8.6 204 with a length", "HTTP/1.1 204 X\r\nContent-Length: 5\r\n\r\n", NoBody},
		{"9110 8.6 103 with a length", "HTTP/1.1 103 X\r\nContent-Length: 5\r\n\r\n", NoBody},
		{"too large", ok(strings.Repeat("X: "+strings.Repeat("y", 1000)+"\r\n", 40)), LongReply},
		{"without end", "HTTP/1.1 200 OK\r\nX: " + strings.Repeat("y", 40<<10), LongReply},
		{"too many", ok(strings.Repeat("X:y\r\n", 1000)), LongReply},
	} {
		var r Response
		if done, f := r.Scan([]byte(x.bytes), &limits); f != x.want {
			t.Errorf("%s: %v, %v; want %v", x.section, done, f, x.want)
		}
	}
}

func TestResponsesThatAreBelieved(t *testing.T) {
	for _, x := range []struct {
		bytes   string
		status  int
		framing Framing
		length  int64
		close   bool
	}{
		{"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", 200, Length, 5, false},
		{"HTTP/1.1 200\r\ntransfer-encoding: CHUNKED\r\n\r\n", 200, Chunked, 0, false},
		{"HTTP/1.1 204 \r\nContent-Length: 0\r\n\r\n", 204, Length, 0, false},
		{"HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n", 304, Length, 5, false},
		{"HTTP/1.0 404 Nicht da \xe4\r\n\r\n", 404, None, 0, true},
		{"HTTP/1.0 200 OK\r\nConnection: keep-alive\r\n\r\n", 200, None, 0, false},
		{"HTTP/1.1 599 X\r\nConnection: a,close\r\n\r\n", 599, None, 0, true},
	} {
		var r Response
		done, f := r.Scan([]byte(x.bytes+"behind"), &limits)
		if !done || f != nil || r.Status != x.status || r.Framing != x.framing || r.Length != x.length ||
			r.Close != x.close || r.End != len(x.bytes) {
			t.Errorf("%q: %v, %v, %+v", x.bytes, done, f, r)
		}
	}
}

func FuzzResponseHeads(f *testing.F) {
	f.Add([]byte("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nX: y\r\n\r\nhello"), uint8(3))
	f.Add([]byte("HTTP/1.0 304 \r\nConnection: close\r\n\r\n"), uint8(0))
	f.Add([]byte("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"), uint8(90))
	f.Fuzz(func(t *testing.T, b []byte, step uint8) {
		var r, p Response
		done, fault := r.Scan(b, &limits)
		got, pf := false, (*Fault)(nil)
		for n := 0; n < len(b) && !got && pf == nil; {
			n = min(len(b), n+int(step)+1)
			got, pf = p.Scan(b[:n], &limits)
		}
		if len(b) > 0 && (got != done || pf != fault || done && p != r) {
			t.Fatalf("whole: %v, %v, %+v; in pieces: %v, %v, %+v", done, fault, r, got, pf, p)
		}
		if !done {
			return
		}
		q, err := http.ReadResponse(bufio.NewReader(bytes.NewReader(b[:r.End])), nil)
		if err != nil {
			t.Fatalf("believed, but net/http says %v", err)
		}
		if q.StatusCode != r.Status || (len(q.TransferEncoding) > 0) != (r.Framing == Chunked && r.Status != 304) ||
			r.Framing == Length && r.Status != 304 && q.ContentLength != r.Length {
			t.Fatalf("net/http reads %+v, we %+v", q, r)
		}
	})
}

// dechunk decodes with Chunks from pieces of step bytes.
func dechunk(b []byte, step int) (data []byte, rest int, ended bool, f *Fault) {
	var c Chunks
	from, to := 0, 0
	for f == nil && !c.Ended() && (from < to || to < len(b)) {
		if from == to {
			to = min(len(b), to+step)
		}
		if left := c.Left(); left > 0 {
			n := int(min(left, int64(to-from)))
			data = append(data, b[from:from+n]...)
			c.Took(n)
			from += n
			continue
		}
		var n int
		n, f = c.Frame(b[from:to])
		from += n
	}
	return data, len(b) - from, c.Ended(), f
}

func TestChunks(t *testing.T) {
	for _, x := range []struct {
		section, bytes, data string
		ended                bool
		fault                *Fault
	}{
		{"7.1", "5\r\nhello\r\n0\r\n\r\nnext", "hello", true, nil},
		{"7.1 several, hexadecimal", "a\r\n0123456789\r\n0B\r\n0123456789a\r\n000\r\n\r\nnext", "01234567890123456789a", true, nil},
		{"7.1.1 extensions", "5 ;a=\"b\";c\r\nhello\r\n0;x\r\n\r\nnext", "hello", true, nil},
		{"7.1.2 trailers", "5\r\nhello\r\n0\r\nX: y\r\nZ: \r\n\r\nnext", "hello", true, nil},
		{"7.1 cut in the size", "5", "", false, nil},
		{"7.1 cut between chunks", "5\r\nhello\r\n", "hello", false, nil},
		{"7.1 cut in the trailer", "0\r\nX: y\r\n", "", false, nil},
		{"7.1 no size", "\r\nhello\r\n0\r\n\r\n", "", false, BadSize},
		{"7.1 minus", "-5\r\nhello\r\n", "", false, BadSize},
		{"7.1 0x", "0x5\r\nhello\r\n", "", false, BadSize},
		{"7.1 space before", " 5\r\nhello\r\n", "", false, BadSize},
		{"7.1 space behind", "5 \r\nhello\r\n", "", false, BadSize},
		{"7.1 2^64+5", "10000000000000005\r\nhello\r\n", "", false, BadSize},
		{"7.1 2^63", "8000000000000000\r\nhello\r\n", "", false, BadSize},
		{"7.1 seventeen zeroes", "00000000000000000\r\n\r\n", "", false, BadSize},
		{"2.2 bare LF after the size", "5\nhello\r\n", "", false, BadSize},
		{"2.2 bare LF after an extension", "5;a\nhello\r\n", "", false, BareInChunk},
		{"2.2 bare CR in an extension", "5;a\rb\r\nhello\r\n", "", false, BareInChunk},
		{"7.1 data longer", "5\r\nhello!\r\n", "hello", false, BadChunk},
		{"7.1 bare LF after data", "5\r\nhello\n0\r\n\r\n", "hello", false, BadChunk},
		{"7.1.2 bare LF in the trailer", "0\r\nX: y\n\r\n", "", false, BareInChunk},
		{"7.1.2 NUL in the trailer", "0\r\nX: \x00\r\n\r\n", "", false, BareInChunk},
		{"7.1.1 too long", "5;" + strings.Repeat("a", 9<<10) + "\r\nhello\r\n", "", false, LongChunk},
		{"7.1.1 too long together", strings.Repeat("1;"+strings.Repeat("a", 1000)+"\r\nx\r\n", 10), strings.Repeat("x", 8), false, LongChunk},
		{"7.1.2 without end", "0\r\n" + strings.Repeat("X: y\r\n", 9<<10), "", false, LongChunk},
	} {
		for _, step := range []int{1, 3, 1 << 20} {
			data, rest, ended, f := dechunk([]byte(x.bytes), step)
			if string(data) != x.data || ended != x.ended || f != x.fault || ended && step > 9999 && rest != len("next") && x.fault == nil {
				t.Errorf("%s, by %d: %q, ended %v, %v, %d behind", x.section, step, data, ended, f, rest)
			}
		}
	}
}

// What Chunks takes, the standard library reads the same.
func FuzzChunks(f *testing.F) {
	f.Add([]byte("5\r\nhello\r\n0\r\n\r\n"), uint8(0))
	f.Add([]byte("3;a=b\r\nabc\r\n0\r\nX: y\r\n\r\nrest"), uint8(9))
	f.Fuzz(func(t *testing.T, b []byte, step uint8) {
		data, rest, ended, fault := dechunk(b, int(step)+1)
		again, _, endedToo, faultToo := dechunk(b, len(b)+1)
		if !bytes.Equal(data, again) || ended != endedToo || fault != faultToo {
			t.Fatalf("%q, %v, %v in pieces; %q, %v, %v whole", data, ended, fault, again, endedToo, faultToo)
		}
		if !ended {
			return
		}
		want, err := io.ReadAll(httputil.NewChunkedReader(bytes.NewReader(b)))
		if err != nil || !bytes.Equal(want, data) {
			t.Fatalf("net/http reads %q, %v; we %q, %d behind", want, err, data, rest)
		}
	})
}
