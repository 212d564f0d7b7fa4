package edge

import (
	"bytes"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"edgesim/edge/behavior"
)

// An error page whose behavior keeps nothing is not kept under another key.
func TestAnErrorPageThatIsNotKeptTakesNoPlaceInTheCache(t *testing.T) {
	var found sync.Map
	inLab(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "max-age=60")
		if _, ok := found.Load("a"); strings.HasPrefix(r.URL.Path, "/errors/") || ok {
			fmt.Fprint(w, r.URL.Path)
			return
		}
		w.Header().Set("Cache-Control", "no-store")
		w.WriteHeader(404)
	}, func(c *Config) {
		d := &c.Distributions[0]
		pages := d.Default
		pages.Path, pages.CachedMethods = "/errors/*", 0
		d.Behaviors = []behavior.Behavior{pages}
		d.Errors = []behavior.ErrorRule{{Code: 404, Page: "/errors/404.html", ResponseCode: 404}}
	}, func(l *lab) {
		if a := l.get("/a"); a.status != 404 || string(a.body) != "/errors/404.html" {
			t.Fatalf("%d %q", a.status, a.body)
		}
		synctest.Wait()
		if n := l.edge.Figures().Objects; n != 0 {
			t.Errorf("%d objects are kept", n)
		}
		found.Store("a", true)
		if a := l.get("/a"); a.status != 200 || string(a.body) != "/a" {
			t.Errorf("%d %q: the page answers for what it stood in for", a.status, a.body)
		}
	})
}

// Several ranges of a body whose memory is not to be had any more come, or break
// off; nobody waits for ever.
func TestSeveralRangesOfABodyThatLosesItsMemory(t *testing.T) {
	body := pattern(4 << 20)
	inLab(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "max-age=60")
		w.Header().Set("Content-Type", "video/mp4")
		w.Header().Set("Content-Length", fmt.Sprint(len(body)))
		for p := body; len(p) > 0; p = p[64<<10:] {
			if _, err := w.Write(p[:64<<10]); err != nil {
				return
			}
			w.(http.Flusher).Flush()
			time.Sleep(10 * time.Millisecond)
		}
	}, func(c *Config) {
		c.InFlight = 1 << 20
		c.Distributions[0].Default.Slice = 0
	}, func(l *lab) {
		l.client.Timeout = time.Minute
		a := l.get("/a", "Range", "bytes=100-200,3000000-3500000")
		if a.err != nil || a.status != 206 {
			t.Errorf("status %d after %v: %v", a.status, a.total, a.err)
		}
		_, got := partsOf(t, a)
		if len(got) != 2 || !bytes.Equal(got[0], body[100:201]) || !bytes.Equal(got[1], body[3000000:3500001]) {
			t.Error("not those bytes")
		}
	})
}

// What a slice's response says of being kept is heeded (RFC 9111 §3).
func TestSlicesThatMustNotBeKept(t *testing.T) {
	for _, x := range []struct{ name, control, auth string }{
		{"no-store", "no-store", ""}, {"private", "private", ""}, {"authorization", "max-age=600", "Basic eDp5"},
	} {
		t.Run(x.name, func(t *testing.T) {
			o := &library{etag: `"1"`}
			inLibrary(t, o, nil, func(l *lab) {
				l.part(o, 0, 100, "Miss")
				synctest.Wait()
				o.mu.Lock()
				o.fields = []string{"Cache-Control", x.control}
				o.mu.Unlock()
				fields := []string{"Range", bytesRange(300_000, 300_100)}
				if x.auth != "" {
					fields = append(fields, "Authorization", x.auth)
				}
				a := l.get("/big", fields...)
				if a.status != 206 || !bytes.Equal(a.body, o.body[300_000:300_100]) {
					t.Fatalf("%d, %d bytes", a.status, len(a.body))
				}
				synctest.Wait()
				p := l.edge.parts[0]
				for _, x := range p.objects {
					if x != nil && x.isSlice() && x.from >= 200_000 {
						t.Errorf("bytes from %d on are kept", x.from)
					}
				}
			})
		})
	}
}

// A range that can be satisfied is, whatever comes before it (RFC 9110 §14.2,
// §15.5.17).
func TestOneOfSeveralRangesOfAColdObjectIsThere(t *testing.T) {
	o := &library{etag: `"1"`, body: pattern(1000)}
	inLibrary(t, o, nil, func(l *lab) {
		a := l.get("/big", "Range", "bytes=5000-6000,0-9")
		if a.status != 206 || !bytes.Equal(a.body, o.body[:10]) {
			t.Errorf("%d, %d bytes, %q", a.status, len(a.body), a.header.Get("Content-Range"))
		}
	})
}

