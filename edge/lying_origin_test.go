package edge

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

func rawLab(t *testing.T, f func(c net.Conn, br *bufio.Reader), change func(*Config), body func(l *lab)) {
	var stop func()
	inLab(t, fixed(""), func(c *Config) {
		var ln *pipes
		ln, stop = rawOrigin(f)
		c.Origins[0].Dial = ln.dial
		if change != nil {
			change(c)
		}
	}, func(l *lab) { body(l); stop() })
}

func rawOrigin(f func(c net.Conn, br *bufio.Reader)) (*pipes, func()) {
	ln := newPipes()
	go func() {
		for {
			c, err := ln.Accept()
			if err != nil {
				return
			}
			go func() { defer c.Close(); f(c, bufio.NewReader(c)) }()
		}
	}()
	return ln, func() { ln.Close() }
}

func readReq(br *bufio.Reader) bool {
	r, err := http.ReadRequest(br)
	if err != nil {
		return false
	}
	io.Copy(io.Discard, r.Body)
	return true
}

func TestCutUploadIsNotPassedOnAsWhole(t *testing.T) {
	got := make(chan string, 2)
	inLab(t, func(w http.ResponseWriter, r *http.Request) {
		b, err := io.ReadAll(r.Body)
		got <- fmt.Sprintf("%q %v", b, err)
	}, nil, func(l *lab) {
		c, _ := l.dial()
		io.WriteString(c, "POST /up HTTP/1.1\r\nHost: example.com\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n")
		time.Sleep(time.Second)
		c.Close()
		time.Sleep(time.Second)
		select {
		case g := <-got:
			if strings.HasSuffix(g, "<nil>") {
				t.Errorf("the origin took a cut upload for whole: %s", g)
			}
			t.Log(g)
		default:
			t.Log("origin saw nothing")
		}
	})
}

func TestAnswersToConditionsAreNotStored(t *testing.T) {
	inLab(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "max-age=60")
		if r.Header.Get("X-First") != "" {
			w.Header().Set("Cache-Control", "no-store")
		} else if r.Header.Get("Range") != "" {
			w.WriteHeader(416)
			return
		} else if r.Header.Get("If-Match") != "" {
			w.WriteHeader(412)
			return
		}
		fmt.Fprint(w, "hello")
	}, nil, func(l *lab) {
		l.get("/a", "X-First", "1") // not shared: remembered
		l.get("/a", "Range", "bytes=100-")
		if a := l.get("/a"); a.status != 200 {
			t.Errorf("a plain GET gets %d %s", a.status, a.header.Get("X-Cache"))
		}
		l.get("/b", "X-First", "1") // not shared: remembered
		l.get("/b", "If-Match", `"x"`)
		if a := l.get("/b"); a.status != 200 {
			t.Errorf("a plain GET gets %d %s", a.status, a.header.Get("X-Cache"))
		}
	})
}

func TestConditionsOfUnsafeMethodsAreTheOrigins(t *testing.T) {
	inLab(t, fixed("created"), nil, func(l *lab) {
		if a := l.do("PUT", "/a", "If-None-Match", "*"); a.status != 200 || string(a.body) != "created" {
			t.Errorf("PUT: %d %q", a.status, a.body)
		}
	})
}

func TestChangeSpoilsTheRenewal(t *testing.T) {
	var version atomic.Int64
	inLab(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Method == "POST" {
			version.Add(1)
			return
		}
		tag := fmt.Sprintf(`"v%d"`, version.Load())
		w.Header().Set("Cache-Control", "max-age=10")
		w.Header().Set("Etag", tag)
		if r.Header.Get("If-None-Match") == tag {
			time.Sleep(5 * time.Second)
			w.WriteHeader(304)
			return
		}
		fmt.Fprint(w, tag)
	}, nil, func(l *lab) {
		l.get("/a")
		time.Sleep(11 * time.Second)
		done := make(chan answer)
		go func() { done <- l.get("/a") }()
		time.Sleep(time.Second)
		l.do("POST", "/a")
		<-done
		if a := l.get("/a"); string(a.body) != `"v1"` {
			t.Errorf("after POST: %q %s", a.body, a.header.Get("X-Cache"))
		}
	})
}

