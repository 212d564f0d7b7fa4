package edge

import (
	"slices"
	"strconv"
	"strings"
	"testing"

	"edgesim/edge/behavior"
)

// poisons are fields that make frameworks and proxies answer for another host,
// path, method, scheme or viewer.
var poisons = []string{
	"X-Forwarded-Host", "x-forwarded-host", "X_Forwarded_Host", "X-Forwarded-Proto", "X-Forwarded-Scheme", "X-Forwarded-Port",
	"X-Forwarded-Server", "X-Forwarded-Prefix", "X-Forwarded-Path", "X-Forwarded-Ssl", "X-Forwarded-By", "X-Forwarded", "Forwarded",
	"X-Original-URL", "X-Original-Uri", "X-Original-Host", "X-Rewrite-URL", "X-Host", "X-HTTP-Host-Override", "X-Backend-Host",
	"X-HTTP-Method", "X-HTTP-Method-Override", "X-Method-Override", "Base-Url", "Request-Uri", "X-Real-IP", "True-Client-IP",
	"X-Client-IP", "CF-Connecting-IP", "Proxy", "X-Middleware-Subrequest", "X-Accel-Redirect", "X-Amz-Cf-Id", "X-Url-Scheme", "Front-End-Https",
	"CloudFront-Viewer-Country", "CloudFront-Is-Mobile-Viewer", "CloudFront-Forwarded-Proto", "CloudFront-Viewer-Address", "CloudFront_Viewer_Country",
}

// Unkeyed fields of this kind reach no origin, in either mode, by no way of
// writing them, and a list that takes all the viewer's fields does not bring
// them back.
func TestPoisonsReachNoOrigin(t *testing.T) {
	for name, preset := range presets {
		for _, headers := range []behavior.Pick{behavior.None, behavior.All, behavior.Except} {
			t.Run(name+" "+string(headers), func(t *testing.T) {
				var got []seen
				inLab(t, watching(&got), mode(preset(), func(b *behavior.Behavior) {
					if headers != behavior.None {
						b.Forward.Headers = headers
					}
					if headers == behavior.Except {
						b.Forward.HeaderNames = []string{"Host"}
					}
				}), func(l *lab) {
					for i, field := range poisons {
						l.raw("GET /" + strconv.Itoa(i) + " HTTP/1.1\r\nHost: example.com\r\n" + field + ": evil\r\n\r\n")
					}
					l.wantAsked(int64(len(poisons)))
					for _, s := range got {
						for name, values := range s.header {
							if slices.ContainsFunc(values, func(v string) bool { return strings.Contains(v, "evil") }) {
								t.Errorf("%s reached the origin: %q", name, values)
							}
						}
						if strings.Contains(s.host, "evil") {
							t.Errorf("the origin saw Host %q", s.host)
						}
					}
				})
			})
		}
	}
}

// What is keyed, or named in the list, does go.
func TestPoisonsGoWhereTheyAreNamed(t *testing.T) {
	var got []seen
	inLab(t, watching(&got), mode(behavior.CloudFront(), func(b *behavior.Behavior) {
		b.Key.Headers = []string{"X-Forwarded-Host"}
		b.Forward = behavior.Forward{Headers: behavior.Include, HeaderNames: []string{"X-Original-URL"}}
	}), func(l *lab) {
		l.want(l.get("/a", "X-Forwarded-Host", "one", "X-Original-URL", "/u", "X-Host", "no"), 200, "Miss")
		l.want(l.get("/a", "X-Forwarded-Host", "one"), 200, "Hit")
		l.want(l.get("/a", "X-Forwarded-Host", "two"), 200, "Miss")
		h := got[0].header
		if h.Get("X-Forwarded-Host") != "one" || h.Get("X-Original-URL") != "/u" || h.Get("X-Host") != "" {
			t.Errorf("the origin saw %v", h)
		}
	})
}

