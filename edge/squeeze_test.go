package edge

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/gzip"
)

// squeezing lets the lab's behavior compress.
func squeezing(c *Config) {
	d := &c.Distributions[0].Default
	d.Compress, d.Key.Gzip, d.Key.Brotli = true, true, true
}

// prose is n bytes that compress about as text does.
func prose(n int) string {
	var b strings.Builder
	for i := 0; b.Len() < n; i++ {
		fmt.Fprintf(&b, "line %d of %x: the quick brown fox jumps over the lazy dog\n", i, i*2654435761)
	}
	return b.String()[:n]
}

// decoder reads what is in a content coding.
func decoder(coding string, r io.Reader) io.Reader {
	switch coding {
	case "br":
		return brotli.NewReader(r)
	case "gzip":
		z, err := gzip.NewReader(r)
		if err != nil {
			return &failing{err}
		}
		return z
	}
	return r
}

type failing struct{ error }

func (f *failing) Read([]byte) (int, error) { return 0, f.error }

func (a answer) decoded() (string, error) {
	b, err := io.ReadAll(decoder(a.header.Get("Content-Encoding"), bytes.NewReader(a.body)))
	return string(b), err
}

// wantNoSqueezers wants every encoder back.
func (l *lab) wantNoSqueezers() {
	l.t.Helper()
	synctest.Wait()
	if n := l.edge.squeezers.atWork.Load(); n != 0 {
		l.t.Errorf("%d encoders are still at work", n)
	}
}

