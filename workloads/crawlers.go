package workloads

import (
	"math/rand/v2"

	"edgesim/results/agent"
)

// crawlers are the viewers that a scan comes from: a few of the population whose
// agents are programs that nobody watches, by which reports tell bots. They follow
// links and say nothing of where they found them.
type crawlers struct {
	source Source
	list   []uint32 // viewers; none: the population has no such agent, and everybody scans
	rng    *rand.PCG
}

const (
	mostCrawlers   = 16   // machines of a crawler
	lookedCrawlers = 4096 // viewers that are looked at to find them
)

// crawled has a source's requests come from crawlers.
func crawled(s Source, c *TrafficConfig) Source {
	made := &crawlers{source: s, rng: rand.NewPCG(c.Seed, streamCourse)}
	bots := map[string]bool{}
	for i := uint32(0); i < min(c.Viewers.Count(), lookedCrawlers) && len(made.list) < mostCrawlers; i++ {
		name := c.Viewers.Viewer(i).Agent
		bot, known := bots[name]
		if !known {
			bot = agent.Classify(name).Browser.Name == agent.Bot
			bots[name] = bot
		}
		if bot {
			made.list = append(made.list, i)
		}
	}
	return made
}

// Read implements Source.
func (c *crawlers) Read(reqs []Request) (int, error) {
	n, err := c.source.Read(reqs)
	for i := range reqs[:n] {
		if r := &reqs[i]; len(c.list) > 0 {
			r.Viewer, r.Referrer, r.From = c.list[below(c.rng.Uint64(), uint64(len(c.list)))], 0, 0
		}
	}
	return n, err
}
