package live

import (
	"encoding/xml"
	"net/http"
	"strings"
	"testing"
	"time"

	"edgesim/sim/origin"
)

const (
	tag      = `"0000000000000abc-0"`
	otherTag = `"0000000000000abc-1"`
)

var thing = shelf{
	"/thing.jpg": {Key: 0xABC, Size: 1000, ContentType: "image/jpeg", CacheControl: "public, max-age=60"},
	"/empty":     {Key: 0xDEF},
}

// modified is when /thing.jpg was, in a bubble, and moments around it.
func modified(shift time.Duration, layout string) string {
	epoch := time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC) // where time begins in a bubble
	return epoch.Add(origin.LastModified(thing["/thing.jpg"], 0) + shift).Format(layout)
}

func TestConditionsAndRanges(t *testing.T) {
	at := func(shift time.Duration) string { return modified(shift, http.TimeFormat) }
	same, older, newer := at(0), at(-time.Second), at(time.Second)
	for _, c := range []struct {
		section string // of RFC 9110
		header  string // lines apart by |
		status  int
		span    string // Content-Range
	}{
		{"8.6", "", 200, ""},

		{"13.1.1", "If-Match: " + tag, 200, ""},
		{"13.1.1", "If-Match: *", 200, ""},
		{"13.1.1", "If-Match: " + otherTag, 412, ""},
		{"13.1.1", "If-Match: " + otherTag + ", " + tag, 200, ""},
		{"13.1.1", "If-Match: " + otherTag + "|If-Match: " + tag, 200, ""},
		{"13.1.1, strong comparison", "If-Match: W/" + tag, 412, ""},
		{"13.1.1", "If-Match: ", 412, ""},

		{"13.1.2", "If-None-Match: " + tag, 304, ""},
		{"13.1.2", "If-None-Match: *", 304, ""},
		{"13.1.2, weak comparison", "If-None-Match: W/" + tag, 304, ""},
		{"13.1.2", "If-None-Match: " + otherTag, 200, ""},
		{"13.1.2", `If-None-Match: "a,b", ,W/"c" ,` + tag, 304, ""},
		{"13.1.2", "If-None-Match: 0000000000000abc-0", 200, ""},
		{"13.1.2", `If-None-Match: "0000000000000abc-0`, 200, ""},

		{"13.1.3", "If-Modified-Since: " + same, 304, ""},
		{"13.1.3", "If-Modified-Since: " + newer, 304, ""},
		{"13.1.3", "If-Modified-Since: " + older, 200, ""},
		{"13.1.3, no date", "If-Modified-Since: yesterday", 200, ""},
		{"5.6.7, RFC 850 date", "If-Modified-Since: " + modified(0, time.RFC850[:len(time.RFC850)-3]+"GMT"), 304, ""},
		{"5.6.7, asctime date", "If-Modified-Since: " + modified(0, time.ANSIC), 304, ""},
		{"13.1.3, If-None-Match goes first", "If-None-Match: " + otherTag + "|If-Modified-Since: " + same, 200, ""},
		{"13.1.3, If-None-Match goes first", "If-None-Match: " + tag + "|If-Modified-Since: " + older, 304, ""},

		{"13.1.4", "If-Unmodified-Since: " + same, 200, ""},
		{"13.1.4", "If-Unmodified-Since: " + older, 412, ""},
		{"13.1.4, no date", "If-Unmodified-Since: then", 200, ""},
		{"13.1.4, If-Match goes first", "If-Match: " + tag + "|If-Unmodified-Since: " + older, 200, ""},
		{"13.2.2, step 1 before 3", "If-Match: " + otherTag + "|If-None-Match: " + tag, 412, ""},
		{"13.2.2, step 2 before 4", "If-Unmodified-Since: " + older + "|If-Modified-Since: " + same, 412, ""},
		{"13.2.2, step 3 before 5", "If-None-Match: " + tag + "|Range: bytes=0-9", 304, ""},
		{"13.2.2, step 1 before 5", "If-Match: " + otherTag + "|Range: bytes=0-9", 412, ""},

		{"13.1.5", "Range: bytes=0-9|If-Range: " + tag, 206, "bytes 0-9/1000"},
		{"13.1.5", "Range: bytes=0-9|If-Range: " + otherTag, 200, ""},
		{"13.1.5, strong comparison", "Range: bytes=0-9|If-Range: W/" + tag, 200, ""},
		{"13.1.5", "Range: bytes=0-9|If-Range: " + same, 206, "bytes 0-9/1000"},
		{"13.1.5, exact date", "Range: bytes=0-9|If-Range: " + newer, 200, ""},
		{"13.1.5, before 416", "Range: bytes=2000-|If-Range: " + otherTag, 200, ""},

		{"14.1.2", "Range: bytes=0-0", 206, "bytes 0-0/1000"},
		{"14.1.2", "Range: bytes=3-", 206, "bytes 3-999/1000"},
		{"14.1.2", "Range: bytes=999-", 206, "bytes 999-999/1000"},
		{"14.1.2", "Range: bytes=990-2000", 206, "bytes 990-999/1000"},
		{"14.1.2", "Range: bytes=-10", 206, "bytes 990-999/1000"},
		{"14.1.2", "Range: bytes=-5000", 206, "bytes 0-999/1000"},
		{"14.1.2", "Range: bytes=7-99999999999999999999999", 206, "bytes 7-999/1000"},
		{"14.1", "Range: Bytes=0-9", 206, "bytes 0-9/1000"},
		{"14.1.2", "Range: bytes=1000-", 416, "bytes */1000"},
		{"14.1.2", "Range: bytes=99999999999999999999999-", 416, "bytes */1000"},
		{"14.1.2", "Range: bytes=-0", 416, "bytes */1000"},
		{"14.1.1, last before first", "Range: bytes=9-3", 200, ""},
		{"14.2, not a range", "Range: bytes=a-b", 200, ""},
		{"14.2, not a range", "Range: bytes=-", 200, ""},
		{"14.2, not a range", "Range: bytes=+1-2", 200, ""},
		{"14.2, not a range", "Range: bytes 0-9", 200, ""},
		{"14.2, another unit", "Range: pages=0-9", 200, ""},
		{"14.2, several are ignored as by S3", "Range: bytes=0-9,20-29", 200, ""},
	} {
		inBubble(t, origin.Config{Kind: origin.Bucket}, thing, func(b *bubble) {
			cl := b.client()
			defer cl.close()
			var header []string
			if c.header != "" {
				header = strings.Split(c.header, "|")
			}
			resp, body := cl.get("GET /thing.jpg", header...)
			if resp.StatusCode != c.status || resp.Header.Get("Content-Range") != c.span {
				t.Errorf("%s, §%s: %d %q, want %d %q", c.header, c.section, resp.StatusCode, resp.Header.Get("Content-Range"), c.status, c.span)
				return
			}
			checkContent(t, c.header, resp, body)
		})
	}
}

