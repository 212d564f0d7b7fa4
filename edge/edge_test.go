package edge

import (
	"bufio"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"
)

// fixed answers every request with the same body and fields.
func fixed(body string, fields ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		for i := 0; i+1 < len(fields); i += 2 {
			w.Header().Add(fields[i], fields[i+1])
		}
		fmt.Fprint(w, body)
	}
}

func TestMissThenHit(t *testing.T) {
	inLab(t, fixed("hello", "Cache-Control", "max-age=60", "Etag", `"v1"`), nil, func(l *lab) {
		if a := l.get("/a"); a.header.Get("X-Cache") != "Miss from edgesim" || a.header["Age"] != nil {
			t.Errorf("a miss has X-Cache %q and Age %q", a.header.Get("X-Cache"), a.header["Age"])
		}
		if a := l.get("/a"); a.header.Get("Age") != "0" {
			t.Errorf("Age %q of a stored response, want 0", a.header.Get("Age"))
		}
		time.Sleep(5 * time.Second)
		a := l.get("/a")
		l.want(a, 200, "Hit")
		if string(a.body) != "hello" || a.length != 5 {
			t.Errorf("body %q, length %d", a.body, a.length)
		}
		if now := time.Now().Add(-5 * time.Second).UTC().Format(http.TimeFormat); a.header.Get("Date") != now {
			t.Errorf("Date %q, want the origin's %q", a.header.Get("Date"), now)
		}
		if a.header.Get("Age") != "5" {
			t.Errorf("Age %q, want 5", a.header.Get("Age"))
		}
		if got := a.header.Get("Cache-Status"); got != "edgesim; hit; ttl=55" {
			t.Errorf("Cache-Status %q", got)
		}
		l.wantAsked(1)
		time.Sleep(56 * time.Second)
		l.want(l.get("/a"), 200, "Miss") // expired; this origin answers 200 to a condition
		l.wantAsked(2)
	})
}

func TestRenewedBy304(t *testing.T) {
	inLab(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "max-age=10")
		w.Header().Set("Etag", `"v1"`)
		w.Header().Set("X-Count", fmt.Sprint(r.Header.Get("If-None-Match")))
		if r.Header.Get("If-None-Match") == `"v1"` {
			w.WriteHeader(304)
			return
		}
		fmt.Fprint(w, "hello")
	}, nil, func(l *lab) {
		l.want(l.get("/a"), 200, "Miss")
		time.Sleep(11 * time.Second)
		a := l.get("/a")
		l.want(a, 200, "RefreshHit")
		if string(a.body) != "hello" || a.header.Get("X-Count") != `"v1"` {
			t.Errorf("body %q with fields %v: the 304's fields should replace the stored ones", a.body, a.header)
		}
		l.want(l.get("/a"), 200, "Hit")
		l.wantAsked(2)
	})
}

