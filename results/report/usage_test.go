package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"edgesim/results"
)

// usageByHand counts by the rules of the reference, section 2.4, one record at a
// time: from column to number.
func usageByHand(recs []results.Record) map[string]float64 {
	c := map[string]float64{}
	for _, r := range recs {
		protocol := map[results.Protocol]string{results.HTTP: "HTTP", results.WS: "HTTP"}[r.Protocol]
		if protocol == "" {
			protocol = "HTTPS"
		}
		kind := "Unknown"
		switch {
		case r.Method != results.GET && r.Method != results.HEAD, r.Protocol != results.HTTP && r.Protocol != results.HTTPS, r.TTL == results.TTLProxy:
			kind = "Proxy"
		case r.TTL == results.TTLStatic:
			kind = "Static"
		case r.TTL == results.TTLDynamic:
			kind = "Dynamic"
		}
		up := 0.0
		if kind == "Proxy" {
			turnedAway := strings.HasPrefix(r.Detail.String(), "InvalidRequest") || r.Detail == results.ClientGeoBlocked ||
				r.Result == results.Redirect || r.Result == results.LimitExceeded || r.Result == results.CapacityExceeded
			if !turnedAway {
				up = float64(r.BytesIn)
			}
		}
		c[protocol]++
		c[protocol+"Bytes"] += float64(r.BytesOut) + up
		c["BytesIn"] += up
		c["BytesOut"] += float64(r.BytesOut)
		c["Requests"+protocol+kind]++
		c["Bytes"+protocol+kind] += float64(r.BytesOut)
		c["OBytes"+protocol] += up
	}
	return c
}

// Every row of both tables is what counting its records by hand gives, and no
// record is in none.
func TestUsageIsAsCountingByHand(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		names := exampleNames()
		names.Edges = exampleEdges
		recs := rapid.SliceOfN(anyViewer(names), 0, 60).Draw(t, "records")
		o := exampleOptions(names)
		o.From, o.To = time.Time{}, time.Time{}
		u := newUsage(o)
		cut := rapid.IntRange(0, len(recs)).Draw(t, "cut")
		u.Add(recs[:cut])
		u.Add(recs[cut:])
		scope := rapid.SampledFrom([]string{"", "EDOWNLOAD00001"}).Draw(t, "scope")
		tables := u.Tables(scope)
		for _, table := range tables {
			checkUsage(t, names, table, recs)
		}
		requests := 0.0
		for _, row := range tables[0].Rows {
			if row[0].Text == cmp.Or(scope, "ALL") && row[2].Text == "ALL" {
				requests += row[4].Num + row[5].Num
			}
		}
		own := 0.0
		for _, r := range recs {
			if scope == "" || names.DistributionOf(&r).ID == scope {
				own++
			}
		}
		if requests != own {
			t.Fatalf("%v requests in all buckets, want %v", requests, own)
		}
	})
}

func checkUsage(t *rapid.T, names *results.Names, table *Table, recs []results.Record) {
	t.Helper()
	seen := map[string]bool{}
	for _, row := range table.Rows {
		region, at := "ALL", 2
		if table.Name == "usage" {
			region, at = row[2].Text, 3
		}
		key := fmt.Sprint(row[0].Text, region, row[at].Text)
		if seen[key] {
			t.Fatalf("%s: %s comes twice", table.Name, key)
		}
		seen[key] = true
		want := usageByHand(slices.DeleteFunc(slices.Clone(recs), func(r results.Record) bool {
			second := epoch.Add(time.Duration(r.End())).Truncate(time.Second).Format(time.RFC3339)
			billed := cmp.Or(names.EdgeOf(&r).BillingRegion, "Unknown")
			return row[0].Text != "ALL" && names.DistributionOf(&r).ID != row[0].Text || second != row[at].Text ||
				region != "ALL" && billed != region
		}))
		for i, c := range table.Columns[at+1:] {
			if got := row[at+1+i].Num; got != want[c.Name] {
				t.Fatalf("%s: %s of %s is %v, want %v", table.Name, c.Name, key, got, want[c.Name])
			}
		}
	}
}

func TestUsageAbsorbs(t *testing.T) { absorbsParts(t, "usage", nil) }

// Rows of regions are left out where no region is known; uploads that only the
// request's bytes tell of, and types that nothing tells of, are said to be.
func TestUsageOfALog(t *testing.T) {
	u := newUsage(Options{Names: exampleNames()})
	u.Add([]results.Record{{Method: results.POST, BytesIn: 500, BytesOut: 100}, {Method: results.GET, BytesOut: 7}})
	usage, types := u.Tables("")[0], u.Tables("")[1]
	if len(usage.Rows) == 0 || usage.Rows[0][8].Num != 500 || usage.Rows[0][6].Num != 607 {
		t.Errorf("rows %v, want 500 bytes in and 607 over HTTP", usage.Rows)
	}
	for _, row := range usage.Rows {
		if row[2].Text != "ALL" {
			t.Errorf("a row of region %q", row[2].Text)
		}
	}
	if len(usage.Notes) == 0 || !strings.Contains(strings.Join(types.Notes, " "), "not in a log") {
		t.Errorf("notes %q and %q", usage.Notes, types.Notes)
	}
	for _, s := range types.Charts[0].Series {
		if strings.Contains(s.Label, "Static") {
			t.Errorf("a line of %s, of which nothing is known", s.Label)
		}
	}
}

func TestUsageColumns(t *testing.T) {
	table := newUsage(Options{Names: exampleNames()}).Tables("")[0]
	var columns, preamble []string
	for _, c := range table.Columns {
		columns = append(columns, c.Name)
	}
	for _, p := range table.Preamble {
		preamble = append(preamble, p[0])
	}
	if got := strings.Join(columns, ", "); got != "DistributionID, FriendlyName, BillingRegion, TimeBucket, HTTP, HTTPS, HTTPBytes, HTTPSBytes, BytesIn, BytesOut" {
		t.Errorf("columns %s", got)
	}
	if got := strings.Join(preamble, ", "); got != "Version, Report, DistributionID, StartDateUTC, EndDateUTC, GeneratedTimeUTC, Granularity, BillingRegion" {
		t.Errorf("preamble %s", got)
	}
}

func BenchmarkUsage(b *testing.B) { benchmarkReport(b, "usage") }
