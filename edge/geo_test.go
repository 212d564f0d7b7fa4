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
		if r := l.recorded(3)[1]; r.Detail != results.ClientGeoBlocked || r.Result != results.Error || r.Status != 403 {
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
