package live

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"edgesim/edge/policy"
	"edgesim/results"
	"edgesim/sim/scenario"
	"edgesim/sim/virtual"
)

// foretold is what the simulator says of the scenario, in the order of the
// requests. It begins at the same moment: dates are in the keys of slices.
func foretold(t *testing.T, s *scenario.Scenario, epoch time.Time) []results.Record {
	t.Helper()
	recs, _ := foretoldNamed(t, s, epoch)
	return recs
}

// foretoldNamed gives the names of the records, too.
func foretoldNamed(t *testing.T, s *scenario.Scenario, epoch time.Time) ([]results.Record, *results.Names) {
	t.Helper()
	view := &collector{from: results.AtSimulator}
	names, err := virtual.Records(t.Context(), virtual.Config{Scenario: s, Epoch: epoch}, view)
	if err != nil {
		t.Fatal(err)
	}
	slices.SortStableFunc(view.recs, inOrder)
	return view.recs, names
}

// differences lists where the two worlds differ, at most so many.
func differences(played, told []results.Record, most int) (list []string, n int) {
	if len(played) != len(told) {
		list, n = append(list, fmt.Sprintf("%d requests played, %d foretold", len(played), len(told))), 1
	}
	for i := range min(len(played), len(told)) {
		if a, b := factsOf(&played[i]), factsOf(&told[i]); a != b {
			if n++; len(list) < most {
				list = append(list, fmt.Sprintf("request %d:\n  played   %s\n  foretold %s", i, a, b))
			}
		}
	}
	return list, n
}

func (f facts) String() string {
	return fmt.Sprintf("%v %x at %v in %d sent %d ttfb %v total %v origin %v %v out %d body %d from origin %d range %d-%d/%d dist %d beh %d status %d asked %d %v/%v %v %v %v %b edge %d",
		f.Method, f.Object, time.Duration(f.At), f.BytesIn, f.OriginSent, time.Duration(f.TTFB), time.Duration(f.Total), time.Duration(f.OriginTTFB), time.Duration(f.OriginTotal), f.BytesOut, f.BodyBytes, f.OriginBytes,
		f.RangeStart, f.RangeEnd, f.ContentLength, f.Distribution, f.Behavior, f.Status, f.Asked, f.Response, f.Result, f.Detail, f.Layer, f.TTL, f.Flags, f.Edge)
}

// agree holds the simulator to the real edge, record for record; of a thousand
// records so many may differ. Now and then the edge's own scheduler decides whether a
// reader looks for the next slice before or after the last one is kept, and a policy
// that counts looks goes another way from there: of a few plays one has to be as
// foretold.
func agree(t *testing.T, most int, name string, sets ...string) {
	t.Helper()
	s, err := scenario.Load(name, sets...)
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	for range 6 {
		played, names := inBubble(t, s)
		var n int
		list, n = differences(played, foretold(t, s, names.Epoch), 8)
		t.Logf("%s %v: %d of %d requests differ", name, sets, n, len(played))
		if n*1000 <= most*len(played) {
			return
		}
	}
	t.Error("the simulator foretells something else than the edge does")
	for _, text := range list {
		t.Log(text)
	}
}

// sure leaves out what the real edge does now so and now so, in a bubble too: who
// of several viewers that are let go in one moment asks the origin first (its
// answers are by order), and how much of a response a viewer takes who hangs up.
var sure = []string{"origins.app.uncacheable=0%", "workload.aborts=0%", "edge.shards=1", "warmup=1s"}

// One request at a time, so that nothing is left to who comes first: evictions,
// revalidation, ranges, HEAD and an origin that fails.
func TestTheSimulatorForetellsEveryPolicy(t *testing.T) {
	for _, k := range policy.Zoo() {
		if raceEnabled && k.Name != "lru" {
			continue // they play on one processor each, and take ten times as long
		}
		ranges := "workload.ranges=10%"
		if k.Name == "lhd" {
			ranges = "workload.ranges=0%" // every second play of the edge would be another
		}
		t.Run(k.Name, func(t *testing.T) {
			agree(t, 0, "quickstart", append(sure, "duration=1500s", "workload.rate=2/s", "workload.arrivals=constant", "edge.capacity=1MiB",
				ranges, "workload.heads=2%", "origins.app.errors=3%", "origins.assets.errors=2%", "edge.policy="+k.Name)...)
		})
	}
}

