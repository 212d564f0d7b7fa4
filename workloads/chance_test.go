package workloads

import (
	"testing"

	"pgregory.net/rapid"
)

func TestScrambleIsABijection(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		width := rapid.UintRange(0, 60).Draw(t, "width")
		s := newScramble(width, rapid.Uint64().Draw(t, "seed"))
		x := rapid.Uint64().Draw(t, "x") & s.mask
		y := s.forward(x)
		if y > s.mask || s.back(y) != x {
			t.Fatalf("width %d: %d goes to %d and back to %d", width, x, y, s.back(y))
		}
	})
}

func TestPermutationHitsEveryNumberOnce(t *testing.T) {
	for _, n := range []uint64{1, 2, 3, 7, 8, 9, 1000, 4097} {
		p, seen := newPermutation(n, 5), map[uint64]bool{}
		for x := range n {
			y := p.of(x)
			if y >= n || seen[y] {
				t.Fatalf("n=%d: %d goes to %d, which is out of range or taken", n, x, y)
			}
			seen[y] = true
		}
	}
}

func TestChanceStaysWithinItsBounds(t *testing.T) {
	for _, x := range []uint64{0, 1, 1 << 63, 1<<64 - 1} {
		if u := unit64(x); u < 0 || u >= 1 {
			t.Errorf("unit64(%#x) = %v", x, u)
		}
		if u := open(x); u <= 0 || u >= 1 {
			t.Errorf("open(%#x) = %v", x, u)
		}
		if k := below(x, 10); k >= 10 {
			t.Errorf("below(%#x, 10) = %d", x, k)
		}
	}
}

func TestDeriveTellsNamesApart(t *testing.T) {
	seen := map[uint64]string{}
	for _, name := range []string{"", "a", "b", "ab", "ba", "aa", "types", "sizes", "\x00", "\x00\x00"} {
		for seed := range uint64(4) {
			d := derive(seed, name)
			if other, ok := seen[d]; ok {
				t.Errorf("%q and %q have the same seed", name, other)
			}
			seen[d] = name
		}
	}
}