// TestWhatIsCompressed goes by reference 1.9.
func TestWhatIsCompressed(t *testing.T) {
	type change = func(*Config)
	off := func(f change) change { return func(c *Config) { squeezing(c); f(c) } }
	plain := map[string]string{"Content-Type": "text/html", "Cache-Control": "max-age=60", "Etag": `"v1"`}
	with := func(pairs ...string) map[string]string {
		m := map[string]string{}
		for k, v := range plain {
			m[k] = v
		}
		for i := 0; i < len(pairs); i += 2 {
			m[pairs[i]] = pairs[i+1]
		}
		return m
	}
	const all = "gzip, deflate, br"
	for _, row := range []struct {
		why    string
		accept string
		fields map[string]string
		status int
		size   int
		change change
		coding string
		varies bool // the response says so whoever asks
	}{
		{"brotli where there is a choice", all, plain, 200, 5000, squeezing, "br", true},
		{"gzip alone", "gzip", plain, 200, 5000, squeezing, "gzip", true},
		{"brotli refused", "br;q=0, gzip", plain, 200, 5000, squeezing, "gzip", true},
		{"none taken", "identity", plain, 200, 5000, squeezing, "", true},
		{"none said", "", plain, 200, 5000, squeezing, "", true},
		{"the key has gzip only", all, plain, 200, 5000, off(func(c *Config) { c.Distributions[0].Default.Key.Brotli = false }), "gzip", true},
		{"not switched on", all, plain, 200, 5000, off(func(c *Config) { c.Distributions[0].Default.Compress = false }), "", false},
		{"caching off", all, plain, 200, 5000, off(func(c *Config) { c.Distributions[0].Default.TTL.Max = 0 }), "", false},
		{"403", all, plain, 403, 5000, squeezing, "br", true},
		{"404", all, plain, 404, 5000, squeezing, "br", true},
		{"500", all, plain, 500, 5000, squeezing, "", false},
		{"201", all, plain, 201, 5000, squeezing, "", false},
		{"999 bytes", all, plain, 200, 999, squeezing, "", false},
		{"1,000 bytes", all, plain, 200, 1000, squeezing, "br", true},
		{"10,000,000 bytes", "gzip", plain, 200, 10_000_000, squeezing, "gzip", true},
		{"10,000,001 bytes", all, plain, 200, 10_000_001, squeezing, "", false},
		{"length unknown", all, with("Content-Length", "none"), 200, 5000, squeezing, "", false},
		{"encoded by the origin", all, with("Content-Encoding", "zstd"), 200, 5000, squeezing, "zstd", false},
		{"called identity by the origin", all, with("Content-Encoding", "identity"), 200, 5000, squeezing, "identity", false},
		{"no-transform", all, with("Cache-Control", "max-age=60, no-transform"), 200, 5000, squeezing, "", false},
		{"another type", all, with("Content-Type", "image/png"), 200, 5000, squeezing, "", false},
		{"no type", all, with("Content-Type", ""), 200, 5000, squeezing, "", false},
		{"a type with parameters", all, with("Content-Type", "Application/JSON; charset=utf-8"), 200, 5000, squeezing, "br", true},
		{"svg", all, with("Content-Type", "image/svg+xml"), 200, 5000, squeezing, "br", true},
		{"a playlist", all, with("Content-Type", "vnd.apple.mpegurl"), 200, 5000, squeezing, "br", true},
		{"woff2", all, with("Content-Type", "font/woff2"), 200, 5000, squeezing, "", false},
		{"not kept", all, with("Cache-Control", "no-store"), 200, 5000, squeezing, "br", true},
	} {
		t.Run(row.why, func(t *testing.T) {
			body := prose(row.size)
			inLab(t, func(w http.ResponseWriter, r *http.Request) {
				w.Header()["Content-Type"] = nil
				w.Header().Set("Content-Length", strconv.Itoa(row.size))
				for k, v := range row.fields {
					if v != "" {
						w.Header().Set(k, v)
					}
				}
				if row.fields["Content-Length"] != "" {
					w.Header().Del("Content-Length")
				}
				w.WriteHeader(row.status)
				io.WriteString(w, body)
			}, row.change, func(l *lab) {
				a := l.get("/a", fieldsOf(row.accept)...)
				if a.err != nil || a.status != row.status || a.header.Get("Content-Encoding") != row.coding {
					t.Fatalf("%d, Content-Encoding %q, %v; want %q", a.status, a.header.Get("Content-Encoding"), a.err, row.coding)
				}
				if varies := a.header.Get("Vary") == "Accept-Encoding"; varies != row.varies {
					t.Errorf("Vary %q", a.header.Get("Vary"))
				}
				squeezed := row.coding == "br" || row.coding == "gzip"
				if want := map[bool]string{true: `W/"v1"`, false: `"v1"`}[squeezed]; a.header.Get("Etag") != want {
					t.Errorf("ETag %s, want %s", a.header.Get("Etag"), want)
				}
				if got, err := a.decoded(); row.coding != "zstd" && (got != body || err != nil) {
					t.Errorf("%d bytes, %v; want %d", len(got), err, len(body))
				}
				if squeezed && row.size >= 5000 && len(a.body) > row.size/2 {
					t.Errorf("%d bytes became %d", row.size, len(a.body))
				}
				l.wantNoSqueezers()
			})
		})
	}
}

// fieldsOf is an Accept-Encoding; "" is none.
func fieldsOf(accept string) []string {
	if accept == "" {
		return nil
	}
	return []string{"Accept-Encoding", accept}
}

func TestEntityTagsOfCompressedBodies(t *testing.T) {
	for etag, want := range map[string]string{
		`"a"`: `W/"a"`, `W/"a"`: `W/"a"`, `""`: `W/""`, "a": "", `"a`: "", `a"`: "", `"a"b"`: "", `w/"a"`: "", `"a b"`: "", "": "",
	} {
		if got := string(weakened([]byte(etag))); got != want {
			t.Errorf("%s becomes %s, want %s", etag, got, want)
		}
	}
}

