package report

import (
	"math"
	"testing"

	"pgregory.net/rapid"

	"edgesim/results"
)

// Every metric of every row is what section 2.0 names, counted by hand.
func TestCloudwatchIsAsCountingByHand(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		names := exampleNames()
		recs := rapid.SliceOfN(anyServed(names), 1, 60).Draw(t, "records")
		for i := range recs {
			recs[i].Method = rapid.SampledFrom([]results.Method{results.GET, results.HEAD, results.OPTIONS, results.POST, results.PUT}).Draw(t, "method")
			recs[i].Status = rapid.SampledFrom([]uint16{0, 200, 304, 401, 403, 404, 410, 500, 502, 503, 504}).Draw(t, "status")
			recs[i].BytesIn = rapid.Int64Range(0, 1000).Draw(t, "in")
			recs[i].OriginSent = rapid.Int64Range(0, 1000).Draw(t, "sent")
		}
		c := newCloudwatch(exampleOptions(names))
		c.Add(recs)
		table := c.Tables("")[0]
		r, err := read(table, cloudwatchColumns())
		if err != nil {
			t.Fatal(err)
		}
		for _, row := range table.Rows {
			of := rowRecords(names, recs, row)
			for column, want := range metricsOf(of) {
				cell := row[r.at[column]]
				if math.IsNaN(want) != (cell == noNumber) || !math.IsNaN(want) && math.Abs(cell.Num-want) > 1e-3 {
					t.Fatalf("%s at %s of %q is %v, want %v", column, row[2].Text, row[0].Text, cell, want)
				}
			}
		}
	})
}

func metricsOf(of []results.Record) map[string]float64 {
	rate := func(low, high uint16) float64 {
		return 100 * counted(of, func(r results.Record) bool { return r.Status >= low && r.Status <= high }) / float64(len(of))
	}
	m := map[string]float64{
		"Requests": float64(len(of)), "TotalErrorRatePct": rate(400, 599), "4xxErrorRatePct": rate(400, 499), "5xxErrorRatePct": rate(500, 599),
		"401ErrorRatePct": rate(401, 401), "403ErrorRatePct": rate(403, 403), "404ErrorRatePct": rate(404, 404),
		"502ErrorRatePct": rate(502, 502), "503ErrorRatePct": rate(503, 503), "504ErrorRatePct": rate(504, 504),
	}
	var down, up, cached, all, misses, ms float64
	for _, r := range of {
		if r.Method == results.POST || r.Method == results.PUT {
			if up += float64(r.OriginSent); r.OriginSent == 0 && !tellsLayer(&r) {
				up += float64(r.BytesIn)
			}
			continue
		}
		down += float64(r.BytesOut)
		switch {
		case begins(r, results.Hit), begins(r, results.RefreshHit):
			cached, all = cached+1, all+1
		case begins(r, results.Miss):
			all++
			if r.TTFB > 0 {
				misses++
				ms += float64(r.TTFB) / 1e6
			}
		}
	}
	m["BytesDownloaded"], m["BytesUploaded"] = down, up
	m["CacheHitRate"], m["OriginLatency"] = 100*cached/all, ms/misses
	return m
}

func BenchmarkCloudwatch(b *testing.B) { benchmarkReport(b, "cloudwatch_metrics") }
