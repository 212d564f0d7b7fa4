package scenario

import "testing"

// TestOtherObjects: the variant has another catalog for every replica, by the same
// laws, and replicas of the scenario itself have one.
func TestOtherObjects(t *testing.T) {
	weigh := func(seed uint64, variant string) (sum int64) {
		s, err := Load("quickstart")
		if err != nil {
			t.Fatal(err)
		}
		s.Reseed(seed)
		if err := s.Vary(variant); err != nil {
			t.Fatal(err)
		}
		c, err := s.Catalog()
		if err != nil {
			t.Fatal(err)
		}
		for i := range uint64(1000) {
			sum += c.Object(i).Size
		}
		return sum
	}
	if a, b := weigh(1, ""), weigh(2, ""); a != b {
		t.Errorf("replicas of one world: its first objects weigh %d and %d bytes", a, b)
	}
	seen := map[int64]bool{weigh(1, ""): true}
	for seed := range uint64(5) {
		w := weigh(seed, "other objects, drawn alike")
		if seen[w] {
			t.Errorf("seed %d has a catalog that has been seen: %d bytes", seed, w)
		}
		if w != weigh(seed, "other objects, drawn alike") {
			t.Errorf("seed %d has two catalogs", seed)
		}
		seen[w] = true
	}
}
