package edge

import (
	"bufio"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"edgesim/edge/behavior"
)

// seen is a request as the origin saw it, line by line.
type seen struct {
	target string
	host   string
	header http.Header
}

// watching records what reaches the origin and answers with something that can
// be kept.
func watching(got *[]seen, fields ...string) http.HandlerFunc {
	answer := fixed("hello", append([]string{"Cache-Control", "max-age=60"}, fields...)...)
	var mu sync.Mutex
	return func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		*got = append(*got, seen{r.RequestURI, r.Host, r.Header.Clone()})
		mu.Unlock()
		time.Sleep(10 * time.Millisecond) // others come meanwhile
		answer(w, r)
	}
}

// mode is a lab's default behavior, changed.
func mode(b behavior.Behavior, change func(*behavior.Behavior)) func(*Config) {
	b.Origin = "o"
	if change != nil {
		change(&b)
	}
	return func(c *Config) { c.Distributions[0].Default = b }
}

var presets = map[string]func() behavior.Behavior{"standard": behavior.Standard, "cloudfront": behavior.CloudFront}

// raw sends bytes as they are on a connection of their own and returns what
// came back.
func (l *lab) raw(request string) *http.Response {
	l.t.Helper()
	c, err := l.dial()
	if err != nil {
		l.t.Fatal(err)
	}
	defer c.Close()
	go io.WriteString(c, request)
	res, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err != nil {
		l.t.Fatalf("%.60q: %v", request, err)
	}
	body, err := io.ReadAll(res.Body)
	if err != nil {
		l.t.Fatalf("%.60q: %v", request, err)
	}
	res.Body = io.NopCloser(strings.NewReader(string(body)))
	synctest.Wait() // the edge has stored what there was to store
	return res
}

// What CloudFront removes, replaces and adds on the way to an origin (reference,
// section 1.10), and what an intermediary does (RFC 9110 §7.6).
func TestFieldsOnTheWayToTheOrigin(t *testing.T) {
	sent := "GET /a HTTP/1.1\r\nHost: example.com\r\nUser-Agent: browser\r\nAccept: text/html\r\nAccept-Charset: utf-8\r\n" +
		"Accept-Language: de\r\nReferer: http://r/\r\nAuthorization: Basic x\r\nTE: trailers\r\nUpgrade: h2c\r\nConnection: Upgrade\r\nKeep-Alive: 5\r\nProxy-Connection: keep-alive\r\n" +
		"Proxy-Authorization: x\r\nX-Real-IP: 1.2.3.4\r\nX-Forwarded-Proto: https\r\nX-Edge-Thing: 1\r\nCookie: b=\"2\"; a=1\r\n" +
		"Cache-Control: max-age=0\r\nPragma: x\r\nDate: Thu, 26 Nov 2026 00:00:00 GMT\r\nOrigin: http://o\r\nX-Custom: 1\r\n" +
		"X-Forwarded-For: 192.0.2.1\r\nX-Forwarded-For: 192.0.2.2\r\nVia: 1.0 first\r\nVia: 1.1 second\r\n\r\n"
	for name, want := range map[string]map[string]string{
		"standard": {
			"User-Agent": "browser", "Accept": "text/html", "Accept-Charset": "utf-8", "Accept-Language": "de", "Referer": "http://r/",
			"Authorization": "Basic x", "Cookie": `b="2"; a=1`, "X-Custom": "1", "X-Edge-Thing": "1", "Origin": "http://o", "Cache-Control": "max-age=0", "Pragma": "x",
			"Date": "Thu, 26 Nov 2026 00:00:00 GMT", "Via": "1.0 first, 1.1 second, 1.1 edgesim", "X-Forwarded-For": "192.0.2.1, 192.0.2.2",
		},
		"cloudfront": {
			"User-Agent": "Amazon CloudFront", "X-Custom": "1", "Origin": "http://o", "Cache-Control": "max-age=0", "Pragma": "x",
			"Date": "Thu, 26 Nov 2026 00:00:00 GMT", "Via": "1.0 first, 1.1 second, 1.1 edgesim", "X-Forwarded-For": "192.0.2.1, 192.0.2.2",
			"Connection": "Keep-Alive", "X-Amz-Cf-Id": "*",
		},
	} {
		t.Run(name, func(t *testing.T) {
			var got []seen
			inLab(t, watching(&got), mode(presets[name](), nil), func(l *lab) {
				l.raw(sent)
				compareFields(t, got[0].header, want)
				if got[0].host != "origin:80" {
					t.Errorf("Host %q", got[0].host)
				}
			})
		})
	}
}

// compareFields wants exactly these fields, "*" for any value.
func compareFields(t *testing.T, got http.Header, want map[string]string) {
	t.Helper()
	for name, values := range got {
		if v, ok := want[name]; !ok || v != "*" && v != strings.Join(values, "|") {
			t.Errorf("%s: %q, want %q", name, values, v)
		}
	}
	for name := range want {
		if got.Get(name) == "" {
			t.Errorf("%s is missing", name)
		}
	}
}