func TestViewersConditionsAndRanges(t *testing.T) {
	body := strings.Repeat("0123456789", 100)
	inLab(t, fixed(body, "Cache-Control", "max-age=60", "Etag", `"v1"`, "Last-Modified", "Mon, 01 Jan 2024 00:00:00 GMT"),
		nil, func(l *lab) {
			l.want(l.get("/a"), 200, "Miss")
			for _, x := range []struct {
				name   string
				fields []string
				status int
				body   string
				rng    string
			}{
				{"RFC 9110 §13.1.2: matching tag", []string{"If-None-Match", `"v0", W/"v1"`}, 304, "", ""},
				{"§13.1.2: another tag", []string{"If-None-Match", `"v2"`}, 200, body, ""},
				{"§13.1.2: any tag", []string{"If-None-Match", `*`}, 304, "", ""},
				{"§13.1.3: not since", []string{"If-Modified-Since", "Mon, 01 Jan 2024 00:00:00 GMT"}, 304, "", ""},
				{"§13.1.3: since", []string{"If-Modified-Since", "Sun, 31 Dec 2023 00:00:00 GMT"}, 200, body, ""},
				{"§13.2.2: a tag beats a date", []string{"If-None-Match", `"v2"`, "If-Modified-Since", "Mon, 01 Jan 2024 00:00:00 GMT"}, 200, body, ""},
				{"§14.1.2: first bytes", []string{"Range", "bytes=0-4"}, 206, "01234", "bytes 0-4/1000"},
				{"§14.1.2: to the end", []string{"Range", "bytes=995-"}, 206, "56789", "bytes 995-999/1000"},
				{"§14.1.2: beyond the end is cut", []string{"Range", "bytes=995-2000"}, 206, "56789", "bytes 995-999/1000"},
				{"§14.1.2: suffix", []string{"Range", "bytes=-3"}, 206, "789", "bytes 997-999/1000"},
				{"§14.1.2: suffix longer than all", []string{"Range", "bytes=-3000"}, 206, body, "bytes 0-999/1000"},
				{"§15.5.17: begins beyond the end", []string{"Range", "bytes=1000-"}, 416, "", "bytes */1000"},
				{"§15.5.17: no bytes at the end", []string{"Range", "bytes=-0"}, 416, "", "bytes */1000"},
				{"§14.2: not understood", []string{"Range", "lines=1-2"}, 200, body, ""},
				{"§14.1.1: last before first", []string{"Range", "bytes=5-4"}, 200, body, ""},
				{"§13.1.5: If-Range holds", []string{"Range", "bytes=0-0", "If-Range", `"v1"`}, 206, "0", "bytes 0-0/1000"},
				{"§13.1.5: If-Range does not", []string{"Range", "bytes=0-0", "If-Range", `"v2"`}, 200, body, ""},
				{"§13.1.5: a weak tag never holds", []string{"Range", "bytes=0-0", "If-Range", `W/"v1"`}, 200, body, ""},
			} {
				a := l.get("/a", x.fields...)
				if a.err != nil || a.status != x.status || string(a.body) != x.body || a.header.Get("Content-Range") != x.rng {
					t.Errorf("%s: %v: status %d, %d bytes, Content-Range %q, err %v; want %d, %d bytes, %q",
						x.name, x.fields, a.status, len(a.body), a.header.Get("Content-Range"), a.err, x.status, len(x.body), x.rng)
				}
			}
			a := l.do("HEAD", "/a")
			if a.status != 200 || a.length != 1000 || a.header.Get("X-Cache") != "Hit from edgesim" {
				t.Errorf("HEAD: status %d, length %d, X-Cache %q", a.status, a.length, a.header.Get("X-Cache"))
			}
			l.wantAsked(1)
		})
}

func TestVaryKeepsVariantsApart(t *testing.T) {
	inLab(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "max-age=60")
		w.Header().Set("Vary", "Accept-Language")
		fmt.Fprint(w, "in "+r.Header.Get("Accept-Language"))
	}, nil, func(l *lab) {
		for _, lang := range []string{"de", "en", "de", "en"} {
			if a := l.get("/a", "Accept-Language", lang); string(a.body) != "in "+lang {
				t.Errorf("asked in %s, got %q", lang, a.body)
			}
		}
		l.wantAsked(2)
		l.want(l.get("/a", "Accept-Language", "de"), 200, "Hit")
	})
}

func TestUnsafeMethodInvalidates(t *testing.T) {
	inLab(t, fixed("x", "Cache-Control", "max-age=60"), nil, func(l *lab) {
		l.want(l.get("/a?q=1"), 200, "Miss")
		l.want(l.get("/a?q=1"), 200, "Hit")
		l.want(l.do("POST", "/a?q=1"), 200, "Miss")
		l.want(l.get("/a?q=1"), 200, "Miss")
		l.wantAsked(3)
	})
}

func TestPipelinedRequestsAreAnsweredInOrder(t *testing.T) {
	inLab(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "max-age=60")
		fmt.Fprint(w, r.URL.Path)
	}, nil, func(l *lab) {
		c, err := l.dial()
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		var ask, want strings.Builder
		for i := range 6 {
			fmt.Fprintf(&ask, "GET /%d HTTP/1.1\r\nHost: example.com\r\n\r\n", i%3)
			fmt.Fprintf(&want, "/%d", i%3)
		}
		go io.WriteString(c, ask.String())
		br, got := bufio.NewReader(c), ""
		for range 6 {
			res, err := http.ReadResponse(br, nil)
			if err != nil {
				t.Fatal(err)
			}
			b, _ := io.ReadAll(res.Body)
			got += string(b)
		}
		if got != want.String() {
			t.Errorf("answers %q, want %q", got, want.String())
		}
		l.wantAsked(3)
		c.Close()
		if n := len(l.recorded(6)); n != 6 {
			t.Errorf("%d records of 6 requests", n)
		}
	})
}
