package workloads

import (
	"math"
	"strings"
	"testing"
	"time"
)

func trafficOf(t testing.TB, spec string, change func(*TrafficConfig)) ([]Request, error) {
	t.Helper()
	big, small := DefaultSection(1<<40, 0.9), DefaultSection(500, 0.9)
	small.Name, small.Hosts = "small", []string{"small.example.com"}
	c := TrafficConfig{
		Catalog: mustCatalog(t, CatalogConfig{Sections: []Section{big, small}}), Viewers: mustViewers(t, ViewersConfig{}),
		Sections: []int{1}, Seed: 3, Rate: 1000, Requests: 2000,
	}
	if change != nil {
		change(&c)
	}
	s, err := NewTraffic(spec, c)
	if err != nil {
		return nil, err
	}
	return readAll(t, s, 0), nil
}

func TestAScanAsksForEveryObjectInTurn(t *testing.T) {
	reqs, err := trafficOf(t, "scan", nil)
	if err != nil || len(reqs) != 2000 {
		t.Fatal(len(reqs), err)
	}
	seen := map[uint64]int{}
	for i, r := range reqs {
		if r.Object < 1<<40 || r.Host != 1 {
			t.Fatalf("%+v", r)
		}
		if seen[r.Object]++; seen[r.Object] != 1+i/500 {
			t.Fatalf("request %d is the %d. for object %d", i, seen[r.Object], r.Object)
		}
	}
}

func TestAnAttackNeverAsksTwice(t *testing.T) {
	wide := func(c *TrafficConfig) { c.Sections, c.Requests = []int{0}, 50_000 }
	reqs, err := trafficOf(t, "attack", wide)
	if err != nil {
		t.Fatal(err)
	}
	seen := map[uint64]bool{}
	for _, r := range reqs {
		if seen[r.Object] {
			t.Fatalf("object %d twice", r.Object)
		}
		seen[r.Object] = true
	}
	for _, small := range []func(*TrafficConfig){nil, func(c *TrafficConfig) { c.Requests, c.Length = 0, time.Second }} {
		if _, err := trafficOf(t, "attack", small); err == nil || !strings.Contains(err.Error(), `section "small" has 500 objects`) {
			t.Errorf("an attack on 500 objects: %v", err)
		}
	}
}

func TestACrowdWantsAFewObjects(t *testing.T) {
	reqs, err := trafficOf(t, "crowd:hot=2,share=80%", func(c *TrafficConfig) { c.Requests = 20_000 })
	if err != nil {
		t.Fatal(err)
	}
	counts := map[uint64]float64{}
	for _, r := range reqs {
		counts[r.Object]++
	}
	most, next := 0.0, 0.0
	for _, n := range counts {
		if n > most {
			most, next = n, most
		} else if n > next {
			next = n
		}
	}
	if math.Abs(most+next-16_000) > 1200 || math.Abs(most-next) > 1200 {
		t.Errorf("the two hot objects have %v and %v of 20,000 requests", most, next)
	}
}

// A scan comes from few viewers whose agents are bots, and says not from where it was
// led; in a population without bots from anybody.
func TestAScanIsByCrawlers(t *testing.T) {
	for agents, bots := range map[string]bool{"": true, "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:131.0) Gecko/20100101 Firefox/131.0": false} {
		viewers := ViewersConfig{Count: 5000}
		if agents != "" {
			viewers.Agents = []Agent{{agents, 1}}
		}
		who := mustViewers(t, viewers)
		reqs, err := trafficOf(t, "scan", func(c *TrafficConfig) { c.Viewers, c.ConditionalShare = who, 0.1 })
		if err != nil {
			t.Fatal(err)
		}
		crawlers, known, led := map[uint32]int{}, 0, 0
		for i := range reqs {
			r := &reqs[i]
			crawlers[r.Viewer]++
			name := strings.ToLower(who.Viewer(r.Viewer).Agent)
			if strings.Contains(name, "bot") || strings.Contains(name, "facebookexternalhit") {
				known++
			}
			if r.Referrer != 0 || r.From != 0 {
				led++
			}
		}
		if bots && (len(crawlers) != mostCrawlers || known != len(reqs) || led != 0) || !bots && (len(crawlers) < 1000 || led == 0) {
			t.Errorf("agents %q: %d viewers; %d of %d requests are of bots, %d were led to", agents, len(crawlers), known, len(reqs), led)
		}
	}
}
