package sketch

import (
	"math"
	"math/bits"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// As a plain set while the names fit, however they are cut into batches.
func TestSeenIsAsASet(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		names := rapid.SliceOfN(rapid.OneOf(rapid.Uint64Range(0, 90), rapid.Map(rapid.Uint64Range(0, 3),
			func(n uint64) uint64 { return n << 60 })), 0, 500).Draw(t, "names")
		s, set := NewSeen(1024), map[uint64]bool{}
		for len(names) > 0 {
			n := rapid.IntRange(1, len(names)).Draw(t, "batch")
			had := make([]bool, n)
			s.Add(names[:n], had)
			for i, name := range names[:n] {
				if had[i] != set[name] {
					t.Fatalf("name %d was there: %v, want %v", name, had[i], set[name])
				}
				set[name] = true
			}
			names = names[n:]
		}
		if !s.Exact() || s.Rate() != 0 {
			t.Fatalf("94 names of 96 that fit made it inexact")
		}
	})
}

// Beyond its memory no name that was there is missed, those from before the
// change included, and new ones are mistaken about as often as Rate says.
func TestSeenBeyondItsMemory(t *testing.T) {
	s, had := NewSeen(1<<10), make([]bool, 1)
	const most = 128 * 3 / 4
	wrong, expected := 0, 0.0
	for n := range uint64(3000) {
		expected += s.Rate()
		s.Add([]uint64{Mix(n, 0)}, had)
		if had[0] {
			wrong++
		}
		if exact := n < most; s.Exact() != exact {
			t.Fatalf("after %d names exact is %v, want %v", n+1, s.Exact(), exact)
		}
	}
	if s.Since() != most {
		t.Errorf("inexact since %d names, want %d", s.Since(), most)
	}
	if diff := math.Abs(float64(wrong) - expected); diff > 5*math.Sqrt(expected) {
		t.Errorf("%d new names were taken for old ones, want about %.0f", wrong, expected)
	}
	for n := range uint64(3000) {
		if s.Add([]uint64{Mix(n, 0)}, had); !had[0] {
			t.Fatalf("name %d was forgotten", n)
		}
	}
}

// The rate in use is that of the formula in Bloom's comment.
func TestBloomRate(t *testing.T) {
	for _, what := range []struct {
		bits int // for each name
		rate float64
	}{{16, 0.0009}, {8, 0.027}, {5, 0.17}} {
		const lines = 1 << 12
		b := NewBloom(lines * 64)
		n := lines * 512 / what.bits
		for i := range uint64(n) {
			b.Add(Mix(i, 5))
		}
		formula := bloomRate(float64(n) / lines)
		if math.Abs(formula-what.rate) > 0.1*what.rate {
			t.Errorf("%d bits for a name: the formula gives %.5f, the comment says %.4f", what.bits, formula, what.rate)
		}
		if got := b.Rate(); math.Abs(got-formula) > 0.1*formula {
			t.Errorf("%d bits for a name: rate %.5f, want %.5f by the formula", what.bits, got, formula)
		}
		wrong, tries := 0, 200_000
		for i := range uint64(tries) {
			if (&Bloom{lines: b.lines}).has(Mix(i+1<<40, 5)) {
				wrong++
			}
		}
		if got := float64(wrong) / float64(tries); math.Abs(got-formula) > 0.15*formula+0.0002 {
			t.Errorf("%d bits for a name: %.5f were taken for old ones, want %.5f", what.bits, got, formula)
		}
	}
}

func bloomRate(load float64) (rate float64) {
	p := math.Exp(-load)
	for j := range 2000 {
		rate += p * math.Pow(1-math.Pow(63.0/64, float64(j)), 8)
		p *= load / float64(j+1)
	}
	return rate
}

// has looks without adding.
func (b *Bloom) has(name uint64) bool {
	l := b.lines[b.line(name)]
	bit := Mix(name, 1)
	for i := range l {
		if l[i]>>(bit&63)&1 == 0 {
			return false
		}
		bit >>= 6
	}
	return true
}

// One bit changed in either argument changes half of the result's, about.
func TestMixSpreads(t *testing.T) {
	for bit := range 64 {
		changed := [2]int{}
		for n := range uint64(1000) {
			a, b := n, n*0x9E3779B97F4A7C15
			changed[0] += bits.OnesCount64(Mix(a, b) ^ Mix(a^1<<bit, b))
			changed[1] += bits.OnesCount64(Mix(a, b) ^ Mix(a, b^1<<bit))
		}
		for side, n := range changed {
			if mean := float64(n) / 1000; mean < 29 || mean > 35 {
				t.Errorf("bit %d of argument %d changes %.1f bits of 64", bit, side, mean)
			}
		}
	}
}

func BenchmarkSeen(b *testing.B) {
	for what, domain := range map[string]int{"exact": 4 << 20, "by the filter": 12 << 20} {
		b.Run(what, func(b *testing.B) {
			keys := randomKeys(1<<24, domain, 1)
			s, had := NewSeen(64<<20), make([]bool, 256)
			for i := 0; i < len(keys); i += 256 {
				s.Add(keys[i:i+256], had)
			}
			b.ReportAllocs()
			for i := 0; b.Loop(); i += 256 {
				if at := i & (len(keys) - 1); i&255 == 0 {
					s.Add(keys[at:at+256], had)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/256, "ns/name")
			b.ReportMetric(s.Rate(), "rate")
		})
	}
}

// Names that came before need not be shown again: their number is enough for the same
// answers, and for the same moment from which they are a filter's.
func TestSeenApartIsSeenWhole(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		whole, apart := NewSeen(1024), NewSeen(1024)
		for range rapid.IntRange(1, 4).Draw(t, "parts") {
			n := rapid.IntRange(0, 120).Draw(t, "names")
			known := map[uint64]bool{}
			var firsts []uint64
			between, had := []uint32{0}, []bool{}
			for range n {
				name := Mix(rapid.Uint64Range(0, 200).Draw(t, "name"), 9)
				one := []bool{false}
				whole.Add([]uint64{name}, one)
				if known[name] {
					between[len(between)-1]++
					continue
				}
				known[name] = true
				firsts, between, had = append(firsts, name), append(between, 0), append(had, one[0])
			}
			if rapid.Bool().Draw(t, "reserve") {
				apart.Reserve(len(firsts))
			}
			got := make([]bool, len(firsts))
			apart.AddApart(firsts, between, got)
			apart.Skip(int64(between[len(firsts)]))
			if !slices.Equal(got, had) || whole.Exact() != apart.Exact() || whole.Since() != apart.Since() || whole.Rate() != apart.Rate() {
				t.Fatalf("apart %v, exact %v since %d, whole %v, exact %v since %d", got, apart.Exact(), apart.Since(), had, whole.Exact(), whole.Since())
			}
		}
	})
}
