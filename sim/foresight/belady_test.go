package foresight

import (
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"edgesim/edge/policy"
)

// TestPublishedMissRatios are libCacheSim's: object and byte miss ratio at 1, 10
// and 100 MiB. Its Belady makes room for everything, also for what it then does
// not store, which leaves the same objects as storing everything does.
func TestPublishedMissRatios(t *testing.T) {
	for _, c := range []struct {
		trace string
		asks  []ask
		want  [3]string
	}{
		{"adapt_size", adaptSize(t, false), [3]string{"0.6980 0.6802", "0.5716 0.5900", "0.5496 0.5744"}},
		{"cloudPhysics", cloudPhysics(t), [3]string{"0.8304 0.9790", "0.8122 0.9584", "0.7215 0.8219"}},
	} {
		for i, capacity := range []int64{1 << 20, 10 << 20, 100 << 20} {
			p := kindOf(t, "belady").New(policy.Config{Capacity: capacity, Params: map[string]float64{"bypass": 0}})
			if got := play(p, c.asks, capacity).ratios(); got != c.want[i] {
				t.Errorf("%s at %d bytes: miss ratios %s, published %s", c.trace, capacity, got, c.want[i])
			}
		}
	}
}

// TestNothingRealBeatsBelady: on real traces of objects of one size, at or below
// every policy of the zoo; by size, below plain Belady in misses.
func TestNothingRealBeatsBelady(t *testing.T) {
	sized := cloudPhysics(t)
	unit := make([]ask, len(sized))
	for i, a := range sized {
		unit[i] = ask{a.object, 1}
	}
	for _, capacity := range []int64{100, 2000} {
		best := play(kindOf(t, "belady").New(policy.Config{Capacity: capacity}), unit, capacity).misses
		for _, k := range policy.Zoo() {
			if got := play(k.New(policy.Config{Capacity: capacity}), unit, capacity).misses; got < best {
				t.Errorf("%s at %d objects: %d misses, Belady %d", k.Name, capacity, got, best)
			}
		}
	}
	for _, capacity := range []int64{1 << 20, 100 << 20} {
		plain := play(kindOf(t, "belady").New(policy.Config{Capacity: capacity}), sized, capacity).misses
		bySize := play(kindOf(t, "beladysize").New(policy.Config{Capacity: capacity}), sized, capacity).misses
		if bySize >= plain {
			t.Errorf("at %d bytes: %d misses by size, %d without", capacity, bySize, plain)
		}
	}
}

// held are the sizes of what a cache holds, by object; 0: not there.
type held [7]int64

// fewest is the least number of misses, or of bytes missed, that any schedule
// can have, by trying all of them: after each request the cache may hold any
// part of what it held and, where it fits, the object asked for, with the size
// that it had when it came. With must, it has to hold that object.
func fewest(asks []ask, capacity int64, must, bytes bool) int64 {
	states := map[held]int64{{}: 0}
	for _, a := range asks {
		after := map[held]int64{}
		for state, cost := range states {
			if state[a.object] == 0 {
				state[a.object] = a.size
				if bytes {
					cost += a.size
				} else {
					cost++
				}
			}
			for _, part := range parts(state) {
				if part.bytes() > capacity || must && part[a.object] == 0 {
					continue
				}
				if old, ok := after[part]; !ok || cost < old {
					after[part] = cost
				}
			}
		}
		states = after
	}
	return slices.Min(slices.Collect(maps.Values(states)))
}

func (h held) bytes() (sum int64) {
	for _, s := range h {
		sum += s
	}
	return sum
}

// parts are all states that h becomes by evicting.
func parts(h held) []held {
	all := []held{h}
	for o, s := range h {
		if s == 0 {
			continue
		}
		for _, p := range slices.Clone(all) {
			p[o] = 0
			all = append(all, p)
		}
	}
	return all
}

func drawUnit(t *rapid.T) (asks []ask, capacity int64) {
	objects := rapid.IntRange(1, 7).Draw(t, "objects")
	for _, o := range rapid.SliceOfN(rapid.IntRange(0, objects-1), 1, 24).Draw(t, "trace") {
		asks = append(asks, ask{uint32(o), 1})
	}
	return asks, int64(rapid.IntRange(1, 5).Draw(t, "capacity"))
}

