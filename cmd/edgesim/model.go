package main

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/pflag"

	"edgesim/results"
	"edgesim/sim/analytic"
	"edgesim/sim/unit"
)

var modelCommand = command{
	name:     "model",
	synopsis: "[SCENARIO] [flags]",
	about:    "hit ratios and origin load by formula, of catalogs of any size, at once",
	long: `Answers by formula, without a request played: of a catalog described by flags,
of a SCENARIO's workload and origins, or of the objects of a --trace in an order
without memory. Requests are taken for independent of each other (docs/models.md
has the formulas, and how near they come).

Capacities are sizes, as 64MiB or 1TB, or shares of the bytes of all objects, as
10%; where objects have no --size, numbers of objects. Without --capacity there
are twelve, each half of the next, up to all objects, and a scenario's own.

"remembers" is the characteristic time: what is asked for more often than that
stays. Of all requests, hits are answered at once; delayed ones ride a fetch
under way (logs call them hits); refreshes ask the origin whether an expired
object has changed; the rest are misses.

Behind the edges may be tiers, of which each level is told with the two hit
ratios between which the truth lies, and origins that serve so many requests at
a time: how busy they are, and how long requests wait there. Of a scenario they
are told at its own capacity, or at every --capacity.

Examples:
  edgesim model --objects 1e9 --size median=20KB,p99=2MB --capacity 1TB,10TB
  edgesim model --objects 2e5 --ttl 60s --fetch 50ms --policy lru,klru,lfu
  edgesim model quickstart --out figures
  edgesim model --objects 1e8 --size 50KB --capacity 1% --edges 10 --tiers 1TB
  edgesim model --objects 1e6 --capacity 1% --origin servers=64,service=80ms
  edgesim model --popularity shot_noise:requests=25,life=3d --size 1MB
  edgesim model --trace access.csv.gz --policy lru,fifo,lru+bloom --json
  edgesim mrc trace.bin --policy lru,fifo,klru --csv played.csv
  edgesim model --trace trace.bin --beside played.csv --out figures

Exit status: 0 done; 1 reading or writing failed; 2 wrong usage.
`,
	prepare: func(f *pflag.FlagSet) action {
		var o modelOptions
		f.StringVar(&o.objects, "objects", "", "`NUMBER` of objects, as 1e9")
		f.Float64Var(&o.zipf, "zipf", 0.9, "exponent of popularity; 0: all objects alike")
		f.StringVar(&o.size, "size", "", "`SIZES`, as 20KB (all alike) or median=20KB,p99=2MB[,max=1GB…]\n(default none: capacities are numbers of objects)")
		f.StringVar(&o.popularity, "popularity", "", "`KIND` of popularity without --objects, which come and go, as\nshot_noise:requests=25,beta=2,life=3d (LRU alone has its formula)")
		f.Var(&o.rate, "rate", "`RATE` of requests, as 5000/s (default 1000/s, or the scenario's)")
		f.Var(&o.ttl, "ttl", "how long objects are fresh, as 60s (default for ever)")
		f.Var(&o.change, "change-every", "how often objects change, as 1h, so that refreshes bring them anew (default never)")
		f.Var(&o.fetch, "fetch", "how long a fetch takes, as 50ms; requests meanwhile ride it (default no time)")
		f.StringVar(&o.trace, "trace", "", "`FILE` of a trace whose objects are asked for, as often as there")
		f.StringVar(&o.policies, "policy", "", "`NAMES` with a formula: "+modelNames()+";\nrules of admission behind a plus: "+ruleNames()+" (default lru, or the scenario's)")
		f.StringVar(&o.capacities, "capacity", "", "`SIZES` of caches, as 1TB,10TB or 1%,10%")
		f.BoolVar(&o.ignoreSize, "ignore-size", false, "with --trace: every object counts 1, and capacities are numbers of objects")
		f.IntVar(&o.edges, "edges", 1, "caches that share the requests evenly; capacities are of each")
		f.StringVar(&o.tiers, "tiers", "", "`SIZES` of LRU caches behind them, one of each, the nearest first, as\n1TB,4TB (default the scenario's)")
		f.StringVar(&o.origin, "origin", "", "`ORIGIN` that serves so many at a time, as servers=64,service=50ms[,cv2=1,timeout=30s]:\nhow long they wait (default the scenario's)")
		f.StringVar(&o.beside, "beside", "", "`FILE` that mrc or sweep wrote with --csv: its caches are set beside the\nformulas, in the table and as dots in the plots")
		f.StringVar(&o.out, "out", "", "make a `FOLDER` of this name with plots")
		f.BoolVar(&o.json, "json", false, "print as JSON")
		return o.run
	},
}

