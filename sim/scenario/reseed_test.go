package scenario

import (
	"testing"

	"edgesim/workloads"
)

// The objects stay, the requests do not.
func TestReseedKeepsTheWorld(t *testing.T) {
	first := func(s *Scenario) (paths string, reqs []workloads.Request) {
		catalog, err := workloads.NewCatalog(s.CatalogConfig())
		if err != nil {
			t.Fatal(err)
		}
		var b []byte
		for id := range uint64(50) {
			b = catalog.AppendPath(b, id)
			b = append(b, byte(catalog.Object(id).Size), byte(catalog.Object(id).Size>>8))
		}
		source, err := s.Source(catalog, nil)
		if err != nil {
			t.Fatal(err)
		}
		reqs = make([]workloads.Request, 50)
		if _, err := source.Read(reqs); err != nil {
			t.Fatal(err)
		}
		return string(b), reqs
	}
	s := mustLoad(t, "quickstart")
	before, asked := first(s)
	again := mustLoad(t, "quickstart")
	again.Reseed(99)
	after, askedAnew := first(again)
	if before != after {
		t.Error("the objects are others")
	}
	same := 0
	for i := range asked {
		if asked[i].Object == askedAnew[i].Object {
			same++
		}
	}
	if same == len(asked) || again.Seed != 99 {
		t.Error("the requests are the same")
	}
}
