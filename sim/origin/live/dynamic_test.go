package live

import (
	"fmt"
	"strings"
	"testing"

	"edgesim/sim/origin"
)

// page is like thing, under a server's default freshness.
var page = shelf{"/page": {Key: 0xABC, Size: 1000, ContentType: "text/html"}}

func TestServerTakesEveryMethod(t *testing.T) {
	inBubble(t, origin.Config{Kind: origin.Server}, page, func(b *bubble) {
		cl := b.client() // one connection for all: an upload left unread would spoil it
		defer cl.close()
		for _, c := range []struct {
			method string
			upload int
			status int
			body   int
		}{
			{"GET", 0, 200, 1000}, {"POST", 300_000, 200, 1000}, {"PUT", 17, 204, 0}, {"PATCH", 70_000, 204, 0},
			{"DELETE", 0, 204, 0}, {"OPTIONS", 0, 204, 0}, {"HEAD", 0, 200, 0}, {"BREW", 5, 405, 23}, {"GET", 5000, 200, 1000},
		} {
			cl.upload(c.method+" /page", strings.Repeat("x", c.upload), fmt.Sprint("Content-Length: ", c.upload))
			resp, err := cl.receive(c.method)
			if err != nil {
				t.Fatalf("%s: %v", c.method, err)
			}
			_, body, err := cl.arrivals(resp)
			if err != nil || resp.StatusCode != c.status || len(body) != c.body {
				t.Errorf("%s: %d with %d bytes, %v; want %d with %d", c.method, resp.StatusCode, len(body), err, c.status, c.body)
			}
			if c.status == 200 {
				verify(t, resp, body, 0)
			}
			if cc := resp.Header.Get("Cache-Control"); c.method == "POST" && cc != "no-store" {
				t.Errorf("POST is answered with Cache-Control %q", cc)
			}
			if allow := resp.Header.Get("Allow"); (allow != "") != (c.method == "OPTIONS" || c.status == 405) {
				t.Errorf("%s: Allow is %q", c.method, allow)
			}
		}
	})
}

func TestChunkedUploadIsRead(t *testing.T) {
	inBubble(t, origin.Config{Kind: origin.Server}, page, func(b *bubble) {
		cl := b.client()
		defer cl.close()
		for range 2 {
			cl.upload("PUT /page", "5\r\nhello\r\n0\r\n\r\n", "Transfer-Encoding: chunked")
			if resp, err := cl.receive("PUT"); err != nil || resp.StatusCode != 204 {
				t.Fatalf("%+v, %v", resp, err)
			}
		}
	})
}

func TestUncacheableShareIsNotToBeStored(t *testing.T) {
	contents := shelf{}
	for key := range uint64(200) {
		contents[fmt.Sprint("/", key)] = origin.Object{Key: key, Size: 10}
	}
	inBubble(t, origin.Config{Kind: origin.Server, CacheControl: "max-age=5", Uncacheable: 0.4}, contents, func(b *bubble) {
		cl := b.client()
		defer cl.close()
		seen := map[string]int{}
		for path, o := range contents {
			resp, body := cl.get("GET " + path)
			want := "max-age=5"
			if !b.model.Answer(o.Key, 0, 0).Cacheable {
				want = "no-store"
			}
			got := resp.Header.Get("Cache-Control")
			if seen[got]++; got != want {
				t.Errorf("%s: Cache-Control is %q, want %q", path, got, want)
			}
			verify(t, resp, body, 0)
		}
		if n := seen["no-store"]; n < 60 || n > 100 {
			t.Errorf("%d of 200 are uncacheable, want about 80", n)
		}
	})
}

func TestServerConditions(t *testing.T) {
	for _, c := range []struct {
		section, request, header string // of RFC 9110
		weak                     bool
		status                   int
	}{
		{"13.1.2", "GET", "If-None-Match: " + tag, false, 304},
		{"13.1.2, weak comparison", "GET", "If-None-Match: " + tag, true, 304},
		{"13.1.1, strong comparison", "GET", "If-Match: W/" + tag, true, 412},
		{"13.1.2, not safe", "PUT", "If-None-Match: *", false, 412},
		{"13.1.1", "PUT", "If-Match: " + otherTag, false, 412},
		{"13.1.1", "PUT", "If-Match: " + tag, false, 204},
		{"13.1.3, only GET and HEAD", "PUT", "If-Modified-Since: " + modified(0, "Mon, 02 Jan 2006 15:04:05 GMT"), false, 204},
		{"14.2, Range ignored", "GET", "Range: bytes=0-9", false, 200},
		{"13.2.1, OPTIONS ignores them", "OPTIONS", "If-Match: " + otherTag, false, 204},
	} {
		inBubble(t, origin.Config{Kind: origin.Server, WeakETag: c.weak}, page, func(b *bubble) {
			cl := b.client()
			defer cl.close()
			resp, _ := cl.get(c.request+" /page", c.header)
			if resp.StatusCode != c.status {
				t.Errorf("%s %s, §%s: %d, want %d", c.request, c.header, c.section, resp.StatusCode, c.status)
			}
			if got := resp.Header.Get("ETag"); c.status == 304 && strings.HasPrefix(got, "W/") != c.weak {
				t.Errorf("entity tag %s, weak %v", got, c.weak)
			}
		})
	}
}

func TestServerMisses(t *testing.T) {
	inBubble(t, origin.Config{Kind: origin.Server}, page, func(b *bubble) {
		cl := b.client()
		defer cl.close()
		for range 3 {
			if resp, body := cl.get("GET /nothing"); resp.StatusCode != 404 || string(body) != "404 Not Found\n" {
				t.Errorf("%d %q", resp.StatusCode, body)
			}
		}
		if st := b.Stats(); st.ByStatus[404] != 3 || st.Requests != 3 || b.Attempts(0xABC) != 0 {
			t.Errorf("%+v", st)
		}
	})
}

func TestConfigErrorsNameTheField(t *testing.T) {
	m, err := origin.New(origin.Config{Kind: origin.Server})
	if err != nil {
		t.Fatal(err)
	}
	for field, c := range map[string]Config{"Model": {Contents: page}, "Contents": {Model: m}} {
		if _, err := New(c); err == nil || !strings.Contains(err.Error(), field) {
			t.Errorf("error %v, want one that names %s", err, field)
		}
	}
}

// HTTP/1.0 knows no chunks (RFC 9112 §6.1).
func TestOldClientsGetALength(t *testing.T) {
	inBubble(t, origin.Config{Kind: origin.Server, Chunked: true}, page, func(b *bubble) {
		cl := b.client()
		defer cl.close()
		cl.raw("GET /page HTTP/1.0\r\n\r\n")
		resp, err := cl.receive("GET")
		if err != nil || resp.ContentLength != 1000 {
			t.Errorf("%+v, %v", resp, err)
		}
	})
}
