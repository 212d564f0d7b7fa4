package virtual

import (
	"io"
	"syscall"
	"testing"

	"edgesim/results"
	"edgesim/sim/scenario"
	"edgesim/workloads"
)

// nobody takes records and does nothing with them.
type nobody struct{ hits, n int }

func (v *nobody) Add(recs []results.Record) {
	v.n += len(recs)
	for i := range recs {
		if recs[i].Response == results.Hit {
			v.hits++
		}
	}
}

const benchScenario = `
name: bench
duration: 1000s
edge: {capacity: 1GiB, policy: lru, shards: 1}
origins:
  assets: {kind: bucket, first_byte: {median: 40ms, p99: 200ms}, bandwidth: 50MB/s, cache_control: "public, max-age=86400"}
distributions:
  - {id: E1, domain: d1.cloudfront.net, aliases: [www.example.com], default: {origin: assets}}
workload:
  rate: 10000/s
  sections:
    - {name: site, hosts: [www.example.com], objects: 1000000, zipf: 1.0}
`

// BenchmarkEngine is the engine alone: requests are drawn before, records are
// only counted.
func BenchmarkEngine(b *testing.B) {
	for _, x := range []struct{ name, capacity string }{{"hits", "400GiB"}, {"misses", "2GiB"}} {
		b.Run(x.name, func(b *testing.B) { benchEngine(b, x.capacity) })
	}
}

func benchEngine(b *testing.B, capacity string) {
	s, err := scenario.Parse("bench.yaml", []byte(benchScenario), "edge.capacity="+capacity)
	if err != nil {
		b.Fatal(err)
	}
	view := &nobody{}
	c := Config{Scenario: s}
	w, err := newWorld(&c, c.names())
	if err != nil {
		b.Fatal(err)
	}
	w.relay = newRelay(view)
	source, err := s.Source(w.catalog, w.viewers)
	if err != nil {
		b.Fatal(err)
	}
	const warm = 4 << 20
	first := newBatch(batchLen)
	for n := uint64(0); n < warm; n += batchLen {
		read(b, source, first.requests)
		w.clerk.study(first)
		w.askAll(first, n)
	}
	drawn := make([]workloads.Request, 1<<20)
	read(b, source, drawn)
	all := w.studied(drawn)
	span := drawn[len(drawn)-1].At - drawn[0].At
	*view = nobody{}
	b.ReportAllocs()
	b.ResetTimer()
	for n := uint64(0); n < uint64(b.N); n += batchLen {
		at := n % uint64(len(drawn))
		some := batch{all.requests[at:][:batchLen], all.known[at:][:batchLen]}
		w.askAll(&some, n)
		for i := range some.requests {
			some.requests[i].At += span
		}
	}
	b.ReportMetric(float64(view.hits)/float64(max(view.n, 1)), "hits")
}

func read(b *testing.B, from workloads.Source, into []workloads.Request) {
	for n := 0; n < len(into); {
		got, err := from.Read(into[n:])
		if n += got; err != nil && err != io.EOF {
			b.Fatal(err)
		}
		if got == 0 {
			b.Fatal("the source is dry")
		}
	}
}

const tiersScenario = `
name: tiers
duration: 400s
warmup: 20s
edge:
  mode: cloudfront
  capacity: 4GiB
  policy: s3fifo
  tiers:
    - {layer: regional, capacity: 8GiB}
    - {layer: shield, capacity: 16GiB}
origins:
  assets: {kind: bucket, first_byte: {median: 40ms, p99: 200ms}, bandwidth: 50MB/s, cache_control: "public, max-age=86400"}
distributions:
  - {id: E1, domain: d1.cloudfront.net, aliases: [www.example.com], default: {origin: assets}}
workload:
  rate: 5000/s
  sections:
    - {name: site, hosts: [www.example.com], objects: 1000000, zipf: 1.0}
`

// BenchmarkRun is a whole run of 2 million requests: drawn, played through three
// tiers, with every report, without plots' pictures.
func BenchmarkRun(b *testing.B) {
	s, err := scenario.Parse("tiers.yaml", []byte(tiersScenario))
	if err != nil {
		b.Fatal(err)
	}
	benchRun(b, s)
}

