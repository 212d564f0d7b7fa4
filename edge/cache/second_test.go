package cache

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"edgesim/edge/policy"
)

// secondSpecs are parameters that the goldens do not need and a second
// implementation should see.
var secondSpecs = []string{
	"s3fifo:small=0.3,move=3", "clock:bits=2", "slru:segments=4,protected=0.6,max=0.3", "2q:kin=0.5,kout=2,max=0.25",
	"mq:queues=4,life=30", "mq:out=0.1", "lruk:k=3", "lruk:k=1,retained=0", "gdsf:packet=536", "arc:step=1", "arc:forget=1",
	"lirs:hir=0.2,stack=3", "lirs:hir=0.5,max=0.1",
}

// unitCapacity is of a cache of objects of size 1, among which the papers' cases of
// equality are met.
const unitCapacity = 40

// TestSecondImplementationAgrees plays random requests of random sizes through a
// policy and its plain second implementation, and compares every hit and every
// victim.
func TestSecondImplementationAgrees(t *testing.T) {
	steps := 15000
	if testing.Short() || raceEnabled {
		steps = 3000
	}
	for _, spec := range append(specs(), secondSpecs...) {
		for _, capacity := range []int64{1, 10, unitCapacity, 200, 900} {
			t.Run(fmt.Sprintf("%s/%d", strings.ReplaceAll(spec, ":", "_"), capacity), func(t *testing.T) {
				t.Parallel()
				ref := plainOf(spec, capacity)
				if ref == nil {
					t.Skip("the second implementation of " + spec + " is edge/policy's")
				}
				compare(t, spec, ref, steps)
			})
		}
	}
}

// compare asks for an object, stores it after a miss and sometimes after a hit,
// and sometimes removes it.
func compare(t *testing.T, spec string, ref *plainCache, steps int) {
	s := newShard(t, Config{Capacity: ref.capacity, Policy: spec})
	z := newZipf(150, 0.8, 7)
	names := map[policy.Slot]uint64{}
	for i := range steps {
		key := z.draw()
		slot, state := s.Lookup(key, 0)
		_, resident := ref.size[key]
		if (state != Absent) != resident {
			t.Fatalf("step %d: key %d: resident %v, in the second implementation %v", i, key, state != Absent, resident)
		}
		if resident {
			ref.order.hit(key)
		}
		switch what := z.rng.IntN(100); {
		case resident && what < 3:
			s.Remove(slot)
			ref.remove(key)
		case !resident || what < 8:
			size := int64(1)
			if ref.capacity != unitCapacity {
				size = anySize(z.rng)
			}
			storeBoth(t, i, s, ref, names, request{key, size})
		}
	}
}

func storeBoth(t *testing.T, step int, s *Shard, ref *plainCache, names map[policy.Slot]uint64, r request) {
	slot, ok := s.Store(r.key, r.size, Freshness{Expires: 1})
	var victims []uint64
	for _, v := range s.Evicted() {
		if ok {
			victims = append(victims, names[v])
		}
	}
	want, wantOK := ref.store(r)
	if ok != wantOK || !slices.Equal(victims, want) {
		t.Fatalf("step %d: Store(%d, %d) admitted %v, evicted %v; the second implementation %v, %v",
			step, r.key, r.size, ok, victims, wantOK, want)
	}
	if ok {
		names[slot] = r.key
	}
}

// anySize is from 1 to 40, now and then up to 200, and often 1.
func anySize(rng *rand.Rand) int64 {
	switch rng.IntN(20) {
	case 0:
		return 1 + rng.Int64N(200)
	case 1, 2, 3, 4:
		return 1
	}
	return 1 + rng.Int64N(40)
}
