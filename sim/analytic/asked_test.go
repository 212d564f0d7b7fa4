package analytic

import (
	"math"
	"testing"
)

// What caches ask is split by origin, and adds up to the answer's; a service time has
// the moments of its first byte and of the bodies it sends.
func TestAskedByOrigin(t *testing.T) {
	p := zipf(t, 1000, 0.8, 100).With(Conduct{TTL: 20, ChangeEvery: 60})
	other := zipf(t, 500, 1, 50).With(Conduct{Origin: 2})
	for i := range other {
		other[i].Size = 4
	}
	lru, err := Parse("lru")
	if err != nil {
		t.Fatal(err)
	}
	c, err := lru.Solve(append(p, other...), 400)
	if err != nil {
		t.Fatal(err)
	}
	all, a := c.Asked(), c.Answer()
	if len(all) != 3 || all[1].Requests != 0 {
		t.Fatalf("%+v", all)
	}
	near4(t, "requests", all[0].Requests+all[2].Requests, a.OriginRequests, 1e-9)
	near4(t, "bytes", all[0].Bytes+all[2].Bytes, a.OriginBytes, 1e-9)
	near4(t, "sizes of the second", all[2].Bytes, 4*all[2].Bodies, 1e-9)
	if refreshes := c.Refreshes(); all[0].Bodies >= all[0].Requests || refreshes[0].Requests <= all[0].Requests-all[0].Bodies {
		t.Errorf("refreshes bring bodies: %+v of %+v", refreshes[0], all[0])
	}

	o := Serving{Servers: 2, FirstByte: 0.1, FirstByteCV2: 1, Bandwidth: 8}.Of(all[2])
	near4(t, "service", o.Service, 0.1+4./8, 1e-12) // every request of it brings 4 bytes
	near4(t, "cv²", o.ServiceCV2, 0.01/(0.6*0.6), 1e-12)
	mixed := Serving{Servers: 1, Bandwidth: 1}.Of(Asked{Requests: 2, Bodies: 2, Bytes: 4, squares: 10}) // sizes 1 and 3
	near4(t, "cv² of sizes", mixed.ServiceCV2, 0.25, 1e-12)
	if idle := (Serving{Servers: 1, FirstByte: 1, Bandwidth: 1}).Of(Asked{}); idle.Service != 1 || math.IsNaN(idle.ServiceCV2) {
		t.Errorf("asked for nothing: %+v", idle)
	}
}

// Objects that weigh twice their size need twice the capacity, and bytes are still
// those of the sizes.
func TestWeightIsWhatFillsACache(t *testing.T) {
	p := zipf(t, 5000, 0.9, 100)
	heavier := zipf(t, 5000, 0.9, 100)
	for i := range heavier {
		heavier[i].Weight = 2 * heavier[i].Size
	}
	for _, spec := range []string{"lru", "fifo", "klru:k=2", "lfu", "static", "lru+bloom:window=2"} {
		a, b := solved(t, p, spec, 300).Answer(), solved(t, heavier, spec, 600).Answer()
		near4(t, spec+": hit", b.Hit, a.Hit, 1e-6)
		near4(t, spec+": origin's bytes", b.OriginBytes, a.OriginBytes, 1e-4)
	}
	near4(t, "weighs", heavier.Weighs(), 2*p.Bytes(), 1e-6)
}