// TestBeladyIsOptimalForOneSize tries every schedule of tiny traces, with and
// without bypass.
func TestBeladyIsOptimalForOneSize(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		asks, capacity := drawUnit(t)
		for _, name := range []string{"belady", "beladysize"} {
			for _, through := range []float64{0, 1} {
				p := seerKind(name).New(policy.Config{Capacity: capacity, Params: map[string]float64{"bypass": through}})
				got, want := play(p, asks, capacity).misses, fewest(asks, capacity, through == 0, false)
				if got != want {
					t.Fatalf("%s, bypass %v: %d misses, the best schedule has %d", name, through, got, want)
				}
			}
		}
	})
}

func seerKind(name string) policy.Kind {
	for _, k := range Kinds() {
		if k.Name == name {
			return k
		}
	}
	panic(name)
}

// plainSeer looks through all residents: a second way to write the two policies.
type plainSeer struct {
	bySize    bool
	capacity  int64
	now, next int64
	size, at  map[policy.Slot]int64
}

func (p *plainSeer) cost(size, next int64) float64 {
	if next == Never {
		return 1e300
	}
	if p.bySize {
		return float64(size) * float64(next-p.now)
	}
	return float64(next - p.now)
}

func (p *plainSeer) See(next int64)    { p.now, p.next = p.now+1, next }
func (p *plainSeer) Hit(s policy.Slot) { p.at[s] = p.next }
func (p *plainSeer) Add(s policy.Slot, it policy.Item) {
	p.size[s], p.at[s] = it.Size, p.next
}
func (p *plainSeer) Remove(s policy.Slot) { delete(p.size, s); delete(p.at, s) }

func (p *plainSeer) most() (s policy.Slot, most float64) {
	s, most = policy.None, -1
	for r, next := range p.at {
		if c := p.cost(p.size[r], next); c > most || c == most && r < s {
			s, most = r, c
		}
	}
	return s, most
}

func (p *plainSeer) Victim(policy.Item) policy.Slot {
	s, _ := p.most()
	p.Remove(s)
	return s
}

func (p *plainSeer) Admit(in policy.Item) bool {
	live := int64(0)
	for s, next := range p.at {
		if next != Never {
			live += p.size[s]
		}
	}
	if p.next == Never {
		return false
	}
	if live+in.Size <= p.capacity {
		return true
	}
	most := -1.0
	for s, next := range p.at {
		if next != Never {
			most = max(most, p.cost(p.size[s], next))
		}
	}
	return p.cost(in.Size, p.next) < most
}

// TestSeersAgainstPlainOnes: sizes here are powers of two or their like, one to a
// class, so that the classes of beladysize lose nothing.
func TestSeersAgainstPlainOnes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var asks []ask
		rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 0))
		for range 400 {
			o := rng.IntN(40)
			asks = append(asks, ask{uint32(o), int64(8+o%8) << (o / 8)})
		}
		capacity := int64(rapid.IntRange(1, 2000).Draw(t, "capacity"))
		for _, name := range []string{"belady", "beladysize"} {
			got := play(seerKind(name).New(policy.Config{Capacity: capacity}), asks, capacity)
			want := play(&plainSeer{
				bySize: name == "beladysize", capacity: capacity, now: -1,
				size: map[policy.Slot]int64{}, at: map[policy.Slot]int64{},
			}, asks, capacity)
			if name == "belady" && got != want || got.misses > want.misses+want.misses/10+2 || got.misses < want.misses-want.misses/10-2 {
				t.Fatalf("%s: %+v, plainly %+v", name, got, want)
			}
		}
	})
}

// TestSeersAgainstAMap removes objects in between, too, and evicts to the end.
func TestSeersAgainstAMap(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 0))
		p, at, future := seerKind("belady").New(policy.Config{Capacity: 1000}).(Seer), map[policy.Slot]int64{}, rng.Perm(600)
		for now, later := range future {
			s, next := policy.Slot(rng.IntN(60)), int64(1000+later)
			if old, ok := at[s]; ok && (old == Never || next < old) {
				p.Remove(s)
				delete(at, s)
				continue
			}
			if rng.IntN(5) == 0 {
				next = Never
			}
			p.See(next)
			if _, ok := at[s]; ok {
				p.Hit(s)
			} else {
				p.Add(s, policy.Item{Key: uint64(s), Size: 1})
			}
			at[s] = next
			if now%7 == 0 {
				leave(t, p, at)
			}
		}
		for len(at) > 0 {
			leave(t, p, at)
		}
	})
}

