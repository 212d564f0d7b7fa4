package stat

import (
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"testing"

	"edgesim/workloads/trace"
)

// ofReal takes in a public trace.
func ofReal(t *testing.T, name string) *Stat {
	t.Helper()
	dir := os.Getenv("EDGESIM_DATA")
	if dir == "" {
		t.Skip("EDGESIM_DATA is unset: the traces are not part of the project")
	}
	in, err := trace.Open(trace.Options{Files: []string{filepath.Join(dir, "traces", filepath.FromSlash(name))}})
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	s := New(Options{Tells: in.Info().Tells})
	reqs := make([]trace.Request, 4096)
	for {
		n, err := in.Read(reqs)
		s.Add(reqs[:n])
		if err == io.EOF {
			return s
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

// TestAdaptSizesTrace is what is known of a web stream of AdaptSize's authors: 81 %
// of its objects are asked for once, 7.28 % of its requests ask for a known object
// in another size, its median object has 2.7 KB.
func TestAdaptSizesTrace(t *testing.T) {
	r := ofReal(t, "adaptsize/adapt_size_request.trace.xz").Result()
	got := fmt.Sprintf("%d requests, %d objects, %.0f %% once, %.2f %% resized, median %.1f KB",
		r.Requests, r.Objects, 100*r.OnceObjects, 100*r.ResizedShare, float64(r.ObjectSizes.P50)/1000)
	if want := "66987 requests, 36815 objects, 81 % once, 7.28 % resized, median 2.7 KB"; got != want {
		t.Errorf("%s; want %s", got, want)
	}
}

// TestDepthsAreTheLeastCachesThatHit holds the depths of a block trace to the miss
// ratios of libCacheSim's LRU at 1, 10 and 100 MiB. A cache's own LRU evicts whole
// objects, so that the two differ by an object at the edge.
func TestDepthsAreTheLeastCachesThatHit(t *testing.T) {
	s := ofReal(t, "cloudphysics/cloudPhysicsIO.oracleGeneral.bin.zst")
	for mib, misses := range map[int64]float64{1: .8699, 10: .8370, 100: .8225} {
		hits := int64(0)
		for _, b := range s.stack.octets.Distribution() {
			if b.To <= mib<<20 {
				hits += b.Count
			}
		}
		if got := 1 - float64(hits)/float64(s.requests); math.Abs(got-misses) > 0.0005 {
			t.Errorf("%d MiB: depths beyond it are %.4f of the requests; libCacheSim's LRU misses %.4f", mib, got, misses)
		}
	}
}
