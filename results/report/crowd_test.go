package report

import (
	"reflect"
	"testing"
	"time"

	"pgregory.net/rapid"

	"edgesim/results"
	"edgesim/results/places"
)

// anyAnswers draws records that are alike but for a few things each, so that crowds
// are of many and each thing that views look at decides between two of them.
func anyAnswers(t *rapid.T, names *results.Names) []results.Record {
	some := func(label string) int64 {
		return rapid.SampledFrom([]int64{0, 0, 1, 400, 1 << 33}).Draw(t, label)
	}
	upTo := func(label string, n int) int { return rapid.IntRange(0, n).Draw(t, label) }
	base := anyRecord(names).Draw(t, "base")
	change := []func(*results.Record){
		func(r *results.Record) { r.At = rapid.Int64Range(-2e9, 4e9).Draw(t, "at") },
		func(r *results.Record) { r.TTFB, r.Lag = some("ttfb"), some("lag") },
		func(r *results.Record) { r.BytesIn = some("in") },
		func(r *results.Record) { r.BytesOut = some("out") },
		func(r *results.Record) { r.BodyBytes = some("body") },
		func(r *results.Record) { r.OriginBytes = some("origin") },
		func(r *results.Record) { r.OriginSent = some("sent") },
		func(r *results.Record) { r.OriginAsked = uint16(upTo("asked", 2)) },
		func(r *results.Record) { r.Layer = results.Layer(upTo("layer", int(results.Layers)-1)) },
		func(r *results.Record) { r.Detail = results.Detail(upTo("detail", int(results.Details)-1)) },
		func(r *results.Record) { r.Method = results.Method(upTo("method", int(results.Methods)-1)) },
		func(r *results.Record) { r.Protocol = results.Protocol(upTo("protocol", int(results.Protocols)-1)) },
		func(r *results.Record) { r.TTL = results.TTLClass(upTo("ttl", int(results.TTLClasses)-1)) },
		func(r *results.Record) { r.Flags = results.Flags(upTo("flags", 255)) },
		func(r *results.Record) { r.Edge = uint16(upTo("edge", 2)) },
		func(r *results.Record) { r.Origin = uint16(upTo("of", 2)) },
		func(r *results.Record) { r.Distribution = uint16(upTo("distribution", 1)) },
		func(r *results.Record) { r.Behavior = uint16(upTo("behavior", 1)) - 1 },
		func(r *results.Record) { r.Response = rapid.SampledFrom(kindsOfResult).Draw(t, "response") },
		func(r *results.Record) { r.Result = rapid.SampledFrom(kindsOfResult).Draw(t, "result") },
		func(r *results.Record) { r.Status = rapid.SampledFrom([]uint16{0, 200, 404, 503}).Draw(t, "status") },
		func(r *results.Record) {
			r.URL = names.Strings.Of(rapid.SampledFrom([]string{"/a.js", "/b"}).Draw(t, "url"))
		},
		func(r *results.Record) { r.Country = rapid.SampledFrom([][2]byte{{}, {'D', 'E'}}).Draw(t, "country") },
	}
	base.Method = results.GET
	for range upTo("once", len(change)) {
		change[upTo("what", len(change)-1)](&base)
	}
	recs := make([]results.Record, rapid.IntRange(0, 30).Draw(t, "records"))
	for i := range recs {
		recs[i] = base
		for range upTo("again", 2) {
			change[upTo("what", len(change)-1)](&recs[i])
		}
		recs[i].Object = uint64(recs[i].URL)
	}
	return recs
}

// A set gathers records into crowds; every report of it says what it would say of
// the records one by one, whenever it is asked.
func TestSetCountsCrowdsAsRecords(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		names := results.NewNames(epoch)
		names.Distributions = []results.Distribution{{ID: "E1"}, {ID: "E2"}}
		names.Edges = []results.Edge{{Code: "A", BillingRegion: "EU"}, {Code: "B"}}
		names.Origins = []string{"one", "two"}
		names.Behaviors = []string{"E1 *", "E2 *"}
		o := Options{Names: names, ViewerLocation: rapid.SampledFrom([]string{"", places.Continent("DE")}).Draw(t, "continent"), Grain: time.Second, From: epoch.Add(-5 * time.Second), To: epoch.Add(20 * time.Second)}
		recs := anyAnswers(t, names)
		set, alone := NewSet(o), make([]Report, len(Kinds()))
		for i, k := range Kinds() {
			alone[i] = k.New(o)
		}
		for len(recs) > 0 {
			n := rapid.IntRange(1, len(recs)).Draw(t, "batch")
			set.Add(recs[:n])
			for _, r := range alone {
				for i := range recs[:n] {
					r.Add(recs[i : i+1])
				}
			}
			recs = recs[n:]
			if len(recs) == 0 || rapid.Bool().Draw(t, "ask") {
				sameTables(t, set, alone)
			}
		}
	})
}

func sameTables(t *rapid.T, set *Set, alone []Report) {
	for i, k := range Kinds() {
		got, want := set.Tables(k.Name, ""), alone[i].Tables("")
		for j := range want {
			if !reflect.DeepEqual(got[j].Rows, want[j].Rows) || !reflect.DeepEqual(got[j].Notes, want[j].Notes) {
				t.Fatalf("%s of a set has\n%v\n%q, of records one by one\n%v\n%q", want[j].Name, got[j].Rows, got[j].Notes, want[j].Rows, want[j].Notes)
			}
		}
	}
}
