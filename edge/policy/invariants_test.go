package policy

import (
	"fmt"
	"maps"
	"testing"
)

// A harness is a cache around a policy, and checks what holds of every one:
// victims are residents, each once. Keys are the slots' own numbers, so that the
// dense form can be played, too.
type harness struct {
	t        testing.TB
	p        Policy
	capacity int64
	used     int64
	size     map[Slot]int64
}

func newHarness(t testing.TB, spec string, c Config) *harness {
	p, err := Make(spec, c)
	if err != nil {
		t.Fatal(err)
	}
	return &harness{t: t, p: p, capacity: c.Capacity, size: map[Slot]int64{}}
}

// request asks for the object of slot s, and stores it after a miss as a shard
// does.
func (h *harness) request(s Slot, size int64) {
	if h.size[s] > 0 {
		h.p.Hit(s)
		return
	}
	in := Item{Key: uint64(s), Size: size}
	if a, ok := h.p.(Admitter); size > h.capacity || ok && !a.Admit(in) {
		return
	}
	for h.used > h.capacity-size {
		v := h.p.Victim(in)
		if h.size[v] == 0 {
			h.t.Fatalf("victim %d is not resident", v)
		}
		h.leave(v)
	}
	h.size[s] = size
	h.used += size
	h.p.Add(s, in)
}

// step asks for, or removes, one of 128 objects.
func (h *harness) step(what, size byte) {
	if s := Slot(what & 127); what >= 128 {
		h.remove(s)
	} else {
		h.request(s, 1+int64(size))
	}
	h.check()
}

func (h *harness) leave(s Slot) {
	h.used -= h.size[s]
	delete(h.size, s)
}

func (h *harness) remove(s Slot) {
	if h.size[s] > 0 {
		h.p.Remove(s)
		h.leave(s)
	}
}

// drain evicts everybody.
func (h *harness) drain() {
	for len(h.size) > 0 {
		v := h.p.Victim(Item{Key: 255, Size: h.capacity})
		if h.size[v] == 0 {
			h.t.Fatalf("victim %d is not resident", v)
		}
		h.leave(v)
	}
}

// check looks at what the policy says of itself.
func (h *harness) check() {
	if wrong := broken(h.p, h.used, len(h.size), h.capacity); wrong != "" {
		h.t.Fatal(wrong)
	}
}

// broken names what does not hold of a policy that should have so many bytes of
// so many objects, or is empty.
func broken(p Policy, used int64, n int, capacity int64) string {
	switch p := p.(type) {
	case *slru:
		for _, c := range p.segments[1:] {
			if c.bytes > p.most {
				return fmt.Sprintf("slru: a segment of %d bytes, more than %d", c.bytes, p.most)
			}
		}
		return brokenChains(p.nodes, used, n, p.segments...)
	case *s3fifo:
		return brokenChains(p.nodes, used, n, p.small, p.main) + brokenGhost(&p.ghost)
	case *twoQ:
		return brokenChains(p.nodes, used, n, p.in, p.am) + brokenGhost(&p.out)
	case *mq:
		if p.residents != int64(n) {
			return fmt.Sprintf("mq: %d residents, not %d", p.residents, n)
		}
		return brokenChains(p.nodes, used, n, p.queues...) + brokenGhost(&p.out)
	case *arc:
		if !p.oneForOne {
			return brokenChains(p.nodes, used, n, p.t[:]...) + brokenBounds(p.t, p.b, p.target, capacity)
		}
		return brokenChains(p.nodes, used, n, p.t[:]...)
	case *car:
		return brokenChains(p.nodes, used, n, p.t[:]...) + brokenBounds(p.t, p.b, p.target, capacity)
	case *lfuda:
		return brokenHeap(&p.heap, n)
	case *gdsf:
		if p.used != used {
			return fmt.Sprintf("gdsf: %d bytes, not %d", p.used, used)
		}
		return brokenHeap(&p.heap, n)
	case *lruk:
		return brokenHeap(&p.heap, n) + brokenGhost(&p.left)
	case *lirs:
		return brokenLIRS(p, used, n)
	case *gated:
		return broken(p.Policy, used, n, capacity)
	}
	return brokenModern(p, used, n, capacity)
}

// brokenChains walks chains from both ends.
func brokenChains(nodes []node, used int64, n int, chains ...chain) string {
	for i, c := range chains {
		bytes, count, last := int64(0), 0, None
		for s := c.head; s != None; s = nodes[s].next {
			if nodes[s].prev != last {
				return fmt.Sprintf("chain %d: %d follows %d and does not know it", i, s, last)
			}
			bytes, count, last = bytes+nodes[s].size(), count+1, s
		}
		if last != c.tail || bytes != c.bytes {
			return fmt.Sprintf("chain %d: ends at %d with %d bytes, says %d and %d", i, last, bytes, c.tail, c.bytes)
		}
		used, n = used-bytes, n-count
	}
	if used != 0 || n != 0 {
		return fmt.Sprintf("chains lack %d objects of %d bytes", n, used)
	}
	return ""
}

