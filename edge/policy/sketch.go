package policy

// A sketch counts how often keys were asked for of late, up to 15, in 4-bit
// counters that keys share: a count-min sketch of four rows with conservative
// update (Cormode, Muthukrishnan, J. Algorithms 55(1), 2005; Estan, Varghese, ACM
// TOCS 21(3), 2003). A key has one counter in each row, its estimate is the least
// of the four and never too low, and a request raises only those that are the
// least.
//
// The four lie in one block of 64 bytes, so that a request costs one cache miss:
//
//	block: 8 words of 16 counters; row i has words 2i and 2i+1, 32 counters
//
// The high bits of a key's hash, of 32 bits, are its block. A table is doubled by writing every
// block twice, and every estimate stays as it was.
//
// After period requests all counters are halved, so that what was asked for long
// ago is forgotten (the reset of TinyLFU).
type sketch struct {
	words  []uint64
	shift  uint // 32 − log2 of the number of blocks
	seed   uint64
	noted  int // requests in this period, and half of those before it
	period int // requests
}

const (
	blockWords     = 8 // 64 bytes
	blockObjects   = 8 // so 16 counters for an object
	sketchPeriod   = 10
	leastBlocksLog = 3
	mostCount      = 15
)

// sketchBytes is what a sketch costs for one object that it is made for, at three
// quarters of their number.
const sketchBytes = blockWords * 8 / blockObjects * 4 / 3

func newSketch(seed uint64) sketch {
	s := sketch{seed: mix(seed ^ 0x7c91)}
	s.make(leastBlocksLog)
	return s
}

func (s *sketch) make(blocksLog uint) {
	s.words = make([]uint64, blockWords<<blocksLog)
	s.shift = 32 - blocksLog
	s.period = sketchPeriod * s.made()
}

// made is the number of objects that the sketch is made for.
func (s *sketch) made() int { return len(s.words) / blockWords * blockObjects }

// grow doubles the table until it is made for n objects.
func (s *sketch) grow(n int) {
	for s.made() < n {
		old := s.words
		s.make(32 - s.shift + 1)
		for i := 0; i < len(old); i += blockWords {
			copy(s.words[2*i:], old[i:i+blockWords])
			copy(s.words[2*i+blockWords:], old[i:i+blockWords])
		}
	}
}

func (s *sketch) hash(key uint64) uint32 { return uint32(mix(key^s.seed) >> 32) }

// block is the eight words that the counters of a hash are in.
func (s *sketch) block(h uint32) *[blockWords]uint64 {
	at := h >> s.shift * blockWords
	return (*[blockWords]uint64)(s.words[at : at+blockWords])
}

// picks is which counters of its block a hash has: five bits for each row.
func picks(h uint32) uint64 { return uint64(h) * 0x9e3779b97f4a7c15 >> 44 }

// spot is the word of a row's counter and where in the word it begins. Rows are
// written out below: a loop over them costs half as much again.
func spot(row, pick uint64) (word, at uint64) { return (row*2 + pick>>4&1) & 7, pick & 15 * 4 }

// count is the estimate for the key of that hash.
func (s *sketch) count(h uint32) int {
	b, pick := s.block(h), picks(h)
	w0, a0 := spot(0, pick)
	w1, a1 := spot(1, pick>>5)
	w2, a2 := spot(2, pick>>10)
	w3, a3 := spot(3, pick>>15)
	return int(min(b[w0]>>a0&15, b[w1]>>a1&15, b[w2]>>a2&15, b[w3]>>a3&15))
}

// note counts a request for the key of that hash.
func (s *sketch) note(h uint32) {
	b, pick := s.block(h), picks(h)
	w0, a0 := spot(0, pick)
	w1, a1 := spot(1, pick>>5)
	w2, a2 := spot(2, pick>>10)
	w3, a3 := spot(3, pick>>15)
	c0, c1, c2, c3 := b[w0]>>a0&15, b[w1]>>a1&15, b[w2]>>a2&15, b[w3]>>a3&15
	least := min(c0, c1, c2, c3)
	if least == mostCount {
		return
	}
	b[w0] += one(c0 == least) << a0
	b[w1] += one(c1 == least) << a1
	b[w2] += one(c2 == least) << a2
	b[w3] += one(c3 == least) << a3
}

// one is 1 if ok, without a branch.
func one(ok bool) uint64 {
	if ok {
		return 1
	}
	return 0
}

// tick lets a request pass, noted or not, and tells whether it ended a period:
// then all counts were halved.
func (s *sketch) tick() (halved bool) {
	s.noted++
	if s.noted < s.period {
		return false
	}
	for i, w := range s.words {
		s.words[i] = w >> 1 & 0x7777777777777777
	}
	s.noted /= 2
	return true
}
