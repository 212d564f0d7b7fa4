package edge

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

func TestWriteDeadlineIsRenewed(t *testing.T) {
	inLab(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/slow" {
			time.Sleep(70 * time.Second)
		}
		fmt.Fprint(w, "x")
	}, func(c *Config) { c.Origins[0].ReadTimeout = 2 * time.Minute }, func(l *lab) {
		time.Sleep(time.Second)
		c, _ := l.dial()
		defer c.Close()
		br := bufio.NewReader(c)
		for _, p := range []string{"/a", "/slow"} {
			fmt.Fprintf(c, "GET %s HTTP/1.1\r\nHost: example.com\r\n\r\n", p)
			res, err := http.ReadResponse(br, nil)
			if err != nil {
				t.Errorf("%s: %v", p, err)
				return
			}
			io.Copy(io.Discard, res.Body)
		}
	})
}

func TestPipelinedBytes(t *testing.T) {
	inLab(t, fixed(strings.Repeat("x", 200<<10), "Cache-Control", "max-age=60"), nil, func(l *lab) {
		l.get("/a")
		l.recorded(1)
		c, _ := l.dial()
		go io.WriteString(c, strings.Repeat("GET /a HTTP/1.1\r\nHost: example.com\r\n\r\n", 3))
		br := bufio.NewReader(c)
		for range 3 {
			res, err := http.ReadResponse(br, nil)
			if err != nil {
				t.Fatal(err)
			}
			io.Copy(io.Discard, res.Body)
		}
		c.Close()
		for _, r := range l.recorded(4) {
			if r.BytesOut < 200<<10 {
				t.Errorf("a record of a 200 KiB response has BytesOut %d, BodyBytes %d", r.BytesOut, r.BodyBytes)
			}
		}
	})
}

func TestRenewalIsWeighedAnew(t *testing.T) {
	var n atomic.Int64
	inLab(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "max-age=1")
		w.Header().Set("Etag", `"v"`)
		if r.Header.Get("If-None-Match") != "" {
			w.Header().Set("X-Big", strings.Repeat("x", 20000))
			w.WriteHeader(304)
			return
		}
		n.Add(1)
		fmt.Fprint(w, "x")
	}, nil, func(l *lab) {
		for range 2 {
			for i := range 50 {
				l.get(fmt.Sprint("/", i))
			}
			time.Sleep(2 * time.Second)
		}
		var cost int64
		p := l.edge.parts[0]
		for _, o := range p.objects {
			if o != nil {
				cost += o.cost()
			}
		}
		if used := p.shard.Used(); used < cost {
			t.Errorf("objects cost %d bytes, the shard counts %d", cost, used)
		}
	})
}

// A body that arrives whole before its leader has begun to read, and may not be
// kept, is asked for once all the same.
func TestBodyThatMayNotBeKeptAtOnce(t *testing.T) {
	for name, change := range map[string]func(*Config){
		"too large": func(c *Config) { c.MaxObject = 8 << 10 },
		"no memory": func(c *Config) { c.InFlight = 6 << 10 },
	} {
		t.Run(name, func(t *testing.T) {
			body := pattern(30 << 10)
			var asked atomic.Int64
			rawLab(t, atOnce(body, &asked), change, func(l *lab) {
				for i := range 50 {
					if a := l.get(fmt.Sprintf("/%d", i)); a.err != nil || !bytes.Equal(a.body, body) {
						t.Errorf("%v, %d bytes", a.err, len(a.body))
					}
				}
				var said, sent int64
				for _, r := range l.recorded(50) {
					said, sent = said+int64(r.OriginAsked), sent+r.OriginBytes
				}
				if asked.Load() != 50 || said != 50 || sent < 50*int64(len(body)) {
					t.Errorf("50 requests asked the origin %d times; the records say %d, %d bytes", asked.Load(), said, sent)
				}
			})
		})
	}
}

func TestRenewalsDoNotGrowForEver(t *testing.T) {
	var n atomic.Int64
	inLab(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "max-age=1")
		w.Header().Set("Etag", `"v"`)
		k := n.Add(1)
		for i := range 28 {
			w.Header().Set(fmt.Sprintf("X-%d-%d", k, i), strings.Repeat("x", 1000))
		}
		if r.Header.Get("If-None-Match") != "" {
			w.WriteHeader(304)
			return
		}
		fmt.Fprint(w, "x")
	}, nil, func(l *lab) {
		l.client.Transport.(*http.Transport).MaxResponseHeaderBytes = 10 << 20
		for range 6 {
			a := l.get("/a")
			size := 0
			for k, v := range a.header {
				size += len(k) + len(v[0])
			}
			t.Log(a.status, a.err, size)
			time.Sleep(2 * time.Second)
		}
	})
}

func TestContinueIsNoFirstByte(t *testing.T) {
	inLab(t, func(w http.ResponseWriter, r *http.Request) {
		io.ReadAll(r.Body)
		time.Sleep(3 * time.Second)
		fmt.Fprint(w, "x")
	}, nil, func(l *lab) {
		time.Sleep(10 * time.Second)
		c, _ := l.dial()
		io.WriteString(c, "POST /a HTTP/1.1\r\nHost: example.com\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n")
		br := bufio.NewReader(c)
		br.ReadString('\n')
		br.ReadString('\n')
		time.Sleep(time.Second)
		io.WriteString(c, "hi")
		res, err := http.ReadResponse(br, nil)
		if err != nil {
			t.Fatal(err)
		}
		io.Copy(io.Discard, res.Body)
		c.Close()
		for _, r := range l.recorded(1) {
			if r.TTFB < int64(3*time.Second) {
				t.Errorf("the response came 4 s after the request; the record has TTFB %v", time.Duration(r.TTFB))
			}
		}
	})
}

func TestWindowedBodyIsNotReadFromItsStart(t *testing.T) {
	b := newBody(nil)
	b.grow(4)
	copy(b.room(), "abcd")
	b.wrote(4)
	b.shrink(8)
	r := &reader{end: -1}
	b.open(r)
	b.advance(r, 4)
	b.grow(4)
	copy(b.room(), "efgh")
	b.wrote(4)
	b.wait()
	b.finish(complete, nil)
	if late := (&reader{end: -1}); b.open(late) {
		p, err := b.next(late)
		t.Errorf("a reader who comes when the start is dropped gets %q, %v of a body of %d bytes", p, err, b.size)
	}
}

func TestFlightIsJoinedUnderItsVariant(t *testing.T) {
	var die atomic.Int64
	inLab(t, slow(&die, "Cache-Control", "max-age=600", "Vary", "Accept-Language"), nil, func(l *lab) {
		done := make(chan answer)
		go func() { done <- l.get("/a", "Accept-Language", "de") }()
		time.Sleep(3 * time.Second)
		l.get("/a", "Accept-Language", "de")
		<-done
		l.wantAsked(1)
	})
}

func atOnce(body []byte, asked *atomic.Int64) func(c net.Conn, br *bufio.Reader) {
	return func(c net.Conn, br *bufio.Reader) {
		for readReq(br) {
			asked.Add(1)
			fmt.Fprintf(c, "HTTP/1.1 200 OK\r\nCache-Control: max-age=60\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n0\r\n\r\n", len(body), body)
		}
	}
}
