package policy

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

func mustMake(t testing.TB, spec string, c Config) Policy {
	t.Helper()
	p, err := Make(spec, c)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// admits asks p for keys one after another, each of the size that is its number
// of bytes, and returns the answers.
func admits(p Policy, size int64, keys ...uint64) (answers []bool) {
	for _, k := range keys {
		answers = append(answers, p.(Admitter).Admit(Item{k, size}))
	}
	return answers
}

func TestSizeLimitAdmitsUpToIt(t *testing.T) {
	p := mustMake(t, "lru+size:max=1e+3", Config{Capacity: 5000})
	for size, want := range map[int64]bool{1: true, 1000: true, 1001: false, math.MaxInt64: false} {
		if got := admits(p, size, 1)[0]; got != want {
			t.Errorf("%d bytes: %v", size, got)
		}
	}
}

// TestEveryRuleIsAsked: what one rule refuses the others still hear of, and all
// have to say yes; so their order has no meaning.
func TestEveryRuleIsAsked(t *testing.T) {
	for _, spec := range []string{"lru+bloom+size:max=10", "lru+size:max=10+bloom", "s3fifo:max=0.5+bloom"} {
		p := mustMake(t, spec, Config{Capacity: 20})
		for range 2 {
			if admits(p, 11, 7)[0] {
				t.Errorf("%s: admitted 11 bytes", spec)
			}
		}
		if !admits(p, 10, 7)[0] {
			t.Errorf("%s: asked for the third time, and not remembered", spec)
		}
	}
}

// TestChanceIsOnesOwn: rules of one seed draw from different sequences, and the
// same rule of the same seed from the same.
func TestChanceIsOnesOwn(t *testing.T) {
	c := Config{Seed: 5}
	a, b, again, other := c.chance("a"), c.chance("b"), c.chance("a"), Config{Seed: 6}.chance("a")
	x := a.Uint64()
	if x == b.Uint64() || x != again.Uint64() || x == other.Uint64() {
		t.Error("sequences are shared, or not reproducible")
	}
}

func TestCoinAdmitsItsShare(t *testing.T) {
	for _, share := range []float64{0.01, 0.3, 1} {
		a := &coin{Config{Seed: 1}.chance("prob"), share}
		const n = 100_000
		yes := 0
		for range n {
			if a.Admit(Item{}) {
				yes++
			}
		}
		if sd := math.Sqrt(share * (1 - share) / n); math.Abs(float64(yes)/n-share) > 4*sd {
			t.Errorf("p=%v: %d of %d", share, yes, n)
		}
	}
}

// TestSecondHitWorkedOutByHand: room for 4 objects of 1 byte, so the filters
// rotate at every fifth object noted.
func TestSecondHitWorkedOutByHand(t *testing.T) {
	for _, c := range []struct {
		keys []uint64
		want []bool
	}{
		{[]uint64{1, 1, 1, 2, 2}, []bool{false, true, true, false, true}},
		{[]uint64{1, 2, 3, 4, 1, 2}, []bool{false, false, false, false, true, true}},
		// 5 rotates: 1 is in the old filter, is noted anew, and outlives 2, which
		// the next rotation (at 9, after 5 1 6 7 are noted) forgets.
		{[]uint64{1, 2, 3, 4, 5, 1, 6, 7, 9, 1, 2}, []bool{false, false, false, false, false, true, false, false, false, true, false}},
	} {
		p := mustMake(t, "lru+bloom", Config{Capacity: 4})
		for i, got := range admits(p, 1, c.keys...) {
			if got != c.want[i] {
				t.Errorf("%v: request %d: admitted %v", c.keys, i, got)
			}
		}
	}
}

// TestSecondHitRemembersOneToTwoWindows compares it with two lists that do not
// err, and holds both to their promise: an object is known while less than a
// window was asked for since it was.
func TestSecondHitRemembersOneToTwoWindows(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		capacity := rapid.Int64Range(1, 3000).Draw(t, "capacity")
		a := newSecondHit(1, 40, Config{Capacity: capacity, Seed: rapid.Uint64().Draw(t, "seed")})
		var young, old []Item
		last, total := map[uint64]int64{}, int64(0)
		for range rapid.IntRange(1, 600).Draw(t, "steps") {
			it := Item{rapid.Uint64Range(0, 90).Draw(t, "key"), rapid.Int64Range(1, 60).Draw(t, "size")}
			inYoung, inOld := holds(young, it.Key), holds(old, it.Key)
			if got := a.Admit(it); got != (inYoung || inOld) {
				t.Fatalf("key %d: admitted %v; noted before: %v, %v", it.Key, got, inYoung, inOld)
			}
			if since, asked := total-last[it.Key], last[it.Key] > 0; asked && since < capacity && !inYoung && !inOld {
				t.Fatalf("key %d is forgotten after %d bytes, of a window of %d", it.Key, since, capacity)
			}
			if !inYoung {
				if bytesOf(young) >= capacity {
					young, old = nil, young
				}
				young = append(young, it)
			}
			total += it.Size
			last[it.Key] = total
		}
	})
}

func holds(items []Item, key uint64) bool {
	return slices.ContainsFunc(items, func(it Item) bool { return it.Key == key })
}

func bytesOf(items []Item) (sum int64) {
	for _, it := range items {
		sum += it.Size
	}
	return sum
}

// TestFilterErrsAsItsMathematicsSays fills filters as far as they are made for.
func TestFilterErrsAsItsMathematicsSays(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 3))
	for _, bits := range []float64{2, 5, 10, 14} {
		f := newFilter(4096, bits)
		for range 4096 {
			f.add(rng.Uint64())
		}
		const asked = 400_000
		wrong := 0
		for range asked {
			if f.has(rng.Uint64()) {
				wrong++
			}
		}
		k, m := float64(f.hashes), float64(len(f.words)*64)
		want := math.Pow(1-math.Exp(-k*4096/m), k)
		got := float64(wrong) / asked
		if math.Abs(got-want) > 0.15*want+1e-5 {
			t.Errorf("%v bits: %.5f of unknown keys are taken for known; want %.5f", bits, got, want)
		}
	}
}

// TestSecondHitGrowsToItsWindow: the filters double until a window is in one.
func TestSecondHitGrowsToItsWindow(t *testing.T) {
	a := newSecondHit(1, 10, Config{Capacity: 50_000})
	for k := range uint64(400_000) {
		a.Admit(Item{k, 1})
	}
	if a.young.made != 65536 || a.old.made != 65536 {
		t.Errorf("made for %d and %d objects; a window has 50,000", a.young.made, a.old.made)
	}
	key := uint64(1 << 40)
	if n := testing.AllocsPerRun(200_000, func() { key++; a.Admit(Item{key, 1}) }); n != 0 {
		t.Errorf("%v allocations an object", n)
	}
}