// checkContent checks what must hold of every response for /thing.jpg.
func checkContent(t *testing.T, request string, resp *http.Response, body []byte) {
	t.Helper()
	off, n := parseSpan(resp.Header.Get("Content-Range"), 1000)
	switch resp.StatusCode {
	case 200, 206:
		if int64(len(body)) != n || resp.ContentLength != n || resp.Header.Get("Content-Type") != "image/jpeg" || resp.Header.Get("Accept-Ranges") != "bytes" {
			t.Errorf("%s: %d bytes of body, header %v", request, len(body), resp.Header)
		}
		verify(t, resp, body, off)
		fallthrough
	case 304:
		if resp.Header.Get("ETag") != tag || resp.Header.Get("Last-Modified") != modified(0, http.TimeFormat) || resp.Header.Get("Cache-Control") != "public, max-age=60" {
			t.Errorf("%s: validators and freshness %v", request, resp.Header)
		}
	default:
		checkXML(t, resp, body)
	}
	if resp.StatusCode == 304 && len(body) != 0 {
		t.Errorf("%s: a 304 with %d bytes of body", request, len(body))
	}
	if resp.Header.Get("Date") != "Sat, 01 Jan 2000 00:00:00 GMT" {
		t.Errorf("%s: Date is %q", request, resp.Header.Get("Date"))
	}
}

// parseSpan reads "bytes first-last/size"; the whole without one.
func parseSpan(span string, size int64) (off, n int64) {
	first, rest, ok := strings.Cut(strings.TrimPrefix(span, "bytes "), "-")
	if !ok {
		return 0, size
	}
	last, _, _ := strings.Cut(rest, "/")
	off, _ = parsePosition([]byte(first))
	end, _ := parsePosition([]byte(last))
	return off, end - off + 1
}

type xmlError struct {
	XMLName   xml.Name `xml:"Error"`
	Code      string
	Message   string
	Key       string
	RequestId string // S3's spelling
}

func checkXML(t *testing.T, resp *http.Response, body []byte) xmlError {
	t.Helper()
	var e xmlError
	if err := xml.Unmarshal(body, &e); err != nil {
		t.Fatalf("error body %q: %v", body, err)
	}
	if resp.Header.Get("Content-Type") != "application/xml" || e.Message == "" || e.RequestId == "" || e.RequestId != resp.Header.Get("x-amz-request-id") {
		t.Errorf("error %+v under header %v", e, resp.Header)
	}
	return e
}