// An origin request policy brings back what is removed by default, and never
// touches the key.
func TestOriginRequestPolicies(t *testing.T) {
	viewer := []string{"Host", "example.com", "User-Agent", "browser", "Accept", "text/html", "Referer", "http://r/", "Origin", "http://o",
		"Access-Control-Request-Method", "PUT", "Cookie", "b=2; a=1", "X-Host", "no", "Authorization", "Basic x"}
	for _, row := range []struct {
		policy string
		want   map[string]string // beside what always goes
		host   string
		target string
	}{
		{"AllViewer", map[string]string{"User-Agent": "browser", "Accept": "text/html", "Referer": "http://r/", "Cookie": "a=1; b=2",
			"Origin": "http://o", "Access-Control-Request-Method": "PUT", "Authorization": "Basic x"}, "example.com", "/a?q=1"},
		{"AllViewerExceptHostHeader", map[string]string{"User-Agent": "browser", "Accept": "text/html", "Referer": "http://r/", "Cookie": "a=1; b=2",
			"Origin": "http://o", "Access-Control-Request-Method": "PUT", "Authorization": "Basic x"}, "origin:80", "/a?q=1"},
		{"CORS-CustomOrigin", map[string]string{"User-Agent": "Amazon CloudFront", "Origin": "http://o", "Access-Control-Request-Method": "PUT"}, "origin:80", "/a"},
		{"HostHeaderOnly", map[string]string{"User-Agent": "Amazon CloudFront", "Origin": "http://o", "Access-Control-Request-Method": "PUT"}, "example.com", "/a"},
		{"UserAgentRefererHeaders", map[string]string{"User-Agent": "browser", "Referer": "http://r/", "Origin": "http://o",
			"Access-Control-Request-Method": "PUT"}, "origin:80", "/a"},
		{"AllViewerAndCloudFrontHeaders-2022-06", map[string]string{"User-Agent": "browser", "Accept": "text/html", "Referer": "http://r/",
			"Cookie": "a=1; b=2", "Origin": "http://o", "Access-Control-Request-Method": "PUT", "Authorization": "Basic x",
			"Cloudfront-Is-Desktop-Viewer": "true", "Cloudfront-Is-Mobile-Viewer": "false", "Cloudfront-Is-Smarttv-Viewer": "false",
			"Cloudfront-Is-Tablet-Viewer": "false", "Cloudfront-Is-Ios-Viewer": "false", "Cloudfront-Is-Android-Viewer": "false",
			"Cloudfront-Forwarded-Proto": "http", "Cloudfront-Viewer-Http-Version": "1.1"}, "example.com", "/a?q=1"},
	} {
		t.Run(row.policy, func(t *testing.T) {
			p, ok := behavior.ManagedOriginRequestPolicy(row.policy)
			if !ok {
				t.Fatal("no such policy")
			}
			var got []seen
			inLab(t, watching(&got), mode(behavior.CloudFront(), func(b *behavior.Behavior) { b.Forward = p.Forward }), func(l *lab) {
				a := l.get("/a?q=1", viewer...)
				for _, name := range []string{"Via", "Connection", "X-Amz-Cf-Id"} {
					row.want[name] = "*"
				}
				delete(got[0].header, "Accept-Encoding")
				compareFields(t, got[0].header, row.want)
				if got[0].host != row.host || got[0].target != row.target {
					t.Errorf("the origin saw %s%s, want %s%s", got[0].host, got[0].target, row.host, row.target)
				}
				// An Authorization that nobody keyed keeps the response from being shared (RFC 9111 §3.5).
				if a.status != 200 {
					t.Fatal(a.status)
				}
				l.want(l.get("/a?q=2", "User-Agent", "another"), 200, map[bool]string{true: "Miss", false: "Hit"}[row.want["Authorization"] != ""])
			})
		})
	}
}

