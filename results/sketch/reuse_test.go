package sketch

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// stack is an LRU stack as one writes it down: a list, the latest first.
type stack []struct {
	name uint64
	size int64
}

func (s *stack) add(name uint64, size int64) (distance int64, again bool) {
	for i, e := range *s {
		if distance += e.size; e.name == name {
			size = max(size, e.size)
			*s, again = slices.Delete(*s, i, i+1), true
			break
		}
	}
	*s = slices.Insert(*s, 0, struct {
		name uint64
		size int64
	}{name, size})
	return distance, again
}

// While every name fits, distances are those of a plain LRU stack.
func TestReuseIsAnLRUStack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r, plain := NewReuse(64), stack{}
		for range rapid.IntRange(0, 400).Draw(t, "uses") {
			name, size := Mix(rapid.Uint64Range(0, 60).Draw(t, "name"), 1), rapid.Int64Range(1, 1000).Draw(t, "size")
			distance, again := plain.add(name, size)
			u := r.Add(name, size)
			if u.Weight != 1 || u.Again != again || again && u.Distance != distance {
				t.Fatalf("%+v, want distance %d, %v", u, distance, again)
			}
		}
	})
}

// A sample is bounded, and its distances are near those of all names: the shares
// of uses within a size differ by little.
func TestReuseSamples(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	whole, sample := NewReuse(1<<20), NewReuse(1000)
	var all, few, weight float64
	for range 400_000 {
		object := uint64(math.Exp(rng.Float64() * math.Log(30_000)))
		name, size := Mix(object, 7), int64(1000+object%9000)
		const capacity = 20 << 20
		if u := whole.Add(name, size); u.Again && u.Distance <= capacity {
			all++
		}
		u := sample.Add(name, size)
		weight += float64(u.Weight)
		if u.Again && u.Distance <= capacity {
			few += float64(u.Weight)
		}
	}
	if sample.Kept() > 1000 || sample.Kept() < 400 || sample.Level() == 0 || whole.Level() != 0 {
		t.Fatalf("%d names kept of 1000 at most, levels %d and %d", sample.Kept(), sample.Level(), whole.Level())
	}
	exact, estimate := all/400_000, few/weight
	t.Logf("hit ratio %.4f, of a sample of %d %.4f", exact, sample.Kept(), estimate)
	if math.Abs(exact-estimate) > 0.04 {
		t.Errorf("hit ratio %.4f, of the sample %.4f", exact, estimate)
	}
}

func TestReuseAllocatesNothing(t *testing.T) {
	r := NewReuse(1 << 10)
	for i := range uint64(1 << 16) {
		r.Add(Mix(i, 3), 100)
	}
	i := uint64(0)
	if n := testing.AllocsPerRun(100, func() {
		for range 20 {
			r.Add(Mix(i&0xffff, 3), 100)
			i++
		}
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func BenchmarkReuse(b *testing.B) {
	r, rng, names := NewReuse(1<<12), rand.New(rand.NewPCG(1, 2)), make([]uint64, 1<<18)
	for i := range names {
		names[i] = Mix(uint64(math.Exp(rng.Float64()*math.Log(1<<20))), 7)
		r.Add(names[i], 1000)
	}
	b.ReportAllocs()
	b.ResetTimer()
	for n := range b.N {
		r.Add(names[n&(1<<18-1)], 1000)
	}
}
