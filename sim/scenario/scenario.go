// Package scenario reads the one YAML file that describes an experiment: the
// edge, its distributions and origins, the workload and the run. It knows the
// file's schema, its defaults and what contradicts what, and turns each part
// into the configuration of the package that acts on it. It must never know
// how an experiment is run, live or virtual, nor what came of one.
//
// The structs here are the schema; their comments are its reference: unit,
// default, range. A key that is not in them is an error with its line, column
// and the nearest right word, as is a value with a wrong unit. example.yaml
// shows every key once.
package scenario

import (
	"edgesim/edge/behavior"
	"edgesim/sim/objective"
	"edgesim/sim/unit"
	"edgesim/workloads/replay"
)

// Scenario is a whole experiment.
type Scenario struct {
	Name  string `yaml:"name"`  // of the run; letters, digits, - and _. Default: the file's name
	About string `yaml:"about"` // one line for lists
	Seed  uint64 `yaml:"seed"`  // of everything that is left to chance. Default: 1

	Duration unit.Duration `yaml:"duration"` // of the schedule, warm-up included; above 0. Default: 30s, or that of the rate's stages
	Warmup   unit.Duration `yaml:"warmup"`   // the first part of it, which headline figures leave out; below duration. Default: 0s

	SLO []string `yaml:"slo"` // what the run must keep, or it fails, as ttfb-p99<=50ms or hit>=90%. Default: none

	Edge          Edge              `yaml:"edge"`
	Origins       map[string]Origin `yaml:"origins"`       // by name; at least one
	Policies      Policies          `yaml:"policies"`      // that behaviors share
	Distributions []Distribution    `yaml:"distributions"` // at least one

	OriginGroups map[string]OriginGroup `yaml:"origin_groups"` // by name; behaviors may name them as origins. Default: none
	Workload     Workload               `yaml:"workload"`
	Network      Network                `yaml:"network"`

	source   *source
	table    *behavior.Table
	promises []objective.Target // SLO, read
	world    *uint64            // seed of the catalog; nil: by Seed

	replayed  *replay.Replay // nil: there is no replay, or its file has not been read
	replayKey string         // all that reading the file depended on
	doubts    []string       // about a replay, beside its own
}

// Edge is one edge location with its cache, or several that are alike.
type Edge struct {
	Mode     string    `yaml:"mode"`     // standard: by the RFCs; cloudfront: as CloudFront documents it. Default: standard
	Capacity unit.Size `yaml:"capacity"` // for bodies, header fields and bookkeeping; at least 64KiB. Default: 256MiB
	Policy   string    `yaml:"policy"`   // order of leaving, as "s3fifo" or "s3fifo:small=0.2", with rules of admission as "lru+bloom". Default: s3fifo
	Shards   int       `yaml:"shards"`   // partitions of the capacity, to 1024. Default: 0, the edge's own choice

	MaxObject    unit.Size `yaml:"max_object"`   // largest object kept. Default: 0B, what a shard can hold
	InFlight     unit.Size `yaml:"in_flight"`    // bodies that may be under way from origins while they are kept. Default: 256MiB
	MaxFlights   int       `yaml:"max_flights"`  // requests to origins under way at a time; beyond it 503. Default: 10000
	Compressions int       `yaml:"compressions"` // responses compressed at a time; what comes beyond is kept as it came. Default: 0, 4 for every processor
	Layer        string    `yaml:"layer"`        // edge: viewers ask; regional or shield: edges do. Default: edge
	Tiers        []Tier    `yaml:"tiers"`        // edges between this one and the simulated origins, the nearest first. Default: none
	Location     string    `yaml:"location"`     // code of the only edge location. Default: FRA56-P1

	Locations []Location `yaml:"locations"` // in place of location; experiments only. Default: none

	HTTPSPort           int  `yaml:"https_port"`            // where redirects to HTTPS send viewers. Default: 0, where TLS is served, else 443
	TrustForwardedProto bool `yaml:"trust_forwarded_proto"` // X-Forwarded-Proto tells the viewer's protocol: only behind a proxy that ends TLS. Default: false
}

// The layers that an edge can be of.
const (
	LayerEdge     = "edge"
	LayerRegional = "regional"
	LayerShield   = "shield"
)

// The modes of an edge.
const (
	Standard   = "standard"
	CloudFront = "cloudfront"
)

// Config is what `edgesim serve --config` reads: the edge, real origins and
// distributions of the same schema, without an experiment.
type Config struct {
	Edge          Edge              `yaml:"edge"`
	Origins       map[string]Origin `yaml:"origins"` // each with a url
	Policies      Policies          `yaml:"policies"`
	Distributions []Distribution    `yaml:"distributions"`

	OriginGroups map[string]OriginGroup `yaml:"origin_groups"`

	Listen    string        `yaml:"listen"` // address to serve on. Default: 127.0.0.1:8080
	TLS       TLS           `yaml:"tls"`
	Admin     string        `yaml:"admin"` // address of the admin listener, as :9090, which means this machine only. Default: none
	Store     string        `yaml:"store"` // file that keeps what the reports come to, hour by hour, for 60 days. Default: none, they are kept in memory for a day
	AccessLog AccessLog     `yaml:"access_log"`
	Limits    Limits        `yaml:"limits"`
	Grace     unit.Duration `yaml:"grace"` // at the end, how long what is being served may take. Default: 30s
}