// A field that Connection lists goes no further, and so is not in the key: an
// origin's answer to a request without it must not be kept as one with it (RFC
// 9110 §7.6.1).
func TestConnectionTakesFieldsOutOfTheKey(t *testing.T) {
	var got []seen
	inLab(t, watching(&got), mode(behavior.CloudFront(), func(b *behavior.Behavior) {
		b.Key.Headers = []string{"X-Lang"}
		b.Key.Cookies = behavior.All
	}), func(l *lab) {
		l.raw("GET /a HTTP/1.1\r\nHost: example.com\r\nX-Lang: de\r\nCookie: c=1\r\nConnection: close, x-lang\r\nConnection: cookie\r\n\r\n")
		if h := got[0].header; h.Get("X-Lang") != "" || h.Get("Cookie") != "" {
			t.Errorf("the origin saw %v", h)
		}
		l.want(l.get("/a"), 200, "Hit")
		l.want(l.get("/a", "X-Lang", "de", "Cookie", "c=1"), 200, "Miss")
	})
}

// All lines of a keyed field are in the key, fasthttp's own ones too.
func TestEveryLineOfAKeyedFieldCounts(t *testing.T) {
	for _, name := range []string{"X-Lang", "User-Agent", "Content-Type", "Accept"} {
		t.Run(name, func(t *testing.T) {
			var got []seen
			inLab(t, watching(&got), mode(behavior.CloudFront(), func(b *behavior.Behavior) {
				b.Key.Headers = []string{name}
			}), func(l *lab) {
				head := "GET /a HTTP/1.1\r\nHost: example.com\r\n"
				for _, x := range []struct{ lines, result string }{
					{": one", "Miss"},
					{": one\r\n" + name + ": two", "Miss"},
					{": zero\r\n" + name + ": two", "Miss"},
					{": two", "Miss"},
					{": one, two", "Hit"},
				} {
					if got := l.raw(head + name + x.lines + "\r\n\r\n").Header.Get("X-Cache"); got != x.result+" from edgesim" {
						t.Errorf("%q: %s, want %s", x.lines, got, x.result)
					}
				}
				if v := got[1].header.Values(name); strings.Join(v, ", ") != "one, two" {
					t.Errorf("the origin saw %q", v)
				}
			})
		})
	}
}

// The path goes to the origin byte for byte, and makes the key.
func TestThePathIsKept(t *testing.T) {
	for _, target := range []string{
		"/a%0d%0aX:%20y", "/a%0aSet-Cookie:x", "//evil.example/a", "/a//b", "/a/../b", "/a/./b", "/a/%2e%2e/b", "/a%2fb", "/a%5cb", "/a\\b",
		"/a;v=1", "/a;jsessionid=1/b", "/a%3fx=1", "/a%00", "/%61", "/..;/admin", "/a%23b", "/a?x=%0d%0aY:%20z", "/a?x=1?y=2", "/a?",
	} {
		t.Run(target, func(t *testing.T) {
			var got []seen
			inLab(t, watching(&got), mode(behavior.Standard(), nil), func(l *lab) {
				head := " HTTP/1.1\r\nHost: example.com\r\n\r\n"
				l.raw("GET " + target + head)
				l.raw("GET " + target + head)
				l.wantAsked(1)
				if want := strings.TrimSuffix(target, "?"); got[0].target != want || got[0].header.Get("X") != "" || got[0].header.Get("Y") != "" {
					t.Errorf("the origin saw %q with %v", got[0].target, got[0].header)
				}
				if target != "/a?" { // an empty query is none
					l.raw("GET /a" + head)
					l.wantAsked(2)
				}
			})
		})
	}
}

// A port that only one viewer writes must not get into what others see: it is in
// the key, or stays behind.
func TestTheHostGoesAsItIsKeyed(t *testing.T) {
	for keyed, want := range map[bool]string{true: "example.com example.com:1337", false: "example.com"} {
		var got []seen
		inLab(t, watching(&got), mode(behavior.Standard(), func(b *behavior.Behavior) { b.Key.Host, b.ForwardHost = keyed, true }), func(l *lab) {
			for _, host := range []string{"EXAMPLE.com:80", "example.com", "example.com.", "example.COM:1337"} {
				l.get("/a", "Host", host)
			}
			var hosts []string
			for _, s := range got {
				hosts = append(hosts, s.host)
			}
			if strings.Join(hosts, " ") != want {
				t.Errorf("keyed %v: the origin saw %q", keyed, hosts)
			}
		})
	}
}
