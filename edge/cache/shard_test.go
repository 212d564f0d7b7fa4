package cache

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"unsafe"

	"edgesim/edge/policy"
)

func TestNewNamesTheFieldThatIsWrong(t *testing.T) {
	for _, c := range []struct {
		config Config
		want   []string
	}{
		{Config{Policy: "lru"}, []string{"Capacity is 0", "at least 1"}},
		{Config{Capacity: -5, Policy: "lru"}, []string{"Capacity is -5"}},
		{Config{Capacity: 1}, []string{"Policy is empty", "lru", "s3fifo"}},
		{Config{Capacity: 1, Policy: "seive"}, []string{"Policy", `"seive"`, `did you mean "sieve"?`}},
		{Config{Capacity: 1, Policy: "s3fifo:small=2"}, []string{"Policy", "small=2", "0.999"}},
		{Config{Capacity: 1, Policy: "lru", Overhead: -1}, []string{"Overhead is -1"}},
		{Config{Capacity: 1, Policy: "lru", MaxObject: -1}, []string{"MaxObject is -1"}},
	} {
		_, err := New(c.config)
		for _, w := range c.want {
			if err == nil || !strings.Contains(err.Error(), w) {
				t.Errorf("New(%+v): error %v, does not say %q", c.config, err, w)
			}
		}
	}
}

// TestWhatFitsIsAdmitted is about the edges of the budget, for every policy
// with its defaults.
func TestWhatFitsIsAdmitted(t *testing.T) {
	for _, c := range []struct {
		config Config
		size   int64
		cost   int64 // 0: not admitted
	}{
		{Config{Capacity: 1}, 1, 1},
		{Config{Capacity: 1}, 0, 1},
		{Config{Capacity: 1}, 2, 0},
		{Config{Capacity: 1, Overhead: 1}, 0, 1},
		{Config{Capacity: 1, Overhead: 1}, 1, 0},
		{Config{Capacity: 100}, 100, 100},
		{Config{Capacity: 100}, 101, 0},
		{Config{Capacity: 100, Overhead: 30}, 70, 100},
		{Config{Capacity: 100, Overhead: 30}, 71, 0},
		{Config{Capacity: 100, MaxObject: 40, Overhead: 30}, 10, 40},
		{Config{Capacity: 100, MaxObject: 40, Overhead: 30}, 11, 0},
		{Config{Capacity: 100, MaxObject: 1000}, 100, 100},
		{Config{Capacity: 100, MaxObject: 1000}, 101, 0},
		{Config{Capacity: math.MaxInt64}, math.MaxInt64 - 1, math.MaxInt64 - 1},
		{Config{Capacity: math.MaxInt64, Overhead: 9}, math.MaxInt64 - 3, 0},
		{Config{Capacity: 100, Overhead: 9}, math.MaxInt64, 0},
	} {
		for _, name := range policy.Names() {
			if refuses(name) {
				continue
			}
			c.config.Policy = name
			s := newShard(t, c.config)
			s.Store(1, 0, Freshness{})
			_, ok := s.Store(2, c.size, Freshness{})
			slot, found := s.Peek(2)
			if ok != (c.cost > 0) || found != ok {
				t.Errorf("%+v: Store of %d bytes: %v, then resident %v", c.config, c.size, ok, found)
			}
			if ok && s.Entry(slot).Size != c.cost {
				t.Errorf("%+v: %d bytes cost %d, want %d", c.config, c.size, s.Entry(slot).Size, c.cost)
			}
		}
	}
}

func TestFreshWhileNowIsBeforeExpires(t *testing.T) {
	s := newShard(t, Config{Capacity: 10, Policy: "lru"})
	slot, _ := s.Store(1, 1, Freshness{Stored: 100, Expires: 200})
	for _, c := range []struct {
		now  int64
		want State
	}{{0, Fresh}, {199, Fresh}, {200, Stale}, {math.MaxInt64, Stale}} {
		if got, state := s.Lookup(1, c.now); got != slot || state != c.want {
			t.Errorf("at %d: slot %d, state %d; want %d, %d", c.now, got, state, slot, c.want)
		}
	}
	s.Freshen(slot, Freshness{Stored: 200, Expires: 300})
	if _, state := s.Lookup(1, 250); state != Fresh {
		t.Errorf("freshened until 300, at 250: state %d", state)
	}
	if got, state := s.Lookup(2, 0); got != policy.None || state != Absent {
		t.Errorf("an unknown key: slot %d, state %d", got, state)
	}
}

func TestReplacedObjectKeepsItsSlotAndDoesNotEvictItself(t *testing.T) {
	for _, name := range policy.Names() {
		if refuses(name) {
			continue
		}
		s := newShard(t, Config{Capacity: 10, Policy: name})
		a, _ := s.Store(1, 4, Freshness{})
		b, _ := s.Store(2, 4, Freshness{})
		got, ok := s.Store(1, 10, Freshness{})
		if !ok || got != a || !slices.Equal(s.Evicted(), []policy.Slot{b}) || s.Used() != 10 || s.Len() != 1 {
			t.Errorf("%s: slot %d, %v, evicted %v, used %d", name, got, ok, s.Evicted(), s.Used())
		}
		if _, ok := s.Store(1, 11, Freshness{}); ok || !slices.Equal(s.Evicted(), []policy.Slot{a}) || s.Len() != 0 {
			t.Errorf("%s: too large for its old place: %v, freed %v, %d left", name, ok, s.Evicted(), s.Len())
		}
	}
}

