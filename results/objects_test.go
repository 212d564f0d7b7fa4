package results

import (
	"math"
	"strings"
	"testing"
)

// Objects within the bound are counted exactly, of more a sample is kept that is
// no larger, and whose estimate is close; a merge of two is no worse.
func TestObjectsAreBounded(t *testing.T) {
	const distinct, bound = 50_000, 2000
	for _, step := range []uint64{1, 0x9E3779B97F4A7C15} { // numbers in order, and hashes
		exact, sampled, other := objects{most: distinct}, objects{most: bound}, objects{most: bound}
		for i := range uint64(distinct) {
			for range 1 + i%2 {
				exact.add(i*step, 1)
				sampled.add(i*step, 1)
			}
			if i < 10*bound {
				other.add(i*step, 5)
			}
		}
		if n, wonders := exact.counts(); n != distinct || wonders != distinct/2 {
			t.Errorf("%d objects and %d wonders, want exactly %d and half of it", n, wonders, distinct)
		}
		n, wonders := sampled.counts()
		if sampled.kept.Len() > bound || math.Abs(float64(n)/distinct-1) > 0.1 || math.Abs(2*float64(wonders)/distinct-1) > 0.15 {
			t.Errorf("%d objects and %d wonders from %d kept", n, wonders, sampled.kept.Len())
		}
		if other.merge(&sampled); other.kept.Len() > bound || other.level < sampled.level {
			t.Errorf("merged: %d kept, level %d", other.kept.Len(), other.level)
		}
		if n, _ := other.counts(); math.Abs(float64(n)/distinct-1) > 0.1 {
			t.Errorf("merged: %d objects", n)
		}
	}
}

// A summary of a log says what is estimated, leaves no record from before the
// epoch out, and counts bytes with headers by result type, too.
func TestSummaryOfALogSaysWhatItEstimates(t *testing.T) {
	names := NewNames(epoch)
	v := NewSummary(names, SummaryOptions{Logged: true, Bounded: 10})
	for i := range 100 {
		v.Traffic().Add([]Record{{At: -1, Object: uint64(i), Result: Hit, BytesOut: 10, Status: 200}})
	}
	s := v.Finish(SummaryEnd{})
	if s.Requests != 100 || s.WarmupRequests != 0 || s.ByResult["Hit"].BodyBytes != 1000 {
		t.Errorf("%d requests, %d left out, %+v", s.Requests, s.WarmupRequests, s.ByResult["Hit"])
	}
	if all := strings.Join(s.Warnings, "\n"); !strings.Contains(all, "a sample of one in") || !strings.Contains(all, "collapsed") {
		t.Errorf("warnings: %s", all)
	}
}
