package edge

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"edgesim/edge/behavior"
	"edgesim/results"
)

func TestShutdownFinishesWhatIsBeingServed(t *testing.T) {
	inLab(t, slow(new(atomic.Int64), sized...), nil, func(l *lab) {
		var a answer
		var wg sync.WaitGroup
		wg.Go(func() { a = l.get("/big") })
		time.Sleep(time.Second)
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		if err := l.edge.Shutdown(ctx); err != nil {
			t.Errorf("shutdown: %v", err)
		}
		wg.Wait()
		if a.err != nil || len(a.body) != slowSize {
			t.Errorf("the viewer got %d bytes, %v", len(a.body), a.err)
		}
		if b := l.get("/big"); b.err == nil {
			t.Error("the edge still answers after shutdown")
		}
	})
}

func TestShutdownBreaksOffWhenTimeIsUp(t *testing.T) {
	inLab(t, slow(new(atomic.Int64), sized...), nil, func(l *lab) {
		var a answer
		var wg sync.WaitGroup
		wg.Go(func() { a = l.get("/big") })
		time.Sleep(time.Second)
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		if err := l.edge.Shutdown(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("shutdown: %v, want deadline exceeded", err)
		}
		wg.Wait()
		if a.err == nil {
			t.Errorf("the viewer got a clean end after %d bytes", len(a.body))
		}
	})
}

func TestUploadsPassThrough(t *testing.T) {
	inLab(t, func(w http.ResponseWriter, r *http.Request) {
		b, err := io.ReadAll(r.Body)
		fmt.Fprintf(w, "%s %d %v %d", r.Method, len(b), err, r.ContentLength)
	}, nil, func(l *lab) {
		for _, n := range []int{0, 1, 100_000} {
			for _, length := range []int64{int64(n), -1} {
				body := bytes.Repeat([]byte{'u'}, n)
				r, _ := http.NewRequest("POST", "http://example.com/up", io.NopCloser(bytes.NewReader(body)))
				r.ContentLength = length
				if n == 0 {
					r.Body = http.NoBody
					length = 0
				}
				res, err := l.client.Do(r)
				if err != nil {
					t.Fatal(err)
				}
				got, _ := io.ReadAll(res.Body)
				res.Body.Close()
				if want := fmt.Sprintf("POST %d <nil> %d", n, length); string(got) != want {
					t.Errorf("origin saw %q, want %q", got, want)
				}
			}
		}
	})
}

func TestHostsAndBehaviors(t *testing.T) {
	inLab(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "max-age=60")
		fmt.Fprint(w, r.Host, r.URL.Path)
	}, func(c *Config) {
		jpg := behavior.CloudFront()
		jpg.Path, jpg.Origin = "*.jpg", "pictures"
		d := &c.Distributions[0]
		d.Aliases = []string{"www.example.com"}
		d.Behaviors = []behavior.Behavior{jpg}
		pictures := c.Origins[0]
		pictures.Name, pictures.Host, pictures.Path = "pictures", "bucket.local", "/base"
		c.Origins = append(c.Origins, pictures)
		def := behavior.Standard()
		def.Origin, def.ForwardHost = "o", true
		c.Distributions = append(c.Distributions, behavior.Distribution{ID: "E2", Domain: "other.example", Default: def})
	}, func(l *lab) {
		for _, x := range []struct{ host, path, result, body string }{
			{"example.com", "/a.jpg", "Miss", "bucket.local/base/a.jpg"},
			{"www.example.com", "/a.jpg", "Hit", "bucket.local/base/a.jpg"}, // aliases share
			{"WWW.example.com:80", "/a.jpg", "Hit", "bucket.local/base/a.jpg"},
			{"example.com", "/a.png", "Miss", "origin:80/a.png"},
			{"other.example", "/a.jpg", "Miss", "other.example/a.jpg"}, // distributions do not
		} {
			a := l.get(x.path, "Host", x.host)
			l.want(a, 200, x.result)
			if string(a.body) != x.body {
				t.Errorf("%s%s came from %q, want %q", x.host, x.path, a.body, x.body)
			}
		}
		if a := l.get("/a.jpg", "Host", "stranger.example"); a.status != 403 {
			t.Errorf("an unknown host got %d, want 403", a.status)
		}
		if a := l.do("PUT", "/a.jpg"); a.status != 405 {
			t.Errorf("PUT where it is not allowed got %d, want 405", a.status)
		}
	})
}