func TestTheSimulatorForetells(t *testing.T) {
	if raceEnabled {
		t.Skip("takes minutes with the race detector")
	}
	for name, x := range map[string]struct {
		scenario string
		most     int // of a thousand: what chance decides in the real edge
		sets     []string
	}{
		"quickstart":   {"quickstart", 0, append(sure, "duration=6s")},
		"cloudfront":   {"quickstart", 0, append(sure, "duration=6s", "edge.mode=cloudfront")},
		"missing":      {"quickstart", 0, append(sure, "duration=4s", "workload.sections.0.types.3.missing=true", "workload.heads=5%")},
		"heads":        {"quickstart", 0, append(sure, "duration=4s", "workload.heads=10%")},
		"conditionals": {"quickstart", 0, append(sure, "duration=4s", "workload.conditionals=20%", "workload.heads=5%", "workload.ranges=5%")},
		"asked about":  {"quickstart", 0, append(sure, "duration=4s", "workload.conditionals=20%", "edge.mode=cloudfront", "edge.capacity=1MiB")},
		"tiers asked":  {"tiers", 0, []string{"workload.aborts=0%", "edge.shards=1", "workload.conditionals=30%"}},
		"half asked":   {"quickstart", 0, append(sure, "duration=3s", "workload.conditionals=50%", "edge.capacity=1MiB", "origins.app.errors=5%")},
		"pages asked":  {"testdata/troubles.yaml", 5, []string{"workload.conditionals=20%"}},
		"pieces":       {"quickstart", 0, append(sure, "duration=4s", "origins.assets.piece=1KB", "origins.assets.bandwidth=1MB/s")},
		"full origin":  {"quickstart", 0, append(sure, "duration=4s", "origins.app.concurrency=4", "origins.app.queue_limit=8")},
		"tiers":        {"tiers", 0, []string{"workload.aborts=0%", "edge.shards=1"}},
		"two-buckets":  {"two-buckets", 0, []string{"workload.aborts=0%", "edge.shards=1"}},
		"uncacheables": {"quickstart", 30, []string{"duration=4s", "warmup=1s", "workload.aborts=0%", "edge.shards=1"}},
		"troubles":     {"quickstart", 30, append(sure, "duration=4s", "origins.app.errors=10%", "origins.app.resets=10%", "origins.app.truncates=20%")},
		"ranges":       {"quickstart", 30, append(sure, "duration=4s", "workload.ranges=30%")},
		"error pages":  {"testdata/troubles.yaml", 5, nil},
		"by the RFCs":  {"testdata/troubles.yaml", 5, []string{"edge.mode=standard"}},
		"world":        {"world", 0, append(sure, "duration=4s", "network.loopback=true")},
		"storm":        {"storm", 30, nil},
		"too large":    {"quickstart", 0, append(sure, "workload.rate=20/s", "duration=60s", "origins.assets.truncates=20%", "origins.app.truncates=20%", "edge.capacity=2MiB", "edge.max_object=20KB")},
		"and in parts": {"quickstart", 15, append(sure, "workload.rate=20/s", "duration=60s", "origins.assets.truncates=20%", "origins.app.truncates=20%", "edge.capacity=2MiB", "edge.max_object=20KB", "workload.ranges=20%")},
		"all at once":  {"quickstart", 5, append(sure, "origins.assets.truncates=20%", "origins.app.truncates=20%", "edge.capacity=2MiB", "edge.max_object=20KB", "duration=3s")},
	} {
		t.Run(name, func(t *testing.T) { agree(t, x.most, x.scenario, x.sets...) })
	}
}

// Every method there is, of behaviors that take all, some or two of them; by tiers in
// the standard mode, where a renewal's fields are not always those of the edge. The
// pipes of a bubble hold nothing: a tier that refuses content would wait for ever for
// an edge that is still sending it, so that no connection is refused there.
func TestTheSimulatorForetellsMethods(t *testing.T) {
	standard, tier := "edge.mode=standard", "edge.tiers=[{layer: regional, location: DUB50-P7, capacity: 2MiB}]"
	agreeOn(t, []played{
		{"methods", "testdata/methods.yaml", 0, nil},
		{"by the RFCs", "testdata/methods.yaml", 0, []string{standard}},
		{"of a tier", "testdata/methods.yaml", 0, []string{tier}},
		{"all by tiers", "testdata/methods.yaml", 2, []string{standard, "distributions.0.behaviors.1.compress=false",
			"origins.app.outages=[{from: 40s, for: 4s, kind: error}]",
			"edge.tiers=[{layer: regional, location: DUB50-P7, capacity: 2MiB}, {layer: shield, location: IAD50-P9, capacity: 4MiB}]"}},
	})
}

// What the presets ask for, and names that no origin has.
func TestTheSimulatorForetellsPresets(t *testing.T) {
	some := slices.Clip(append(slices.Clone(sure[1:]), "duration=4s"))
	agreeOn(t, []played{
		{"absent", "attack", 0, some},
		{"api", "api", 0, some},
		{"news", "news", 0, some},
		{"pages", "testdata/web.yaml", 0, nil},
		{"video", "vod", 0, append(some, "duration=6s")},
	})
}

// played is a scenario, and how many of a thousand of its records may differ.
type played struct {
	name, scenario string
	most           int
	sets           []string
}

// agreeOn holds several to agree; the first alone where time is short.
func agreeOn(t *testing.T, list []played) {
	t.Helper()
	if raceEnabled {
		t.Skip("takes minutes with the race detector")
	}
	if testing.Short() {
		list = list[:1]
	}
	for _, x := range list {
		t.Run(x.name, func(t *testing.T) { agree(t, x.most, x.scenario, x.sets...) })
	}
}
