// Package policy is the zoo of eviction and admission policies. A policy knows
// the order in which objects leave a cache, and nothing of where they are kept,
// how many bytes are free, what time it is or who is asking; it is small and
// used by one goroutine at a time.
//
// A policy is a file: its type, its paper, its mathematics, its registration.
package policy

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"
)

// Slot is a resident object's place in a shard: a small number, given out
// densely from 0 and used again after the object has left, so that policies
// keep their links in slices.
type Slot = uint32

// None is no slot.
const None Slot = 1<<32 - 1

// Item is what a policy may know of an object.
type Item struct {
	Key  uint64 // the object's 64-bit name
	Size int64  // what it costs of the capacity, in bytes; at least 1
}

// Policy orders the slots of one shard. The shard calls Victim until the
// incoming item fits, then Add.
type Policy interface {
	// Hit tells that the object in s was asked for and served.
	Hit(s Slot)
	// Add puts a new object, just stored in s, into the order.
	Add(s Slot, it Item)
	// Victim takes the object that is to make room for in out of the order and
	// returns its slot. It is called only while at least one object is in the
	// order.
	Victim(in Item) Slot
	// Remove takes the object in s out of the order for another reason than
	// room: it was invalidated or replaced. A policy that remembers whom it
	// evicted does not remember this one.
	Remove(s Slot)
}

// An Admitter is a Policy that may refuse an object, or a rule of admission
// beside one. It is asked once for every object that was asked for, was not there
// and is small enough to be stored, before any room is made and also when there is
// room: that is how it knows of requests that missed (docs/adr/0026). After a no
// the object is not stored; after a yes Add follows.
type Admitter interface {
	Admit(in Item) bool
}

// Config is what every policy is made from.
type Config struct {
	Capacity int64              // of the shard, in bytes (or objects, where every Size is 1); at least 1
	Seed     uint64             // of the policy's own chance, where it uses any
	Params   map[string]float64 // by name, from "name:param=value"; a missing one means its default
	// Dense, above 0, promises that keys are small numbers, given out from 0 on,
	// as where a simulator numbers the objects of a trace: what a policy remembers
	// by key it then finds in a slice. It is how many are expected; there may be
	// more. 0: keys are any 64 bits.
	Dense int
}

// Kind is one policy of the zoo, as its file registers it.
type Kind struct {
	Name   string // lower case, as on the command line
	Title  string // as in a plot's legend: "S3-FIFO"
	Paper  string // authors, title, place and year
	Params []Param
	// SlotBytes is the memory the policy keeps for one resident object, in
	// bytes, with its share of the objects the policy only remembers, and
	// without the room that growing slices keep in reserve.
	SlotBytes int
	New       func(Config) Policy
}

// Param is a number that a policy can be given.
type Param struct {
	Name         string
	Usage        string // what it means, in its unit
	Default      float64
	Lowest, Most float64 // inclusive
	Whole        bool    // only whole numbers make sense
}

// Get is the value of parameter name in c, or its default.
func (k Kind) Get(c Config, name string) float64 {
	if v, ok := c.Params[name]; ok {
		return v
	}
	for _, p := range k.Params {
		if p.Name == name {
			return p.Default
		}
	}
	panic("policy: " + k.Name + " has no parameter " + name)
}

// share is a part of a capacity, in bytes, rounded down. All of it is exact,
// also where a float64 is not.
func share(capacity int64, part float64) int64 {
	if part >= 1 {
		return capacity
	}
	return int64(float64(capacity) * part)
}

// times is a number of capacities, in bytes, rounded down; what is more than an
// int64 can tell is as much as it can.
func times(capacity int64, n float64) int64 {
	if n <= 1 {
		return share(capacity, n)
	}
	if bytes := float64(capacity) * n; bytes < math.MaxInt64 {
		return int64(bytes)
	}
	return math.MaxInt64
}

var zoo []Kind

func register(k Kind) { zoo = append(zoo, k) }

// Zoo lists every kind, by name.
func Zoo() []Kind {
	kinds := slices.Clone(zoo)
	slices.SortFunc(kinds, func(a, b Kind) int { return cmp.Compare(a.Name, b.Name) })
	return kinds
}

// Names lists the names of every kind, sorted.
func Names() []string {
	var names []string
	for _, k := range Zoo() {
		names = append(names, k.Name)
	}
	return names
}

// Find is the kind of that name.
func Find(name string) (Kind, error) {
	for _, k := range zoo {
		if k.Name == name {
			return k, nil
		}
	}
	if _, err := FindAdmission(name); err == nil {
		return Kind{}, fmt.Errorf("unknown policy %q: it is a rule of admission and stands behind one, as in lru+%s", name, name)
	}
	return Kind{}, fmt.Errorf("unknown policy %q%s: the zoo has %s", name, didYouMean(name, Names()), strings.Join(Names(), ", "))
}
