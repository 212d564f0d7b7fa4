package folder

import (
	"encoding/binary"
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"
	"sync"
	"testing"
	"time"

	"edgesim/results"
	"edgesim/results/plot"
	"edgesim/results/report"
)

// A virtualRun makes records as a virtual run does: 60 days of 200 million
// requests, two distributions, ten edge locations, a million objects asked for by
// Zipf's law of exponent 0.9, ten thousand viewers of 28 countries. A batch is
// written where the one before was, so that it lies in the processor's cache when
// the views read it.
type virtualRun struct {
	names   *results.Names
	rng     *rand.Rand
	at      int64
	urls    []results.Sym
	objects []uint32 // drawn in advance
	viewers []results.Record
	sources []results.Sym
	kinds   []results.Record // by how they ended
	batch   []results.Record
	n       int

	everything bool // object by object, in place of those drawn
}

const (
	benchObjects = 1 << 20
	benchViewers = 10_000
	benchBatch   = 512
	benchGap     = int64(60*24*time.Hour) / 200e6
)

// theRun is made once: it takes some seconds.
var theRun = sync.OnceValue(newVirtualRun)

// aRun is theRun from its beginning.
func aRun() *virtualRun {
	v := *theRun()
	return &v
}

func newVirtualRun() *virtualRun {
	v := &virtualRun{names: results.NewNames(runStart), rng: rand.New(rand.NewPCG(1, 2)), batch: make([]results.Record, benchBatch)}
	v.names.Distributions = []results.Distribution{{ID: "EONE", Domain: "d1.test"}, {ID: "ETWO", Domain: "d2.test"}}
	for i := range 10 {
		v.names.Edges = append(v.names.Edges, results.Edge{Code: fmt.Sprintf("EDG%d", i), BillingRegion: []string{"EU", "NA", "AP"}[i%3]})
	}
	v.names.Behaviors = []string{"EONE /a/*", "EONE *", "ETWO *"}
	for i := range benchObjects {
		v.urls = append(v.urls, v.names.Strings.Of(fmt.Sprintf("/catalog/%07x.%s", i, []string{"jpg", "js", "css", "mp4"}[i%4])))
	}
	v.draw()
	v.people()
	v.outcomes()
	return v
}

// draw makes a supply of objects: the inverse of the law's integral, which is near
// enough to the law.
func (v *virtualRun) draw() {
	span := math.Pow(benchObjects, 0.1) - 1
	for range 1 << 22 {
		v.objects = append(v.objects, uint32(math.Pow(1+v.rng.Float64()*span, 10))-1)
	}
}

func (v *virtualRun) people() {
	for i := range benchViewers {
		var r results.Record
		binary.BigEndian.PutUint32(r.Addr[12:], uint32(198<<24|18<<16+i*13))
		r.Country = [2]byte{byte('A' + i%28%7), byte('A' + i%28)}
		r.Agent = v.names.Strings.Of(fmt.Sprintf("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/1%02d.0.0.0 Safari/537.36", i%28))
		r.Edge, r.Port = uint16(i%10), 50_000
		v.viewers = append(v.viewers, r)
	}
	v.sources = []results.Sym{0, 0}
	for i := range 1000 {
		v.sources = append(v.sources, v.names.Strings.Of(fmt.Sprintf("https://site-%d.example/", i)))
	}
}

func (v *virtualRun) outcomes() {
	hit := results.Record{Response: results.Hit, Result: results.Hit, Layer: results.LayerEdge, Status: 200, Method: results.GET,
		Protocol: results.HTTPS, Version: results.HTTP11, Vantage: results.AtSimulator, TTL: results.TTLStatic,
		ContentLength: -1, RangeStart: -1, RangeEnd: -1}
	miss, renewed, joined := hit, hit, hit
	miss.Response, miss.Result, miss.Layer, miss.OriginAsked = results.Miss, results.Miss, results.LayerOrigin, 1
	renewed.Response, renewed.Result, renewed.OriginAsked, renewed.OriginBytes = results.RefreshHit, results.RefreshHit, 1, 300
	joined.Layer, joined.Flags = results.LayerOrigin, results.Collapsed
	for i := range 64 {
		switch {
		case i < 57:
			v.kinds = append(v.kinds, hit)
		case i < 62:
			v.kinds = append(v.kinds, miss)
		case i < 63:
			v.kinds = append(v.kinds, renewed)
		default:
			v.kinds = append(v.kinds, joined)
		}
	}
}