// leave wants the victim to be one that is asked for last.
func leave(t *rapid.T, p policy.Policy, at map[policy.Slot]int64) {
	v := p.Victim(policy.Item{Size: 1})
	if next, ok := at[v]; !ok || next != slices.Max(slices.Collect(maps.Values(at))) {
		t.Fatalf("slot %d leaves (resident: %v), asked for at %d; resident are %v", v, ok, next, at)
	}
	delete(at, v)
}

func TestClasses(t *testing.T) {
	last := -1
	for size := int64(1); size < 1<<20; size++ {
		c := classOf(size)
		if c < last || c >= classes {
			t.Fatalf("size %d is of class %d after %d", size, c, last)
		}
		if c == last && classOf(size-1) == c {
			for low := size; low > 0 && classOf(low) == c; low = low * 8 / 9 {
				if low*9 < size*8-9 {
					t.Fatalf("class %d holds %d and %d", c, low, size)
				}
				break
			}
		}
		last = c
	}
	if c := classOf(1<<63 - 1); c >= classes {
		t.Fatal(c)
	}
}

// TestSeersAllocateNothing once their slices have grown.
func TestSeersAllocateNothing(t *testing.T) {
	for _, k := range Kinds() {
		p := k.New(policy.Config{Capacity: 1000}).(Seer)
		for s := range policy.Slot(1000) {
			p.See(int64(s) + 1000)
			p.Add(s, policy.Item{Key: uint64(s), Size: 1})
		}
		at := int64(1000)
		one := func() {
			p.See(at + 500)
			if s := policy.Slot(at % 1000); at%3 == 0 {
				p.Remove(s)
				p.Add(s, policy.Item{Key: uint64(s), Size: 1})
			} else {
				p.Hit(s)
			}
			at++
		}
		if n := testing.AllocsPerRun(1000, one); n > 0 {
			t.Errorf("%s allocates %v times a request", k.Name, n)
		}
	}
}

func TestSeersAreDescribed(t *testing.T) {
	for _, k := range Kinds() {
		if k.Title == "" || k.Paper == "" || k.SlotBytes < 1 {
			t.Errorf("%s lacks a title, a paper or its cost", k.Name)
		}
		if _, ok := k.New(policy.Config{Capacity: 1}).(Seer); !ok {
			t.Errorf("%s sees nothing", k.Name)
		}
	}
}

func TestParse(t *testing.T) {
	for spec, want := range map[string]string{
		"belady": "belady", "belady:bypass=0": "belady", "beladysize": "beladysize", "lru": "lru", "s3fifo:small=0.2": "s3fifo",
	} {
		if k, _, err := Parse(spec); err != nil || k.Name != want {
			t.Errorf("%s: %s, %v", spec, k.Name, err)
		}
	}
	if _, params, err := Parse("belady:bypass=0"); err != nil || params["bypass"] != 0 || len(params) != 1 {
		t.Errorf("parameters %v, %v", params, err)
	}
	for spec, want := range map[string]string{
		"belady:bypass=2": "out of bounds", "belady:x=1": "no parameter", "belady+bloom": "decides itself", "nobody": "belady, beladysize",
		"lru:x=1": "takes no parameters",
	} {
		if _, _, err := Parse(spec); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, does not say %q", spec, err, want)
		}
	}
}

func BenchmarkSeers(b *testing.B) {
	asks := generated(1, 200_000, 20_000, 0.9)
	for _, name := range []string{"belady", "beladysize", "lru"} {
		b.Run(name, func(b *testing.B) {
			k := kindOf(b, name)
			for b.Loop() {
				got := play(k.New(policy.Config{Capacity: 50 << 20}), asks, 50<<20)
				b.ReportMetric(float64(got.misses)/float64(got.requests), "miss-ratio")
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(asks)), "ns/request")
		})
	}
}
