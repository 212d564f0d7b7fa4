// Package cache is the mind of one cache partition: index, byte budget,
// freshness. It knows keys, sizes and deadlines; it must never know a clock, a
// lock, a socket or a body: the time of now comes in with the question, and
// whoever shares a Shard between goroutines brings the lock.
package cache

import (
	"math"
	"unsafe"

	"edgesim/edge/policy"
)

// State is what a Lookup found.
type State uint8

const (
	Absent State = iota // no object under that key
	Fresh               // found, and now < Expires
	Stale               // found, and expired
)

// Freshness is when an object was stored or last validated and until when it is
// fresh, in nanoseconds on the caller's clock.
type Freshness struct{ Stored, Expires int64 }

// Entry is what a Shard knows of a resident object.
type Entry struct {
	Key  uint64
	Size int64 // charged to the capacity: with overhead, and at least 1
	Freshness
}

// EntryBytes is the memory a Shard keeps for one object beside its body, in
// bytes: the entry, an eighth more for the reserve of a growing slice (append
// grows large slices by a quarter), and a cell of the index at its mean load.
// The policy's own is Kind.SlotBytes; together they are an honest
// Config.Overhead where bodies and headers are accounted for by the caller.
const EntryBytes = int64(unsafe.Sizeof(Entry{}))*9/8 + int64(policy.CellBytes)

// Shard is one cache partition. It is used by one goroutine at a time.
//
// A resident object is a slot. Slots are given out densely from 0 and used again
// last out, first in; a free entry has Size 0 and the next free slot as its Key.
type Shard struct {
	policy   policy.Policy
	admitter policy.Admitter // nil when the policy refuses nothing
	index    policy.Index
	entries  []Entry
	free     policy.Slot // the next slot to give out, or None: the one after the last
	evicted  []policy.Slot
	used     int64
	capacity int64
	overhead int64
	largest  int64
}

// Lookup asks for the object under key at the time now. One that is found, fresh
// or stale, counts as asked for in the policy's order.
func (s *Shard) Lookup(key uint64, now int64) (policy.Slot, State) {
	slot := s.find(key)
	if slot == policy.None {
		return slot, Absent
	}
	s.policy.Hit(slot)
	if now < s.entries[slot].Expires {
		return slot, Fresh
	}
	return slot, Stale
}

// Touch has the processor bring what Lookup, Peek and Store of key will read first,
// without any effect; what it returns says nothing, and is there so that the
// compiler leaves it in.
func (s *Shard) Touch(key uint64) uint64 { return s.index.Touch(key) }

// Peek tells where the object under key is, without any effect on the order.
func (s *Shard) Peek(key uint64) (policy.Slot, bool) {
	slot := s.find(key)
	return slot, slot != policy.None
}

// Store makes an object resident and returns its slot. Others are evicted, in
// the policy's order, until it fits.
//
// An object that was already resident under key is replaced: it keeps its slot,
// is not a candidate for eviction, and is a new object to the policy (Remove,
// then Add), of the same size or another.
//
// It returns false when the object is not admitted, because it is larger than
// the largest allowed or the policy refuses it. Then nothing is resident under
// key: an older object there is gone, too.
func (s *Shard) Store(key uint64, size int64, f Freshness) (policy.Slot, bool) {
	s.evicted = s.evicted[:0]
	slot := s.find(key)
	it := policy.Item{Key: key, Size: s.charge(size)}
	if slot != policy.None {
		s.leave(slot)
	}
	if it.Size > s.largest || s.admitter != nil && !s.admitter.Admit(it) {
		if slot != policy.None {
			s.release(slot)
			s.evicted = append(s.evicted, slot)
		}
		return policy.None, false
	}
	s.makeRoom(it)
	if slot == policy.None {
		slot = s.take()
		s.index.Insert(key, slot)
	}
	s.entries[slot] = Entry{Key: key, Size: it.Size, Freshness: f}
	s.used += it.Size
	s.policy.Add(slot, it)
	return slot, true
}

// Evicted lists the slots that the last Store freed, in order: those of the
// victims, or that of the older object under a key whose new one was not
// admitted. The slot that Store returned may be among them, as slots are used
// again: clear what you keep for these first. The list is valid until the next
// Store.
func (s *Shard) Evicted() []policy.Slot { return s.evicted }

// Freshen gives the object in slot a new freshness, as after a 304.
func (s *Shard) Freshen(slot policy.Slot, f Freshness) { s.resident(slot).Freshness = f }

// Remove frees the slot of an object for another reason than room.
func (s *Shard) Remove(slot policy.Slot) {
	s.resident(slot)
	s.leave(slot)
	s.release(slot)
}

// Entry is what is known of the object in slot.
func (s *Shard) Entry(slot policy.Slot) Entry { return *s.resident(slot) }

// Len is the number of resident objects.
func (s *Shard) Len() int { return s.index.Len() }

// Used is the sum of the residents' sizes, in bytes with overhead.
func (s *Shard) Used() int64 { return s.used }

// Capacity is what Used never exceeds.
func (s *Shard) Capacity() int64 { return s.capacity }

// Bound is the largest slot ever given out, plus 1.
func (s *Shard) Bound() int { return len(s.entries) }

// Each calls do with every resident object, by slot, until do returns false. It
// may remove the object it is called with.
func (s *Shard) Each(do func(policy.Slot, Entry) bool) {
	for i, e := range s.entries {
		if e.Size != 0 && !do(policy.Slot(i), e) {
			return
		}
	}
}

// charge is what an object of that size costs. A size so large that the sum does
// not fit an int64 costs more than any capacity.
func (s *Shard) charge(size int64) int64 {
	if size < 0 {
		panic("cache: Store: negative size")
	}
	if size > math.MaxInt64-s.overhead {
		return math.MaxInt64
	}
	return max(1, size+s.overhead)
}

func (s *Shard) find(key uint64) policy.Slot {
	at, slot := s.index.Seek(key)
	for slot != policy.None && s.entries[slot].Key != key {
		at, slot = s.index.Next(key, at)
	}
	return slot
}

// makeRoom evicts until the incoming object fits. It is no larger than the
// capacity, so somebody is left to evict as long as it does not.
func (s *Shard) makeRoom(in policy.Item) {
	for s.used > s.capacity-in.Size {
		victim := s.policy.Victim(in)
		s.used -= s.resident(victim).Size
		s.release(victim)
		s.evicted = append(s.evicted, victim)
	}
}

// leave takes an object out of the order and the budget; its slot stays.
func (s *Shard) leave(slot policy.Slot) {
	s.policy.Remove(slot)
	s.used -= s.entries[slot].Size
}

// release frees a slot.
func (s *Shard) release(slot policy.Slot) {
	s.index.Delete(s.entries[slot].Key, slot)
	s.entries[slot] = Entry{Key: uint64(s.free)}
	s.free = slot
}

// take gives out a free slot.
func (s *Shard) take() policy.Slot {
	slot := s.free
	if slot != policy.None {
		s.free = policy.Slot(s.entries[slot].Key)
		return slot
	}
	if uint64(len(s.entries)) == uint64(policy.None) {
		panic("cache: more objects than slots have numbers")
	}
	s.entries = append(s.entries, Entry{})
	return policy.Slot(len(s.entries) - 1)
}

func (s *Shard) resident(slot policy.Slot) *Entry {
	e := &s.entries[slot]
	if e.Size == 0 {
		panic("cache: no object is resident in that slot")
	}
	return e
}
