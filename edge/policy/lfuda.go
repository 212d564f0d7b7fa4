package policy

func init() {
	register(Kind{
		Name:      "lfuda",
		Title:     "LFU-DA",
		Paper:     "M. Arlitt, L. Cherkasova, J. Dilley, R. Friedrich, T. Jin, Evaluating content management techniques for web proxy caches, ACM SIGMETRICS Performance Evaluation Review 27(4), 2000",
		SlotBytes: heapBytes,
		New:       func(Config) Policy { return &lfuda{} },
	})
}

// lfuda is LFU with dynamic aging: it evicts the object with the smallest key K = C·F + L, where F is how often
// it was asked for since it was stored, C is 1, and L, the cache's age, is the key
// of the object evicted last. Plain LFU (L = 0) keeps what was popular once for
// ever; here a new object starts not at 1 but at the age, and one that is no
// longer asked for is overtaken. A hit counts on from the age of now. Of equal
// keys the one asked for least recently leaves first. Sizes do not count.
type lfuda struct {
	heap
	age   uint64
	clock uint64 // requests
}

func (p *lfuda) Hit(s Slot) { p.count(&p.slots[s]) }

func (p *lfuda) Add(s Slot, _ Item) {
	p.slots = reach(p.slots, s)
	p.slots[s] = ranked{}
	p.count(&p.slots[s])
	p.push(s)
}

func (p *lfuda) count(r *ranked) {
	p.clock++
	r.hit()
	r.rank = rank{p.age + uint64(r.hits), p.clock}
}

func (p *lfuda) Victim(Item) Slot {
	s := p.pop()
	p.age = p.slots[s].key
	return s
}

func (p *lfuda) Remove(s Slot) { p.remove(s) }
