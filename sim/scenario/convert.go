package scenario

import (
	"hash/fnv"
	"maps"
	"slices"

	"edgesim/edge/behavior"
	"edgesim/sim/origin"
	"edgesim/workloads"
)

// BehaviorDistributions are the distributions as the edge takes them.
func (s *Scenario) BehaviorDistributions() []behavior.Distribution {
	return compiledOf(s.table)
}

// BehaviorDistributions are the distributions as the edge takes them.
func (c *Config) BehaviorDistributions() []behavior.Distribution {
	table, f := checkDistributions(&source{root: &node{}}, &c.Edge, &c.Policies, c.Origins, c.OriginGroups, c.Distributions)
	if f != nil {
		panic("scenario: a checked configuration is wrong: " + f.message)
	}
	return compiledOf(table)
}

func compiledOf(table *behavior.Table) []behavior.Distribution {
	var list []behavior.Distribution
	for i := range table.Distributions() {
		list = append(list, table.Distributions()[i].Distribution)
	}
	return list
}

// OriginConfigs are the simulated origins, by name.
func (s *Scenario) OriginConfigs() map[string]origin.Config {
	configs := map[string]origin.Config{}
	for name, o := range s.Origins {
		if o.URL == "" {
			configs[name] = o.config(name, s.seed("origin "+name))
		}
	}
	return configs
}

// OriginURLs are the real servers among the origins, by name.
func (s *Scenario) OriginURLs() map[string]string { return urlsOf(s.Origins) }

// OriginURLs are the origins, by name.
func (c *Config) OriginURLs() map[string]string { return urlsOf(c.Origins) }

func urlsOf(origins map[string]Origin) map[string]string {
	urls := map[string]string{}
	for name, o := range origins {
		if o.URL != "" {
			urls[name] = o.URL
		}
	}
	return urls
}

func (o *Origin) config(name string, seed uint64) origin.Config {
	c := origin.Config{
		Name: name, Kind: o.Kind, Seed: seed,
		FirstByte: o.FirstByte.convert(), Bandwidth: float64(o.Bandwidth),
		Piece: int(o.Piece), Every: o.Every.Std(),
		Concurrency: o.Concurrency, QueueLimit: o.QueueLimit,
		Errors: float64(o.Errors), Resets: float64(o.Resets), Truncates: float64(o.Truncates),
		CacheControl: o.CacheControl, Uncacheable: float64(o.Uncacheable),
		Missing: o.Missing, Chunked: o.Chunked, WeakETag: o.WeakETag,
	}
	for _, out := range o.Outages {
		c.Outages = append(c.Outages, origin.Outage{From: out.From.Std(), For: out.For.Std(), Kind: out.Kind})
	}
	return c
}

// kind is which of the three ways a delay is given in; ok is false for two at
// once.
func (d *Delay) kind() (kind string, ok bool) {
	ways := 0
	for _, way := range []struct {
		kind  string
		given bool
	}{{"constant", d.Constant != 0}, {"lognormal", d.Median != 0 || d.P99 != 0}, {"empirical", d.Quantiles != nil}} {
		if way.given {
			kind, ways = way.kind, ways+1
		}
	}
	return kind, ways <= 1
}

func (d *Delay) convert() origin.Delay {
	kind, _ := d.kind()
	made := origin.Delay{Kind: kind, Constant: d.Constant.Std(), Median: d.Median.Std(), P99: d.P99.Std()}
	for _, q := range d.Quantiles {
		made.Quantiles = append(made.Quantiles, origin.Quantile{At: float64(q.At), Wait: q.Wait.Std()})
	}
	return made
}

// CatalogConfig is the population of objects.
func (s *Scenario) CatalogConfig() workloads.CatalogConfig {
	c := workloads.CatalogConfig{Seed: s.catalogSeed()}
	for i, section := range s.Workload.Sections {
		c.Sections = append(c.Sections, workloads.Section{
			Name: section.Name, Hosts: section.Hosts, Objects: section.Objects,
			Share: float64(section.Share), Zipf: *section.Zipf, Popularity: section.Popularity, Types: s.types(i), Seed: section.Seed,
			Recency: section.Recency.convert(),
		})
	}
	return c
}

// types are a section's types, or those of a small web site.
func (s *Scenario) types(section int) []workloads.Type {
	given := s.Workload.Sections[section].Types
	if len(given) == 0 {
		return workloads.DefaultSection(1, 0).Types
	}
	var list []workloads.Type
	for _, t := range given {
		list = append(list, workloads.Type{
			Name: t.Name, Prefix: t.Prefix, Ext: t.Ext, ContentType: t.ContentType,
			Share: float64(t.Share), Size: t.Size.convert(),
		})
	}
	return list
}

func (z *Size) convert() workloads.SizeModel {
	return workloads.SizeModel{
		Median: int64(z.Median), Sigma: z.Sigma, P99: int64(z.P99),
		TailShare: float64(z.Tail.Share), TailFrom: int64(z.Tail.From), TailIndex: z.Tail.Index,
		Min: int64(z.Min), Max: int64(z.Max),
	}
}

// ViewersConfig is the population that asks.
func (s *Scenario) ViewersConfig() workloads.ViewersConfig {
	v := s.Workload.Viewers
	c := workloads.ViewersConfig{Seed: s.seed("viewers"), Count: uint32(v.Count), IPv6: float64(v.IPv6)}
	r := v.Referrers
	c.Referrers = workloads.Referrers{None: r.None, Search: r.Search, Social: r.Social, Other: r.Other, Sites: r.Sites, Zipf: r.Zipf}
	for _, name := range slices.Sorted(maps.Keys(v.Agents)) {
		c.Agents = append(c.Agents, workloads.Agent{Name: name, Weight: v.Agents[name]})
	}
	for _, code := range slices.Sorted(maps.Keys(v.Countries)) {
		c.Countries = append(c.Countries, workloads.Country{Code: code, Weight: v.Countries[code]})
	}
	return c
}

// seed is a seed for one purpose, so that two never draw the same numbers:
// FNV-1a of the scenario's seed and the purpose.
func (s *Scenario) seed(purpose string) uint64 {
	h := fnv.New64a()
	var b [8]byte
	for i := range b {
		b[i] = byte(s.Seed >> (8 * i))
	}
	h.Write(b[:])
	h.Write([]byte(purpose))
	return h.Sum64()
}