type modelOptions struct {
	objects, size, trace      string
	policies, capacities, out string
	zipf                      float64
	rate                      unit.Rate
	ttl, change, fetch        unit.Duration
	popularity, tiers, origin string
	edges                     int
	beside                    string
	ignoreSize                bool
	json                      bool
}

func modelNames() string {
	var names []string
	for _, k := range analytic.Kinds() {
		names = append(names, k.Name)
	}
	return strings.Join(names, " ")
}

func ruleNames() string {
	var names []string
	for _, k := range analytic.Rules() {
		names = append(names, k.Name)
	}
	return strings.Join(names, " ")
}

// modelled is what is asked, and the answers.
type modelled struct {
	pop        analytic.Population // of one edge
	shots      *analytic.ShotNoise // in place of pop: objects come and go
	about      string              // the population, in a line
	unit       bool                // objects have no sizes: capacities are numbers
	timed      bool                // rates are per second
	models     []analytic.Model
	capacities []float64
	own        float64 // the scenario's capacity; 0: none
	edges      int     // that share the requests
	behind     []modelTier
	origins    []modelOrigin
	chosen     bool // capacities were asked for
	said       []string
	played     []playedCache     // caches that were played
	answers    []analytic.Answer // by model, then by capacity
	warm       []float64         // seconds to warm up, beside the answers; NaN: unknown
	beyond     []beyond          // what is behind the edges, beside the answers
}

func (o *modelOptions) run(e *env, args []string) error {
	m, err := o.population(e, args)
	if err != nil {
		return err
	}
	if err := cmp.Or(o.readCounts(m), o.readBehind(m, len(args) > 0)); err != nil {
		return err
	}
	if o.policies != "" || len(m.models) == 0 {
		if m.models, err = parseModels(cmp.Or(o.policies, "lru")); err != nil {
			return usagef("--policy: %v", err)
		}
	}
	if err := cmp.Or(o.sizes(m), makeOut(o.out)); err != nil {
		return err
	}
	for _, text := range m.said {
		fmt.Fprintf(e.stderr, "edgesim model: %s\n", text)
	}
	if err := m.solve(); err != nil {
		return usageError{err}
	}
	if o.out != "" {
		if err := m.draw(e, o.out); err != nil {
			return err
		}
	}
	if o.json {
		return results.EncodeJSON(e.stdout, m.asJSON())
	}
	return m.writeText(e.stdout)
}

// parseModels reads names; what has an equals sign and no colon is a parameter of
// the one before.
func parseModels(text string) ([]analytic.Model, error) {
	var specs []string
	for _, part := range strings.Split(text, ",") {
		part = strings.TrimSpace(part)
		if strings.Contains(part, "=") && !strings.Contains(part, ":") && len(specs) > 0 {
			specs[len(specs)-1] += "," + part
			continue
		}
		specs = append(specs, part)
	}
	var models []analytic.Model
	for _, spec := range specs {
		m, err := analytic.Parse(spec)
		if err != nil {
			return nil, err
		}
		models = append(models, m)
	}
	return models, nil
}

