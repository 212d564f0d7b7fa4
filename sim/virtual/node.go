package virtual

import (
	"time"

	"edgesim/edge"
	"edgesim/edge/cache"
	"edgesim/edge/policy"
	"edgesim/results"
)

// node is one edge: an edge location, or a tier behind it. It is the real edge's
// rules over numbers, with the real edge's shards.
type node struct {
	w       *world
	layer   results.Layer
	place   uint16  // index into Names.Edges
	code    string  // as FRA56-P1
	up      *node   // the tier that is asked in the origins' place; nil: none
	upWay   int64   // ns, one way, to that tier
	pools   []pool  // connections to the origins, by server
	tierAt  pool    // and to the tier
	ways    []int64 // ns, one way, to the origins
	parts   []partition
	largest int64 // body that is kept, in bytes

	flying, mostFlights int
	booked, memory      int64 // bytes of bodies that come in and are kept

	lens  lens
	tally results.TierTally // of a tier, warm-up left out
}

// partition is a shard, with what is known of the objects in it.
type partition struct {
	shard   *cache.Shard
	held    []held // by slot
	flights listed // under way, by key
	passes  notes  // responses under a key cannot be shared until that moment
	changes notes  // when keys were last invalidated
}

func newPartition(c cache.Config) (partition, error) {
	s, err := cache.New(c)
	return partition{shard: s}, err
}

// notes remember a moment of some keys. Few have one, and who has none is told so
// without a look into a table that lies far from the processor.
type notes struct {
	used  [passSlots / 64]uint64 // a bit for each slot
	slots [passSlots]note
}

type note struct {
	hash uint64
	at   int64
}

// of is what is noted of a key; false: nothing.
func (n *notes) of(hash uint64) (at int64, noted bool) {
	slot := hash % passSlots
	if n.used[slot/64]>>(slot%64)&1 == 0 {
		return 0, false
	}
	x := &n.slots[slot]
	return x.at, x.hash == hash
}

// set notes it in the place of what was noted of another key.
func (n *notes) set(hash uint64, at int64) {
	slot := hash % passSlots
	n.used[slot/64] |= 1 << (slot % 64)
	n.slots[slot] = note{hash, at}
}

// As edge/store.go and edge/flight.go have it.
const (
	passSlots = 1024
	passFor   = int64(2 * time.Minute)
)

// held is what is kept of a response: 128 bytes, of which a hit wants the first
// half, which is a line of the processor's caches. It has no pointers, so that a
// cache of many objects costs the garbage collector nothing.
type held struct {
	stored   int64  // virtual time when the header came
	age      int64  // ns, then
	lifetime int64  // ns
	version  int64  // of the object; -1: none
	length   int64  // of the body; -1: not known before it has come
	head     int32  // index into world.heads
	fields   int32  // bytes of fields beyond the head's
	key      int32  // length of the key
	modified uint32 // Unix seconds; 0: unknown
	status   uint16
	bits     bits
	passed   uint16 // of fields, bytes of the lines that tiers add, Via and Cache-Status

	id       uint64 // no other has it; 0: none is held
	expires  int64  // virtual time: fresh before it
	swr, sie int64  // ns: stale-while-revalidate, stale-if-error
	memory   int64  // that the body takes, in bytes
	from     int64  // of a slice, or of a part that is passed on: where its body begins in the object
	mark     uint64 // of a head, and of what took its place: part of the keys of its slices; of a part that is passed on: how long all is
	date     uint32 // Unix seconds
	of       uint32 // which object it is, as an edition says it
}

// edition is a version of an object's contents, as an entity tag tells it from all
// others: where keys do not have what origins see, several objects share a key.
type edition struct {
	version int64  // -1: there is none
	of      uint32 // the lower half of the object's number in the catalog
}

var none = edition{version: -1}

func (o *held) edition() edition { return edition{o.version, o.of} }

// bits are yes-or-no facts of a response.
type bits uint8

const (
	kept        bits = 1 << iota // may be stored
	must                         // never to be served stale
	collapsible                  // may answer those who waited for it
	onError                      // kept fresh for a moment only because the origin fails
	aged                         // came with an Age
	static                       // its lifetime is an hour or more
	sliced                       // the head of slices: it has length and no bytes
	varies                       // the edge has added Vary to what came
)

func (b bits) has(x bits) bool { return b&x != 0 }

// noHead is held.head of a slice, which has no fields of its own.
const noHead = -1

// ageAt is the object's current age (RFC 9111 §4.2.3), in ns.
func (o *held) ageAt(now int64) int64 { return o.age + max(0, now-o.stored) }

// left is the freshness left, in ns: negative once the object is stale.
func (o *held) left(now int64) int64 { return o.lifetime - o.ageAt(now) }

