package wire

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
)

var limits = Limits{Head: 32 << 10, Target: 8192, Fields: 256}

// whole scans a head that has come whole.
func whole(s string) (r Request, done bool, f *Fault) {
	done, f = r.Scan([]byte(s), &limits)
	return r, done, f
}

const host = "Host: a.example\r\n"

func TestRequestsThatAreRefused(t *testing.T) {
	get := func(fields string) string { return "GET / HTTP/1.1\r\n" + host + fields + "\r\n" }
	at := func(target string) string { return "GET " + target + " HTTP/1.1\r\n" + host + "\r\n" }
	named := func(h string) string { return "GET / HTTP/1.1\r\nHost: " + h + "\r\n\r\n" }
	for _, x := range []struct {
		section string
		bytes   string
		want    *Fault
	}{
		{"9112 2.2 bare LF in the request line", "GET / HTTP/1.1\nHost: a\n\n", BareLF},
		{"9112 2.2 bare LF before the request", "\nGET / HTTP/1.1\r\n", BareLF},
		{"9112 2.2 bare LF after a field", "GET / HTTP/1.1\r\nHost: a\nX: b\r\n\r\n", BareLF},
		{"9112 2.2 bare LF as the empty line", "GET / HTTP/1.1\r\nHost: a\r\n\n", BareLF},
		{"9112 2.2 bare CR in a value", get("X: a\rb\r\n"), BadValue},
		{"9112 2.2 bare CR for CRLF", get("X: a\rY: b\r\n"), BadValue},
		{"9112 2.2 CR twice", get("X: a\r\r\n"), BadValue},
		{"9112 2.2 whitespace before the first field", "GET / HTTP/1.1\r\n Host: a\r\n\r\n", Folded},
		{"9112 2.3 lower-case name", "GET / http/1.1\r\n" + host + "\r\n", BadVersion},
		{"9112 2.3 no minor version", "GET / HTTP/1\r\n" + host + "\r\n", BadVersion},
		{"9112 2.3 two digits", "GET / HTTP/1.10\r\n" + host + "\r\n", BadVersion},
		{"9112 2.3 not a version", "GET / HTTP/x.1\r\n" + host + "\r\n", BadVersion},
		{"9112 3 space after the version", "GET / HTTP/1.1 \r\n" + host + "\r\n", BadVersion},
		{"9112 2.3 HTTP/0.9", "GET /\r\n", BadLine},
		{"9110 15.6.6 HTTP/2.0", "GET / HTTP/2.0\r\n" + host + "\r\n", OtherVersion},
		{"9113 3.4 HTTP/2's preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", OtherVersion},
		{"9110 15.6.6 HTTP/0.9, named", "GET / HTTP/0.9\r\n", OtherVersion},
		{"9112 3 two spaces after the method", "GET  / HTTP/1.1\r\n" + host + "\r\n", BadLine},
		{"9112 3 two spaces after the target", "GET /  HTTP/1.1\r\n" + host + "\r\n", BadVersion},
		{"9112 3 tabs", "GET\t/\tHTTP/1.1\r\n" + host + "\r\n", BadMethod},
		{"9112 3 space before the method", " GET / HTTP/1.1\r\n" + host + "\r\n", BadMethod},
		{"9110 9.1 method with a control character", "G\x00T / HTTP/1.1\r\n" + host + "\r\n", BadMethod},
		{"9110 9.1 method with a slash", "G/T / HTTP/1.1\r\n" + host + "\r\n", BadMethod},
		{"9112 3.2 raw space", at("/a b"), BadVersion},
		{"9112 3.2 fragment", at("/a#b"), BadTarget},
		{"9112 3.2 NUL", at("/a\x00"), BadTarget},
		{"9112 3.2 tab", at("/a\tb"), BadTarget},
		{"9112 3.2 DEL", at("/a\x7f"), BadTarget},
		{"9112 3.2 CR", at("/a\rb"), BadTarget},
		{"9112 3.2 not ASCII", at("/ä"), BadTarget},
		{"9112 3.2 fragment in a query", at("/a?b#c"), BadTarget},
		{"3986 2.1 half an escape", at("/%4"), BadEscape},
		{"3986 2.1 no escape", at("/%zz"), BadEscape},
		{"9112 3.2 no slash", at("a"), BadForm},
		{"9112 3.2.4 asterisk for GET", at("*"), BadForm},
		{"9112 3.2.3 authority for GET", at("a.example:80"), BadForm},
		{"9112 3.2.2 another scheme", at("ftp://a.example/"), BadForm},
		{"9112 3.2.2 no authority", at("http:///a"), BadHost},
		{"9112 3.2.2 user information", at("http://u:p@a.example/"), BadHost},
		{"9112 3.2.2 another host than Host", at("http://b.example/"), OtherHost},
		{"9112 3.2.2 another port than Host", at("http://a.example:81/"), OtherHost},
		{"9110 9.3.6 CONNECT", "CONNECT a.example:443 HTTP/1.1\r\nHost: a.example:443\r\n\r\n", Tunnel},
		{"9112 3.2 no Host", "GET / HTTP/1.1\r\nX: y\r\n\r\n", NoHost},
		{"9112 3.2 two Hosts", get("Host: b.example\r\n"), TwoHosts},
		{"9112 3.2 the same Host twice", get(host), TwoHosts},
		{"9110 4.2.1 empty Host", named(""), BadHost},
		{"9110 4.2.4 user information", named("u@a.example"), BadHost},
		{"9112 3.2 path in Host", named("a.example/x"), BadHost},
		{"9112 3.2 space in Host", named("a.example b"), BadHost},
		{"9112 3.2 list", named("a.example, b.example"), BadHost},
		{"9112 3.2 scheme", named("http://a.example"), BadHost},
		{"3986 3.2.3 port is no number", named("a.example:x"), BadHost},
		{"3986 3.2.3 port too large", named("a.example:65536"), BadHost},
		{"3986 3.2.3 two ports", named("a.example:80:80"), BadHost},
		{"3986 3.2.3 port without host", named(":80"), BadHost},
		{"3986 3.2.2 IPv6 without end", named("[::1"), BadHost},
		{"3986 3.2.2 IPv6 without brackets", named("::1"), BadHost},
		{"3986 3.2.2 IPv6 with one group too many", named("[1:2:3:4:5:6:7:8:9]"), BadHost},
		{"3986 3.2.2 IPv4 in brackets", named("[127.0.0.1]"), BadHost},
		{"3986 3.2.2 something behind", named("[::1]x"), BadHost},
		{"6874 zone", named("[fe80::1%25eth0]"), BadHost},
		{"3986 3.2.2 not ASCII", named("ä.example"), BadHost},
		{"3986 3.2.2 backslash", named(`a.example\b`), BadHost},
		{"9112 5.1 space before the colon", get("X : y\r\n"), SpacedName},
		{"9112 5.1 tab before the colon", get("Content-Length\t: 5\r\n"), SpacedName},
		{"9110 5.1 space in a name", get("X Y: z\r\n"), SpacedName},
		{"9110 5.1 no colon", get("X\r\n"), BadName},
		{"9110 5.1 no name", get(": x\r\n"), EmptyName},
		{"9110 5.1 not ASCII", get("Ä: x\r\n"), BadName},
		{"9110 5.1 NUL in a name", get("X\x00: x\r\n"), BadName},
		{"9110 5.1 brackets", get("X[1]: x\r\n"), BadName},
		{"9112 5.2 folded", get("X: a\r\n b\r\n"), Folded},
		{"9112 5.2 folded with a tab", get("X: a\r\n\tb\r\n"), Folded},
		{"9112 5.2 only whitespace", get(" \r\n"), Folded},
		{"9110 5.5 NUL", get("X: a\x00b\r\n"), BadValue},
		{"9110 5.5 BEL, far in", get("X: abcdefghijklm\x07nop\r\n"), BadValue},
		{"9110 5.5 DEL", get("X: abcdefg\x7f\r\n"), BadValue},
		{"9110 8.6 letters", get("Content-Length: 5x\r\n"), BadLength},
		{"9110 8.6 minus", get("Content-Length: -5\r\n"), BadLength},
		{"9110 8.6 plus", get("Content-Length: +5\r\n"), BadLength},
		{"9110 8.6 hexadecimal", get("Content-Length: 0x5\r\n"), BadLength},
		{"9110 8.6 nothing", get("Content-Length:\r\n"), BadLength},
		{"9110 8.6 list", get("Content-Length: 5, 5\r\n"), BadLength},
		{"9110 8.6 2^63", get("Content-Length: 9223372036854775808\r\n"), BadLength},
		{"9110 8.6 2^64+5", get("Content-Length: 18446744073709551621\r\n"), BadLength},
		{"9110 8.6 a hundred digits", get("Content-Length: " + strings.Repeat("1", 100) + "\r\n"), BadLength},
		{"9110 8.6 space between digits", get("Content-Length: 1 2\r\n"), BadLength},
		{"9112 6.3 conflicting", get("Content-Length: 5\r\nContent-Length: 6\r\n"), TwoLengths},
		{"9112 6.3 repeated", get("Content-Length: 5\r\ncontent-length: 5\r\n"), TwoLengths},
		{"9112 6.1 with a length", get("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n"), TwoFramings},
		{"9112 6.1 with a length, behind", get("Transfer-Encoding: chunked\r\nContent-Length: 0\r\n"), TwoFramings},
		{"9112 6.1 identity", get("Transfer-Encoding: identity\r\n"), BadCoding},
		{"9112 6.1 gzip", get("Transfer-Encoding: gzip, chunked\r\n"), BadCoding},
		{"9112 6.1 chunked twice", get("Transfer-Encoding: chunked, chunked\r\n"), BadCoding},
		{"9112 6.1 two lines", get("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n"), BadCoding},
		{"9112 6.1 quoted", get("Transfer-Encoding: \"chunked\"\r\n"), BadCoding},
		{"9112 6.1 parameter", get("Transfer-Encoding: chunked;a=b\r\n"), BadCoding},
		{"9112 6.1 nothing", get("Transfer-Encoding:\r\n"), BadCoding},
		{"9112 6.1 vertical tab", get("Transfer-Encoding: \x0bchunked\r\n"), BadValue},
		{"9112 6.1 in HTTP/1.0", "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n", BadCoding},
		{"9110 10.1.1 another expectation", get("Expect: bread\r\n"), BadExpect},
		{"request line too long", "GET /" + strings.Repeat("a", 8192) + " HTTP/1.1\r\n", LongTarget},
		{"request line without end", "GET /" + strings.Repeat("a", 33<<10), LongTarget},
		{"empty lines without end", strings.Repeat("\r\n", 17<<10), LongTarget},
		{"fields too large", get("X: " + strings.Repeat("a", 33<<10) + "\r\n"), LongHead},
		{"field without end", "GET / HTTP/1.1\r\nX: " + strings.Repeat("a", 33<<10), LongHead},
		{"10,000 fields", get(strings.Repeat("X:y\r\n", 10_000)), ManyFields},
	} {
		if r, done, f := whole(x.bytes); f != x.want {
			t.Errorf("%s: %v, %v (%+v); want %v", x.section, f, done, r, x.want)
		}
	}
}

