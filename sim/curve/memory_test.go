package curve

import (
	"runtime"
	"testing"

	"edgesim/edge/policy"
	"edgesim/workloads/trace"
)

// heap is the bytes that are alive.
func heap() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// TestMemoryForAnObject holds what docs/curves.md says of memory: bytes for each
// object, all of them resident, numbering apart.
func TestMemoryForAnObject(t *testing.T) {
	const objects = 300_000
	reqs := make([]trace.Request, objects)
	for i := range reqs {
		reqs[i] = trace.Request{ID: uint64(i) * 0x9e3779b97f4a7c15, Size: 1}
	}
	numbering := 0.0
	tiny, _, err := policy.Parse("wtinylfu")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name string
		most float64 // bytes for an object
		lane func() lane
	}{
		{"numbering", 3 * 16, nil},
		{"lru", 12*1.5 + 8*4, func() lane { return newLRULane([]int64{objects}) }},
		{"fifo", 1*1.5 + 2*8, func() lane { return newFIFOLane([]int64{objects}) }},
		{"sieve", 2*1.5 + 2*8, func() lane { return newSieveLane([]int64{objects}) }},
		{"s3fifo", 8*1.5 + 2*8, func() lane { return newS3FIFOLane([]int64{objects}, 0.1, 1, 2) }},
		{"arc", 16*1.5 + 8*4, func() lane { return newARCCells([]int64{objects}) }},
		{"arc, two cells", 12*1.5 + 8*4, func() lane { return newARCCells([]int64{objects, objects}) }},
		{"wtinylfu", 16*1.5 + 8*4 + 2*8, func() lane { return newWTinyLFULane(tiny, policy.Config{Capacity: objects}) }},
		{"lru-stack", StackBytes, func() lane { return newStackLane(&Curve{}) }},
	} {
		before := heap()
		n, b := newNumberer(&slice{reqs, touchSize}, Config{}, wants{names: c.name == "wtinylfu"}), &batch{}
		var l lane
		if c.lane != nil {
			l = c.lane()
		}
		for err := error(nil); err == nil; {
			err = n.next(b, batchSize)
			if l != nil {
				l.play(b)
			}
		}
		got := float64(heap()-before) / objects
		if l == nil {
			numbering = got
		} else {
			got -= numbering
		}
		t.Logf("%-10s %5.1f bytes for an object", c.name, got)
		if got > c.most+4 { // a batch and a few counters are there, too
			t.Errorf("%s: %.1f bytes for an object, not %v", c.name, got, c.most)
		}
		runtime.KeepAlive(n)
		runtime.KeepAlive(l)
	}
}

// TestNothingIsAllocatedForARequest, once all objects are known.
func TestNothingIsAllocatedForARequest(t *testing.T) {
	reqs := zipfTrace(20_000, batchSize, 0.8, true, 0, 3)
	set := workingSet(reqs)
	for _, spec := range []string{"lru", "fifo", "clock", "sieve", "s3fifo", "arc", "gdsf", "wtinylfu"} {
		p, err := lay([]Cell{{spec, set / 10}, {spec, set / 3}}, Config{})
		if err != nil {
			t.Fatal(err)
		}
		m := newNumberer(nil, Config{}, p.wants)
		b := &batch{}
		again := func() {
			m.r = &slice{reqs, touchSize}
			_ = m.next(b, batchSize)
			for _, l := range p.lanes {
				l.play(b)
			}
		}
		for range 20 {
			again()
		}
		// One is the reader of the test itself; a log that is closed up now and then
		// may be another.
		if n := testing.AllocsPerRun(20, again); n > 3 {
			t.Errorf("%s: %v allocations for %d requests", spec, n, len(reqs))
		}
	}
}
