package edge

import (
	"net/http"
	"testing"
	"testing/synctest"
)

// What an origin says to one request for a slice, and not of the object, leaves
// what is kept of the object alone.
func TestSlicesOutliveARefusal(t *testing.T) {
	for _, status := range []int{429, 403, 401} {
		o := &library{etag: `"1"`}
		o.instead = func(w http.ResponseWriter, r *http.Request) bool {
			if r.Header.Get("X-Refuse") == "" {
				return false
			}
			w.WriteHeader(status)
			return true
		}
		inLibrary(t, o, nil, func(l *lab) {
			l.part(o, 100, 200, "Miss")
			synctest.Wait()
			o.ranges()
			if a := l.get("/big", "Range", "bytes=200000-200099", "X-Refuse", "1"); a.status != status {
				t.Errorf("status %d, want %d", a.status, status)
			}
			l.part(o, 100, 200, "Hit")
			l.part(o, 200_000, 200_100, "Miss")
		})
	}
}

// Flights for slices count against MaxFlights, too.
func TestCrowdedForSlices(t *testing.T) {
	o := &library{etag: `"1"`}
	inLibrary(t, o, func(c *Config) { c.MaxFlights = 1 }, func(l *lab) {
		l.part(o, 100, 200, "Miss")
		synctest.Wait()
		l.edge.inFlight.Add(1)
		if a := l.get("/big", "Range", "bytes=200000-200099"); a.status != 503 {
			t.Errorf("status %d, want 503", a.status)
		}
		l.part(o, 100, 200, "Hit")
		l.edge.inFlight.Add(-1)
		l.part(o, 200_000, 200_100, "Miss")
	})
}
