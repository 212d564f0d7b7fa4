package edge

import (
	"bufio"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"net/textproto"
	"testing"
	"time"

	"edgesim/results"
)

// hinting answers with a 102 and a 103, and two seconds later for good.
func hinting(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Link", "</style.css>; rel=preload")
	w.Header().Set("X-Hint", "1")
	w.WriteHeader(102)
	w.WriteHeader(103)
	w.Header().Del("X-Hint")
	w.Header().Set("Cache-Control", "max-age=60")
	time.Sleep(2 * time.Second)
	fmt.Fprint(w, "hello")
}

// hinted asks for /a and returns the interim responses with the moments they came.
func (l *lab) hinted() (came []string, a answer) {
	began := time.Now()
	trace := &httptrace.ClientTrace{Got1xxResponse: func(code int, h textproto.MIMEHeader) error {
		came = append(came, fmt.Sprintf("%d %s %v", code, h.Get("X-Hint"), time.Since(began)))
		return nil
	}}
	r := l.request("GET", "/a")
	res, err := l.client.Do(r.WithContext(httptrace.WithClientTrace(r.Context(), trace)))
	if err != nil {
		return nil, answer{err: err}
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	return came, answer{status: res.StatusCode, header: res.Header, body: body, err: err}
}

// RFC 9110 §15.2: they come ahead of the final response, once, and leave nothing
// behind in the cache.
func TestInterimResponses(t *testing.T) {
	inLab(t, hinting, nil, func(l *lab) {
		came, a := l.hinted()
		l.want(a, 200, "Miss")
		if fmt.Sprint(came) != "[102 1 0s 103 1 0s]" {
			t.Errorf("interim responses %v", came)
		}
		came, a = l.hinted()
		l.want(a, 200, "Hit")
		if len(came) > 0 || a.header["X-Hint"] != nil || string(a.body) != "hello" {
			t.Errorf("a hit has interim responses %v, X-Hint %q, body %q", came, a.header["X-Hint"], a.body)
		}
		both := l.recorded(2) // in the order in which their connections were read again
		miss := both[0]
		if both[1].Result == results.Miss {
			miss = both[1]
		}
		if time.Duration(miss.TTFB) != 2*time.Second {
			t.Errorf("first byte after %v: an interim response is none", time.Duration(miss.TTFB))
		}
	})
}

func TestInterimResponsesAreDroppedWhereNobodyWantsThem(t *testing.T) {
	inLab(t, hinting, func(c *Config) { c.Distributions[0].Default.ForwardInterim = false }, func(l *lab) {
		if came, a := l.hinted(); len(came) > 0 || a.status != 200 {
			t.Errorf("%v, status %d", came, a.status)
		}
	})
	inLab(t, hinting, nil, func(l *lab) {
		c, err := l.dial()
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		go io.WriteString(c, "GET /a HTTP/1.0\r\nHost: example.com\r\n\r\n")
		if line, _ := bufio.NewReader(c).ReadString('\n'); line != "HTTP/1.1 200 OK\r\n" {
			t.Errorf("a viewer of HTTP/1.0 got %q", line)
		}
	})
}

// Requests are handed over one at a time, so an interim response comes after the
// response before it.
func TestInterimResponsesKeepThePipelinesOrder(t *testing.T) {
	inLab(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/b" {
			w.WriteHeader(103)
		}
		w.Header().Set("Cache-Control", "max-age=60")
		fmt.Fprint(w, r.URL.Path)
	}, nil, func(l *lab) {
		l.get("/a")
		c, err := l.dial()
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		go io.WriteString(c, "GET /a HTTP/1.1\r\nHost: example.com\r\n\r\nGET /b HTTP/1.1\r\nHost: example.com\r\n\r\n")
		br := bufio.NewReader(c)
		for _, want := range []string{"/a", "", "/b"} {
			res, err := http.ReadResponse(br, nil)
			if err != nil {
				t.Fatal(err)
			}
			if b, _ := io.ReadAll(res.Body); string(b) != want || (want == "") != (res.StatusCode == 103) {
				t.Errorf("%d %q, want %q", res.StatusCode, b, want)
			}
		}
	})
}

// RFC 9211 §2.6.
func TestCollapsedIsSaid(t *testing.T) {
	inLab(t, func(w http.ResponseWriter, r *http.Request) {
		time.Sleep(time.Second)
		w.Header().Set("Cache-Control", "max-age=60")
		fmt.Fprint(w, "hello")
	}, nil, func(l *lab) {
		said := map[string]int{}
		for _, a := range l.all(5, "/a") {
			said[a.header.Get("Cache-Status")]++
		}
		if said["edgesim; fwd=uri-miss; stored"] != 1 || said["edgesim; fwd=uri-miss; ttl=59; collapsed"] != 4 {
			t.Errorf("%v", said)
		}
	})
}
