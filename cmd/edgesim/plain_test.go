package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/csv"
	"fmt"
	"maps"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"edgesim/results/agent"
	"edgesim/results/logs/logtest"
	"edgesim/results/places"
)

// plainRow is a line of a log, as plainly as can be: its fields by name.
type plainRow map[string]string

// plainLog reads a standard log as slowly as one likes: fields by the #Fields
// line, percent-encoding undone, a hyphen as nothing.
func plainLog(t *testing.T, text []byte) []plainRow {
	t.Helper()
	var names []string
	var rows []plainRow
	for line := range strings.Lines(string(text)) {
		line = strings.TrimSuffix(line, "\n")
		if fields, ok := strings.CutPrefix(line, "#Fields: "); ok {
			names = strings.Fields(fields)
		}
		if strings.HasPrefix(line, "#") || line == "" {
			continue
		}
		row := plainRow{}
		for i, field := range strings.Split(line, "\t") {
			if field == "-" {
				continue
			}
			decoded, err := url.PathUnescape(field)
			if err != nil {
				t.Fatalf("field %q: %v", field, err)
			}
			row[names[i]] = decoded
		}
		rows = append(rows, row)
	}
	return rows
}

func (r plainRow) number(name string) int { n, _ := strconv.Atoi(r[name]); return n }

// hour is the hour in which the response ended, as reports write it.
func (r plainRow) hour() string { return r["date"] + "T" + r["time"][:2] + ":00:00Z" }

func (r plainRow) response() string {
	return cmp.Or(r["x-edge-response-result-type"], r["x-edge-result-type"])
}

// plainCounts are CloudFront's counters of some rows, by column (reference,
// section 2.1).
func plainCounts(rows []plainRow) map[string]int {
	c := map[string]int{}
	for _, r := range rows {
		c["RequestCount"]++
		switch r.response() {
		case "Hit":
			c["HitCount"]++
		case "Miss":
			c["MissCount"]++
		case "Error", "LimitExceeded", "CapacityExceeded":
			c["ErrorCount"]++
		}
		if r["sc-status"] == "200" && r["x-edge-result-type"] == "Error" {
			c["IncompleteDownloadCount"]++
		}
		if class := r["sc-status"][:1]; strings.Contains("2345", class) {
			c["HTTP"+class+"xx"]++
		}
		c["TotalBytes"] += r.number("sc-bytes")
		if r["x-edge-result-type"] == "Miss" {
			c["BytesFromMisses"] += r.number("sc-bytes")
		}
	}
	return c
}

// by sorts rows into heaps.
func by(rows []plainRow, key func(plainRow) string) map[string][]plainRow {
	heaps := map[string][]plainRow{}
	for _, r := range rows {
		heaps[key(r)] = append(heaps[key(r)], r)
	}
	return heaps
}

// plainHours are all hours from the first to the last, none left out.
func plainHours(rows []plainRow) []string {
	first, last := rows[0].hour(), rows[0].hour()
	for _, r := range rows {
		first, last = min(first, r.hour()), max(last, r.hour())
	}
	at, _ := time.Parse(time.RFC3339, first)
	var hours []string
	for ; at.Format(time.RFC3339) <= last; at = at.Add(time.Hour) {
		hours = append(hours, at.Format(time.RFC3339))
	}
	return hours
}

// plainDistributions are the log's distributions, as their domains, in the order
// in which they come.
func plainDistributions(rows []plainRow) []string {
	var list []string
	for _, r := range rows {
		if d := r["cs(Host)"]; !slices.Contains(list, d) {
			list = append(list, d)
		}
	}
	return list
}

// plainFriendly is a distribution's name: the first Host that is not the domain,
// else the domain.
func plainFriendly(rows []plainRow, domain string) string {
	for _, r := range rows {
		if h := r["x-host-header"]; r["cs(Host)"] == domain && h != "" && h != domain {
			return h
		}
	}
	return domain
}