// next makes the next batch.
func (v *virtualRun) next() []results.Record {
	for i := range v.batch {
		r, chance := &v.batch[i], v.rng.Uint64()
		*r = v.kinds[chance&63]
		object := v.objects[v.n&(1<<22-1)]
		if v.everything {
			object = uint32(v.n) % benchObjects
		}
		v.n++
		v.at += benchGap + int64(chance>>6&1023)
		viewer := &v.viewers[chance>>16%benchViewers]
		r.At, r.ID, r.Object, r.URL = v.at, uint64(v.n), uint64(object)*0x9E3779B97F4A7C15, v.urls[object]
		r.Distribution, r.Behavior = uint16(object&1), uint16(object%3)
		r.Addr, r.Country, r.Agent, r.Edge, r.Port = viewer.Addr, viewer.Country, viewer.Agent, viewer.Edge, viewer.Port
		r.Referrer = v.sources[chance>>32%1002]
		r.BodyBytes = 2000 + int64(object)*977%200_000
		r.BytesOut, r.BytesIn = r.BodyBytes+400, 350
		r.TTFB = 8e6 + int64(chance>>42&(1<<23-1))
		if r.OriginAsked > 0 {
			r.TTFB += 90e6 + int64(chance>>20&(1<<25-1))
			r.OriginBytes = max(r.OriginBytes, r.BytesOut)
			r.OriginTTFB, r.OriginTotal = r.TTFB/2, r.TTFB
		}
		r.Total = r.TTFB + r.BodyBytes*80
	}
	return v.batch
}

func virtualOptions(dir string, names *results.Names) Options {
	o := options(dir, names)
	o.Length, o.Warmup, o.Grain = 60*24*time.Hour, 0, time.Hour
	o.TrafficFrom, o.LatencyFrom = results.AtSimulator, results.AtSimulator
	return o
}

// BenchmarkVirtualRecords is what a virtual run's records cost: all views of a run
// folder together, at hourly and at daily grain, and each view alone, in time of
// the processor. That of making the records is not counted.
func BenchmarkVirtualRecords(b *testing.B) {
	for _, grain := range []time.Duration{time.Hour, 24 * time.Hour} {
		b.Run(fmt.Sprintf("all/%v", grain), func(b *testing.B) {
			v := aRun()
			o := virtualOptions(b.TempDir(), v.names)
			o.Grain = grain
			f, err := New(o)
			if err != nil {
				b.Fatal(err)
			}
			benchView(b, v, f)
		})
	}
	o := virtualOptions("", nil)
	for _, k := range report.Kinds() {
		b.Run("report/"+k.Name, func(b *testing.B) {
			v := aRun()
			benchView(b, v, k.New(report.Options{Names: v.names, Grain: o.Grain}))
		})
	}
	for _, k := range plot.Kinds() {
		b.Run("plot/"+k.Name, func(b *testing.B) {
			v := aRun()
			benchView(b, v, k.New(plot.Options{Names: v.names, Length: o.Length, Grain: o.Grain}))
		})
	}
}

// benchView adds batches, enough of them first that every table has its size.
func benchView(b *testing.B, v *virtualRun, to results.View) {
	v.everything = true
	for range benchObjects / benchBatch {
		to.Add(v.next())
	}
	v.everything = false
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	b.ReportAllocs()
	var spent time.Duration
	for n := 0; n < b.N; n += benchBatch {
		batch := v.next()
		begin := cpuTime()
		to.Add(batch)
		spent += cpuTime() - begin
	}
	b.ReportMetric(float64(spent.Nanoseconds())/float64((b.N+benchBatch-1)/benchBatch*benchBatch), "ns/record")
}
