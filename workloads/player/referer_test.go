package player

import (
	"net/http"
	"testing"

	"edgesim/workloads"
)

// A request that a page led to carries the page's URL, as it was asked for, and
// so does its record (RFC 9110 §10.1.3).
func TestRequestsCarryThePageThatLedToThem(t *testing.T) {
	c := smallCatalog(t)
	viewers, err := workloads.NewViewers(workloads.ViewersConfig{})
	if err != nil {
		t.Fatal(err)
	}
	host, page := c.Hosts()[0], string(c.AppendPath(nil, 7))
	for name, x := range map[string]struct {
		cfg  Config
		want string
	}{
		"plain":       {Config{}, "http://" + host + page},
		"below":       {Config{BasePath: "/b"}, "http://" + host + "/b" + page},
		"other host":  {Config{HostHeader: "x.test:81"}, "http://x.test:81" + page},
		"without URL": {Config{NoURLs: true}, "http://" + host + "/"},
	} {
		t.Run(name, func(t *testing.T) {
			var seen []string
			x.cfg.Viewers, x.cfg.Catalog = viewers, c
			got := asks(t, x.cfg, func(w http.ResponseWriter, r *http.Request) {
				seen = append(seen, r.Header.Get("Referer"))
			}, workloads.Request{Object: 3, From: 8, Referrer: 2}, workloads.Request{Object: 3, Referrer: 2}, workloads.Request{})
			external := viewers.Referrers()[2]
			sent := x.want
			if x.cfg.NoURLs {
				sent = "http://" + host + page
			}
			for i, want := range []string{sent, external, ""} {
				if seen[i] != want {
					t.Errorf("request %d had the Referer %q, want %q", i+1, seen[i], want)
				}
			}
			for i, want := range []string{x.want, external, ""} {
				if text := got.cfg.Names.Strings.Get(got.recs[i].Referrer); text != want {
					t.Errorf("record %d has the referrer %q, want %q", i+1, text, want)
				}
			}
		})
	}
}
