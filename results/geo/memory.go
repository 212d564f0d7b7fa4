package geo

import (
	"encoding/binary"
	"net/netip"
	"sync/atomic"
)

// memory keeps what was answered. It has a fixed number of places, a newer
// answer takes an older one's, and there is no lock: an entry never changes
// once it is kept.
type memory struct {
	entries [1 << memoryBits]atomic.Pointer[entry]
}

const memoryBits = 16

// entry is an answer for one key.
type entry struct {
	key   key
	finer bool // the addresses of this block have answers of their own
	place place
}

// key is a block of addresses (a /24 of IPv4, a /64 of IPv6: what one network of
// a database nearly always covers), or one address.
type key struct {
	hi, lo uint64
	whole  bool // one address
}

const (
	blockV4 = 24
	blockV6 = 64
)

func wholeOf(addr netip.Addr) key {
	b := addr.As16()
	return key{binary.BigEndian.Uint64(b[:8]), binary.BigEndian.Uint64(b[8:]), true}
}

func blockOf(addr netip.Addr) key {
	k := wholeOf(addr)
	k.whole = false
	if addr.Is4() || addr.Is4In6() {
		k.lo &^= 1<<(32-blockV4) - 1
	} else {
		k.lo = 0
	}
	return k
}

// covers reports whether a network holds the whole block of each of its
// addresses. A database of both families has IPv4 as /96 and longer.
func covers(network netip.Prefix) bool {
	if network.Addr().Is4() {
		return network.Bits() <= blockV4
	}
	return network.Bits() <= blockV6
}

// slot mixes a key by multiplication (Fibonacci hashing: Knuth, volume 3,
// section 6.4).
func (m *memory) slot(k key) *atomic.Pointer[entry] {
	h := (k.hi*0x9E3779B97F4A7C15 ^ k.lo) * 0xD6E8FEB86659FD93
	if k.whole {
		h ^= h >> 32
		h *= 0x9E3779B97F4A7C15
	}
	return &m.entries[h>>(64-memoryBits)]
}

func (m *memory) find(k key) *entry {
	if e := m.slot(k).Load(); e != nil && e.key == k {
		return e
	}
	return nil
}

func (m *memory) keep(e *entry) { m.slot(e.key).Store(e) }
