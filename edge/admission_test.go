package edge

import (
	"net/http"
	"testing"
	"time"
)

// TestSecondRequestIsStored: a composed policy on the edge. An object that is not
// admitted goes out to its viewers all the same; those who ride one flight count
// as one request.
func TestSecondRequestIsStored(t *testing.T) {
	policy := func(c *Config) { c.Policy = "lru+bloom" }
	slow := func(w http.ResponseWriter, r *http.Request) {
		time.Sleep(time.Second)
		fixed("hello", "Cache-Control", "max-age=60")(w, r)
	}
	inLab(t, slow, policy, func(l *lab) {
		for i, want := range []string{"Miss", "Miss", "Hit", "Hit"} {
			a := l.get("/a")
			l.want(a, 200, want)
			if string(a.body) != "hello" {
				t.Errorf("request %d: body %q", i+1, a.body)
			}
		}
		l.wantAsked(2)
		for _, a := range l.all(5, "/b") {
			if a.status != 200 || string(a.body) != "hello" {
				t.Errorf("in a herd: status %d, body %q", a.status, a.body)
			}
		}
		l.wantAsked(3)
		l.want(l.get("/b"), 200, "Miss")
		l.want(l.get("/b"), 200, "Hit")
	})
}

// TestSizeLimitOnTheEdge: what is larger passes through, and is never stored.
func TestSizeLimitOnTheEdge(t *testing.T) {
	policy := func(c *Config) { c.Policy = "s3fifo+size:max=1" }
	inLab(t, fixed("hello", "Cache-Control", "max-age=60"), policy, func(l *lab) {
		for range 3 {
			l.want(l.get("/a"), 200, "Miss")
		}
		l.wantAsked(3)
	})
}