func TestRequestsThatAreTaken(t *testing.T) {
	for _, x := range []struct {
		section, bytes, target string
		framing                Framing
		length                 int64
		close, expect          bool
	}{
		{"9112 2.2 empty lines before", "\r\n\r\nGET /a HTTP/1.1\r\n" + host + "\r\n", "/a", None, 0, false, false},
		{"9110 2.5 a later minor version", "GET /a HTTP/1.7\r\n" + host + "\r\n", "/a", None, 0, false, false},
		{"9112 9.3 HTTP/1.0", "GET /a HTTP/1.0\r\n\r\n", "/a", None, 0, true, false},
		{"9112 9.3 HTTP/1.0, kept", "GET /a HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n", "/a", None, 0, false, false},
		{"9112 9.3 close in a list", "GET /a HTTP/1.1\r\n" + host + "Connection: x, Close\r\n\r\n", "/a", None, 0, true, false},
		{"9112 3.2.2 absolute", "GET http://A.example/b?c HTTP/1.1\r\n" + host + "\r\n", "http://A.example/b?c", None, 0, false, false},
		{"9112 3.2.2 absolute without a path", "GET http://a.example?x HTTP/1.1\r\n" + host + "\r\n", "http://a.example?x", None, 0, false, false},
		{"9112 3.2.4 asterisk", "OPTIONS * HTTP/1.1\r\n" + host + "\r\n", "*", None, 0, false, false},
		{"9110 5.5 tabs and high bytes", "GET /a HTTP/1.1\r\n" + host + "X:\ta\tb\xe4\xff \r\n\r\n", "/a", None, 0, false, false},
		{"9110 5.5 empty value", "GET /a HTTP/1.1\r\n" + host + "X:\r\n\r\n", "/a", None, 0, false, false},
		{"9112 6.2 length", "POST /a HTTP/1.1\r\n" + host + "Content-Length:  007 \r\n\r\n", "/a", Length, 7, false, false},
		{"9112 6.1 chunked", "POST /a HTTP/1.1\r\n" + host + "transfer-encoding: Chunked\r\n\r\n", "/a", Chunked, 0, false, false},
		{"9110 10.1.1 expect", "POST /a HTTP/1.1\r\nContent-Length: 7\r\n" + host + "Expect: 100-Continue\r\n\r\n", "/a", Length, 7, false, true},
		{"9110 10.1.1 expect without a body", "POST /a HTTP/1.1\r\n" + host + "Expect: 100-continue\r\n\r\n", "/a", None, 0, false, false},
		{"3986 3.4 lone percent in a query", "GET /a?100% HTTP/1.1\r\n" + host + "\r\n", "/a?100%", None, 0, false, false},
		{"a URI in a query", "GET /a?u=http://[b HTTP/1.1\r\n" + host + "\r\n", "/a?u=http://[b", None, 0, false, false},
		{"characters that others take too", "GET /a|b\"{}^`\\<> HTTP/1.1\r\n" + host + "\r\n", "/a|b\"{}^`\\<>", None, 0, false, false},
	} {
		r, done, f := whole(x.bytes + "behind")
		if f != nil || !done {
			t.Errorf("%s: %v, %v", x.section, done, f)
			continue
		}
		if got := string(r.Target.Of([]byte(x.bytes))); got != x.target || r.End != len(x.bytes) || r.Framing != x.framing ||
			r.Length != x.length || r.Close != x.close || r.Expect != x.expect {
			t.Errorf("%s: target %q, %+v", x.section, got, r)
		}
	}
}