// TestCompressedObjectsAreKept compares what the first viewer got with what later
// ones get, byte by byte, whole and in part.
func TestCompressedObjectsAreKept(t *testing.T) {
	for _, coding := range []string{"br", "gzip"} {
		for _, size := range []int{1000, 40_000, 300_000, 3 << 20} {
			body := prose(size)
			inLab(t, fixed(body, "Content-Type", "text/css", "Cache-Control", "max-age=60", "Etag", `"v1"`, "Content-Md5", "x",
				"Content-Length", strconv.Itoa(size)), squeezing, func(l *lab) {
				ask := func(fields ...string) answer { return l.get("/a", append(fields, "Accept-Encoding", coding)...) }
				first := ask()
				l.want(first, 200, "Miss")
				if got, err := first.decoded(); got != body || err != nil || first.header["Content-Md5"] != nil {
					t.Fatalf("%s: %d bytes, %v, fields %v", coding, len(got), err, first.header)
				}
				hit := ask()
				l.want(hit, 200, "Hit")
				if !bytes.Equal(hit.body, first.body) || hit.length != int64(len(first.body)) {
					t.Errorf("%s: the hit has %d bytes of %d and differs", coding, len(hit.body), len(first.body))
				}
				if a := ask("Range", "bytes=10-19"); a.status != 206 || !bytes.Equal(a.body, first.body[10:20]) {
					t.Errorf("%s: a range: %d, %d bytes", coding, a.status, len(a.body))
				}
				if a := ask("Range", "bytes=10-19", "If-Range", `W/"v1"`); a.status != 200 {
					t.Errorf("%s: a range of what is only alike: %d", coding, a.status)
				}
				if a := ask("If-None-Match", `W/"v1"`); a.status != 304 {
					t.Errorf("%s: a condition: %d", coding, a.status)
				}
				l.wantAsked(1)
				l.want(l.get("/a"), 200, "Miss") // who takes no encoding
				l.wantNoSqueezers()
			})
		}
	}
}

// TestFirstByteOfACompressedBody has an origin that pauses. Everyone can decode
// by then what the origin has sent by then.
func TestFirstByteOfACompressedBody(t *testing.T) {
	const size, at = 40_000, 5_000
	body := prose(size)
	origin := func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		w.Header().Set("Cache-Control", "max-age=60")
		w.Header().Set("Content-Length", strconv.Itoa(size))
		io.WriteString(w, body[:at])
		w.(http.Flusher).Flush()
		time.Sleep(10 * time.Second)
		io.WriteString(w, body[at:])
	}
	for _, coding := range []string{"br", "gzip"} {
		inLab(t, origin, squeezing, func(l *lab) {
			var wg sync.WaitGroup
			for i := range 3 {
				wg.Go(func() {
					time.Sleep(time.Duration(i) * time.Second)
					began := time.Now()
					res, err := l.client.Do(l.request("GET", "/a", "Accept-Encoding", coding))
					if err != nil {
						t.Error(err)
						return
					}
					defer res.Body.Close()
					r := decoder(coding, res.Body)
					got := make([]byte, size)
					n, err := io.ReadFull(r, got[:at])
					if took := time.Since(began); err != nil || took > time.Millisecond {
						t.Errorf("%s, viewer %d: %d bytes after %v, %v", coding, i, n, took, err)
					}
					if _, err = io.ReadFull(r, got[at:]); err != nil || string(got) != body {
						t.Errorf("%s, viewer %d: %v", coding, i, err)
					}
				})
			}
			wg.Wait()
			l.wantAsked(1)
		})
	}
}