// A viewer's body goes nowhere with the requests for an error page.
func TestSlicesOfAnErrorPageAreAskedForWithoutTheViewersBody(t *testing.T) {
	o := &library{etag: `"1"`, fields: []string{"Cache-Control", "max-age=600"}, body: pattern(slowSize)}
	var mu sync.Mutex
	var withBody []string
	inLab(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Method == "POST" {
			w.WriteHeader(500)
			return
		}
		mu.Lock()
		if r.ContentLength != 0 || r.Header.Get("Content-Length") != "" {
			withBody = append(withBody, r.Method+r.Header.Get("Range"))
		}
		mu.Unlock()
		o.ServeHTTP(w, r)
	}, func(c *Config) {
		d := &c.Distributions[0]
		d.Default.Slice = testSlice
		d.Errors = []behavior.ErrorRule{{Code: 500, Page: "/big", ResponseCode: 500}}
	}, func(l *lab) {
		l.part(o, 0, 100, "Miss")
		synctest.Wait()
		r := l.request("POST", "/form")
		r.Body, r.ContentLength = http.NoBody, 0
		r.Body = readCloser{strings.NewReader(strings.Repeat("x", 1000))}
		r.ContentLength = 1000
		res, err := l.client.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		var b bytes.Buffer
		_, err = b.ReadFrom(res.Body)
		res.Body.Close()
		if err != nil || res.StatusCode != 500 || !bytes.Equal(b.Bytes(), o.body) {
			t.Errorf("%d, %d bytes, %v", res.StatusCode, b.Len(), err)
		}
		if len(withBody) > 0 {
			t.Errorf("with a body: %v", withBody)
		}
	})
}

type readCloser struct{ *strings.Reader }

func (readCloser) Close() error { return nil }

// A part that renews beside what is served looks at nothing that is the
// viewer's, who asks on meanwhile.
func TestAPartBesideAViewerWhoAsksOn(t *testing.T) {
	o := &library{body: pattern(slowSize), fields: []string{"Cache-Control", "max-age=1, stale-while-revalidate=600"}}
	inLibrary(t, o, nil, func(l *lab) {
		for i := range 20 {
			a := l.get("/big", "Range", bytesRange(100, 200+i))
			if a.status != 206 || !bytes.Equal(a.body, o.body[100:200+i]) {
				t.Fatalf("%d, %d bytes", a.status, len(a.body))
			}
			if i%3 == 2 {
				time.Sleep(2 * time.Second)
			}
		}
	})
}

// Content-Range means nothing beside 200, and would contradict ours (RFC 9110
// §14.4).
func TestContentRangeOfAWholeResponseIsDropped(t *testing.T) {
	runScript(t, `
		origin 200 | Cache-Control: max-age=60 | Content-Range: bytes 0-1/2 | body abcdef
		GET => 200 "abcdef" | !Content-Range
		GET | Range: bytes=1-2 => 206 "bc" | Content-Range: bytes 1-2/6
	`, nil)
}

// Of the memory for bodies in flight a body takes what it is long, not many
// times that: one of an eighth of it is kept.
func TestABodyBooksNoMoreMemoryThanItTakes(t *testing.T) {
	for _, slice := range []int64{0, 16 << 20} {
		inLab(t, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("ETag", `"1"`)
			w.Header().Set("Cache-Control", "max-age=60")
			http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(make([]byte, 8<<20)))
		}, func(c *Config) {
			c.InFlight = 9 << 20
			c.Distributions[0].Default.Slice = slice
		}, func(l *lab) {
			if slice > 0 {
				l.want(l.get("/a", "Range", "bytes=0-"), 206, "Miss")
			} else {
				l.want(l.get("/a"), 200, "Miss")
			}
			synctest.Wait()
			l.want(l.get("/a"), 200, "Hit")
		})
	}
}

// A tier that has the head of an object and fetches a slice says that an origin
// was asked.
func TestTiersTellOfSlices(t *testing.T) {
	o := &library{etag: `"1"`, body: pattern(slowSize), fields: []string{"Cache-Control", "max-age=600"}}
	inTiers(t, o.ServeHTTP, func(c *Config) { c.Distributions[0].Default.Slice = testSlice }, func(x *tiers) {
		x.get("/big", "Range", bytesRange(0, 100))
		synctest.Wait()
		a := x.get("/big", "Range", bytesRange(300_000, 300_100))
		if a.status != 206 || !bytes.Equal(a.body, o.body[300_000:300_100]) {
			t.Errorf("%d, %d bytes", a.status, len(a.body))
		}
		r := x.recorded(2)[1]
		if r.OriginAsked != 1 || r.OriginBytes == 0 {
			t.Errorf("asked %d times for %d bytes", r.OriginAsked, r.OriginBytes)
		}
	})
}
