package results

import (
	"strings"
	"sync"
	"sync/atomic"
	"unsafe"

	"github.com/zeebo/xxh3"
)

// Sym is an interned string; 0 is the empty string.
type Sym uint32

// Overflow is the Sym of strings that came after a table was full.
const Overflow Sym = 1

const (
	maxStrings = 1 << 24 // so that a Sym fits 24 bits
	maxBytes   = 1 << 30 // of text
	slabBits   = 12
	slabLen    = 1 << slabBits
	textLen    = 1 << 16 // bytes of texts that lie together
)

// Strings interns strings. Looking up a known string takes no lock and no
// allocation; only a string seen for the first time takes a lock. The table
// holds at most 2^24 strings and 1 GiB of text: what comes later becomes
// Overflow and is counted, so that hostile input cannot exhaust memory.
//
// Open addressing over words of (hash's high 32 bits | Sym). A grown table
// replaces the old one as a whole, so readers never see it half made.
type Strings struct {
	table atomic.Pointer[stringTable]
	slabs [maxStrings / slabLen]atomic.Pointer[[slabLen]string]

	mu        sync.Mutex
	text      []byte // room for texts; what is in it never changes
	n         uint32
	bytes     int64
	most      uint32 // maxStrings; tests make it smaller
	mostBytes int64  // maxBytes; tests make it smaller
	full      atomic.Bool
	lost      atomic.Uint64
	age       atomic.Uint64 // generation
}

type stringTable struct {
	words []atomic.Uint64
	mask  uint64
}

// NewStrings returns a table that holds the empty string and "(other)".
func NewStrings() *Strings {
	s := &Strings{most: maxStrings, mostBytes: maxBytes}
	s.begin()
	return s
}

func (s *Strings) begin() {
	s.table.Store(newStringTable(1 << 10))
	s.put(0, "")
	s.put(Overflow, "(other)")
	s.n, s.bytes = 2, 0
}

// Reset forgets every string and begins a new generation, in which the same Sym
// means another string. Who reads in bounded memory calls it between batches,
// when nobody else uses the table.
func (s *Strings) Reset() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := range s.slabs {
		s.slabs[i].Store(nil)
	}
	s.begin()
	s.full.Store(false)
	s.age.Add(1)
}

// Generation counts the resets. A Sym, and whatever was remembered under one, is
// good only within its generation.
func (s *Strings) Generation() uint64 { return s.age.Load() }

// Size is the number of strings held and of the bytes of their text.
func (s *Strings) Size() (strings int, bytes int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return int(s.n), s.bytes
}

func newStringTable(size int) *stringTable {
	return &stringTable{words: make([]atomic.Uint64, size), mask: uint64(size - 1)}
}

// Get is the string behind sym; "" for a sym that was never handed out.
func (s *Strings) Get(sym Sym) string {
	if sym >= maxStrings {
		return ""
	}
	slab := s.slabs[sym>>slabBits].Load()
	if slab == nil {
		return ""
	}
	return slab[sym&(slabLen-1)]
}

// Bytes interns b, copying it when it is new.
func (s *Strings) Bytes(b []byte) Sym {
	if len(b) == 0 {
		return 0
	}
	h := xxh3.Hash(b)
	text := unsafe.String(&b[0], len(b))
	if sym, ok := s.find(s.table.Load(), h, text); ok {
		return sym
	}
	if s.full.Load() {
		return s.overflow()
	}
	return s.add(h, text)
}

// Of interns text, copying it when it is new, so that a short text does not
// keep alive the long one it was cut from.
func (s *Strings) Of(text string) Sym {
	if text == "" {
		return 0
	}
	h := xxh3.HashString(text)
	if sym, ok := s.find(s.table.Load(), h, text); ok {
		return sym
	}
	if s.full.Load() {
		return s.overflow()
	}
	return s.add(h, text)
}

func (s *Strings) overflow() Sym {
	s.lost.Add(1)
	return Overflow
}

// Len is the number of strings held.
func (s *Strings) Len() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return int(s.n)
}

// Lost counts the lookups that ended as Overflow.
func (s *Strings) Lost() uint64 { return s.lost.Load() }

// find looks text up. A reader that still holds a table which has been replaced
// may miss a string; add looks again in the current one, under the lock.
func (s *Strings) find(t *stringTable, h uint64, text string) (Sym, bool) {
	for i := h & t.mask; ; i = (i + 1) & t.mask {
		w := t.words[i].Load()
		if w == 0 {
			return 0, false
		}
		if w>>32 == h>>32 {
			if sym := Sym(w); s.Get(sym) == text {
				return sym, true
			}
		}
	}
}

// add adds a copy of text, unless it is there by now.
func (s *Strings) add(h uint64, text string) Sym {
	s.mu.Lock()
	defer s.mu.Unlock()
	t := s.table.Load()
	if sym, ok := s.find(t, h, text); ok {
		return sym
	}
	if s.n >= s.most || s.bytes+int64(len(text)) > s.mostBytes {
		// From now on a new string costs no lock and no copy. A shorter one
		// that would still fit is refused too: full is full.
		s.full.Store(true)
		return s.overflow()
	}
	sym := Sym(s.n)
	s.put(sym, s.kept(text))
	s.n++
	s.bytes += int64(len(text))
	if uint64(s.n)*2 > t.mask {
		t = s.grown(t)
	}
	t.insert(h, sym)
	s.table.Store(t)
	return sym
}

// kept is a copy of text that lies with its neighbours: one allocation is for some
// thousand texts.
func (s *Strings) kept(text string) string {
	if len(text) > textLen/8 {
		return strings.Clone(text)
	}
	if len(s.text)+len(text) > cap(s.text) {
		s.text = make([]byte, 0, textLen)
	}
	from := len(s.text)
	s.text = append(s.text, text...)
	return unsafe.String(&s.text[from], len(text))
}

func (s *Strings) put(sym Sym, text string) {
	at := &s.slabs[sym>>slabBits]
	slab := at.Load()
	if slab == nil {
		slab = new([slabLen]string)
		at.Store(slab)
	}
	slab[sym&(slabLen-1)] = text
}

func (s *Strings) grown(old *stringTable) *stringTable {
	t := newStringTable(len(old.words) * 2)
	for i := range old.words {
		if w := old.words[i].Load(); w != 0 {
			sym := Sym(w)
			t.insert(xxh3.HashString(s.Get(sym)), sym)
		}
	}
	return t
}

func (t *stringTable) insert(h uint64, sym Sym) {
	i := h & t.mask
	for t.words[i].Load() != 0 {
		i = (i + 1) & t.mask
	}
	t.words[i].Store(h>>32<<32 | uint64(sym))
}