func TestRecordsTellWhatWentOverTheWire(t *testing.T) {
	inLab(t, func(w http.ResponseWriter, r *http.Request) {
		time.Sleep(40 * time.Millisecond)
		w.Header().Set("Cache-Control", "max-age=60")
		w.Header().Set("Content-Type", "image/jpeg")
		fmt.Fprint(w, strings.Repeat("x", 1000))
	}, func(c *Config) { c.TrustForwarded = true }, func(l *lab) {
		fields := []string{"Referer", "https://example.org/p", "User-Agent", "agent/1", "X-Forwarded-For", "198.51.100.7"}
		l.get("/a.jpg?q=1", fields...)
		time.Sleep(time.Second)
		l.get("/a.jpg?q=1", fields...)
		recs := l.recorded(2)
		miss, hit := recs[0], recs[1]
		if miss.Result != results.Miss || hit.Result != results.Hit {
			t.Fatalf("results %v, %v", miss.Result, hit.Result)
		}
		n := l.names
		for _, r := range recs {
			if n.Str(r.URL) != "/a.jpg" || n.Str(r.Query) != "q=1" || n.Str(r.Host) != "example.com" ||
				n.Str(r.Referrer) != "https://example.org/p" || n.Str(r.Agent) != "agent/1" ||
				n.Str(r.ContentType) != "image/jpeg" || r.Addr[12] != 198 || r.Addr[15] != 7 ||
				r.Status != 200 || r.ContentLength != 1000 || r.Method != results.GET || r.Vantage != results.AtEdge {
				t.Errorf("record %+v", r)
			}
			if r.BytesOut < 1000+100 || r.BytesOut > 1000+600 || r.BytesIn < 100 || r.BodyBytes != 1000 {
				t.Errorf("bytes out %d, in %d, of body %d", r.BytesOut, r.BytesIn, r.BodyBytes)
			}
		}
		if ms := int64(time.Millisecond); miss.TTFB != 40*ms || miss.OriginTTFB != 40*ms || hit.TTFB != 0 || hit.At != 1040*ms {
			t.Errorf("miss: first byte %d, origin's %d; hit: %d, at %d", miss.TTFB, miss.OriginTTFB, hit.TTFB, hit.At)
		}
		if miss.OriginAsked != 1 || miss.OriginBytes < 1000 || hit.OriginAsked != 0 || hit.OriginBytes != 0 {
			t.Errorf("origin: miss %d requests, %d bytes; hit %d, %d", miss.OriginAsked, miss.OriginBytes, hit.OriginAsked, hit.OriginBytes)
		}
	})
}

func TestErrorsAreSharedByTheHerd(t *testing.T) {
	inLab(t, func(w http.ResponseWriter, r *http.Request) {
		time.Sleep(time.Second)
		panic(http.ErrAbortHandler)
	}, nil, func(l *lab) {
		for _, a := range l.all(20, "/a") {
			if a.status != 502 || a.total > 1001*time.Millisecond {
				t.Errorf("status %d after %v", a.status, a.total)
			}
		}
		l.wantAsked(1)
	})
}

func TestOriginThatNeverAnswers(t *testing.T) {
	inLab(t, func(w http.ResponseWriter, r *http.Request) { <-r.Context().Done() }, nil, func(l *lab) {
		a := l.get("/a")
		if a.status != 504 || a.total != 30*time.Second {
			t.Errorf("status %d after %v, want 504 after 30s", a.status, a.total)
		}
		synctest.Wait()
	})
}

