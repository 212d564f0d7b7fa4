package analytic

import (
	"math"
	"math/rand/v2"
	"testing"

	"edgesim/edge/policy"
	"edgesim/workloads"
)

// The tests' own simulator: objects are slots, whose order is a policy of the
// zoo's; times are Poisson.

type simulated struct {
	p        policy.Policy
	capacity float64
	used     float64
	in       []bool
	size     []float64
	fetched  []float64 // when each resident was fetched last
	until    []float64 // when the fetch under way ends
	ttl      float64
	fetch    float64
	under    []uint32 // fetches under way, the first to end first
}

func simulate(t testing.TB, spec string, capacity float64, sizes []float64) *simulated {
	t.Helper()
	p, err := policy.Make(spec, policy.Config{Capacity: int64(capacity), Seed: 7})
	if err != nil {
		t.Fatal(err)
	}
	n := len(sizes)
	return &simulated{p: p, capacity: capacity, in: make([]bool, n), size: sizes, fetched: make([]float64, n), until: make([]float64, n)}
}

// ask tells how a request ends: 'h'it, 'd'elayed, 'r'efresh, 'm'iss.
func (s *simulated) ask(o uint32, now float64) byte {
	for len(s.under) > 0 && s.until[s.under[0]] <= now {
		s.store(s.under[0])
		s.under = s.under[1:]
	}
	how := byte('h')
	switch {
	case s.fetch > 0 && now < s.until[o]:
		how = 'd'
	case s.in[o] && s.ttl > 0 && now >= s.fetched[o]+s.ttl:
		how = 'r'
	case !s.in[o]:
		how = 'm'
	}
	if how == 'm' || how == 'r' {
		s.fetched[o], s.until[o] = now, now+s.fetch
	}
	switch {
	case how == 'd':
	case s.in[o]:
		s.p.Hit(o)
	case s.fetch > 0:
		s.under = append(s.under, o)
	default:
		s.store(o)
	}
	return how
}

// store is what happens at the end of a fetch.
func (s *simulated) store(o uint32) {
	it := policy.Item{Key: uint64(o), Size: int64(s.size[o])}
	if a, ok := s.p.(policy.Admitter); s.size[o] > s.capacity || ok && !a.Admit(it) {
		return
	}
	for s.used+s.size[o] > s.capacity {
		v := s.p.Victim(it)
		s.in[v] = false
		s.used -= s.size[v]
	}
	s.in[o] = true
	s.used += s.size[o]
	s.p.Add(o, it)
}

// asked is a stream of requests for Zipf objects at a rate.
type asked struct {
	ranks workloads.Ranks
	rng   *rand.Rand
	rate  float64
	now   float64
}

func stream(t testing.TB, objects uint64, exponent, rate float64) *asked {
	pcg := rand.NewPCG(11, 13)
	ranks, err := workloads.NewZipf(objects, exponent, pcg)
	if err != nil {
		t.Fatal(err)
	}
	return &asked{ranks: ranks, rng: rand.New(pcg), rate: rate}
}

func (a *asked) next() (o uint32, at float64) {
	a.now += a.rng.ExpFloat64() / a.rate
	return uint32(a.ranks.Draw()), a.now
}

// shares plays the stream, the first part for warming up.
func shares(s *simulated, a *asked, warmUp, requests int) (of map[byte]float64, byteHit float64) {
	of = map[byte]float64{}
	bytes := 0.0
	for k := range warmUp + requests {
		o, at := a.next()
		how := s.ask(o, at)
		if k < warmUp {
			continue
		}
		of[how] += 1 / float64(requests)
		bytes += s.size[o]
		if how != 'm' {
			byteHit += s.size[o]
		}
	}
	return of, byteHit / bytes
}

// sizesOf draws a size for every object.
func sizesOf(n int, m workloads.SizeModel) []float64 {
	rng, all := rand.New(rand.NewPCG(3, 5)), make([]float64, n)
	for i := range all {
		all[i] = math.Floor(min(max(float64(m.Median)*math.Exp(m.Sigma*rng.NormFloat64()), float64(max(1, m.Min))), float64(m.Max)))
	}
	return all
}

func ones(n int) []float64 {
	all := make([]float64, n)
	for i := range all {
		all[i] = 1
	}
	return all
}

const few = 20_000 // objects of the simulations

// heavy skips what takes long under the race detector, which has nothing to find
// in code without goroutines.
func heavy(t *testing.T) {
	if underRace {
		t.Skip("no goroutines to race: too slow here")
	}
}

func requests() int {
	if testing.Short() {
		return 200_000
	}
	return 1_200_000
}

