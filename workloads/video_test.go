package workloads

import (
	"math"
	"testing"
	"time"
)

// watchedBy are the requests of each viewer for one title, where no two sessions
// have one viewer.
func watchedBy(t *testing.T, cfg TrafficConfig, spec string) map[uint32][]Request {
	t.Helper()
	sessions := map[uint32][]Request{}
	for _, r := range readAll(t, mustTraffic(t, spec, cfg), 0) {
		sessions[r.Viewer] = append(sessions[r.Viewer], r)
	}
	return sessions
}

// A session is one title's: the manifest, then its segments in order, each once, on
// a rung next to the last one's, at the pace of playing with three ahead, and the
// manifest again every nine.
func TestVideoPlaysATitleInOrder(t *testing.T) {
	const segments, titles = 200, 400
	cfg := streamConfig(t, "video", 5)
	cfg.Viewers, cfg.Length = mustViewers(t, ViewersConfig{Count: math.MaxUint32}), 1800*time.Second
	c := cfg.Catalog
	whole := 0
	for _, reqs := range watchedBy(t, cfg, "video") {
		if c.Object(reqs[0].Object).Section != 2 || len(reqs) < 2 || (reqs[1].Object-c.sections[3].first)%segments != 0 {
			continue // under way when time began
		}
		whole++
		title, next, rung := reqs[0].Object-c.sections[2].first, 0, 0
		for i, r := range reqs {
			if r.Referrer != reqs[0].Referrer || r.From != 0 {
				t.Fatalf("referrers %d and %d in one session", r.Referrer, reqs[0].Referrer)
			}
			due := reqs[0].At + max(time.Duration(next)*1500*time.Millisecond, time.Duration(next-3)*6*time.Second)
			if i == 0 || c.Object(r.Object).Section == 2 {
				if r.Object != c.sections[2].first+title || r.At != due || next%9 != 0 {
					t.Fatalf("at %v, segment %d, want the manifest at %v: %+v", r.At, next, due, r)
				}
				continue
			}
			section := c.Object(r.Object).Section
			if next%9 == 0 {
				due += 100 * time.Millisecond
			}
			if want := c.sections[section].first + title*segments + uint64(next); r.Object != want || r.At != due {
				t.Fatalf("segment %d at %v: %+v, want %d", next, due, r, want)
			}
			if next > 0 && (section > rung+1 || section < rung-1) {
				t.Fatalf("from rung %d to %d", rung, section)
			}
			rung = section
			next++
		}
	}
	if whole < 500 {
		t.Errorf("only %d sessions looked at", whole)
	}
}

// 37 % of the sessions are over before 5 minutes; of the rest the logarithm of their
// length is uniform up to 20 minutes here: Kolmogorov and Smirnov's test against
// the law that the rate is reckoned from.
func TestVideoSessionsLastAsLongAsTheyShould(t *testing.T) {
	cfg := streamConfig(t, "video", 9)
	s, err := newVideo(cfg, mustParams(t, "video"))
	if err != nil {
		t.Fatal(err)
	}
	v := s.(*sessions[watching]).course.(*video)
	const n = 100_000
	most, below := 0.0, make([]float64, 1201)
	for range n {
		below[min(int(v.watched()/time.Second), 1200)]++
	}
	sum := 0.0
	for second, count := range below[:1200] {
		sum += count
		most = max(most, math.Abs(sum/n-(1-v.lasts(float64(second+1)))))
	}
	if most > 1.63/math.Sqrt(n) { // 1 % point of the statistic
		t.Errorf("the distribution is off by %.5f", most)
	}
	if early := 1 - v.lasts(300); math.Abs(early-0.37) > 1e-12 {
		t.Errorf("%v are over before 5 minutes", early)
	}
}

func mustParams(t *testing.T, spec string) Params {
	t.Helper()
	_, params, err := traffic.Parse(spec)
	if err != nil {
		t.Fatal(err)
	}
	return params
}

// Rungs have the shares of a binomial law with the mean asked for, once playback has
// climbed to them.
func TestVideoHasItsQuality(t *testing.T) {
	cfg := streamConfig(t, "video", 4)
	cfg.Length, cfg.Viewers = 600*time.Second, mustViewers(t, ViewersConfig{Count: 100_000})
	for spec, want := range map[string]float64{"video:quality=60%,switch=0": 1.2, "video:quality=25%,switch=0": 0.5} {
		var rung mean
		for _, r := range readAll(t, mustTraffic(t, spec, cfg), 0) {
			if section := cfg.Catalog.Object(r.Object).Section; section > 2 {
				rung.add(float64(section - 3))
			}
		}
		if got := rung.sum / rung.n; math.Abs(got-want) > 0.06 {
			t.Errorf("%s: the mean rung is %.3f, want %.3f", spec, got, want)
		}
	}
}
