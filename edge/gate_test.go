package edge

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/valyala/fasthttp"

	"edgesim/edge/wire"
	"edgesim/results"
)

// exchange sends bytes as they are and returns all that comes back.
func (l *lab) exchange(s string) string {
	c, err := l.dial()
	if err != nil {
		l.t.Fatal(err)
	}
	defer c.Close()
	go io.WriteString(c, s)
	b, _ := io.ReadAll(c)
	return string(b)
}

// What edge/wire refuses is answered, recorded, and goes nowhere.
func TestWhatIsNotARequestIsTurnedAway(t *testing.T) {
	inLab(t, fixed("x"), nil, func(l *lab) {
		const host = "Host: example.com\r\n"
		for _, x := range []struct {
			bytes  string
			status int
			detail results.Detail
		}{
			{"POST /a HTTP/1.1\r\n" + host + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400, results.InvalidRequestHeader},
			{"GET /a HTTP/1.1\r\nHost: example.com\n\n", 400, results.InvalidRequestHeader},
			{"GET /a HTTP/1.1\r\n" + host + "X : y\r\n\r\n", 400, results.InvalidRequestHeader},
			{"GET /a b HTTP/1.1\r\n" + host + "\r\n", 400, results.InvalidRequest},
			{"GET http://other.example/ HTTP/1.1\r\n" + host + "\r\n", 400, results.InvalidRequestHeader},
			{"CONNECT example.com:443 HTTP/1.1\r\n" + host + "\r\n", 400, results.InvalidRequest},
			{"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505, results.InvalidRequest},
			{"GET /" + strings.Repeat("a", 8200) + " HTTP/1.1\r\n", 414, results.InvalidRequest},
			{"GET /a HTTP/1.1\r\n" + host + "X: " + strings.Repeat("a", 40<<10) + "\r\n\r\n", 431, results.InvalidRequestHeader},
			{"GET /a HTTP/1.1\r\n" + host + strings.Repeat("X:y\r\n", 10_000), 431, results.InvalidRequestHeader},
		} {
			before := len(l.recorded(0))
			got := l.exchange(x.bytes + "GET /behind HTTP/1.1\r\n" + host + "\r\n")
			if !strings.HasPrefix(got, fmt.Sprintf("HTTP/1.1 %d ", x.status)) || strings.Count(got, "X-Cache: ") != 1 ||
				!strings.Contains(got, "Connection: close\r\n") {
				t.Errorf("%.40q got %q", x.bytes, got)
			}
			r := l.recorded(before + 1)[before]
			if int(r.Status) != x.status || r.Result != results.Error || r.Detail != x.detail {
				t.Errorf("%.40q: record %d %v %v", x.bytes, r.Status, r.Result, r.Detail)
			}
		}
		l.wantAsked(0)
	})
}

// CloudFront has 413 for whatever is too large, and does not log it.
func TestCloudFrontLimitsAreNotLogged(t *testing.T) {
	inLab(t, fixed("x"), func(c *Config) { c.CloudFront = true }, func(l *lab) {
		for _, s := range []string{"GET /" + strings.Repeat("a", 8200) + " HTTP/1.1\r\n",
			"GET /a HTTP/1.1\r\nHost: example.com\r\nX: " + strings.Repeat("a", 40<<10)} {
			if got := l.exchange(s); !strings.HasPrefix(got, "HTTP/1.1 413 ") {
				t.Errorf("%.20q got %q", s, got)
			}
		}
		l.get("/a")
		if r := l.recorded(1); len(r) != 1 || r[0].Status != 200 {
			t.Errorf("records: %+v", r)
		}
	})
}

// Pipelined requests are answered one at a time, each record with its own bytes.
func TestPipelinedRequests(t *testing.T) {
	inLab(t, func(w http.ResponseWriter, r *http.Request) {
		b, _ := io.ReadAll(r.Body)
		fmt.Fprintf(w, "%s %s %s.", r.Method, r.URL.Path, b)
	}, nil, func(l *lab) {
		const host = "Host: example.com\r\n"
		requests := []string{"GET /a HTTP/1.1\r\n" + host + "\r\n",
			"POST /b HTTP/1.1\r\n" + host + "Content-Length: 5\r\n\r\nhello",
			"\r\nPOST /c HTTP/1.1\r\n" + host + "Transfer-Encoding: chunked\r\n\r\n3;x=y\r\nabc\r\n2\r\nde\r\n0\r\nT: z\r\n\r\n",
			"GET /d HTTP/1.9\r\n" + host + "Connection: Close\r\n\r\n"}
		got := l.exchange(strings.Join(requests, ""))
		for _, want := range []string{"GET /a .", "POST /b hello.", "POST /c abcde.", "GET /d ."} {
			_, rest, ok := strings.Cut(got, want)
			if !ok {
				t.Fatalf("no %q in %q", want, got)
			}
			got = rest
		}
		for i, r := range byID(l.recorded(4)) {
			if r.BytesIn != int64(len(requests[i])) || r.BytesOut < 100 {
				t.Errorf("request %d: %d bytes in, %d out; want %d in", i, r.BytesIn, r.BytesOut, len(requests[i]))
			}
		}
	})
}

func TestTimeoutsOfRequests(t *testing.T) {
	inLab(t, fixed("x"), nil, func(l *lab) {
		for _, x := range []struct {
			what, bytes, want string
			after             time.Duration
		}{
			{"nothing comes", "", "", time.Minute},
			{"a header without end", "GET /a HTTP/1.1\r\nHost", "HTTP/1.1 408 ", 20*time.Second + lingerTime},
			{"a body without end", "POST /a HTTP/1.1\r\nHost: example.com\r\nContent-Length: 9\r\n\r\nabc", "HTTP/1.1 408 ", time.Minute + lingerTime},
		} {
			began := time.Now()
			got := l.exchange(x.bytes)
			if took := time.Since(began); !strings.HasPrefix(got, x.want) || (x.want == "") != (got == "") || took != x.after {
				t.Errorf("%s: %q after %v, want %q after %v", x.what, got, took, x.want, x.after)
			}
		}
	})
}

// A body that comes, but hardly, is not waited for.
func TestTrickledUpload(t *testing.T) {
	inLab(t, func(w http.ResponseWriter, r *http.Request) { io.Copy(io.Discard, r.Body) }, nil, func(l *lab) {
		c, _ := l.dial()
		defer c.Close()
		go func() {
			io.WriteString(c, "POST /a HTTP/1.1\r\nHost: example.com\r\nContent-Length: 1000000\r\n\r\n")
			for range 1000 {
				time.Sleep(10 * time.Second)
				if _, err := io.WriteString(c, "abc"); err != nil {
					return
				}
			}
		}()
		began := time.Now()
		res, err := http.ReadResponse(bufio.NewReader(c), nil)
		if err != nil || res.StatusCode != 408 || time.Since(began) > 2*time.Minute {
			t.Errorf("%v, %v after %v", res, err, time.Since(began))
		}
	})
}

// A viewer who takes a response slowly gets all of it; one who takes nearly
// nothing is cut off.
func TestSlowReaders(t *testing.T) {
	const size = 200 << 10
	inLab(t, fixed(strings.Repeat("x", size), "Cache-Control", "max-age=600"), nil, func(l *lab) {
		l.get("/a")
		for _, x := range []struct {
			rate  int // bytes a second
			whole bool
		}{{1000, true}, {100, false}} {
			c, _ := l.dial()
			io.WriteString(c, "GET /a HTTP/1.1\r\nHost: example.com\r\nConnection: close\r\n\r\n")
			b, got := make([]byte, x.rate), 0
			for {
				n, err := c.Read(b)
				got += n
				if err != nil {
					break
				}
				time.Sleep(time.Second * time.Duration(n) / time.Duration(x.rate))
			}
			c.Close()
			if (got > size) != x.whole {
				t.Errorf("at %d bytes a second %d of %d bytes came", x.rate, got, size)
			}
		}
	})
}

func TestConnectionsInAll(t *testing.T) {
	inLab(t, fixed("x"), func(c *Config) { c.MaxConns = 3 }, func(l *lab) {
		var held []net.Conn
		for range 3 {
			c, _ := l.dial()
			held = append(held, c)
		}
		if got := l.exchange(""); !strings.HasPrefix(got, "HTTP/1.1 503 ") || l.edge.Figures().Refusals != 1 {
			t.Errorf("the fourth got %q, %d refusals", got, l.edge.Figures().Refusals)
		}
		for _, c := range held {
			c.Close()
		}
		time.Sleep(time.Second)
		l.want(l.get("/a"), 200, "Miss")
	})
}

// RFC 9110 §9.3.1 gives a body of GET no meaning; CloudFront refuses it.
func TestGetWithBody(t *testing.T) {
	for _, refused := range []bool{false, true} {
		inLab(t, func(w http.ResponseWriter, r *http.Request) {
			b, _ := io.ReadAll(r.Body)
			fmt.Fprintf(w, "%d", len(b))
		}, func(c *Config) { c.Distributions[0].Default.RefuseGetBody = refused }, func(l *lab) {
			got := l.exchange("GET /a HTTP/1.1\r\nHost: example.com\r\nContent-Length: 38\r\n\r\nGET /b HTTP/1.1\r\nHost: example.com\r\n\r\n")
			want := "HTTP/1.1 200 "
			if refused {
				want = "HTTP/1.1 403 "
			}
			if !strings.HasPrefix(got, want) || strings.Count(got, "HTTP/1.1 ") != 1 {
				t.Errorf("refused %v: %q", refused, got)
			}
		})
	}
}

// An Expect is answered once the body is wanted, and never for a body that is
// refused (RFC 9110 §10.1.1).
func TestExpectContinue(t *testing.T) {
	inLab(t, func(w http.ResponseWriter, r *http.Request) {
		b, _ := io.ReadAll(r.Body)
		fmt.Fprintf(w, "%s %q", b, r.Header.Get("Expect"))
	}, func(c *Config) { c.MaxUpload = 10 }, func(l *lab) {
		const head = "POST /a HTTP/1.1\r\nHost: example.com\r\nConnection: close\r\nExpect: 100-continue\r\nContent-Length: "
		for length, want := range map[string]string{"5\r\n\r\n": "HTTP/1.1 100 ", "50\r\n\r\n": "HTTP/1.1 413 "} {
			c, _ := l.dial()
			io.WriteString(c, head+length)
			br := bufio.NewReader(c)
			line, _ := br.ReadString('\n')
			if !strings.HasPrefix(line, want) {
				t.Errorf("for %q: %q", length, line)
			}
			if want == "HTTP/1.1 100 " {
				io.WriteString(c, "hello")
			}
			all, _ := io.ReadAll(br)
			if want == "HTTP/1.1 100 " && !bytes.Contains(all, []byte(`hello ""`)) {
				t.Errorf("then %q", all)
			}
			c.Close()
		}
	})
}

// What wire takes fasthttp reads alike: method, target, host and fields, and it
// sees no body.
func FuzzRequestsReadAlike(f *testing.F) {
	f.Add([]byte("GET /a?b HTTP/1.1\r\nHost: a:80\r\nX:  y \r\nCookie: a=b\r\n\r\n"))
	f.Add([]byte("POST http://a/b HTTP/1.3\r\nHost: A\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n"))
	f.Add([]byte("\r\nOPTIONS * HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n"))
	limits := wire.Limits{Head: 8 << 10, Target: 4 << 10, Fields: 100}
	f.Fuzz(func(t *testing.T, b []byte) {
		var r wire.Request
		if done, _ := r.Scan(b, &limits); !done {
			return
		}
		head := bytes.Clone(b[:r.End])
		method, target, host := string(r.Method.Of(head)), string(r.Target.Of(head)), string(r.Host.Of(head))
		r.Level(head)
		head = r.Strip(head)
		var q fasthttp.Request
		if err := q.Header.Read(bufio.NewReaderSize(bytes.NewReader(head), 16<<10)); err != nil {
			t.Fatalf("%q: taken, but fasthttp says %v", head, err)
		}
		uri, _, _ := splitTarget(q.Header.RequestURI())
		if uri == nil {
			uri = q.Header.Host()
		}
		if string(q.Header.Method()) != method || string(q.Header.RequestURI()) != target || string(uri) != host || q.MayContinue() ||
			q.Header.ContentLength() > 0 || q.Header.ContentLength() == -1 {
			t.Fatalf("%q: fasthttp reads %q %q %q %d", head, q.Header.Method(), q.Header.RequestURI(), uri, q.Header.ContentLength())
		}
	})
}