// TestSimulatedSizes compares hit and byte hit ratios of sized objects. The
// population is of the sizes drawn, so that what is compared is the formula.
func TestSimulatedSizes(t *testing.T) {
	heavy(t)
	model := workloads.SizeModel{Median: 10_000, Sigma: 1.5, Max: 1 << 22}
	sizes := sizesOf(few, model)
	p := zipf(t, few, 0.9, 1)
	each := rank(p, sizes)
	total := each.Bytes()
	for spec, within := range map[string]float64{
		"lru": 0.004, "fifo": 0.004, "random": 0.004, "lru+prob:p=0.2": 0.006, "fifo+prob:p=0.2": 0.006, "qlru:q=0.2": 0.006,
		"klru": 0.006, "klru:k=3": 0.01, "lru+size:max=50000": 0.004, "lru+bloom": 0.012, "fifo+bloom:window=0.3": 0.012, "lru+bloom:window=4": 0.012,
	} {
		for _, part := range []float64{0.01, 0.1} {
			if _, _, err := policy.Parse(spec); err != nil {
				t.Logf("%s is not in the zoo", spec)
				continue
			}
			capacity := math.Floor(total * part)
			s := simulate(t, spec, capacity, sizes)
			of, byteHit := shares(s, stream(t, few, 0.9, 1), requests()/3, requests())
			hit, bytes := solved(t, each, spec, capacity).Hit()
			slack := 1.0
			if requests() < 1_000_000 {
				slack = 3
			}
			t.Logf("%s at %.0f %%: hit %.4f, byte hit %.4f; simulated %.4f, %.4f", spec, part*100, hit, bytes, 1-of['m'], byteHit)
			near4(t, spec+" hit", hit, 1-of['m'], within*slack)
			near4(t, spec+" byte hit", bytes, byteHit, 2*within*slack)
		}
	}
}

// rank is the population of every rank for itself, with the sizes of its objects.
func rank(p Population, sizes []float64) Population {
	var each Population
	weight := 0.0
	for k := range sizes {
		weight += math.Pow(float64(k+1), -0.9)
	}
	for k, s := range sizes {
		each = append(each, Class{Rate: math.Pow(float64(k+1), -0.9) / weight * p.Rate(), Size: s, Count: 1})
	}
	return each
}

// TestSimulatedTTL: refresh hits of every order that has a formula for them.
func TestSimulatedTTL(t *testing.T) {
	heavy(t)
	p := zipf(t, few, 0.8, 1000)
	for _, spec := range []string{"lru", "fifo", "random", "lru+prob:p=0.2", "fifo+prob:p=0.3"} {
		for _, ttl := range []float64{0.5, 3, 30} {
			if _, _, err := policy.Parse(spec); err != nil {
				t.Logf("%s is not in the zoo", spec)
				continue
			}
			s := simulate(t, spec, 2000, ones(few))
			s.ttl = ttl
			of, _ := shares(s, stream(t, few, 0.8, 1000), requests()/3, requests())
			a := asking(t, p, spec, 2000, Conduct{TTL: ttl}).Answer()
			t.Logf("%s, TTL %v: hit %.4f refresh %.4f miss %.4f; simulated %.4f %.4f %.4f", spec, ttl, a.Hit, a.Refresh, a.Miss, of['h'], of['r'], of['m'])
			near4(t, spec+" hit", a.Hit, of['h'], 0.006)
			near4(t, spec+" refresh", a.Refresh, of['r'], 0.006)
			near4(t, "shares sum", a.Hit+a.Refresh+a.Miss, 1, 1e-9)
		}
	}
}

// TestSimulatedDelayedHits: fetches of a tenth of a second and of a whole one, for
// ever fresh and with a TTL, whose refreshes are ridden, too.
func TestSimulatedDelayedHits(t *testing.T) {
	heavy(t)
	p := zipf(t, few, 0.8, 1000)
	for _, q := range []Conduct{{Fetch: 0.1}, {Fetch: 1}, {Fetch: 0.1, TTL: 2}, {Fetch: 0.5, TTL: 5}} {
		s := simulate(t, "lru", 2000, ones(few))
		s.fetch, s.ttl = q.Fetch, q.TTL
		of, _ := shares(s, stream(t, few, 0.8, 1000), requests()/3, requests())
		a := asking(t, p, "lru", 2000, q).Answer()
		t.Logf("%+v: delayed %.5f refresh %.5f miss %.5f; simulated %.5f %.5f %.5f", q, a.Delayed, a.Refresh, a.Miss, of['d'], of['r'], of['m'])
		near4(t, "delayed", a.Delayed, of['d'], 0.05*of['d']+0.0003)
		near4(t, "refresh", a.Refresh, of['r'], 0.03*of['r']+0.0003)
		near4(t, "miss", a.Miss, of['m'], 0.001+2.5/math.Sqrt(float64(requests()))) // 0.003 of the long runs
	}
}