func TestHosts(t *testing.T) {
	for h, want := range map[string]bool{
		"a": true, "a.example.": true, "A-1_b.example:8080": true, "127.0.0.1": true, "[::1]": true, "[2001:db8::7]:443": true,
		"[::ffff:127.0.0.1]": true, "a.example:": true, // RFC 3986 §3.2.3: port = *DIGIT
		"": false, "[]": false, "a%41": false, "a:000080": false, strings.Repeat("a", 256): false,
	} {
		if ValidHost([]byte(h)) != want {
			t.Errorf("ValidHost(%q) is not %v", h, want)
		}
	}
}

func TestStripTakesWhatFramesOut(t *testing.T) {
	const rest = "POST /a HTTP/1.1\r\nHost: a.example\r\nX: 1\r\n\r\n"
	for _, s := range []string{
		"POST /a HTTP/1.1\r\nContent-Length: 7\r\nHost: a.example\r\nExpect: 100-continue\r\nX: 1\r\n\r\n",
		"POST /a HTTP/1.1\r\nExpect: 100-continue\r\nHost: a.example\r\nX: 1\r\nContent-Length: 7\r\n\r\n",
		"POST /a HTTP/1.1\r\nHost: a.example\r\nTransfer-Encoding: chunked\r\nX: 1\r\n\r\n",
		rest,
	} {
		r, done, f := whole(s)
		if !done || f != nil {
			t.Fatal(done, f)
		}
		if got := string(r.Strip([]byte(s))); got != rest {
			t.Errorf("%q becomes %q", s, got)
		}
	}
}