// TestARangeWhileItIsCompressed asks for a range of what is just being
// compressed, and of what is not there at all. Whatever comes must be what its
// fields say it is.
func TestARangeWhileItIsCompressed(t *testing.T) {
	body := prose(60_000)
	inLab(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		w.Header().Set("Cache-Control", "max-age=60")
		w.Header().Set("Etag", `"v1"`)
		if r.Header.Get("Range") != "" {
			http.ServeContent(w, r, "", time.Time{}, strings.NewReader(body))
			return
		}
		w.Header().Set("Content-Length", strconv.Itoa(len(body)))
		io.WriteString(w, body[:30_000])
		w.(http.Flusher).Flush()
		time.Sleep(10 * time.Second)
		io.WriteString(w, body[30_000:])
	}, squeezing, func(l *lab) {
		var first answer
		var wg sync.WaitGroup
		wg.Go(func() { first = l.get("/a", "Accept-Encoding", "gzip") })
		time.Sleep(time.Second)
		for _, path := range []string{"/a", "/b", "/a", "/b"} {
			a := l.get(path, "Accept-Encoding", "gzip", "Range", "bytes=50-99")
			wg.Wait()
			want := body[50:100]
			if a.header.Get("Content-Encoding") == "gzip" {
				want = string(first.body[50:100])
			}
			if a.status == 200 {
				if whole, err := a.decoded(); whole != body || err != nil {
					t.Errorf("%s: the whole has %d bytes, %v", path, len(whole), err)
				}
			} else if a.status != 206 || string(a.body) != want {
				t.Errorf("%s: %d, %v, %q", path, a.status, a.header, a.body)
			}
			if strong := a.header.Get("Etag") == `"v1"`; strong == (a.header.Get("Content-Encoding") == "gzip") {
				t.Errorf("%s: coding %q has the tag %s", path, a.header.Get("Content-Encoding"), a.header.Get("Etag"))
			}
		}
		if a := l.get("/b", "Accept-Encoding", "gzip"); a.err != nil {
			t.Errorf("the whole after a range: %v", a.err)
		} else if whole, err := a.decoded(); whole != body || err != nil {
			t.Errorf("the whole after a range: %d bytes, %v", len(whole), err)
		}
		l.wantNoSqueezers()
	})
}

// TestWhatIsTooLargeToKeep is compressed for each viewer; the slices that ranges
// of it leave behind are the origin's bytes.
func TestWhatIsTooLargeToKeep(t *testing.T) {
	body := prose(200_000)
	changed := time.Date(1999, 1, 1, 0, 0, 0, 0, time.UTC)
	inLab(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		w.Header().Set("Cache-Control", "max-age=60")
		http.ServeContent(w, r, "", changed, strings.NewReader(body))
	}, func(c *Config) {
		squeezing(c)
		c.MaxObject = 100_000
		c.Distributions[0].Default.Slice = 64 << 10
	}, func(l *lab) {
		for _, fields := range [][]string{nil, {"Range", "bytes=150000-150099"}, nil, {"Range", "bytes=-10"}, nil} {
			a := l.get("/a", append(fields, "Accept-Encoding", "gzip")...)
			got, err := a.decoded()
			want := body
			if a.status == 206 {
				want = body[150_000:150_100]
				if fields[1] == "bytes=-10" {
					want = body[len(body)-10:]
				}
			}
			if a.err != nil || err != nil || got != want {
				t.Errorf("%v: %d, %d bytes, %v, %v", fields, a.status, len(got), a.err, err)
			}
		}
		l.wantNoSqueezers()
	})
}

func TestATruncatedOriginIsNotCompressedAway(t *testing.T) {
	body := prose(50_000)
	for _, coding := range []string{"br", "gzip"} {
		inLab(t, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "text/html")
			w.Header().Set("Cache-Control", "max-age=60")
			w.Header().Set("Content-Length", strconv.Itoa(len(body)))
			io.WriteString(w, body[:30_000])
			panic(http.ErrAbortHandler)
		}, squeezing, func(l *lab) {
			for i := range int64(2) {
				a := l.get("/a", "Accept-Encoding", coding)
				if a.err == nil {
					t.Errorf("%s: the response ends well after %d bytes", coding, len(a.body))
				}
				if _, err := a.decoded(); err == nil {
					t.Errorf("%s: and what came decodes as a whole", coding)
				}
				l.wantAsked(i + 1)
			}
			l.wantNoSqueezers()
		})
	}
}

