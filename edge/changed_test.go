package edge

import (
	"testing"
	"testing/synctest"
	"time"
)

// RFC 9111 §4.4 where "/" is the name of another object: whoever changes one
// changes the other.
func TestChangeOfTheRoot(t *testing.T) {
	inLab(t, fixed("x", "Cache-Control", "max-age=60", "Location", "/"), func(c *Config) {
		c.Distributions[0].DefaultRootObject = "index.html"
	}, func(l *lab) {
		for _, change := range []string{"/", "/index.html", "/elsewhere"} {
			l.want(l.get("/"), 200, "Miss")
			synctest.Wait()
			l.want(l.get("/index.html"), 200, "Hit")
			l.want(l.do("POST", change), 200, "Miss")
			time.Sleep(time.Second)
		}
		l.want(l.get("/"), 200, "Miss")
	})
}

// What a reference leads to, and whether that is of the same origin (RFC 9110
// §4.3.1, RFC 3986 §5).
func TestReferencesOfTheSameOrigin(t *testing.T) {
	type want struct {
		path, query string
		ok          bool
	}
	base := targetOf("http", "example.com", "/dir/a", "x=1")
	for ref, w := range map[string]want{
		"/b":                        {"/b", "", true},
		"b?y=2":                     {"/dir/b", "y=2", true},
		"../c/./d":                  {"/c/d", "", true},
		"?y=2":                      {"/dir/a", "y=2", true},
		"http://EXAMPLE.com:80/b":   {"/b", "", true},
		"//example.com":             {"/", "", true},
		"/%7Eb%2fc":                 {"/%7Eb%2fc", "", true},
		"/b#part":                   {"/b", "", true},
		"https://example.com/b":     {},
		"https://example.com:80/b":  {},
		"http://example.com:8080/b": {},
		"http://www.example.com/b":  {},
		"http://example.com.evil/b": {},
		"http://example.com@evil/b": {},
		"mailto:a@example.com":      {},
		"http://[":                  {},
		"":                          {},
	} {
		path, query, ok := base.resolve([]byte(ref))
		if ok != w.ok || ok && (string(path) != w.path || string(query) != w.query) {
			t.Errorf("%q leads to %q?%q, same origin %v; want %+v", ref, path, query, ok, w)
		}
	}
	if !base.is([]byte("a?x=1")) || base.is([]byte("a")) || !base.is([]byte("http://example.com/dir/a?x=1")) {
		t.Error("the target is not known when it is met")
	}
}
