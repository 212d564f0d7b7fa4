package workloads

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
	"time"
)

// foretoldShot is the hit ratio of LRU of so many objects under shot noise by Che's
// approximation (Leonardi and Torrisi, "Least recently used caches under the shot
// noise model", INFOCOM 2015). With births at γ, the cumulated profile H and the
// characteristic time T,
//
//	γ·∫ E[1 − e^(−V·(H(u)−H(u−T)))] du = C
//	hit = 1 − ∫ E[V·h(u)·e^(−V·(H(u)−H(u−T)))] du / E[V]
func foretoldShot(cumulated func(u float64) float64, mean, beta, span, rate, capacity float64) float64 {
	const volumes, steps = 100, 8000
	least := mean * (beta - 1) / beta
	var v, share [volumes]float64 // of V's quantiles, the finer the larger V
	ev := 0.0
	for i := range v {
		s := (float64(i) + 0.5) / volumes
		v[i], share[i] = least*math.Pow(s, -6/beta), 6*math.Pow(s, 5)/volumes
		ev += v[i] * share[i]
	}
	at := func(t float64) (held, missed float64) {
		du := (span + t) / steps
		for k := range steps {
			u := (float64(k) + 0.5) * du
			seen := cumulated(u) - cumulated(u-t)
			h := cumulated(u+du/2) - cumulated(u-du/2)
			for i, v := range v {
				e := math.Exp(-v * seen)
				held += (1 - e) * du * share[i]
				missed += v * h * e * share[i]
			}
		}
		return held * rate / ev, missed / ev
	}
	low, high := 0.0, span*10
	for range 24 {
		mid := (low + high) / 2
		if held, _ := at(mid); held < capacity {
			low = mid
		} else {
			high = mid
		}
	}
	_, missed := at(low)
	return 1 - missed
}

// TestShotNoiseHitsAsForetold plays both shapes to LRU, and compares with the formula.
func TestShotNoiseHitsAsForetold(t *testing.T) {
	if testing.Short() {
		t.Skip("half a million requests and an integral")
	}
	exponential := func(life float64) func(float64) float64 {
		return func(u float64) float64 { return -math.Expm1(-max(u, 0) / life) }
	}
	box := func(life float64) func(float64) float64 {
		return func(u float64) float64 { return min(max(u/life, 0), 1) }
	}
	for _, c := range []struct {
		kind            string
		profile         func(float64) func(float64) float64
		lives           float64
		requests        float64
		life            time.Duration
		rate            float64
		capacity, total int
	}{
		{"shot_noise", exponential, 8, 10, 100 * time.Second, 100, 1000, 400_000},
		{"shot_noise", exponential, 8, 10, 1000 * time.Second, 100, 1000, 400_000},
		{"shot_box", box, 1, 10, 100 * time.Second, 100, 1000, 400_000},
	} {
		spec := fmt.Sprintf("%s:requests=%v,beta=3,life=%v", c.kind, c.requests, c.life.Seconds())
		spec += "s"
		p, err := NewPopularity(spec, PopularityConfig{Objects: 1e8, Rate: c.rate, RNG: rand.NewPCG(3, 4)})
		if err != nil {
			t.Fatal(err)
		}
		got := hitsOfLRU(p, c.rate, c.capacity, c.total)
		want := foretoldShot(c.profile(c.life.Seconds()), c.requests, 3, c.lives*c.life.Seconds(), c.rate, float64(c.capacity))
		t.Logf("%s: hit %.4f, by the formula %.4f", spec, got, want)
		if math.Abs(got-want) > 0.012 {
			t.Errorf("%s: LRU of %d hits %.4f, want %.4f", spec, c.capacity, got, want)
		}
	}
}

// hitsOfLRU is the hit ratio of the second half of requests, by their distances: how
// many other objects were asked for since the last time (Bennett and Kruskal, "LRU
// stack processing", IBM Journal of Research and Development 1975).
func hitsOfLRU(p Popularity, rate float64, capacity, total int) float64 {
	last, latest := map[uint64]int{}, make([]int, total+1) // sums over requests that are the latest for their object
	add := func(k, by int) {
		for ; k <= total; k += k & -k {
			latest[k] += by
		}
	}
	until := func(k int) (sum int) {
		for ; k > 0; k -= k & -k {
			sum += latest[k]
		}
		return sum
	}
	hits := 0
	for i := 1; i <= total; i++ {
		object := p.Draw(time.Duration(float64(i) / rate * 1e9))
		if l, ok := last[object]; ok {
			if i > total/2 && until(i-1)-until(l) < capacity {
				hits++
			}
			add(l, -1)
		}
		last[object] = i
		add(i, 1)
	}
	return float64(hits) / float64(total-total/2)
}