const usual = "GET /images/2024/09/header.jpg?width=1024 HTTP/1.1\r\nHost: www.example.com\r\n" +
	"User-Agent: Mozilla/5.0 (X11; Linux x86_64)\r\nAccept: image/avif,image/webp,*/*;q=0.8\r\n" +
	"Accept-Encoding: gzip, br\r\nConnection: keep-alive\r\n\r\n"

func TestScanAllocatesNothing(t *testing.T) {
	b := []byte(usual)
	if n := testing.AllocsPerRun(100, func() {
		var r Request
		if done, f := r.Scan(b, &limits); !done || f != nil {
			t.Fatal(done, f)
		}
	}); n > 0 {
		t.Errorf("%v allocations for a head", n)
	}
}

func BenchmarkScan(b *testing.B) {
	head := []byte(usual)
	b.SetBytes(int64(len(head)))
	b.ReportAllocs()
	for b.Loop() {
		var r Request
		if done, f := r.Scan(head, &limits); !done || f != nil {
			b.Fatal(done, f)
		}
	}
}

// However a head is cut into pieces, the verdict is the same, each byte is
// looked at once, and what is taken reads the same to the standard library:
// method, target, host, fields and framing.
func FuzzRequestHeads(f *testing.F) {
	for _, s := range []string{usual, "POST http://a/b HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\n",
		"\r\nPUT /x HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", "OPTIONS * HTTP/1.1\r\nHost: [::1]:80\r\n\r\n",
		"GET /?a=%http://b HTTP/1.1\r\nHost: a:\r\nTransfer-Encoding: chunked\r\n\r\n"} {
		f.Add([]byte(s), uint8(7))
	}
	f.Fuzz(func(t *testing.T, b []byte, step uint8) {
		small := Limits{Head: 2 << 10, Target: 512, Fields: 20}
		var r, p Request
		done, fault := r.Scan(b, &small)
		got, pf := false, (*Fault)(nil)
		for n := 0; n < len(b) && !got && pf == nil; {
			n = min(len(b), n+int(step)+1)
			got, pf = p.Scan(b[:n], &small)
		}
		if len(b) > 0 && (got != done || pf != fault || done && p != r) {
			t.Fatalf("whole: %v, %v, %+v; in pieces: %v, %v, %+v", done, fault, r, got, pf, p)
		}
		if done {
			likeTheLibrary(t, b[:r.End], &r)
		}
	})
}