// csvText writes rows as a CSV file.
func csvText(t *testing.T, rows [][]string) string {
	t.Helper()
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	if err := w.WriteAll(rows); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// numbers are the counters under the columns' names.
func numbers(c map[string]int, columns []string) []string {
	var list []string
	for _, name := range columns {
		list = append(list, strconv.Itoa(c[name]))
	}
	return list
}

func plainCacheStatistics(t *testing.T, rows []plainRow) string {
	columns := strings.Split("RequestCount,HitCount,MissCount,ErrorCount,IncompleteDownloadCount,"+
		"HTTP2xx,HTTP3xx,HTTP4xx,HTTP5xx,TotalBytes,BytesFromMisses", ",")
	out := [][]string{append([]string{"DistributionID", "FriendlyName", "ViewerLocation", "TimeBucket"}, columns...)}
	whole := by(rows, plainRow.hour)
	for _, hour := range plainHours(rows) {
		out = append(out, append([]string{"ALL", "ALL", "ALL", hour}, numbers(plainCounts(whole[hour]), columns)...))
	}
	heaps := by(rows, func(r plainRow) string { return r["cs(Host)"] + " " + r.hour() })
	for _, d := range plainDistributions(rows) {
		for _, hour := range plainHours(rows) {
			out = append(out, append([]string{d, plainFriendly(rows, d), "ALL", hour}, numbers(plainCounts(heaps[d+" "+hour]), columns)...))
		}
	}
	return csvText(t, out)
}

type plainObject struct {
	domain, url string
	rows        []plainRow
}

// plainObjects are the 50 objects asked for most.
func plainObjects(rows []plainRow) []plainObject {
	var objects []plainObject
	for key, heap := range by(rows, func(r plainRow) string { return r["cs(Host)"] + " " + r["cs-uri-stem"] }) {
		domain, path, _ := strings.Cut(key, " ")
		objects = append(objects, plainObject{domain, path, heap})
	}
	slices.SortFunc(objects, func(a, b plainObject) int {
		return cmp.Or(cmp.Compare(len(b.rows), len(a.rows)), cmp.Compare(a.url, b.url), cmp.Compare(a.domain, b.domain))
	})
	return objects[:min(50, len(objects))]
}

func plainPopularObjects(t *testing.T, rows []plainRow) string {
	out := [][]string{strings.Split("DistributionID,FriendlyName,Object,RequestCount,HitCount,MissCount,HitCountPct,BytesFromMisses,"+
		"TotalBytes,IncompleteDownloadCount,HTTP2xx,HTTP3xx,HTTP4xx,HTTP5xx", ",")}
	for _, o := range plainObjects(rows) {
		c := plainCounts(o.rows)
		shown := []rune(o.url)
		row := []string{o.domain, plainFriendly(rows, o.domain), string(shown[max(0, len(shown)-500):])}
		row = append(row, numbers(c, []string{"RequestCount", "HitCount", "MissCount"})...)
		row = append(row, plainPercent(c["HitCount"], c["RequestCount"]))
		out = append(out, append(row, numbers(c, []string{"BytesFromMisses", "TotalBytes", "IncompleteDownloadCount",
			"HTTP2xx", "HTTP3xx", "HTTP4xx", "HTTP5xx"})...))
	}
	return csvText(t, out)
}

func plainPercent(part, whole int) string {
	return fmt.Sprintf("%.2f", 100*float64(part)/float64(whole))
}

// plainHost is the host of a referrer: lower case, no port, no trailing dot.
func plainHost(referrer string) string {
	u, err := url.Parse(referrer)
	if err != nil {
		return ""
	}
	return strings.TrimSuffix(strings.ToLower(u.Hostname()), ".")
}

// counted is a name and how often it came.
type counted struct {
	name string
	rows []plainRow
}

// ranked are heaps by size, the largest first, and by name among equals; the one
// without a name is left out.
func ranked(heaps map[string][]plainRow) []counted {
	var list []counted
	for name, rows := range heaps {
		if name != "" {
			list = append(list, counted{name, rows})
		}
	}
	slices.SortFunc(list, func(a, b counted) int {
		return cmp.Or(cmp.Compare(len(b.rows), len(a.rows)), cmp.Compare(a.name, b.name))
	})
	return list
}

func plainTopReferrers(t *testing.T, rows []plainRow) string {
	out := [][]string{{"DistributionID", "FriendlyName", "Referrer", "RequestCount", "RequestsPct"}}
	sites := ranked(by(rows, func(r plainRow) string { return plainHost(r["cs(Referer)"]) }))
	for _, s := range sites[:min(25, len(sites))] {
		out = append(out, []string{"ALL", "ALL", s.name, strconv.Itoa(len(s.rows)), plainPercent(len(s.rows), len(rows))})
	}
	return csvText(t, out)
}

// plainUsage are a row's numbers of the usage report (reference, section 2.4).
// What goes on to the origin is what viewers sent with proxy methods, but for
// those that an edge answers by itself.
func plainUsage(rows []plainRow) []string {
	c := map[string]int{}
	for _, r := range rows {
		protocol := map[string]string{"http": "HTTP", "ws": "HTTP"}[r["cs-protocol"]]
		if protocol == "" {
			protocol = "HTTPS"
		}
		in := 0
		proxied := r["cs-method"] != "GET" && r["cs-method"] != "HEAD" || strings.HasPrefix(r["cs-protocol"], "ws") || r["cs-protocol"] == "grpcs"
		detail, result := r["x-edge-detailed-result-type"], r["x-edge-result-type"]
		refused := detail == "ClientGeoBlocked" || strings.HasPrefix(detail, "InvalidRequest")
		if proxied && !refused && result != "Redirect" && result != "LimitExceeded" && result != "CapacityExceeded" {
			in = r.number("cs-bytes")
		}
		c[protocol]++
		c[protocol+"Bytes"] += r.number("sc-bytes") + in
		c["BytesIn"] += in
		c["BytesOut"] += r.number("sc-bytes")
	}
	return numbers(c, []string{"HTTP", "HTTPS", "HTTPBytes", "HTTPSBytes", "BytesIn", "BytesOut"})
}

func plainRegion(r plainRow) string {
	_, _, region := places.Edge(r["x-edge-location"])
	return cmp.Or(region, "Unknown")
}

func plainUsageReport(t *testing.T, rows []plainRow) string {
	out := [][]string{{"DistributionID", "FriendlyName", "BillingRegion", "TimeBucket", "HTTP", "HTTPS", "HTTPBytes", "HTTPSBytes", "BytesIn", "BytesOut"}}
	hours := plainHours(rows)
	add := func(id, name string, rows []plainRow) {
		whole := by(rows, plainRow.hour)
		for _, hour := range hours {
			out = append(out, append([]string{id, name, "ALL", hour}, plainUsage(whole[hour])...))
		}
		regions := by(rows, plainRegion)
		for _, region := range slices.Sorted(maps.Keys(regions)) {
			heaps := by(regions[region], plainRow.hour)
			for _, hour := range hours {
				out = append(out, append([]string{id, name, region, hour}, plainUsage(heaps[hour])...))
			}
		}
	}
	add("ALL", "ALL", rows)
	heaps := by(rows, func(r plainRow) string { return r["cs(Host)"] })
	for _, d := range plainDistributions(rows) {
		add(d, plainFriendly(rows, d), heaps[d])
	}
	return csvText(t, out)
}

// plainGroups are the columns of a top ten: nine and Other.
func plainGroups(rows []plainRow, name func(plainRow) string) []counted {
	list := ranked(by(rows, name))
	other := counted{name: "Other"}
	var top []counted
	for _, c := range list {
		if c.name != "Other" && len(top) < 9 {
			top = append(top, c)
		} else {
			other.rows = append(other.rows, c.rows...)
		}
	}
	if len(other.rows) > 0 {
		top = append(top, other)
	}
	return top
}

// plainList is one of the lists of the viewers report.
func plainList(t *testing.T, column string, groups []counted, whole int) string {
	out := [][]string{{"DistributionID", "FriendlyName", column, "Requests", "RequestsPct"}}
	for _, g := range groups {
		out = append(out, []string{"ALL", "ALL", g.name, strconv.Itoa(len(g.rows)), plainPercent(len(g.rows), whole)})
	}
	return csvText(t, out)
}

// plainTrends is such a list over time.
func plainTrends(t *testing.T, rows []plainRow, groups []counted) string {
	out := [][]string{{"DistributionID", "FriendlyName", "TimeBucket"}}
	for _, g := range groups {
		out[0] = append(out[0], g.name)
	}
	add := func(id, name string) {
		n := map[string]int{}
		for _, g := range groups {
			for _, r := range g.rows {
				if id == "ALL" || r["cs(Host)"] == id {
					n[g.name+" "+r.hour()]++
				}
			}
		}
		for _, hour := range plainHours(rows) {
			row := []string{id, name, hour}
			for _, g := range groups {
				row = append(row, strconv.Itoa(n[g.name+" "+hour]))
			}
			out = append(out, row)
		}
	}
	add("ALL", "ALL")
	for _, d := range plainDistributions(rows) {
		add(d, plainFriendly(rows, d))
	}
	return csvText(t, out)
}

// plainReports are the console's five reports of the rows, without preambles, by
// the names of their files. What a User-Agent and an edge location's code mean
// comes from where the program has it, too.
func plainReports(t *testing.T, rows []plainRow) map[string]string {
	agents := map[string]agent.Agent{}
	of := func(r plainRow) agent.Agent {
		a, known := agents[r["cs(User-Agent)"]]
		if !known {
			a = agent.Classify(r["cs(User-Agent)"])
			agents[r["cs(User-Agent)"]] = a
		}
		return a
	}
	var devices []counted
	byDevice := by(rows, func(r plainRow) string { return of(r).Device.String() })
	for _, name := range []string{"Desktop", "Mobile", "Smart-TV", "Tablet", "Unknown", "Empty"} {
		devices = append(devices, counted{name, byDevice[name]})
	}
	browsers := plainGroups(rows, func(r plainRow) string { return of(r).Browser.Name })
	systems := plainGroups(rows, func(r plainRow) string { return of(r).System.Name })
	nowhere := []counted{{"Unknown", rows}}
	bytes := 0
	for _, r := range rows {
		bytes += r.number("sc-bytes")
	}
	return map[string]string{
		"cache_statistics":                plainCacheStatistics(t, rows),
		"popular_objects":                 plainPopularObjects(t, rows),
		"popular_objects_more":            plainPopularMore(t, rows),
		"top_referrers":                   plainTopReferrers(t, rows),
		"top_referrers_more":              plainReferrersMore(t, rows),
		"usage":                           plainUsageReport(t, rows),
		"viewers_devices":                 plainList(t, "Device", devices, len(rows)),
		"viewers_device_trends":           plainTrends(t, rows, devices),
		"viewers_browsers":                plainList(t, "Group", browsers, len(rows)),
		"viewers_browser_trends":          plainTrends(t, rows, browsers),
		"viewers_operating_systems":       plainList(t, "Group", systems, len(rows)),
		"viewers_operating_system_trends": plainTrends(t, rows, systems),
		"viewers_locations": csvText(t, [][]string{
			{"DistributionID", "FriendlyName", "LocationCode", "LocationName", "Requests", "RequestsPct", "TotalBytes"},
			{"ALL", "ALL", "Unknown", "Unknown", strconv.Itoa(len(rows)), "100.00", strconv.Itoa(bytes)}}),
		"viewers_location_trends": plainTrends(t, rows, nowhere),
	}
}

// plainLines is how long the log is that is counted plainly, unless
// EDGESIM_LINES says otherwise (make test asks for a million).
const plainLines = 20_000

// The five reports of a large log are those that counting plainly, with maps and
// sorting, comes to, to the last byte.
func TestReportsAreAsCountingPlainly(t *testing.T) {
	t.Parallel()
	lines := plainLines
	if n, err := strconv.Atoi(os.Getenv("EDGESIM_LINES")); err == nil {
		lines = n
	}
	var text bytes.Buffer
	if err := logtest.Write(&text, 7, lines, 3); err != nil {
		t.Fatal(err)
	}
	log, out := logFile(t, text.String()), filepath.Join(t.TempDir(), "out")
	status, _, stderr := edgesim(t, context.Background(), "report", log, "--out", out, "--reports", "cloudfront")
	if status != 0 {
		t.Fatalf("status %d, stderr:\n%s", status, stderr)
	}
	rows := plainLog(t, text.Bytes())
	if len(rows) != lines {
		t.Fatalf("%d rows, want %d", len(rows), lines)
	}
	plain := plainReports(t, rows)
	for _, name := range cloudFrontTables() {
		want, counted := plain[name]
		if !counted && name == "usage_types" { // they go by how long an object may be kept, which CloudFront's log does not tell
			continue
		}
		_, got, _ := strings.Cut(reportFile(t, out, name), "\n\n")
		if got != want {
			t.Errorf("%s.csv has\n%s\nwhere plain counting has\n%s", name, diff(got, want), diff(want, got))
		}
	}
}
