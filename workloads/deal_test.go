package workloads

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// Every request is in one share, the i-th in that of i mod n, whatever the sizes of
// the reads.
func TestSharesDealOutEveryRequestOnce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		all := make([]Request, rapid.IntRange(0, 2000).Draw(t, "requests"))
		for i := range all {
			all[i] = Request{At: time.Duration(i), Object: uint64(i)}
		}
		parts := rapid.IntRange(1, 9).Draw(t, "parts")
		size := rapid.IntRange(1, 700).Draw(t, "read")
		for part := range parts {
			s := Deal(FromSlice(all), part, parts)
			var got []Request
			for {
				reqs := make([]Request, size)
				n, err := s.Read(reqs)
				got = append(got, reqs[:n]...)
				if err == EOF {
					break
				}
				if err != nil {
					t.Fatal(err)
				}
			}
			var want []Request
			for i := part; i < len(all); i += parts {
				want = append(want, all[i])
			}
			if !slices.Equal(got, want) {
				t.Fatalf("share %d of %d has %d requests; right are %d", part, parts, len(got), len(want))
			}
		}
	})
}

func TestSharesAllocateNothing(t *testing.T) {
	s := Deal(FromSlice(make([]Request, 1<<20)), 1, 3)
	reqs := make([]Request, 64)
	if n := testing.AllocsPerRun(100, func() { s.Read(reqs) }); n != 0 {
		t.Errorf("%v allocations a read", n)
	}
}