func TestChangeTakesAllVariants(t *testing.T) {
	var version atomic.Int64
	inLab(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Method == "POST" {
			version.Add(1)
			return
		}
		w.Header().Set("Cache-Control", "max-age=60")
		w.Header().Set("Vary", "Accept-Language")
		fmt.Fprintf(w, "v%d %s", version.Load(), r.Header.Get("Accept-Language"))
	}, nil, func(l *lab) {
		l.get("/a", "Accept-Language", "de")
		l.get("/a", "Accept-Language", "en")
		l.do("POST", "/a")
		l.get("/a", "Accept-Language", "de")
		if a := l.get("/a", "Accept-Language", "en"); string(a.body) != "v1 en" {
			t.Errorf("after POST: %q %s", a.body, a.header.Get("X-Cache"))
		}
	})
}

func TestOldFlightDoesNotReplaceNewer(t *testing.T) {
	var n atomic.Int64
	inLab(t, func(w http.ResponseWriter, r *http.Request) {
		k := n.Add(1)
		w.Header().Set("Cache-Control", "max-age=100")
		if k == 1 {
			w.Header().Set("Cache-Control", "max-age=2")
		}
		fmt.Fprintf(w, "v%d", k)
		w.(http.Flusher).Flush()
		if k == 1 {
			time.Sleep(10 * time.Second)
		}
	}, nil, func(l *lab) {
		done := make(chan answer)
		go func() { done <- l.get("/a") }()
		time.Sleep(5 * time.Second)
		l.get("/a")
		<-done
		a := l.get("/a")
		if string(a.body) != "v2" || l.asked.Load() != 2 {
			t.Errorf("%q, asked %d: the older response took the newer one's place", a.body, l.asked.Load())
		}
	})
}

func TestPostIsSentOnce(t *testing.T) {
	var posts atomic.Int64
	inLab(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Method == "POST" {
			posts.Add(1)
			panic(http.ErrAbortHandler)
		}
		if r.URL.Query().Get("w") != "" {
			time.Sleep(time.Second)
		}
	}, nil, func(l *lab) {
		for range 1 {
			l.all(4, "/x?w=1", "Cache-Control", "no-store")
		}
		l.do("POST", "/buy")
		if n := posts.Load(); n != 1 {
			t.Errorf("the origin did one POST %d times", n)
		}
	})
}

func TestEndlessInterimResponses(t *testing.T) {
	rawLab(t, func(c net.Conn, br *bufio.Reader) {
		readReq(br)
		for {
			if _, err := io.WriteString(c, "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"); err != nil {
				return
			}
			time.Sleep(20 * time.Second)
		}
	}, nil, func(l *lab) {
		done := make(chan answer, 1)
		go func() { done <- l.get("/a") }()
		select {
		case a := <-done:
			t.Log(a.status, a.err)
		case <-time.After(24 * time.Hour):
			t.Errorf("a viewer waits for a day")
		}
	})
}

func TestDrippingErrorHoldsNobody(t *testing.T) {
	var n atomic.Int64
	inLab(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "max-age=10, stale-if-error=600")
		if n.Add(1) == 1 {
			fmt.Fprint(w, "good")
			return
		}
		w.WriteHeader(500)
		for range 1000 {
			if _, err := io.WriteString(w, "x"); err != nil {
				return
			}
			w.(http.Flusher).Flush()
			time.Sleep(20 * time.Second)
		}
	}, nil, func(l *lab) {
		l.get("/a")
		time.Sleep(11 * time.Second)
		l.get("/a")
		time.Sleep(time.Hour)
		if f := l.edge.inFlight.Load(); f != 0 {
			t.Errorf("an hour after a stale response %d flights still read an error page; no record yet", f)
		}
	})
}

func TestUnasked304(t *testing.T) {
	inLab(t, func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(304) }, nil, func(l *lab) {
		if a := l.get("/a"); a.status == 304 {
			t.Errorf("a plain GET gets a 304")
		}
	})
}

func TestConnectionFieldInAnyCase(t *testing.T) {
	rawLab(t, func(c net.Conn, br *bufio.Reader) {
		for readReq(br) {
			io.WriteString(c, "HTTP/1.1 200 OK\r\ncontent-length: 1\r\nconnection: x-hop\r\nx-hop: 1\r\n\r\nx")
		}
	}, nil, func(l *lab) {
		if a := l.get("/a"); a.header.Get("x-hop") != "" {
			t.Errorf("hop-by-hop field got through: %v", a.header)
		}
	})
}
