package edge

import (
	"fmt"
	"testing"

	"edgesim/edge/cache"
)

// Every resident has its object, and nobody else has one: not those who were
// evicted, replaced, refused or invalidated.
func TestObjectsAreThoseOfTheResidents(t *testing.T) {
	p, err := newPartition(cache.Config{Capacity: 100_000, Policy: "lru"})
	if err != nil {
		t.Fatal(err)
	}
	put := func(name string, size int) bool {
		p.mu.Lock()
		defer p.mu.Unlock()
		o := &object{key: name, body: bodyOf(make([]byte, size)), expires: 1}
		return p.put(hashKey([]byte(name)), o)
	}
	check := func(when string) {
		t.Helper()
		held := 0
		for _, o := range p.objects {
			if o != nil {
				held++
			}
		}
		if held != p.shard.Len() {
			t.Errorf("%s: %d objects are held for %d residents", when, held, p.shard.Len())
		}
	}
	for i := range 100 {
		put(fmt.Sprint(i), 500)
	}
	check("small ones")
	put("big", 90_000)
	check("after one that takes nearly all the room")
	if put("99", 200_000) {
		t.Error("an object twice as large as the cache was kept")
	}
	check("after one that was refused")
	put("big", 10)
	check("after a smaller one under the same key")
	p.invalidate(hashKey([]byte("big")), "big", 1)
	check("after an invalidation")
}
