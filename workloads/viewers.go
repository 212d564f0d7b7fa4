package workloads

import (
	"fmt"
	"net/netip"
)

// ViewersConfig describes who asks.
type ViewersConfig struct {
	Seed      uint64    // of who is where with what
	Count     uint32    // how many viewers; 0: 10,000
	IPv6      float64   // share of the viewers with an IPv6 address, 0 to 1; the others have IPv4
	Countries []Country // where they are; empty: DefaultCountries
	Agents    []Agent   // what they run; empty: DefaultAgents
	Referrers Referrers // where they come from; the zero value: DefaultReferrers
}

// Viewer is one who asks.
type Viewer struct {
	Addr    netip.Addr // of the ranges for documentation and benchmarks, never a real one
	Country [2]byte    // ISO 3166-1 alpha-2
	Agent   string     // the User-Agent header; empty: none is sent
}

const defaultViewers = 10_000

// Viewers is a population of viewers. Like a Catalog it stores nothing for any
// of them (but those of a ViewerList), does not change, and may be asked by any
// number of goroutines.
type Viewers struct {
	count     uint32
	ipv6      float64
	order     permutation // spreads the countries over the viewers' numbers
	countries []country
	agents    []Agent
	byWeight  alias // of agents
	referrers []string
	sources   alias // of referrers

	listed []listedViewer // where they were met one by one; else nil

	agentSeed, addrSeed uint64
}

// NewViewers makes a population, or says which field is wrong.
func NewViewers(cfg ViewersConfig) (*Viewers, error) {
	if cfg.Count == 0 {
		cfg.Count = defaultViewers
	}
	if !(cfg.IPv6 >= 0 && cfg.IPv6 <= 1) {
		return nil, fmt.Errorf("viewers: %w", wrong("IPv6", cfg.IPv6, "0 to 1"))
	}
	v := &Viewers{
		count: cfg.Count, ipv6: cfg.IPv6,
		order:     newPermutation(uint64(cfg.Count), derive(cfg.Seed, "order")),
		agentSeed: derive(cfg.Seed, "agents"), addrSeed: derive(cfg.Seed, "addresses"),
	}
	for _, fill := range []func(ViewersConfig) error{v.fillCountries, v.fillAgents, v.fillReferrers} {
		if err := fill(cfg); err != nil {
			return nil, fmt.Errorf("viewers: %w", err)
		}
	}
	return v, nil
}

// Count is how many viewers there are; Request.Viewer is below it.
func (v *Viewers) Count() uint32 { return v.count }

// Viewer looks a viewer up. The number is below Count.
func (v *Viewers) Viewer(i uint32) Viewer {
	if i >= v.count {
		panic(fmt.Sprintf("workloads: viewer %d of %d", i, v.count))
	}
	if v.listed != nil {
		return v.known(i)
	}
	place := uint32(v.order.of(uint64(i)))
	c := v.countryAt(place)
	return Viewer{
		Addr: v.addr(c, i, place-c.viewers), Country: c.code,
		Agent: v.agents[v.byWeight.draw(hash(v.agentSeed, uint64(i)))].Name,
	}
}

// Referrers are the values of the Referer header; Request.Referrer is an index
// into them. The first is empty: none is sent.
func (v *Viewers) Referrers() []string { return v.referrers }
