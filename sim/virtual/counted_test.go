package virtual

import (
	"testing"

	"edgesim/sim/scenario"
	"edgesim/workloads"
)

const twoSections = `
name: counted
duration: 10s
origins:
  o: {kind: bucket}
distributions:
  - {id: E1, domain: d1.cloudfront.net, aliases: [www.example.com], default: {origin: o}}
workload:
  rate: 10/s
  sections:
    - {name: few, hosts: [www.example.com], share: 50%, objects: 100000, zipf: 1.0}
    - {name: many, hosts: [www.example.com], share: 50%, objects: 1000000000000, zipf: 0, types: [{name: once, prefix: /once/, ext: .bin, content_type: application/octet-stream, size: {median: 10KB}}]}
`

func twoSectionsWorld(t *testing.T) *world {
	t.Helper()
	s, err := scenario.Parse("counted.yaml", []byte(twoSections))
	if err != nil {
		t.Fatal(err)
	}
	c := Config{Scenario: s}
	w, err := newWorld(&c, c.names())
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// TestAttemptsAreCountedByObject: an origin counts each object's requests, those of a
// section that has a slice and those of one too large for it, and what is not there.
func TestAttemptsAreCountedByObject(t *testing.T) {
	w := twoSectionsWorld(t)
	up := w.site.routes[0][0].ups[0]
	if up.attempts[0] == nil || up.attempts[1] != nil {
		t.Fatal("the few are not counted in a slice, or the many are")
	}
	for round := range uint32(3) {
		for _, id := range []uint64{0, 1, 99_999, 100_000, 100_001, 1_000_000_099_999} {
			x := exchange{up: up, id: id, found: true}
			x.object, _ = up.contents.Object(id)
			if got := up.count(&x); got != round {
				t.Errorf("request %d for object %d is number %d", round, id, got)
			}
		}
		if got := up.count(&exchange{up: up}); got != round {
			t.Errorf("request %d for what is not there is number %d", round, got)
		}
	}
}

// TestPagesThatShareAPlaceAreToldApart: what led to a request is its own page, also
// where the clerk remembers another in its place.
func TestPagesThatShareAPlaceAreToldApart(t *testing.T) {
	c := twoSectionsWorld(t).clerk
	for range 3 {
		for _, from := range []uint64{1, 1 + pagesKept, 1, 2, 1 + 2*pagesKept, 1 + 2*pagesKept} {
			req := workloads.Request{From: from}
			want := string(c.catalog.AppendReferer(nil, "http", &req))
			if r := c.referer(&req); c.names.Strings.Get(r.sym) != want || r.line != len("Referer: \r\n")+len(want) {
				t.Errorf("page %d: %q, a line of %d bytes; %q led to it", from, c.names.Strings.Get(r.sym), r.line, want)
			}
		}
	}
}
