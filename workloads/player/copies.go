package player

import (
	"sync"
	"sync/atomic"

	"edgesim/sim/origin"
	"edgesim/workloads"
)

// tags are the entity tags last seen, by object: what viewers have copies of.
// There is one place for many objects, and the one seen last has it. Nothing is
// kept before the first conditional request, so that workloads without any pay
// nothing.
type tags struct {
	begun  sync.Once
	wanted atomic.Bool
	locks  [tagLocks]sync.Mutex
	places []tagged
}

type tagged struct {
	object uint64 // its number + 1; 0: the place is empty
	n      uint8
	text   [tagMost]byte
}

const (
	tagPlaces = 1 << 16
	tagLocks  = 64
	tagMost   = 55 // bytes; a longer tag is not kept
)

// spread is 2^64 divided by the golden ratio, made odd: neighbours are far apart.
const spread = 0x9E3779B97F4A7C15

func (t *tags) place(object uint64) (*tagged, *sync.Mutex) {
	at := object * spread >> 48
	return &t.places[at], &t.locks[at%tagLocks]
}

// append appends the tag last seen for the object, if it is known.
func (t *tags) append(dst []byte, object uint64) []byte {
	t.begun.Do(func() {
		t.places = make([]tagged, tagPlaces)
		t.wanted.Store(true)
	})
	p, lock := t.place(object)
	lock.Lock()
	defer lock.Unlock()
	if p.object != object+1 {
		return dst
	}
	return append(dst, p.text[:p.n]...)
}

// note remembers the tag of a response.
func (t *tags) note(object uint64, h *heading) {
	if !t.wanted.Load() {
		return
	}
	text := h.tag
	if status := h.status; len(text) == 0 || len(text) > tagMost || status != 200 && status != 206 && status != 304 {
		return
	}
	p, lock := t.place(object)
	lock.Lock()
	p.object, p.n = object+1, uint8(copy(p.text[:], text))
	lock.Unlock()
}

// appendTag appends the entity tag of the copy that the request's viewer has.
func (p *Player) appendTag(dst []byte, req *workloads.Request) []byte {
	if p.cfg.Copy == nil {
		return p.tags.append(dst, req.Object)
	}
	key, version := p.cfg.Copy(req.Object, req.At)
	return origin.AppendETag(dst, key, version)
}
