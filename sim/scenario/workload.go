package scenario

import "edgesim/sim/unit"

// Workload is who asks for what, and when.
type Workload struct {
	Preset string   `yaml:"preset"` // a workload of presets/, which has all that is not said here. Default: none
	Hosts  []string `yaml:"hosts"`  // of sections that name none. Default: none; of a preset's, the first distribution's first alias, or its domain

	Rate     unit.Schedule `yaml:"rate"`     // requests, as 3000/s, or in stages, as 1000/s..20000/s:30s,20000/s:2m; above 0, to 10^9/s, required unless closed
	Shape    []string      `yaml:"shape"`    // what the rate is multiplied by as time goes, as [diurnal, crowd:at=10m]. Default: nothing
	Closed   bool          `yaml:"closed"`   // each connection asks as soon as it is answered; no rate then. Default: false
	Think    unit.Duration `yaml:"think"`    // closed: what passes on average from an answer to the next request, exponential. Default: 0s
	Arrivals string        `yaml:"arrivals"` // how they come, as poisson or constant. Default: poisson
	Requests uint64        `yaml:"requests"` // the schedule ends after so many. Default: 0, by duration alone

	Connections int `yaml:"connections"` // of the player, to 65535. Default: 64

	Ranges unit.Share `yaml:"ranges"` // of the requests, for one byte range. Default: 0%
	Aborts unit.Share `yaml:"aborts"` // of the requests, whose viewer hangs up midway. Default: 0%
	Heads  unit.Share `yaml:"heads"`  // of the requests, HEAD. Default: 0%

	Conditionals unit.Share `yaml:"conditionals"` // of the requests, by viewers who have the object and ask if it has changed. Default: 0%

	Viewers  Viewers   `yaml:"viewers"`
	Sections []Section `yaml:"sections"` // at least one, or a replay
	Streams  []Stream  `yaml:"streams"`  // ways of asking that share the rate. Default: one, independent, for all sections
	Replay   *Replay   `yaml:"replay"`   // a trace or log in place of sections and streams; a rate then re-times it. Default: none
}

// Stream is one way in which viewers ask for one thing after another.
type Stream struct {
	Kind     string     `yaml:"kind"`     // with its settings, as independent; required
	Share    unit.Share `yaml:"share"`    // of the requests, beside the other streams'. Default: all alike
	Sections []string   `yaml:"sections"` // by name, what it asks for. Default: all
	Arrivals string     `yaml:"arrivals"` // how they come. Default: the workload's
	Shape    []string   `yaml:"shape"`    // of its own rate. Default: the workload's
}

// Viewers is the population that asks.
type Viewers struct {
	Count int        `yaml:"count"` // 1 to 10 million. Default: 10000
	IPv6  unit.Share `yaml:"ipv6"`  // of the viewers. Default: 0%

	Referrers Referrers          `yaml:"referrers"`
	Agents    map[string]float64 `yaml:"agents"`    // what they run: weights by User-Agent. Default: an international site's mix of browsers and bots
	Countries map[string]float64 `yaml:"countries"` // how many are where, as {DE: 60, AT: 40}: weights by ISO 3166-1 alpha-2. Default: an international site's
}

// Referrers says which pages requests come from that no page of the workload's own
// led to: weights of the kinds. Where all are 0: none 35, search 35, social 15,
// other 15.
type Referrers struct {
	None   float64 `yaml:"none"`   // no Referer
	Search float64 `yaml:"search"` // a search engine
	Social float64 `yaml:"social"` // a social network
	Other  float64 `yaml:"other"`  // one of other sites
	Sites  int     `yaml:"sites"`  // how many of those there are, to 60000. Default: 1000
	Zipf   float64 `yaml:"zipf"`   // exponent of their popularity. Default: 0, all alike; where all weights are 0, 1.2
}

// Section is a population of objects asked for under the same names.
type Section struct {
	Name       string     `yaml:"name"`       // required, unique
	Hosts      []string   `yaml:"hosts"`      // names of a distribution that serve the section, asked evenly. Default: the workload's; at least one
	Share      unit.Share `yaml:"share"`      // of the requests, beside the other sections'. Default: all alike
	Objects    uint64     `yaml:"objects"`    // 1 to 2^53. Default: 10000
	Zipf       *float64   `yaml:"zipf"`       // exponent of popularity; 0: all objects alike. Default: 0.9
	Popularity string     `yaml:"popularity"` // which objects are asked for how often, as zipf+onehits:share=10%. Default: zipf
	Recency    Recency    `yaml:"recency"`    // of popularity recency: how soon objects come again. Default: none
	Seed       uint64     `yaml:"seed"`       // sections of the same seed have the same paths and sizes. Default: 0, from the scenario's seed and the name
	Types      []Type     `yaml:"types"`      // Default: a small web site's
}

// Recency says how soon objects come again: how much of other objects, each counted
// once, is asked for between two requests for the same. It is what popularity
// recency consists of.
type Recency struct {
	By    string        `yaml:"by"`    // what distances count: bytes or objects. Default: objects
	Types []RecencyType `yaml:"types"` // at least one
}

// RecencyType are the distances of a type's objects.
type RecencyType struct {
	Type   string                `yaml:"type"`   // by name. Default: all that have none of their own
	Within map[string]unit.Share `yaml:"within"` // of its requests, which share has its object asked for again within a distance, as {0: 10%, 64KiB: 25%}; the rest never
}

// Type is a content type. Its objects have paths of prefix, number and ext.
type Type struct {
	Name         string        `yaml:"name"`         // content class, as image; required
	Prefix       string        `yaml:"prefix"`       // as /images/. Default: /
	Ext          string        `yaml:"ext"`          // as .jpg. Default: none
	ContentType  string        `yaml:"content_type"` // as image/jpeg. Default: application/octet-stream
	Share        unit.Share    `yaml:"share"`        // of the section's objects, beside the other types'. Default: all alike
	Size         Size          `yaml:"size"`
	CacheControl string        `yaml:"cache_control"` // what the origin sends with it. Default: the origin's
	ChangeEvery  unit.Duration `yaml:"change_every"`  // how long a version of an object lasts. Default: 0s, for ever
	Missing      bool          `yaml:"missing"`       // its objects are asked for and not there: the origin answers with its missing status. Default: false
}

// Size is the distribution of object sizes: a lognormal body and, where
// wanted, a Pareto tail.
type Size struct {
	Median unit.Size `yaml:"median"` // of the body; required
	Sigma  float64   `yaml:"sigma"`  // standard deviation of ln(size), 0 to 20. Default: 0, by p99, or all alike
	P99    unit.Size `yaml:"p99"`    // of the body, in place of sigma. Default: 0B
	Tail   Tail      `yaml:"tail"`   // Default: none
	Min    unit.Size `yaml:"min"`    // Default: 1B
	Max    unit.Size `yaml:"max"`    // Default: 1TiB
}

// Tail is the Pareto tail of a size distribution.
type Tail struct {
	Share unit.Share `yaml:"share"` // of the objects. Default: 0%
	From  unit.Size  `yaml:"from"`  // the smallest size in it
	Index float64    `yaml:"index"` // above 0; the smaller, the heavier
}