// TestSimulatedTiers: four edges before a regional cache. The simulation lies in
// the band, or within a point of it.
func TestSimulatedTiers(t *testing.T) {
	heavy(t)
	p := zipf(t, 50_000, 0.8, 1000)
	var edges []*Cache
	var sims []*simulated
	for range 4 {
		edges = append(edges, solved(t, p.Scaled(0.25), "lru", 1000))
		sims = append(sims, simulate(t, "lru", 1000, ones(50_000)))
	}
	bands, err := Tiers(edges, Level{1, 4000})
	if err != nil {
		t.Fatal(err)
	}
	band := bands[0]
	tier, a := simulate(t, "lru", 4000, ones(50_000)), stream(t, 50_000, 0.8, 1000)
	hits, asked := 0, 0
	for k := range requests() {
		o, at := a.next()
		if sims[a.rng.IntN(4)].ask(o, at) == 'h' {
			continue
		}
		how := tier.ask(o, at)
		if k < requests()/4 {
			continue
		}
		asked++
		if how == 'h' {
			hits++
		}
	}
	got := float64(hits) / float64(asked)
	t.Logf("naive %.4f, corrected %.4f, simulated %.4f; T of edges %.2f, of tier %.2f", band.Naive.Hit, band.Corrected.Hit, got, edges[0].Time, band.Naive.Time)
	if got < band.Corrected.Hit-0.01 || got > band.Naive.Hit+0.01 {
		t.Errorf("simulated %.4f, band %.4f to %.4f", got, band.Corrected.Hit, band.Naive.Hit)
	}
}

// TestSimulatedLevels: six edges before two regional caches before a shield, as in the
// product's own CDNs. Each level lies in its band, or within a point and a half of it.
func TestSimulatedLevels(t *testing.T) {
	heavy(t)
	const objects, edgeSize, regionalSize, shieldSize = 50_000, 800, 3000, 9000
	p := zipf(t, objects, 0.8, 1000)
	var edges []*Cache
	var sims, regionals []*simulated
	for range 6 {
		edges = append(edges, solved(t, p.Scaled(1./6), "lru", edgeSize))
		sims = append(sims, simulate(t, "lru", edgeSize, ones(objects)))
	}
	for range 2 {
		regionals = append(regionals, simulate(t, "lru", regionalSize, ones(objects)))
	}
	bands, err := Tiers(edges, Level{2, regionalSize}, Level{1, shieldSize})
	if err != nil {
		t.Fatal(err)
	}
	shield, a := simulate(t, "lru", shieldSize, ones(objects)), stream(t, objects, 0.8, 1000)
	var hits, asked [2]float64
	count := func(k, level int, how byte) bool {
		if k >= requests()/3 {
			if asked[level]++; how == 'h' {
				hits[level]++
			}
		}
		return how == 'h'
	}
	for k := range requests() {
		o, at := a.next()
		edge := a.rng.IntN(6)
		if sims[edge].ask(o, at) == 'h' || count(k, 0, regionals[edge/3].ask(o, at)) {
			continue
		}
		count(k, 1, shield.ask(o, at))
	}
	for level, b := range bands {
		got := hits[level] / asked[level]
		t.Logf("level %d: corrected %.4f, naive %.4f, simulated %.4f", level, b.Corrected.Hit, b.Naive.Hit, got)
		if got < b.Corrected.Hit-0.015 || got > b.Naive.Hit+0.015 {
			t.Errorf("level %d: simulated %.4f, band %.4f to %.4f", level, got, b.Corrected.Hit, b.Naive.Hit)
		}
		near4(t, "what passes", b.Naive.Passes, b.Naive.Asked*(1-b.Naive.Hit), 1e-6)
	}
	near4(t, "what the shield is asked for", bands[1].Corrected.Asked, bands[0].Corrected.Passes, 1e-6)
}

// TestSimulatedShotNoise: objects are born, asked for a Pareto number of times
// with ages that are exponential, and cached by LRU.
func TestSimulatedShotNoise(t *testing.T) {
	heavy(t)
	volumes, err := ParetoVolumes(10, 2)
	if err != nil {
		t.Fatal(err)
	}
	for _, life := range []float64{100, 1000} {
		s := ShotNoise{Births: 1, Life: life, Size: 1, Volumes: volumes}
		hit, T, err := s.LRU(200)
		if err != nil {
			t.Fatal(err)
		}
		got := playShots(t, life, 200, requests()/10)
		t.Logf("life %v: hit %.4f, simulated %.4f; T %.1f s", life, hit, got, T)
		near4(t, "hit ratio", hit, got, 0.015)
	}
}
