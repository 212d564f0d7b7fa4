package foresight

import "edgesim/edge/policy"

// residents are what every Seer knows of its slots: sizes, when they are asked
// for next, and apart from the rest those that are not.
type residents struct {
	capacity int64
	fetched  bool  // everything is stored: nothing bypasses
	bytes    int64 // of the residents that will be asked for again
	next     int64 // of the object asked for now
	now      int64 // number of the request, from 0
	slots    []resident
	at       []uint32      // by slot: its place in its heap, or in spent
	spent    []policy.Slot // not asked for again, in no order
}

type resident struct {
	size int64
	next int64 // Never: the slot is in spent
}

// bypass is a parameter of every Seer.
var bypass = policy.Param{
	Name: "bypass", Usage: "1: what would leave first is not stored; 0: everything is, as in a memory with pages",
	Default: 1, Most: 1, Whole: true,
}

func newResidents(c policy.Config) residents {
	given, ok := c.Params[bypass.Name]
	return residents{capacity: c.Capacity, now: -1, fetched: ok && given == 0}
}

// See implements Seer.
func (r *residents) See(next int64) {
	r.next = next
	r.now++
}

// add notes the object in s and reports whether it will be asked for again. If
// not, it is among the spent.
func (r *residents) add(s policy.Slot, size int64) bool {
	for len(r.slots) <= int(s) {
		r.slots = append(r.slots, resident{})
		r.at = append(r.at, 0)
	}
	r.slots[s] = resident{size, r.next}
	r.bytes += size
	if r.next == Never {
		r.spend(s)
		return false
	}
	return true
}

// spend puts s, which is in no heap, among those that are not asked for again.
func (r *residents) spend(s policy.Slot) {
	r.bytes -= r.slots[s].size
	r.slots[s].next = Never
	r.at[s] = uint32(len(r.spent))
	r.spent = append(r.spent, s)
}

// drop reports whether s is in a heap, which then has fewer bytes to hold; from
// the spent it is taken out.
func (r *residents) drop(s policy.Slot) bool {
	if r.slots[s].next != Never {
		r.bytes -= r.slots[s].size
		return true
	}
	last := r.spent[len(r.spent)-1]
	r.spent[r.at[s]] = last
	r.at[last] = r.at[s]
	r.spent = r.spent[:len(r.spent)-1]
	return false
}

// fits reports whether an object of that size can come in without the loss of
// one that will be asked for again.
func (r *residents) fits(size int64) bool { return size <= r.capacity-r.bytes }
