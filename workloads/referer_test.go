package workloads

import "testing"

// The page that led to a request is known by the host that is asked, where it has
// it, else by its section's first.
func TestAppendReferer(t *testing.T) {
	types := []Type{{Name: "html", Prefix: "/", Ext: ".html", Size: SizeModel{Median: 1}}}
	c := mustCatalog(t, CatalogConfig{Sections: []Section{
		{Name: "site", Hosts: []string{"www.x.net", "m.x.net"}, Objects: 10, Types: types},
		{Name: "img", Hosts: []string{"img.x.net"}, Objects: 10, Types: types},
	}})
	page := string(c.AppendPath(nil, 4))
	for host, want := range []string{"www.x.net", "m.x.net", "www.x.net"} {
		if got := string(c.AppendReferer(nil, "http", &Request{From: 5, Object: 12, Host: uint16(host)})); got != "http://"+want+page {
			t.Errorf("asked under %s the page is %s", c.Hosts()[host], got)
		}
	}
}