// octaves is how many capacities there are when none is given, each half of the
// next.
const octaves = 12

func (o *modelOptions) sizes(m *modelled) error {
	list, err := parseCapacities(o.capacities, m.unit)
	if err != nil {
		return usagef("--capacity: %v", err)
	}
	all := m.weighs()
	most := all
	if m.shots != nil {
		most *= forgotten
	}
	m.chosen = len(list) > 0
	if all >= 1<<63 {
		return usagef("all objects together are of 2^63 bytes or more; right are fewer, or smaller ones")
	}
	for _, c := range list {
		m.capacities = append(m.capacities, cmp.Or(float64(c.size), c.share*all))
	}
	if len(m.capacities) == 0 {
		for k := range octaves {
			m.capacities = append(m.capacities, math.Ceil(most/math.Exp2(float64(octaves-1-k))))
		}
		if m.own > 0 {
			m.capacities = append(m.capacities, m.own)
		}
	}
	slices.Sort(m.capacities)
	m.capacities = slices.Compact(m.capacities)
	return nil
}

// forgotten is how many lives after its birth an object of shot noise is asked for no
// more, but for 0.03 % of its requests.
const forgotten = 8

// solve answers for every model and capacity.
func (m *modelled) solve() error {
	for _, model := range m.models {
		for _, capacity := range m.capacities {
			if m.shots != nil {
				a, err := m.shots.Answer(capacity)
				if err != nil {
					return err
				}
				m.answers, m.warm, m.beyond = append(m.answers, a), append(m.warm, math.NaN()), append(m.beyond, beyond{})
				continue
			}
			c, err := model.Solve(m.pop, capacity)
			if err != nil {
				return err
			}
			a := c.Answer()
			m.answers = append(m.answers, a)
			warm, ok := c.Below(min(1, a.Miss*warmEnough))
			if !ok || !m.timed || a.Time == 0 {
				warm = math.NaN()
			}
			m.warm = append(m.warm, warm)
			b, err := m.lookBeyond(c)
			if err != nil {
				return err
			}
			m.beyond = append(m.beyond, b)
		}
	}
	return nil
}

// bytes is the size of all objects, or of those that live at a time.
func (m *modelled) bytes() float64 {
	if m.shots != nil {
		return m.objects() * m.shots.Size
	}
	return m.pop.Bytes()
}

// weighs is the capacity that holds them.
func (m *modelled) weighs() float64 {
	if m.shots != nil {
		return m.bytes()
	}
	return m.pop.Weighs()
}

// objects is how many there are, or live at a time.
func (m *modelled) objects() float64 {
	if m.shots != nil {
		return m.shots.Births * m.shots.Life
	}
	return m.pop.Objects()
}

// requestRate is requests per second at one edge.
func (m *modelled) requestRate() float64 {
	if m.shots != nil {
		return m.shots.Rate()
	}
	return m.pop.Rate()
}

// curve is the answer at each capacity.
func (m *modelled) curve(model analytic.Model, at []float64) ([]analytic.Answer, error) {
	if m.shots == nil {
		return analytic.Curve(m.pop, model, at)
	}
	var all []analytic.Answer
	for _, capacity := range at {
		a, err := m.shots.Answer(capacity)
		if err != nil {
			return nil, err
		}
		all = append(all, a)
	}
	return all, nil
}

// warmEnough is when a cache counts as warm: misses are at most 10 % more than in
// the steady state.
const warmEnough = 1.1

// count reads a number of objects, as 1e9, 1000000 or 10M.
func count(text string) (uint64, error) {
	v, err := strconv.ParseFloat(text, 64)
	if err != nil || v != math.Trunc(v) || !(v >= 1 && v <= 1<<53) {
		return 0, fmt.Errorf("%q is no number of objects; right is a whole one from 1 to 2^53, as 1000000 or 1e9", text)
	}
	return uint64(v), nil
}
