package main

import (
	"fmt"

	"edgesim/results/page"
	"edgesim/results/report"
)

// tiles are the headline figures of what the tabs show, of all distributions.
func (v servedPages) tiles(tabs []page.Tab) []page.Tile {
	sum := func(table, column string) float64 { return sumOf(tabs, table, column) }
	requests, hits := sum("cache_statistics", "RequestCount"), sum("cache_statistics", "HitCount")
	body, asked := sum("serving", "BodyBytes"), sum("origin", "OriginRequestCount")
	f := v.s.edge.Figures()
	return []page.Tile{
		{Title: "Requests", Figure: shownAs(report.Count, requests),
			More: fmt.Sprintf("%.0f/s now; %s to viewers", v.s.books.pace.rate(), shownAs(report.Bytes, sum("cache_statistics", "TotalBytes")))},
		{Title: "Hit ratio", Figure: share(hits, requests), More: "refresh hits " + share(sum("serving", "RefreshHitCount"), requests)},
		{Title: "Byte hit ratio", Figure: share(sum("serving", "CachedBodyBytes"), body), More: "of " + shownAs(report.Bytes, body) + " of bodies"},
		{Title: "Origin offload", Figure: share(sum("origin", "KeptRequestCount"), requests), More: shownAs(report.Count, asked) + " origin requests"},
		{Title: "Errors", Figure: shownAs(report.Count, sum("cache_statistics", "ErrorCount")), More: share(sum("cache_statistics", "ErrorCount"), requests) + " of requests",
			Bad: sum("cache_statistics", "ErrorCount") > 0},
		{Title: "Cached now", Figure: shownAs(report.Bytes, float64(f.Bytes)),
			More: fmt.Sprintf("%s objects; room for %s", shownAs(report.Count, float64(f.Objects)), shownAs(report.Bytes, float64(f.Capacity)))},
	}
}

// firstBytes are the first bytes by result type of what the tabs show, as their
// latency table has them.
func firstBytes(tabs []page.Tab) (list []page.FirstByte) {
	t := tableAt(page.Page{Tabs: tabs}, "reports/latency.csv")
	if t == nil {
		return nil
	}
	at := map[string]int{}
	for i, c := range t.Columns {
		at[c.Name] = i
	}
	all := sumOf(tabs, "cache_statistics", "RequestCount")
	for _, row := range t.Rows {
		if n := row[at["RequestCount"]].Num; row[at["Time"]].Text == "First byte" && n > 0 {
			list = append(list, page.FirstByte{Result: row[at["Result"]].Text, P50: row[at["P50Ms"]].Num, P99: row[at["P99Ms"]].Num, Share: n / all})
		}
	}
	return list
}

func shownAs(u report.Unit, n float64) string {
	return report.Column{Unit: u}.Show(report.Cell{Num: n})
}

// share is a part of a whole; of nothing there is none.
func share(part, whole float64) string {
	if whole == 0 {
		return "–"
	}
	return fmt.Sprintf("%.1f %%", 100*part/whole)
}

// sumOf adds up a column of a table's rows of all distributions, or where the
// table has no such rows, of every row.
func sumOf(tabs []page.Tab, table, column string) (sum float64) {
	t := tableAt(page.Page{Tabs: tabs}, "reports/"+table+".csv")
	if t == nil || len(t.Rows) == 0 {
		return 0
	}
	id, at := -1, -1
	for i, c := range t.Columns {
		switch c.Name {
		case "DistributionID":
			id = i
		case column:
			at = i
		}
	}
	if at < 0 {
		return 0
	}
	for _, row := range t.Rows {
		if id < 0 || row[id].Text == t.Rows[0][id].Text { // the first row is of all, or of the one that is asked for
			sum += row[at].Num
		}
	}
	return sum
}