// mayServeStale reports whether it may be served while it is renewed (RFC 5861
// §3).
func (o *held) mayServeStale(now int64) bool {
	return !o.bits.has(must) && o.swr > 0 && -o.left(now) <= o.swr
}

// mayServeOnError reports whether it may be served because the origin fails
// (RFC 5861 §4).
func (o *held) mayServeOnError(now int64) bool {
	return !o.bits.has(must) && o.sie > 0 && -o.left(now) <= o.sie
}

// ttlClass is whether reports count it as static or as dynamic.
func (o *held) ttlClass() results.TTLClass {
	if o.bits.has(static) {
		return results.TTLStatic
	}
	return results.TTLDynamic
}

func (o *held) freshness() cache.Freshness {
	return cache.Freshness{Stored: o.stored, Expires: o.expires}
}

// fieldBytes is the length of its stored fields.
func (w *world) fieldBytes(o *held) int {
	if o.head == noHead {
		return 0
	}
	h := w.heads[o.head]
	n := h.block + int(o.fields)
	if h.tagged {
		n += digits(o.version) - 1
	}
	return n
}

func (w *world) weight(o *held) int64 { return edge.Weight(int(o.key), w.fieldBytes(o), o.memory) }

func (n *node) part(hash uint64) *partition { return &n.parts[edge.PartitionOf(hash, len(n.parts))] }

// lookup finds the object under a key, which counts as asked for.
func (p *partition) lookup(hash uint64, now int64) (*held, cache.State) {
	slot, state := p.shard.Lookup(hash, now)
	if state == cache.Absent {
		return nil, state
	}
	return &p.held[slot], state
}

// peek is lookup without effect on the policy's order.
func (p *partition) peek(hash uint64) (*held, policy.Slot) {
	if slot, ok := p.shard.Peek(hash); ok {
		return &p.held[slot], slot
	}
	return nil, policy.None
}

// put stores a complete object, unless a newer one is there.
func (n *node) put(p *partition, hash uint64, o *held) bool {
	old, had := p.shard.Peek(hash)
	if had && p.held[old].stored > o.stored {
		return false
	}
	slot, ok := p.shard.Store(hash, n.w.weight(o), o.freshness())
	for _, gone := range p.shard.Evicted() {
		p.held[gone].id = 0
	}
	if had && (!ok || old != slot) {
		p.held[old].id = 0
	}
	if !ok {
		return false
	}
	for int(slot) >= len(p.held) {
		p.held = append(p.held, held{})
	}
	p.held[slot] = *o
	return true
}

// renew puts a renewed object in the place of the old one, which may have left
// meanwhile, or been changed. One that has come to weigh more or less is weighed
// anew.
func (n *node) renew(f *flight, p *partition, hash uint64, old, o *held) {
	at, slot := p.peek(hash)
	switch {
	case p.changedSince(f):
	case at != nil && at.id == old.id && n.w.weight(o) == n.w.weight(old):
		p.held[slot] = *o
		p.shard.Freshen(slot, o.freshness())
	case at == nil || at.id == old.id:
		n.put(p, hash, o)
	}
}

// remove drops what is stored under a key.
func (p *partition) remove(hash uint64) {
	if o, slot := p.peek(hash); o != nil {
		p.shard.Remove(slot)
		o.id = 0
	}
}

// passing reports whether the key is known not to be shared.
func (p *partition) passing(hash uint64, now int64) bool {
	until, noted := p.passes.of(hash)
	return noted && now < until
}

func (p *partition) setPassing(hash uint64, until int64) {
	p.passes.set(hash, until)
}

// pool is a cache's connections to one origin, as far as it matters: how many
// are open, and since when those that nobody uses are idle.
type pool struct {
	idle    []int64 // virtual time, the longest first
	open    int
	waiting []*flight // for one of the most that may be open, the first the longest
}

// pruneEvery is how often a cache closes connections that were idle for too
// long (edge/serve.go).
const pruneEvery = int64(time.Second)

// take takes an idle connection, the one used last; false when there is none.
func (c *pool) take(now, keep int64) bool {
	tick := now - (now+headStart)%pruneEvery
	gone := 0
	for gone < len(c.idle) && tick-c.idle[gone] > keep {
		gone++
	}
	if gone > 0 {
		c.open -= gone
		c.idle = c.idle[:copy(c.idle, c.idle[gone:])]
	}
	if len(c.idle) == 0 {
		return false
	}
	c.idle = c.idle[:len(c.idle)-1]
	return true
}

// put keeps a connection for the next request; it is closed when too many are
// idle already.
func (c *pool) put(now int64, most int) {
	if len(c.idle) < most {
		c.idle = append(c.idle, now)
		return
	}
	c.open--
}
