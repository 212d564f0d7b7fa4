package scenario

import (
	"testing"
	"time"
)

// TestLifetimes are those of quickstart's types: what the file says, kept by the
// default behavior, and the bucket's own for what says nothing.
func TestLifetimes(t *testing.T) {
	s, err := Load("quickstart")
	if err != nil {
		t.Fatal(err)
	}
	want := []struct {
		name           string
		fresh, changes time.Duration
		kept           bool
		origin         string
	}{
		{"image", 24 * time.Hour, 0, true, "bucket"}, {"style", 24 * time.Hour, 0, true, "bucket"}, {"script", 24 * time.Hour, 0, true, "bucket"},
		{"page", 5 * time.Second, time.Minute, true, "server"}, {"api", 2 * time.Second, 10 * time.Second, true, "server"},
	}
	types := s.types(0)
	for i, w := range want {
		fresh, kept := s.Lifetime(0, i)
		if types[i].Name != w.name || fresh != w.fresh || kept != w.kept || s.ChangeEvery(0, i) != w.changes || s.OriginOf(0, i).Kind != w.origin {
			t.Errorf("%s: fresh %v, kept %v, changes %v, from %s; want %+v", types[i].Name, fresh, kept, s.ChangeEvery(0, i), s.OriginOf(0, i).Kind, w)
		}
	}
	s.Workload.Sections[0].Types[3].CacheControl = "no-store"
	s.Workload.Sections[0].Types[4].CacheControl = "no-cache"
	if _, kept := s.Lifetime(0, 3); kept {
		t.Error("no-store is kept")
	}
	if fresh, kept := s.Lifetime(0, 4); fresh != 0 || !kept {
		t.Error("no-cache is", fresh, kept)
	}
}
