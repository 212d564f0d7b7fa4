package edge

import (
	"net/netip"
	"testing"

	"edgesim/edge/behavior"
	"edgesim/results"
)

// Viewers of other countries get 403, recorded as CloudFront logs it (reference,
// section 1.0, step 4); what is cached for others does not reach them.
func TestGeoRestriction(t *testing.T) {
	inLab(t, fixed("hello", "Cache-Control", "max-age=60"), func(c *Config) {
		c.Distributions[0].Geo = behavior.Geo{Allow: []string{"DE"}}
		c.TrustForwarded = true
		c.Locate = func(addr netip.Addr) (c [2]byte) {
			if addr.Is4() {
				copy(c[:], map[byte]string{1: "DE", 2: "FR"}[addr.As4()[3]])
			}
			return c
		}
	}, func(l *lab) {
		for _, row := range []struct {
			from   string
			status int
		}{{"192.0.2.1", 200}, {"192.0.2.2", 403}, {"192.0.2.3", 200}} {
			if a := l.get("/a", "X-Forwarded-For", row.from); a.status != row.status {
				t.Errorf("%s: %d, want %d", row.from, a.status, row.status)
			}
		}
		l.wantAsked(1)
		if r := byID(l.recorded(3))[1]; r.Detail != results.ClientGeoBlocked || r.Result != results.Error || r.Status != 403 {
			t.Errorf("%+v", r)
		}
	})
}

func TestGeoRestrictionNeedsCountries(t *testing.T) {
	b := behavior.Standard()
	b.Origin = "o"
	_, err := New(Config{Capacity: 1 << 20, Origins: []Origin{{Name: "o", Addr: "o:80"}},
		Distributions: []behavior.Distribution{{ID: "E1", Domain: "d.net", Default: b, Geo: behavior.Geo{Block: []string{"DE"}}}}})
	if want := `distribution "E1" is restricted to countries, but this edge cannot tell where viewers are`; err == nil || err.Error() != want {
		t.Errorf("%v", err)
	}
}

// An error page is fetched as nobody's copy of it: what the viewer said of the
// copy of something else does not go along, even where nothing is kept. It goes
// to viewers whom the distribution is not for, too.
func TestErrorPagesTakeNoConditionsAlong(t *testing.T) {
	var got []seen
	inLab(t, watching(&got), func(c *Config) {
		page := behavior.CloudFront()
		page.Path, page.Origin, page.TTL = "/sorry.html", "o", behavior.TTL{}
		d := &c.Distributions[0]
		d.Behaviors = []behavior.Behavior{page}
		d.Geo = behavior.Geo{Allow: []string{"DE"}}
		d.Errors = []behavior.ErrorRule{{Code: 403, Page: "/sorry.html"}}
		c.Locate = func(netip.Addr) [2]byte { return [2]byte{'F', 'R'} }
	}, func(l *lab) {
		a := l.get("/a", "If-None-Match", `"v"`, "If-Modified-Since", "Mon, 01 Jan 2024 00:00:00 GMT", "Range", "bytes=0-0", "X-Custom", "1")
		if a.status != 403 || string(a.body) != "hello" || len(got) != 1 {
			t.Fatalf("%d %q, %d requests", a.status, a.body, len(got))
		}
		h := got[0].header
		if h.Get("If-None-Match")+h.Get("If-Modified-Since")+h.Get("Range") != "" || h.Get("X-Custom") != "1" || got[0].target != "/sorry.html" {
			t.Errorf("the origin saw %s with %v", got[0].target, h)
		}
	})
}