// TestBeyondTheLimitObjectsStayAsTheyCame is CloudFront's best effort, too.
func TestBeyondTheLimitObjectsStayAsTheyCame(t *testing.T) {
	body := prose(20_000)
	inLab(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		w.Header().Set("Cache-Control", "max-age=60")
		w.Header().Set("Content-Length", strconv.Itoa(len(body)))
		io.WriteString(w, body[:10_000])
		if r.URL.Path == "/slow" {
			time.Sleep(10 * time.Second)
		}
		io.WriteString(w, body[10_000:])
	}, func(c *Config) { squeezing(c); c.Compressions = 1 }, func(l *lab) {
		var slow answer
		var wg sync.WaitGroup
		wg.Go(func() { slow = l.get("/slow", "Accept-Encoding", "br") })
		time.Sleep(time.Second)
		for _, xcache := range []string{"Miss", "Hit"} {
			a := l.get("/a", "Accept-Encoding", "br")
			l.want(a, 200, xcache)
			if a.header.Get("Content-Encoding") != "" || string(a.body) != body || a.header.Get("Vary") != "Accept-Encoding" {
				t.Errorf("beyond the limit: %v, %d bytes", a.header, len(a.body))
			}
		}
		wg.Wait()
		if got, err := slow.decoded(); got != body || err != nil || slow.header.Get("Content-Encoding") != "br" {
			t.Errorf("within the limit: %v, %v", slow.header, err)
		}
		synctest.Wait() // until the flight has given its place back
		if a := l.get("/b", "Accept-Encoding", "br"); a.header.Get("Content-Encoding") != "br" {
			t.Errorf("after that: %v", a.header)
		}
		l.wantNoSqueezers()
	})
}

// TestARenewedObjectStaysCompressed has a 304 that says what the origin would say
// of its own bytes.
func TestARenewedObjectStaysCompressed(t *testing.T) {
	body := prose(5000)
	inLab(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		w.Header().Set("Cache-Control", "max-age=10")
		w.Header().Set("Etag", `"v1"`)
		if r.Header.Get("If-None-Match") == `W/"v1"` {
			w.WriteHeader(304)
			return
		}
		w.Header().Set("Content-Length", strconv.Itoa(len(body)))
		io.WriteString(w, body)
	}, squeezing, func(l *lab) {
		first := l.get("/a", "Accept-Encoding", "gzip")
		for range 2 {
			time.Sleep(11 * time.Second)
			a := l.get("/a", "Accept-Encoding", "gzip")
			l.want(a, 200, "RefreshHit")
			if !bytes.Equal(a.body, first.body) || a.header.Get("Etag") != `W/"v1"` || a.header.Get("Vary") != "Accept-Encoding" ||
				len(a.header["Content-Encoding"]) != 1 || a.header.Get("Content-Encoding") != "gzip" {
				t.Errorf("renewed: %d bytes, %v", len(a.body), a.header)
			}
		}
	})
}

// TestAHeadKeepsACompressedObject has the origin tell the tag and length of its
// own bytes (RFC 9111 §4.3.5).
func TestAHeadKeepsACompressedObject(t *testing.T) {
	tag := `"v1"`
	body := prose(5000)
	inLab(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		w.Header().Set("Cache-Control", "max-age=10")
		w.Header().Set("Etag", tag)
		w.Header().Set("Content-Length", strconv.Itoa(len(body)))
		io.WriteString(w, body)
	}, squeezing, func(l *lab) {
		for _, xcache := range []string{"Hit", "Miss"} {
			first := l.get("/a", "Accept-Encoding", "gzip")
			time.Sleep(11 * time.Second)
			if xcache == "Miss" {
				tag = `"v2"`
			}
			l.do("HEAD", "/a", "Accept-Encoding", "gzip")
			a := l.get("/a", "Accept-Encoding", "gzip")
			l.want(a, 200, xcache)
			if a.header.Get("Etag") != "W/"+tag || a.header.Get("Content-Encoding") != "gzip" || !bytes.Equal(a.body, first.body) {
				t.Errorf("after a HEAD: %d bytes, %v", len(a.body), a.header)
			}
		}
	})
}

