package edge

import (
	"sync"

	"github.com/zeebo/xxh3"

	"edgesim/edge/cache"
	"edgesim/edge/policy"
)

// partition is a shard with a lock and bodies: the one place where the cache's
// mind meets goroutines and memory. It also knows the flights under way for
// its keys, and which keys do not cache.
type partition struct {
	mu      sync.Mutex
	shard   *cache.Shard
	objects []*object // by slot; put in and taken out by set alone, which counts holds
	flights map[string]*flight
	under   map[*flight]struct{} // every flight that is under way, joinable or not
	counts  counts

	generation int64 // of variants, given out last

	passes  [passSlots]pass
	changes [passSlots]pass // when keys were last invalidated; until is that moment
	_       [64]byte
}

// pass remembers for a while that responses under a key cannot be shared, so
// that nobody waits for another's. The table is small and forgetful: a newer
// key takes an older one's place.
type pass struct {
	hash  uint64
	until int64 // edge clock
}

const passSlots = 1024

func newPartition(c cache.Config) (*partition, error) {
	s, err := cache.New(c)
	if err != nil {
		return nil, err
	}
	return &partition{shard: s, flights: map[string]*flight{}, under: map[*flight]struct{}{}}, nil
}

func hashKey(key []byte) uint64 { return xxh3.Hash(key) }

// lookup finds the object under a key. The caller holds the lock.
func (p *partition) lookup(hash uint64, key []byte, now int64) (*object, cache.State) {
	slot, state := p.shard.Lookup(hash, now)
	if state == cache.Absent {
		return nil, state
	}
	o := p.objects[slot]
	if o.key != string(key) { // another key with the same 64-bit name
		return nil, cache.Absent
	}
	return o, state
}

// peek is lookup without effect on the policy's order.
func (p *partition) peek(hash uint64, key string) (*object, policy.Slot) {
	if slot, ok := p.shard.Peek(hash); ok {
		if o := p.objects[slot]; o.key == key {
			return o, slot
		}
	}
	return nil, policy.None
}

// keep stores a complete object, unless a newer one is there or what it answers
// was changed since its flight began. It reports false when the shard refuses it.
func (p *partition) keep(hash uint64, o *object, f *flight) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return !f.void.Load() && !p.changedSince(f.baseHash, f.began) && p.put(hash, o)
}

// changedSince reports whether the plain key was invalidated after that moment.
// The caller holds the lock.
func (p *partition) changedSince(baseHash uint64, at int64) bool {
	x := &p.changes[baseHash%passSlots]
	return x.hash == baseHash && x.until >= at
}

// put is keep for one who holds the lock.
func (p *partition) put(hash uint64, o *object) bool {
	old, had := p.shard.Peek(hash)
	if had && p.objects[old].key == o.key && p.objects[old].stored > o.stored {
		return false
	}
	if !o.body.hold() {
		return false
	}
	slot, ok := p.shard.Store(hash, o.cost(), o.freshness())
	for _, gone := range p.shard.Evicted() {
		p.set(gone, nil)
		p.counts.evicted++
	}
	if had && (!ok || old != slot) {
		p.set(old, nil) // replaced, or gone because the new one was refused
	}
	if !ok {
		p.counts.refused++
		o.body.let()
		return false
	}
	p.counts.stored++
	for int(slot) >= len(p.objects) {
		p.objects = append(p.objects, nil)
	}
	p.set(slot, o)
	if o.base > 0 {
		p.adopt(o)
	}
	return true
}

// set puts an object whose body is held for it into a slot, or nil, and lets go
// of the one that was there.
func (p *partition) set(slot policy.Slot, o *object) {
	if was := p.objects[slot]; was != nil {
		was.body.let()
	}
	p.objects[slot] = o
}

// empty lets go of every object.
func (p *partition) empty() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.shard.Each(func(slot policy.Slot, _ cache.Entry) bool {
		p.shard.Remove(slot)
		p.set(slot, nil)
		return true
	})
}

// renew puts a renewed object in the place of the old one, which may have left
// meanwhile. An object that has come to weigh more or less is weighed anew.
func (p *partition) renew(hash uint64, old, o *object, f *flight) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if f.void.Load() || p.changedSince(f.baseHash, f.began) {
		return
	}
	at, slot := p.peek(hash, old.key)
	if at == old && o.cost() == old.cost() && o.body.hold() {
		p.set(slot, o)
		p.shard.Freshen(slot, o.freshness())
	} else if at == old || at == nil && f.quiet() {
		p.put(hash, o)
	}
}

// invalidate removes what is stored under a plain key, with its variants, and
// what flights that began before now would store.
func (p *partition) invalidate(hash uint64, key string, now int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.changes[hash%passSlots] = pass{hash, now}
	delete(p.flights, key)
	p.counts.changed += int64(p.remove(hash, key))
}

// remove drops one object, and with a marker its variants, and tells how many
// that were: none where the key has none. The caller holds the lock.
func (p *partition) remove(hash uint64, key string) int {
	o, slot := p.peek(hash, key)
	if o == nil {
		return 0
	}
	p.shard.Remove(slot)
	p.set(slot, nil)
	if o.family == nil {
		return 1
	}
	n := 0
	for _, key := range o.family.keys {
		n += p.remove(hashKey(bytesOf(key)), key)
	}
	return n
}

// passing reports whether the key is known not to be shared. The caller holds
// the lock.
func (p *partition) passing(hash uint64, now int64) bool {
	x := &p.passes[hash%passSlots]
	return x.hash == hash && now < x.until
}

func (p *partition) setPassing(hash uint64, until int64) {
	p.mu.Lock()
	p.passes[hash%passSlots] = pass{hash, until}
	p.mu.Unlock()
}