// CloudFront's ways with cookies: sorted, only well-formed ones; where they go to
// the origin Set-Cookie is kept and replayed, nothing is collapsed, conditions do
// not count (reference, sections 1.4, 1.7, 1.10).
func TestCookieRules(t *testing.T) {
	for name, change := range map[string]func(*behavior.Behavior){
		"by the key": func(b *behavior.Behavior) {
			b.AllowedMethods = behavior.AnyMethod
			b.Key.Cookies, b.Key.CookieNames = behavior.Except, []string{"x"}
		},
		"by the forward": func(b *behavior.Behavior) {
			b.AllowedMethods = behavior.AnyMethod
			b.Forward.Cookies, b.Forward.CookieNames = behavior.Except, []string{"x"}
		},
	} {
		t.Run(name, func(t *testing.T) {
			var got []seen
			inLab(t, watching(&got, "Set-Cookie", "s=1", "Etag", `"v"`), mode(behavior.CloudFront(), change), func(l *lab) {
				l.get("/a", "Cookie", "b=2; bad; x=9; a=1; b=1; =3")
				if c := got[0].header.Get("Cookie"); c != "a=1; b=2; b=1" {
					t.Errorf("the origin saw cookies %q", c)
				}
				synctest.Wait()
				a := l.get("/a", "Cookie", "a=1; b=2; x=7; b=1", "If-None-Match", `"v"`)
				l.want(a, 200, "Hit")
				if a.header.Get("Set-Cookie") != "s=1" {
					t.Error("Set-Cookie is not replayed")
				}
				l.all(5, "/b")
				l.wantAsked(6)
				l.get("/c", "If-None-Match", `"v"`, "Range", "bytes=0-1")
				l.do("PUT", "/c", "If-Match", `"v"`, "If-None-Match", "*")
				read, write := got[6].header, got[7].header
				if read.Get("If-None-Match") != "" || read.Get("Range") == "" || write.Get("If-Match") == "" || write.Get("If-None-Match") == "" {
					t.Errorf("the origin saw %v and %v", read, write)
				}
			})
		})
	}
	t.Run("none go", func(t *testing.T) {
		var got []seen
		inLab(t, watching(&got, "Set-Cookie", "s=1", "Etag", `"v"`), mode(behavior.CloudFront(), nil), func(l *lab) {
			if a := l.get("/a", "Cookie", "a=1"); a.header.Get("Set-Cookie") != "" || got[0].header.Get("Cookie") != "" {
				t.Errorf("cookies went: %v, %v", a.header, got[0].header)
			}
			l.want(l.get("/a", "If-None-Match", `"v"`), 304, "Hit")
			l.all(5, "/b")
			l.wantAsked(2)
		})
	})
}

// Generated fields tell what the edge knows, in the key and to the origin.
func TestGeneratedFieldsInTheKey(t *testing.T) {
	var got []seen
	inLab(t, watching(&got), mode(behavior.CloudFront(), func(b *behavior.Behavior) {
		b.Key.Headers = []string{"CloudFront-Is-Mobile-Viewer", "CloudFront-Viewer-Http-Version"}
	}), func(l *lab) {
		phone := "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148 Safari/604.1"
		l.want(l.get("/a", "User-Agent", phone), 200, "Miss")
		l.want(l.get("/a", "User-Agent", "other (iPhone)", "CloudFront-Is-Mobile-Viewer", "false"), 200, "Hit")
		l.want(l.get("/a", "CloudFront-Is-Mobile-Viewer", "true"), 200, "Miss")
		l.raw("GET /a HTTP/1.0\r\nHost: example.com\r\n\r\n")
		l.wantAsked(3)
		for i, want := range []string{"true 1.1", "false 1.1", "false 1.0"} {
			h := got[i].header
			if s := fmt.Sprint(h.Get("CloudFront-Is-Mobile-Viewer"), " ", h.Get("CloudFront-Viewer-Http-Version")); s != want {
				t.Errorf("the origin saw %q, want %q", s, want)
			}
		}
	})
}

// Viewers see of Vary what selects among their objects (reference, section 1.10).
func TestVaryIsFiltered(t *testing.T) {
	vary := []string{"Vary", "Accept-Encoding, X-Other, Cookie", "Vary", "Accept-Language, Origin, User-Agent, *"}
	for name, row := range map[string]struct {
		change func(*behavior.Behavior)
		want   string
	}{
		"nothing goes": {nil, "Accept-Encoding, Cookie"},
		"a list goes": {func(b *behavior.Behavior) {
			b.Key.Headers = []string{"accept-language"}
			b.Forward = behavior.Forward{Headers: behavior.Include, HeaderNames: []string{"Origin", "CloudFront-Is-Tablet-Viewer"}}
		}, "Accept-Encoding, Cookie|Accept-Language, Origin, User-Agent"},
		"all goes": {func(b *behavior.Behavior) { b.Forward.Headers = behavior.All },
			"Accept-Encoding, X-Other, Cookie|Accept-Language, Origin, User-Agent"},
		"as it is": {func(b *behavior.Behavior) { b.FilterVary = false }, "Accept-Encoding, X-Other, Cookie|Accept-Language, Origin, User-Agent, *"},
	} {
		t.Run(name, func(t *testing.T) {
			var got []seen
			inLab(t, watching(&got, vary...), mode(behavior.CloudFront(), row.change), func(l *lab) {
				if v := strings.Join(l.get("/a").header.Values("Vary"), "|"); v != row.want {
					t.Errorf("Vary %q, want %q", v, row.want)
				}
			})
		})
	}
}

// Via names the version by which a message came, either way (RFC 9110 §7.6.3).
func TestViaOnBothSides(t *testing.T) {
	var got []seen
	inLab(t, watching(&got, "Via", "1.1 before"), mode(behavior.Standard(), nil), func(l *lab) {
		res := l.raw("GET /a HTTP/1.0\r\nHost: example.com\r\n\r\n")
		if v := got[0].header.Get("Via"); v != "1.0 edgesim" {
			t.Errorf("the origin saw Via %q", v)
		}
		if v := strings.Join(res.Header.Values("Via"), ", "); v != "1.1 before, 1.1 edgesim" {
			t.Errorf("the viewer saw Via %q", v)
		}
	})
}