func TestBucketErrors(t *testing.T) {
	for _, c := range []struct {
		request string
		config  origin.Config
		status  int
		code    string
	}{
		{"GET /not%20there&<.jpg", origin.Config{}, 404, "NoSuchKey"},
		{"GET /nothing", origin.Config{Missing: 403}, 403, "AccessDenied"},
		{"POST /thing.jpg", origin.Config{}, 405, "MethodNotAllowed"},
		{"DELETE /nothing", origin.Config{}, 405, "MethodNotAllowed"},
		{"GET /thing.jpg", origin.Config{Errors: 1}, 503, "SlowDown"},
		{"GET /nothing", origin.Config{Errors: 1}, 503, "SlowDown"},
		{"GET /empty", origin.Config{}, 200, ""},
	} {
		c.config.Kind = origin.Bucket
		inBubble(t, c.config, thing, func(b *bubble) {
			cl := b.client()
			defer cl.close()
			resp, body := cl.get(c.request)
			if resp.StatusCode != c.status {
				t.Fatalf("%s: status %d, want %d", c.request, resp.StatusCode, c.status)
			}
			if c.status >= 400 {
				if e := checkXML(t, resp, body); e.Code != c.code || e.Code == "NoSuchKey" && e.Key != strings.TrimPrefix(c.request, "GET /") {
					t.Errorf("%s: %+v", c.request, e)
				}
			}
			if got := resp.Header.Get("Allow"); (got == "GET, HEAD") != (c.status == 405) {
				t.Errorf("%s: Allow is %q (RFC 9110 §15.5.6)", c.request, got)
			}
			if c.status == 405 && resp.Header.Get("Server") != "AmazonS3" {
				t.Errorf("Server is %q", resp.Header.Get("Server"))
			}
		})
	}
}

// HEAD has the header of GET, but for Range, and no body (RFC 9110 §9.3.2).
func TestHeadIsGetWithoutBody(t *testing.T) {
	inBubble(t, origin.Config{Kind: origin.Bucket, Bandwidth: 10}, thing, func(b *bubble) {
		cl := b.client()
		defer cl.close()
		for path, status := range map[string]int{"/thing.jpg": 200, "/nothing": 404} {
			head, body := cl.get("HEAD "+path, "Range: bytes=0-9")
			if time.Since(cl.begin) != 0 || len(body) != 0 || head.StatusCode != status {
				t.Errorf("HEAD %s: %d with %d bytes after %v", path, head.StatusCode, len(body), time.Since(cl.begin))
			}
			get, _ := cl.get("GET " + path)
			for _, field := range []string{"Content-Length", "Content-Type", "ETag", "Last-Modified", "Cache-Control", "Accept-Ranges"} {
				if head.Header.Get(field) != get.Header.Get(field) {
					t.Errorf("HEAD %s: %s is %q, with GET %q", path, field, head.Header.Get(field), get.Header.Get(field))
				}
			}
		}
	})
}

func TestEmptyObjectHasNoSatisfiableRange(t *testing.T) {
	inBubble(t, origin.Config{Kind: origin.Bucket}, thing, func(b *bubble) {
		cl := b.client()
		defer cl.close()
		for _, r := range []string{"bytes=0-", "bytes=0-0", "bytes=-1"} {
			if resp, _ := cl.get("GET /empty", "Range: "+r); resp.StatusCode != 416 || resp.Header.Get("Content-Range") != "bytes */0" {
				t.Errorf("%s: %d %q", r, resp.StatusCode, resp.Header.Get("Content-Range"))
			}
		}
	})
}

func TestChangedObjectIsAnother(t *testing.T) {
	contents := shelf{"/a": {Key: 5, Size: 100, ChangeEvery: time.Minute}}
	inBubble(t, origin.Config{Kind: origin.Bucket}, contents, func(b *bubble) {
		cl := b.client()
		defer cl.close()
		first, body := cl.get("GET /a")
		verify(t, first, body, 0)
		unchanged := []string{"If-None-Match: " + first.Header.Get("ETag"), "If-Modified-Since: " + first.Header.Get("Last-Modified")}
		time.Sleep(origin.LastModified(contents["/a"], 0) + time.Minute - time.Nanosecond)
		if resp, _ := cl.get("GET /a", unchanged[0]); resp.StatusCode != 304 {
			t.Errorf("a nanosecond before the change: %d", resp.StatusCode)
		}
		time.Sleep(time.Nanosecond)
		for _, condition := range unchanged {
			resp, body := cl.get("GET /a", condition)
			if resp.StatusCode != 200 || resp.Header.Get("ETag") == first.Header.Get("ETag") {
				t.Errorf("%s after the change: %d with %s", condition, resp.StatusCode, resp.Header.Get("ETag"))
			}
			verify(t, resp, body, 0)
		}
	})
}

func FuzzRangeLiesWithinTheObject(f *testing.F) {
	f.Add([]byte("bytes=0-9"), int64(1000))
	f.Add([]byte("bytes=-5"), int64(3))
	f.Add([]byte("bytes=5-"), int64(5))
	f.Fuzz(func(t *testing.T, field []byte, size int64) {
		if size < 0 {
			t.Skip("sizes are not negative")
		}
		off, n, r := parseRange(field, size)
		switch {
		case r == whole && (off != 0 || n != size), r == unsatisfiable && n != 0,
			r == part && (off < 0 || n < 1 || off > size-n):
			t.Errorf("%q of %d bytes: %d from %d on, verdict %d", field, size, n, off, r)
		}
	})
}
