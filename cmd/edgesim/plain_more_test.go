package main

import (
	"slices"
	"strconv"
	"strings"
	"testing"
)

// plainPopularMore counts repeats with a set of texts: of all downloads of a thing
// by an address and a User-Agent one is the first. A thing is an object from a byte
// on.
func plainPopularMore(t *testing.T, rows []plainRow) string {
	out := [][]string{strings.Split("DistributionID,FriendlyName,Object,RequestCount,HitCount,MissCount,OtherCount,"+
		"DownloadCount,RepeatCount,RepeatPct,MaxError", ",")}
	for _, o := range plainObjects(rows) {
		c, downloads, firsts := plainCounts(o.rows), 0, map[string]bool{}
		for _, r := range o.rows {
			if plainDownload(r) {
				downloads++
				firsts[strings.Join([]string{r["c-ip"], r["cs(User-Agent)"], strconv.Itoa(r.number("sc-range-start"))}, "\t")] = true
			}
		}
		repeats, share := downloads-len(firsts), ""
		if downloads > 0 {
			share = plainPercent(repeats, downloads)
		}
		shown := []rune(o.url)
		row := []string{o.domain, plainFriendly(rows, o.domain), string(shown[max(0, len(shown)-500):])}
		row = append(row, numbers(c, []string{"RequestCount", "HitCount", "MissCount"})...)
		out = append(out, append(row, strconv.Itoa(c["RequestCount"]-c["HitCount"]-c["MissCount"]),
			strconv.Itoa(downloads), strconv.Itoa(repeats), share, "0"))
	}
	return csvText(t, out)
}

func plainDownload(r plainRow) bool {
	other := slices.Contains([]string{"HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}, r["cs-method"])
	return slices.Contains([]string{"200", "206", "304"}, r["sc-status"]) && r["x-edge-result-type"] != "Error" && !other
}

// plainReferrersMore has what the 25 domains leave of all requests.
func plainReferrersMore(t *testing.T, rows []plainRow) string {
	out := [][]string{{"DistributionID", "FriendlyName", "Referrer", "RequestCount", "RequestsPct", "MaxError"}}
	rest := map[string]int{}
	add := func(name string, n int) {
		out = append(out, []string{"ALL", "ALL", name, strconv.Itoa(n), plainPercent(n, len(rows)), "0"})
	}
	heaps := by(rows, func(r plainRow) string { return plainHost(r["cs(Referer)"]) })
	for i, s := range ranked(heaps) {
		if i < 25 {
			add(s.name, len(s.rows))
		} else {
			rest["others"] += len(s.rows)
		}
	}
	for _, r := range heaps[""] {
		if r["cs(Referer)"] == "-" || r["cs(Referer)"] == "" {
			rest["none"]++
		} else {
			rest["no domain"]++
		}
	}
	for _, name := range []string{"others", "no domain", "none"} {
		add("("+name+")", rest[name])
	}
	return csvText(t, out)
}
