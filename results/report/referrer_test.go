package report

import (
	"strings"
	"testing"
)

// §2.3: the domain of a referrer.
func TestReferrerHost(t *testing.T) {
	for referrer, want := range map[string]string{
		"https://example.com/index.html":       "example.com",
		"https://www.example.com/":             "www.example.com", // www. stays
		"HTTPS://WWW.Example.COM":              "www.example.com",
		"http://example.com:8080/a?b=c":        "example.com",
		"http://example.com:/":                 "example.com",
		"http://example.com./":                 "example.com",
		"http://example.com?q=http://other.ex": "example.com",
		"http://example.com#x":                 "example.com",
		`http://example.com\evil`:              "example.com",
		"http://user:secret@example.com:1/":    "example.com",
		"http://a@b@example.com/":              "example.com",
		"//cdn.example.com/x":                  "cdn.example.com",
		"http://localhost:3000/":               "localhost",
		"http://192.0.2.7:81/":                 "192.0.2.7",
		"http://[2001:DB8:0:0::1]:81/x":        "[2001:db8::1]",
		"http://[fe80::1%25eth0]/":             "[fe80::1]",
		"http://under_score.example/":          "under_score.example",
		"http://bücher.example/":               "xn--bcher-kva.example",
		"http://B%C3%BCcher.example/":          "xn--bcher-kva.example",
		"http://xn--BCHER-kva.example/":        "xn--bcher-kva.example",
		"http://例え.テスト/":                       "xn--r8jz45g.xn--zckzah",
		"android-app://com.google.android.gm/": "com.google.android.gm",
		"ios-app://1234/x":                     "1234",
		" https://example.com ":                "example.com",
		"example.com":                          "example.com", // no scheme
		"example.com:443/path":                 "example.com",
		"Example.com/path":                     "example.com",

		"":                               "",
		"-":                              "",
		"--":                             "",
		"/":                              "",
		"/path/only.html":                "",
		"about:blank":                    "",
		"data:text/html,x":               "",
		"javascript:alert(1)":            "",
		"unknown":                        "",
		"(other)":                        "",
		"http://":                        "",
		"http:///path":                   "",
		"http://./":                      "",
		"http://a..b/":                   "",
		"http://.example.com/":           "",
		"http://exa mple.com/":           "",
		"http://<script>/":               "",
		"http://example.com:port/":       "",
		"http://2001:db8::1/":            "",
		"http://[2001:db8::1":            "",
		"http://[2001:db8::1]x/":         "",
		"http://[192.0.2.7]/":            "",
		"http://[example.com]/":          "",
		"1http://example.com/":           "",
		"http://\xff\xfe.example/":       "",
		"http://%zz.example/":            "",
		"https://" + longHost(254):       "",
		"https://" + longHost(253) + "/": longHost(253),
	} {
		if got := referrerHost(referrer); got != want {
			t.Errorf("the domain of %q is %q, want %q", referrer, got, want)
		}
	}
}

func longHost(n int) string { return strings.Repeat("abc.", 64)[:n-1] + "x" }

// A domain is a domain again by itself, in lower case and of what DNS knows, and
// what surrounds it in a URL does not change it.
func FuzzReferrerHostIsStable(f *testing.F) {
	for _, s := range []string{"https://www.Example.com:80/a?b#c", "http://[::1]/", "http://bücher.example./", "example.com",
		"//a@b:1", "http://%62.c", "-", "x://xn--a", "http://ａ。ｂ/"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, referrer string) {
		host := referrerHost(referrer)
		if host == "" {
			return
		}
		for _, again := range []string{"https://" + host + "/", "http://u:p@" + strings.ToUpper(host) + ":80?x", "//" + host + ".#"} {
			if strings.HasPrefix(host, "[") && strings.HasSuffix(again, ".#") {
				continue
			}
			if got := referrerHost(again); got != host {
				t.Errorf("the domain of %q is %q, of %q it is %q", referrer, host, again, got)
			}
		}
		if len(host) > mostHost || strings.ToLower(host) != host || strings.ContainsAny(host, "/@?#\\ %") {
			t.Errorf("the domain of %q is %q", referrer, host)
		}
	})
}