// A viewer of HTTP/1.0 knows no chunks.
func TestOldViewersGetALength(t *testing.T) {
	for name, cc := range map[string]string{"kept": "max-age=60", "passed": "no-store"} {
		t.Run(name, func(t *testing.T) {
			inLab(t, func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Cache-Control", cc)
				for range 3 {
					fmt.Fprint(w, strings.Repeat("x", 10_000))
					w.(http.Flusher).Flush()
					time.Sleep(time.Second)
				}
			}, nil, func(l *lab) {
				c, err := l.dial()
				if err != nil {
					t.Fatal(err)
				}
				defer c.Close()
				io.WriteString(c, "GET /a HTTP/1.0\r\nHost: example.com\r\n\r\n")
				all, err := io.ReadAll(c)
				head, body, _ := bytes.Cut(all, []byte("\r\n\r\n"))
				if err != nil || len(body) != 30_000 || !bytes.Contains(head, []byte("Content-Length: 30000")) ||
					bytes.Contains(head, []byte("chunked")) {
					t.Errorf("%v, %d bytes after\n%s", err, len(body), head)
				}
			})
		})
	}
}

// A renewal behind a viewer's back whose response cannot be kept must not hang
// on a reader that never comes.
func TestRenewalThatCannotBeKept(t *testing.T) {
	var n atomic.Int64
	inLab(t, func(w http.ResponseWriter, r *http.Request) {
		if n.Add(1) == 1 {
			w.Header().Set("Cache-Control", "max-age=1, stale-while-revalidate=600")
			fmt.Fprint(w, "x")
			return
		}
		w.Header().Set("Cache-Control", "no-store")
		for range 64 {
			if _, err := w.Write(make([]byte, 64<<10)); err != nil {
				return
			}
		}
	}, nil, func(l *lab) {
		l.get("/a")
		time.Sleep(10 * time.Second)
		l.want(l.get("/a"), 200, "Hit")
		synctest.Wait()
		if left := l.edge.inFlight.Load(); left != 0 {
			t.Errorf("%d flights hang", left)
		}
	})
}

func TestTooLargeAnUpload(t *testing.T) {
	inLab(t, func(w http.ResponseWriter, r *http.Request) { io.Copy(io.Discard, r.Body) }, func(c *Config) {
		c.MaxUpload = 1000
	}, func(l *lab) {
		body := strings.Repeat("u", 1001)
		for _, rest := range []string{
			"Content-Length: 1001\r\n\r\n" + body,
			"Transfer-Encoding: chunked\r\n\r\n3e9\r\n" + body + "\r\n0\r\n\r\n",
		} {
			c, err := l.dial()
			if err != nil {
				t.Fatal(err)
			}
			go io.WriteString(c, "POST /up HTTP/1.1\r\nHost: example.com\r\n"+rest)
			res, err := http.ReadResponse(bufio.NewReader(c), nil)
			if err != nil || res.StatusCode != 413 || !res.Close {
				t.Errorf("%.20q: %v, %v; want 413 and the connection closed", rest, res, err)
			}
			c.Close()
		}
	})
}

// What the key leaves out, the origin does not see.
func TestUnkeyedInputsStayOut(t *testing.T) {
	inLab(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "max-age=60")
		w.Header().Set("Set-Cookie", "s=1")
		fmt.Fprintf(w, "query %q cookie %q authorization %q", r.URL.RawQuery, r.Header.Get("Cookie"), r.Header.Get("Authorization"))
	}, func(c *Config) {
		b := behavior.CloudFront()
		b.Origin = "o"
		c.Distributions[0].Default = b
	}, func(l *lab) {
		a := l.get("/a?evil=1", "Cookie", "c=1", "Authorization", "Basic x")
		if want := `query "" cookie "" authorization ""`; string(a.body) != want || a.header.Get("Set-Cookie") != "" {
			t.Errorf("the origin saw %s, the viewer Set-Cookie %q", a.body, a.header.Get("Set-Cookie"))
		}
		l.want(l.get("/a?evil=2"), 200, "Hit")
	})
}