// TestKeysThatTheIndexConfuses: the index alone cannot tell keys of one 32-bit
// tag apart. The shard must.
func TestKeysThatTheIndexConfuses(t *testing.T) {
	s := newShard(t, Config{Capacity: 100_000, Policy: "fifo", Seed: 1})
	rng := rand.New(rand.NewPCG(1, 1))
	for range 100_000 {
		s.Store(rng.Uint64(), 1, Freshness{})
	}
	for confused := 0; confused < 3; { // about 40,000 keys each
		key := rng.Uint64()
		if _, candidate := s.index.Seek(key); candidate == policy.None {
			continue
		}
		confused++
		if slot, found := s.Peek(key); found {
			t.Fatalf("key %x is taken for %x", key, s.Entry(slot).Key)
		}
	}
}

func TestEachMayRemoveAndMayStop(t *testing.T) {
	s := newShard(t, Config{Capacity: 10, Policy: "sieve"})
	for k := range uint64(10) {
		s.Store(k, 1, Freshness{})
	}
	s.Each(func(slot policy.Slot, e Entry) bool {
		if e.Key%2 == 0 {
			s.Remove(slot)
		}
		return e.Key != 7
	})
	if s.Len() != 6 || s.Used() != 6 {
		t.Errorf("%d objects, %d bytes; want 1, 3, 5, 7, 8 and 9", s.Len(), s.Used())
	}
}

func TestMisuseNamesTheBrokenInvariant(t *testing.T) {
	s := newShard(t, Config{Capacity: 10, Policy: "lru"})
	slot, _ := s.Store(1, 1, Freshness{})
	s.Remove(slot)
	for name, misuse := range map[string]func(){
		"Remove":  func() { s.Remove(slot) },
		"Entry":   func() { s.Entry(slot) },
		"Freshen": func() { s.Freshen(slot, Freshness{}) },
		"Store":   func() { s.Store(2, -1, Freshness{}) },
	} {
		func() {
			defer func() {
				if text := fmt.Sprint(recover()); !strings.HasPrefix(text, "cache: ") {
					t.Errorf("%s: panic %q", name, text)
				}
			}()
			misuse()
		}()
	}
}

// TestEntryBytesIsHonest holds the constant to what a filled shard has
// allocated, at many numbers of objects: doubling and growing make it too low
// here and too high there.
func TestEntryBytesIsHonest(t *testing.T) {
	s := newShard(t, Config{Capacity: math.MaxInt64, Policy: "fifo"})
	sum, points := 0.0, 0.0
	for n := 1; n <= 1_000_000; n++ {
		s.Store(uint64(n), 1, Freshness{})
		if n >= 62_500 && n%7919 == 0 {
			bytes := int64(cap(s.entries))*int64(unsafe.Sizeof(Entry{})) + int64(s.index.Bytes())
			sum += float64(bytes) / float64(n)
			points++
		}
	}
	if mean := sum / points; math.Abs(mean-float64(EntryBytes)) > 0.15*mean {
		t.Errorf("an object costs %.1f bytes on average; EntryBytes says %d", mean, EntryBytes)
	}
}

func TestSteadyStateAllocatesNothing(t *testing.T) {
	for _, spec := range specs() {
		s := newShard(t, Config{Capacity: 4 << 20, Policy: spec, Overhead: EntryBytes})
		trace := zipfTrace(3000, 60000, 0.9, true, 3)
		play(s, trace)
		if n := testing.AllocsPerRun(3, func() { play(s, trace) }); n > 0 {
			t.Errorf("%s: %v allocations in %d requests", spec, n, len(trace))
		}
	}
}

// TestTouchHasNoEffect: of two shards that are played alike, the one whose keys are
// touched before each question answers as the other does.
func TestTouchHasNoEffect(t *testing.T) {
	for _, spec := range specs() {
		config := Config{Capacity: 200, Policy: spec}
		plain, touched := newShard(t, config), newShard(t, config)
		for _, r := range zipfTrace(1000, 5000, 0.9, false, 3) {
			touched.Touch(r.key)
			slot, state := plain.Lookup(r.key, 0)
			if s, st := touched.Lookup(r.key, 0); s != slot || st != state {
				t.Fatalf("%s: Lookup(%d) is %d, %v after Touch; %d, %v without", spec, r.key, s, st, slot, state)
			}
			if state == Absent {
				plain.Store(r.key, r.size, Freshness{Expires: 1})
				touched.Store(r.key, r.size, Freshness{Expires: 1})
			}
		}
	}
}