func brokenGhost(g *ghost) string {
	if g.order.bytes > g.limit {
		return fmt.Sprintf("ghost: %d bytes, more than %d", g.order.bytes, g.limit)
	}
	return brokenChains(g.nodes, g.order.bytes, g.count, g.order)
}

// brokenBounds holds the lists of ARC and CAR to their bounds in bytes.
func brokenBounds(t, b [2]chain, target float64, c int64) string {
	if l1 := t[0].bytes + b[0].bytes; l1 > c || l1+t[1].bytes+b[1].bytes > 2*c || target < 0 || target > float64(c) {
		return fmt.Sprintf("T1+B1 %d of %d, all four %d of %d, target %v", l1, c, l1+t[1].bytes+b[1].bytes, 2*c, target)
	}
	return ""
}

// brokenHeap: nobody in the tree is below its parent, nor ranked lower than the
// tree has it, and everybody knows his place.
func brokenHeap(h *heap, n int) string {
	if len(h.tree) != n {
		return fmt.Sprintf("heap: %d of %d", len(h.tree), n)
	}
	for i, l := range h.tree {
		switch s := h.slots[l.slot]; {
		case i > 0 && l.less(h.tree[(i-1)/4].rank):
			return fmt.Sprintf("heap: leaf %d is lower than its parent", i)
		case s.less(l.rank):
			return fmt.Sprintf("heap: slot %d has fallen", l.slot)
		case int(s.place) != i:
			return fmt.Sprintf("heap: slot %d thinks it is at %d, not %d", l.slot, s.place, i)
		}
	}
	return ""
}

func brokenLIRS(p *lirs, used int64, n int) string {
	lir, out := int64(0), int64(0)
	for b := p.s.tail; b != None; b = p.stack[b].prev {
		k := p.blocks[b]
		used, n = used-k.Size, n-1
		switch {
		case !k.in:
			return "lirs: in S and does not know it"
		case b == p.s.tail && k.state != lirsLIR && lir+p.lir > 0:
			return "lirs: the lowest of S is not LIR"
		case k.state == lirsLIR:
			lir += k.Size
		case k.state == lirsLeft:
			out, used, n = out+k.Size, used+k.Size, n+1
		}
	}
	for b := p.q.head; b != None; b = p.queue[b].next {
		if k := p.blocks[b]; k.state != lirsHIR {
			return "lirs: in Q and not HIR"
		} else if !k.in {
			used, n = used-k.Size, n-1
		}
	}
	if lir != p.lir || lir > p.lirCap || out != p.out || out > p.outCap || used != 0 || n != 0 {
		return fmt.Sprintf("lirs: LIR %d, said %d of %d; left %d, said %d of %d; lacks %d objects of %d bytes",
			lir, p.lir, p.lirCap, out, p.out, p.outCap, n, used)
	}
	return ""
}

// fuzzSpecs is the zoo, and parameters that take other ways through it.
func fuzzSpecs() []string {
	return append(Names(), "clock:bits=3", "slru:segments=4,protected=0.5", "2q:kin=0.5,kout=2", "mq:queues=3,life=5",
		"lruk:k=3", "gdsf:contest=1", "arc:step=1,forget=1", "lirs:hir=0.3,stack=0.5", "s3fifo:small=0.5",
		"wtinylfu:window=0.3", "wtinylfu:window=0,doorkeeper=1", "qdlpfifo:small=0.5", "klru:k=3", "adaptsize:every=5,c=20",
		"lhd:every=16,ages=64", "hyperbolic:size=1,sample=3", "s3fifo+bloom+prob:p=0.5")
}

// FuzzAnyRequestsKeepThePolicyWhole plays requests and removals, read from bytes,
// through one policy of the zoo and checks it after each; twice, with keys that are
// hashed and dense ones, and all else must be the same.
func FuzzAnyRequestsKeepThePolicyWhole(f *testing.F) {
	for i := range fuzzSpecs() {
		f.Add(uint8(i), uint8(40), []byte("\x01\x09\x02\x20\x01\x01\x03\x10\x81\x01\x04\x30\x01\x09\x02\x11\x05\x28\x01\x02\x82\x01\x03\x03"))
	}
	f.Fuzz(func(t *testing.T, which, capacity uint8, script []byte) {
		specs := fuzzSpecs()
		spec := specs[int(which)%len(specs)]
		h := newHarness(t, spec, Config{Capacity: 1 + int64(capacity), Seed: 1})
		twin := newHarness(t, spec, Config{Capacity: 1 + int64(capacity), Seed: 1, Dense: 16})
		for rest := script[:min(len(script), 2000)]; len(rest) >= 2; rest = rest[2:] {
			h.step(rest[0], rest[1])
			twin.step(rest[0], rest[1])
			if !maps.Equal(h.size, twin.size) {
				t.Fatalf("%s: hashed and dense keys part: %v, %v", spec, h.size, twin.size)
			}
		}
		h.drain()
		h.check()
	})
}