func likeTheLibrary(t *testing.T, head []byte, r *Request) {
	q, err := http.ReadRequest(bufio.NewReader(io.MultiReader(bytes.NewReader(head[r.Skip:]), strings.NewReader("0\r\n\r\n"))))
	if err != nil {
		t.Fatalf("taken, but net/http says %v", err)
	}
	want := int64(0)
	switch r.Framing {
	case Length:
		want = r.Length
	case Chunked:
		want = -1
	}
	if q.Method != string(r.Method.Of(head)) || q.RequestURI != string(r.Target.Of(head)) || q.ContentLength != want ||
		(len(q.TransferEncoding) > 0) != (r.Framing == Chunked) {
		t.Fatalf("net/http reads %q %q %d %v; we %+v", q.Method, q.RequestURI, q.ContentLength, q.TransferEncoding, r)
	}
	if h := string(r.Host.Of(head)); r.Host.To > 0 && q.Host != h {
		t.Fatalf("net/http takes %q for the host, we %q", q.Host, h)
	}
	n := len(q.TransferEncoding)
	for name, values := range q.Header {
		if name != "Transfer-Encoding" {
			n += len(values)
		}
	}
	if n+r.hosts != r.count {
		t.Fatalf("net/http finds %d fields, we %d: %v", n+r.hosts, r.count, q.Header)
	}
}

// A head that comes byte by byte costs what its bytes cost: the scan does not
// begin anew.
func TestScanGoesOn(t *testing.T) {
	b := []byte("GET / HTTP/1.1\r\n" + host + "X: " + strings.Repeat("a", 30<<10) + "\r\n\r\n")
	var r Request
	for n := range len(b) - 1 {
		if done, f := r.Scan(b[:n], &limits); done || f != nil {
			t.Fatal(n, done, f)
		}
		if r.seen != n {
			t.Fatalf("after %d bytes %d were looked at", n, r.seen)
		}
	}
	if done, f := r.Scan(b, &limits); !done || f != nil {
		t.Fatal(fmt.Sprint(done, f))
	}
}