func TestHeadAndHTTP10OfWhatIsCompressed(t *testing.T) {
	body := prose(5000)
	inLab(t, fixed(body, "Content-Type", "text/html", "Cache-Control", "max-age=60", "Etag", `"v1"`, "Content-Length", "5000"), squeezing, func(l *lab) {
		head := l.do("HEAD", "/a", "Accept-Encoding", "br")
		get := l.get("/a", "Accept-Encoding", "br")
		for _, name := range []string{"Content-Encoding", "Etag", "Vary", "Content-Type"} {
			if head.header.Get(name) != get.header.Get(name) || get.header.Get(name) == "" {
				t.Errorf("%s: HEAD %q, GET %q", name, head.header.Get(name), get.header.Get(name))
			}
		}
		if head.length == 5000 {
			t.Error("HEAD tells the length that the origin's bytes have")
		}
		c, _ := l.dial()
		defer c.Close()
		go io.WriteString(c, "GET /a HTTP/1.0\r\nHost: example.com\r\nAccept-Encoding: br, gzip\r\n\r\n")
		res, err := http.ReadResponse(bufio.NewReader(c), nil)
		if err != nil {
			t.Fatal(err)
		}
		if b, err := io.ReadAll(res.Body); string(b) != body || err != nil || res.Header.Get("Content-Encoding") != "" {
			t.Errorf("HTTP/1.0 got %v, %d bytes, %v", res.Header, len(b), err)
		}
		l.wantNoSqueezers()
	})
}

// TestCompressingForAViewerWhoLeaves holds the origin back, then has nobody to
// compress for.
func TestCompressingForAViewerWhoLeaves(t *testing.T) {
	size := 5 << 20
	body := prose(size)
	inLab(t, fixed(body, "Content-Type", "text/html", "Cache-Control", "no-store", "Content-Length", strconv.Itoa(size)), squeezing, func(l *lab) {
		res, err := l.client.Do(l.request("GET", "/a", "Accept-Encoding", "gzip"))
		if err != nil {
			t.Fatal(err)
		}
		io.ReadFull(res.Body, make([]byte, 1000))
		time.Sleep(time.Second)
		if l.edge.squeezers.atWork.Load() != 1 {
			t.Error("the origin is not held back")
		}
		res.Body.Close()
		time.Sleep(time.Second)
		l.wantNoSqueezers()
		a := l.get("/a", "Accept-Encoding", "gzip")
		if got, err := a.decoded(); got != body || err != nil {
			t.Errorf("who stays gets %d bytes, %v", len(got), err)
		}
	})
}

// TestNobodyCompressesATrickleForNobody has an origin that takes a minute.
func TestNobodyCompressesATrickleForNobody(t *testing.T) {
	body := prose(60_000)
	inLab(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		w.Header().Set("Cache-Control", "no-store")
		w.Header().Set("Content-Length", strconv.Itoa(len(body)))
		for at := 0; at < len(body); at += 1000 {
			io.WriteString(w, body[at:at+1000])
			w.(http.Flusher).Flush()
			time.Sleep(time.Second)
		}
	}, squeezing, func(l *lab) {
		res, err := l.client.Do(l.request("GET", "/a", "Accept-Encoding", "gzip"))
		if err != nil {
			t.Fatal(err)
		}
		time.Sleep(2 * time.Second)
		res.Body.Close()
		time.Sleep(3 * time.Second)
		l.wantNoSqueezers()
	})
}

func TestCompressingWithoutMemoryToKeepIt(t *testing.T) {
	body := prose(2 << 20)
	inLab(t, fixed(body, "Content-Type", "text/html", "Cache-Control", "max-age=60", "Content-Length", strconv.Itoa(len(body))), func(c *Config) {
		squeezing(c)
		c.InFlight = 64 << 10
	}, func(l *lab) {
		for range 2 {
			a := l.get("/a", "Accept-Encoding", "gzip")
			l.want(a, 200, "Miss")
			if got, err := a.decoded(); got != body || err != nil {
				t.Errorf("got %d bytes, %v", len(got), err)
			}
		}
		l.wantNoSqueezers()
	})
}
