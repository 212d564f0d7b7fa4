package workloads

import (
	"math/bits"
	"math/rand/v2"
)

// section is a Section made ready. All that an object is follows from its local
// number, which is its popularity rank: type, size and contents are hashes of
// it, so that none of them depends on how popular the object is.
type section struct {
	Section
	types    []objectType
	names    scramble
	digits   int    // of an object's name, in hexadecimal
	hosts    []int  // indices into the catalog's hosts
	first    uint64 // id of the object of rank 0
	count    uint64 // of the objects, with those beyond Objects
	typeSeed uint64 // one seed for each thing that chance decides
	sizeSeed uint64
	keySeed  uint64
	popular  uint64 // seed of what is popular when
	list     *List  // of the objects, where they were met one by one; else nil
}

// objectType is a Type made ready. The 63-bit numbers are cut into one piece
// for each type, as long as its share; an object's hash falls into one. (Of 64
// bits the end of the last piece could not be written.)
type objectType struct {
	Type
	until uint64 // the end of its piece, exclusive, in 63 bits
	sizes sizes
	class int // index into the catalog's classes
}

// newSection makes a checked Section ready; seed is its own.
func newSection(s Section, seed uint64) (*section, error) {
	count := s.numbers()
	digits := nameDigits(count)
	made := &section{
		Section: s, digits: digits, count: count, names: newScramble(uint(4*digits), derive(seed, "names")),
		typeSeed: derive(seed, "types"), sizeSeed: derive(seed, "sizes"), keySeed: derive(derive(seed, "contents"), s.Name),
		popular: derive(seed, "popularity"),
	}
	untils := pieces(s.Types)
	for i, t := range s.Types {
		z, err := newSizes(t.Size)
		if err != nil {
			return nil, err
		}
		if t.ContentType == "" {
			t.ContentType = "application/octet-stream"
		}
		made.types = append(made.types, objectType{Type: t, until: untils[i], sizes: z})
	}
	return made, nil
}

// pieces are the ends of the types' pieces. A type without a share has an
// empty one: it ends where the one before does.
func pieces(types []Type) []uint64 {
	shares, sum := make([]float64, len(types)), 0.0
	for i, t := range types {
		shares[i] = t.Share
	}
	shares = evenIfZero(shares)
	for _, s := range shares {
		sum += s
	}
	ends, before, end := make([]uint64, len(types)), 0.0, 0
	for i, s := range shares {
		before += s
		ends[i] = uint64(min(before/sum, 1) * 0x1p63)
		if s > 0 {
			end = i
		}
	}
	for i := end; i < len(ends); i++ { // rounding leaves no hash without a type
		ends[i] = 1 << 63
	}
	return ends
}

// typeOf is the type of the object of that rank.
func (s *section) typeOf(rank uint64) int {
	h := hash(s.typeSeed, rank) >> 1
	for i := range s.types {
		if h < s.types[i].until {
			return i
		}
	}
	panic("workloads: the pieces of the types do not cover every hash")
}

// popularityConfig is what the section's popularity is made from.
func (s *section) popularityConfig(rate float64, rng *rand.PCG) PopularityConfig {
	c := PopularityConfig{Objects: s.Objects, Zipf: s.Zipf, Rate: rate, RNG: rng, Seed: s.popular, Recency: s.Recency, Look: s.look}
	for _, t := range s.types {
		c.Types = append(c.Types, t.Name)
	}
	return c
}

// look is the type and the size of the object of that rank.
func (s *section) look(rank uint64) (kind int, size int64) {
	kind = s.typeOf(rank)
	return kind, s.types[kind].sizes.at(open(hash(s.sizeSeed, rank)))
}

// minDigits is the length of a name in all sections of up to 16 million
// objects, so that a catalog can grow without renaming what it had.
const minDigits = 6

func nameDigits(objects uint64) int {
	return max(minDigits, (bits.Len64(objects-1)+3)/4)
}

const hexDigits = "0123456789abcdef"

// appendName appends the name of the object of that rank: the scrambled rank
// in hexadecimal, of fixed length, so that names do not sort by popularity.
func (s *section) appendName(dst []byte, rank uint64) []byte {
	name := s.names.forward(rank)
	for shift := 4 * (s.digits - 1); shift >= 0; shift -= 4 {
		dst = append(dst, hexDigits[name>>shift&15])
	}
	return dst
}

// parseName is the inverse of appendName.
func (s *section) parseName(name []byte) (rank uint64, ok bool) {
	if len(name) != s.digits {
		return 0, false
	}
	number := uint64(0)
	for _, c := range name {
		switch {
		case c >= '0' && c <= '9':
			number = number<<4 | uint64(c-'0')
		case c >= 'a' && c <= 'f':
			number = number<<4 | uint64(c-'a'+10)
		default:
			return 0, false
		}
	}
	rank = s.names.back(number)
	return rank, rank < s.count
}

// find is the rank of the object with that path.
func (s *section) find(path []byte) (rank uint64, ok bool) {
	for i := range s.types {
		t := &s.types[i]
		begin, end := len(t.Prefix), len(path)-len(t.Ext)
		if end-begin != s.digits || string(path[:begin]) != t.Prefix || string(path[end:]) != t.Ext {
			continue
		}
		if rank, ok = s.parseName(path[begin:end]); ok && s.typeOf(rank) == i {
			return rank, true
		}
	}
	return 0, false
}