func benchRun(b *testing.B, s *scenario.Scenario) {
	requests := 0.0
	for b.Loop() {
		res, err := Run(b.Context(), Config{Scenario: s, Dir: b.TempDir() + "/run"})
		if err != nil {
			b.Fatal(err)
		}
		requests += float64(res.Summary.Requests + res.Summary.WarmupRequests)
		b.ReportMetric(res.Summary.HitRatio, "hits")
	}
	b.ReportMetric(requests/b.Elapsed().Seconds()/1e6, "Mreq/s")
}

// BenchmarkWorld is the built-in world with two million requests of six days: the
// engine alone, whose records nobody counts, and the whole run.
func BenchmarkWorld(b *testing.B) {
	text, err := scenario.BuiltinText("world")
	if err != nil {
		b.Fatal(err)
	}
	s, err := scenario.Parse("world.yaml", []byte(text), "duration=144h", "warmup=1h", "workload.rate=4/s")
	if err != nil {
		b.Fatal(err)
	}
	b.Run("engine", func(b *testing.B) {
		view := &nobody{}
		for b.Loop() {
			if _, err := Records(b.Context(), Config{Scenario: s, RTT: 1}, view); err != nil {
				b.Fatal(err)
			}
		}
		b.ReportMetric(float64(view.hits)/float64(view.n), "hits")
		b.ReportMetric(float64(view.n)/b.Elapsed().Seconds()/1e6, "Mreq/s")
	})
	b.Run("run", func(b *testing.B) { benchRun(b, s) })
}

// byHits are scenarios by how often they hit: the nearer to always, the faster a
// run is, since only misses make events.
var byHits = []struct {
	name string
	make func() (*scenario.Scenario, error)
}{
	{"quickstart", builtinWith("quickstart", "duration=1800s", "warmup=60s", "edge.capacity=2GiB")},
	{"web", func() (*scenario.Scenario, error) {
		return scenario.OfPreset("web", "www.example.com", "duration=1800s", "warmup=300s", "workload.rate=2000/s", "edge.capacity=8GiB", "edge.mode=cloudfront")
	}},
	{"tiers", func() (*scenario.Scenario, error) { return scenario.Parse("tiers.yaml", []byte(tiersScenario)) }},
	{"world", builtinWith("world", "duration=24h", "warmup=1h", "workload.rate=38.6/s")},
}

func builtinWith(name string, set ...string) func() (*scenario.Scenario, error) {
	return func() (*scenario.Scenario, error) {
		text, err := scenario.BuiltinText(name)
		if err != nil {
			return nil, err
		}
		return scenario.Parse(name+".yaml", []byte(text), set...)
	}
}

// BenchmarkByHits is whole runs with all reports and plots' pictures, and beside their
// speed the hit ratio and how many events a request made. Time of processors is what
// counts where others work on the same machine.
func BenchmarkByHits(b *testing.B) {
	for _, x := range byHits {
		b.Run(x.name, func(b *testing.B) {
			s, err := x.make()
			if err != nil {
				b.Fatal(err)
			}
			benchByHits(b, s)
		})
	}
}

func benchByHits(b *testing.B, s *scenario.Scenario) {
	requests, events, before := 0.0, 0.0, cpuTime(b)
	for b.Loop() {
		c := Config{Scenario: s, Dir: b.TempDir() + "/run", RTT: 1}
		w, err := newWorld(&c, c.names())
		if err != nil {
			b.Fatal(err)
		}
		res, err := w.leaveFolder(b.Context(), c)
		if err != nil {
			b.Fatal(err)
		}
		requests += float64(res.Summary.Requests + res.Summary.WarmupRequests)
		events += float64(w.events.seq)
		b.ReportMetric(res.Summary.HitRatio, "hits")
	}
	b.ReportMetric(float64(cpuTime(b)-before)/requests, "cpu-ns/req")
	b.ReportMetric(events/requests, "events/req")
	b.ReportMetric(requests/b.Elapsed().Seconds()/1e6, "Mreq/s")
}

// cpuTime is how long processors have worked for this program, in nanoseconds.
func cpuTime(b *testing.B) int64 {
	b.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return u.Utime.Nano() + u.Stime.Nano()
}
