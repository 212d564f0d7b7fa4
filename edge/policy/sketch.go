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
// The high bits of a key's hash are its block. A table is doubled by writing every
// block twice, and every estimate stays as it was.
//
// After period requests all counters are halved, so that what was asked for long
// ago is forgotten (the reset of TinyLFU).
type sketch struct {
	words  []uint64
	shift  uint // 64 − log2 of the number of blocks
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
	s.shift = 64 - blocksLog
	s.period = sketchPeriod * s.made()
}

// made is the number of objects that the sketch is made for.
func (s *sketch) made() int { return len(s.words) / blockWords * blockObjects }

// grow doubles the table until it is made for n objects.
func (s *sketch) grow(n int) {
	for s.made() < n {
		old := s.words
		s.make(64 - s.shift + 1)
		for i := 0; i < len(old); i += blockWords {
			copy(s.words[2*i:], old[i:i+blockWords])
			copy(s.words[2*i+blockWords:], old[i:i+blockWords])
		}
	}
}

func (s *sketch) hash(key uint64) uint64 { return mix(key ^ s.seed) }

// block is the eight words that the counters of a hash are in.
func (s *sketch) block(h uint64) *[blockWords]uint64 {
	at := h >> s.shift * blockWords
	return (*[blockWords]uint64)(s.words[at : at+blockWords])
}

// count is the estimate for the key of that hash.
func (s *sketch) count(h uint64) int {
	b, pick := s.block(h), mix(h)
	least := uint64(mostCount)
	for row := range uint64(4) {
		word, at := row*2+pick>>4&1, pick&15*4
		least = min(least, b[word&7]>>at&15)
		pick >>= 5
	}
	return int(least)
}

// note counts a request for the key of that hash.
func (s *sketch) note(h uint64) {
	b, pick := s.block(h), mix(h)
	var words, ats [4]uint64
	least := uint64(mostCount)
	for row := range uint64(4) {
		words[row], ats[row] = row*2+pick>>4&1, pick&15*4
		least = min(least, b[words[row]&7]>>ats[row]&15)
		pick >>= 5
	}
	if least < mostCount {
		for row := range 4 {
			if b[words[row]&7]>>ats[row]&15 == least {
				b[words[row]&7] += 1 << ats[row]
			}
		}
	}
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
