package curve

import "math/bits"

// journal is a log of objects, in which an entry counts until it is struck out. It is
// a ring of places, which count on, modulo 2^32; one bit for each place tells whether
// its entry counts, so that those that do not are passed 64 at a time.
type journal struct {
	objects []uint32 // by place; as long as a power of two
	valid   []uint64 // a bit for each place; those behind the tail mean nothing
	head    uint32   // the first place that is kept
	tail    uint32   // the next place
}

const (
	wordBits     = 64
	leastJournal = 1 << 16
)

func newJournal() journal {
	return journal{objects: make([]uint32, leastJournal), valid: make([]uint64, leastJournal/wordBits)}
}

// room is how many entries can be written, whole words of places being opened.
func (j *journal) room() int { return len(j.objects) - int(j.tail-j.head) - 2*wordBits }

// open lets the next n entries count as they are written. There is room for them.
func (j *journal) open(n int) {
	*j.word(j.tail) |= ^uint64(0) << (j.tail % wordBits)
	for at := j.tail | (wordBits - 1) + 1; int(at-j.tail) < n; at += wordBits {
		*j.word(at) = ^uint64(0)
	}
}

// write puts an object behind the others, and returns its place, which is open.
func (j *journal) write(object uint32) uint32 {
	at := j.tail
	j.objects[at&uint32(len(j.objects)-1)] = object
	j.tail++
	return at
}

// strike lets the entry at a place count no more.
func (j *journal) strike(at uint32) { *j.word(at) &^= 1 << (at % wordBits) }

// restore lets an entry that was struck out count again.
func (j *journal) restore(at uint32) { *j.word(at) |= 1 << (at % wordBits) }

func (j *journal) word(at uint32) *uint64 { return &j.valid[at/wordBits&uint32(len(j.valid)-1)] }

func (j *journal) object(at uint32) uint32 { return j.objects[at&uint32(len(j.objects)-1)] }

// live are the bits of a place and those behind it in its word.
func (j *journal) live(at uint32) uint64 { return *j.word(at) >> (at % wordBits) }

// next is the first place from at on that counts and lies before end; end if none.
func (j *journal) next(at, end uint32) uint32 {
	for at != end {
		if word := j.live(at); word != 0 {
			return at + min(uint32(bits.TrailingZeros64(word)), end-at)
		}
		at += min(wordBits-at%wordBits, end-at)
	}
	return end
}

// rewind sets the tail back to the head, where entries that are to be kept can be
// moved to, and returns the first place.
func (j *journal) rewind() uint32 {
	j.tail = j.head
	return j.head
}

// move puts the entry of a place, which counts, behind those that have been moved.
func (j *journal) move(at uint32) uint32 {
	j.strike(at)
	to := j.write(j.object(at))
	*j.word(to) |= 1 << (to % wordBits)
	return to
}

// growIf doubles the places where so many that count are more than a quarter of them.
func (j *journal) growIf(counting int) {
	if counting <= len(j.objects)/4 {
		return
	}
	g := journal{make([]uint32, 2*len(j.objects)), make([]uint64, 2*len(j.valid)), j.head, j.head}
	for g.tail != j.tail {
		*g.word(g.tail) = *j.word(g.tail)
		g.write(j.object(g.tail))
	}
	*j = g
}
