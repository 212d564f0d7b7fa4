package report

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"

	"edgesim/results"
)

func init() {
	register(Kind{
		Name:  "top_referrers",
		Title: "Top referrers",
		About: "The 25 domains whose pages sent most requests, a site's own pages among them; shares are of all requests.",
		Group: CloudFront, Place: 3,
		Tables: []string{"top_referrers", "top_referrers_more"},
		New:    func(o Options) Report { return newTopReferrers(o) },
	})
}

const referrerRows = 25

// topReferrers counts requests by the domain of their Referer: exactly, with a
// bounded number of counters, or as CloudFront does, as Options say.
type topReferrers struct {
	o        Options
	hosts    *hosts
	counter  referrerCounter
	totals   []referrerTotals // by distribution + 1
	absorbed absorbedReferrers
}

// referrerTotals are a distribution's requests.
type referrerTotals struct {
	requests int64
	none     int64 // that have no Referer
	junk     int64 // whose Referer names no domain
}

func (t *referrerTotals) merge(o *referrerTotals) {
	t.requests += o.requests
	t.none += o.none
	t.junk += o.junk
}

func newTopReferrers(o Options) *topReferrers {
	t := &topReferrers{o: o, absorbed: absorbedReferrers{sums: map[int]*hostSums{}}}
	t.hosts = newHosts(o.Names.Strings, o.Bounded > 0 || o.Approximate)
	switch {
	case o.Approximate:
		t.counter = newRunningReferrers(o)
	case o.Bounded > 0:
		t.counter = newBoundedReferrers(o)
	default:
		t.counter = &exactReferrers{}
	}
	return t
}

func (t *topReferrers) Add(recs []results.Record) {
	t.hosts.renew()
	for i := range recs {
		r := &recs[i]
		total := placeOf(&t.totals, r.Distribution)
		total.requests++
		switch n := t.hosts.of(r.Referrer); n {
		case noReferrer:
			total.none++
		case noDomain:
			total.junk++
		default:
			t.counter.add(r, n, t.hosts)
		}
	}
}

// Tables are CloudFront's table, and one in which what it leaves out stands beside
// it, so that it adds up to all requests.
func (t *topReferrers) Tables(distribution string) []*Table {
	scope := t.o.scope(distribution)
	top := t.top(scope)
	first := &Table{Name: "top_referrers", Title: "Top referrers", Columns: referrerColumns(),
		Preamble: t.o.preamble("Top Referrers", scope), Notes: t.notes(top), Charts: referrerCharts()}
	more := &Table{Name: "top_referrers_more", Title: "Top referrers: all requests", Columns: referrerMoreColumns(),
		Preamble: t.o.preamble("Top Referrers: All Requests", scope, [2]string{mostUnlisted, strconv.FormatInt(top.rest, 10)})}
	others := top.totals.requests - top.totals.none - top.totals.junk
	row := func(name string, n, wrong int64) []Cell {
		return append(t.o.scopeCells(scope), text(name), num(n), share(n, top.totals.requests), num(wrong))
	}
	for _, r := range top.list {
		last := len(referrerColumns())
		cells := row(r.host, r.n, r.wrong)
		first.Rows, more.Rows = append(first.Rows, cells[:last:last]), append(more.Rows, cells)
		others -= r.n
	}
	more.Rows = append(more.Rows, row(otherReferrers, max(others, 0), 0),
		row(withoutDomain, top.totals.junk, 0), row(withoutReferrer, top.totals.none, 0))
	return []*Table{first, more}
}

// The rows of top_referrers_more that are no domains.
const (
	otherReferrers  = "(others)"
	withoutDomain   = "(no domain)"
	withoutReferrer = "(none)"
)

// topHosts is the list of the first domains.
type topHosts struct {
	list   []referred
	known  int
	totals referrerTotals
	rest   int64 // the most requests that a domain which is not listed may have
}

// referred is a domain on its way into the table.
type referred struct {
	host     string
	n, wrong int64
}

// top sums what distributions and lists say of each domain, and takes the first.
func (t *topReferrers) top(scope string) *topHosts {
	wanted := wanted(scope, t.o.Names.EveryDistribution())
	sums := newHostSums()
	for i := range t.totals {
		if wanted(int(uint16(i - 1))) {
			sums.totals.merge(&t.totals[i])
		}
	}
	for d, most := range t.counter.beyond() {
		if wanted(d) {
			sums.floor += most
		}
	}
	t.counter.each(wanted, t.hosts, sums.add)
	t.absorbed.into(sums, wanted)

	top := &topHosts{known: len(sums.hosts), totals: sums.totals, rest: sums.floor}
	for host, h := range sums.hosts {
		top.list = append(top.list, referred{host, h.n, h.wrong + sums.floor - h.listed})
	}
	slices.SortFunc(top.list, func(a, b referred) int {
		return cmp.Or(cmp.Compare(b.n, a.n), cmp.Compare(a.host, b.host))
	})
	most := min(cmp.Or(t.o.Most, referrerRows), len(top.list))
	for _, r := range top.list[most:] {
		top.rest = max(top.rest, r.n+r.wrong)
	}
	top.list = top.list[:most]
	return top
}

// hostSums adds up what is known of each domain.
type hostSums struct {
	hosts  map[string]*hostSum
	totals referrerTotals
	floor  int64 // what a domain that nobody names may have
}

type hostSum struct {
	n, wrong int64
	listed   int64 // the part of floor that it cannot have, because it is named
}

func newHostSums() *hostSums { return &hostSums{hosts: map[string]*hostSum{}} }

func (s *hostSums) add(host string, n, wrong, listed int64) {
	h := s.hosts[host]
	if h == nil {
		h = &hostSum{}
		s.hosts[host] = h
	}
	h.n += n
	h.wrong += wrong
	h.listed += listed
}

func (t *topReferrers) notes(top *topHosts) (list []string) {
	if top.known > len(top.list) {
		list = append(list, fmt.Sprintf("%d of %d domains are shown.", len(top.list), top.known))
	}
	if top.totals.junk > 0 {
		list = append(list, grouped(top.totals.junk)+" requests have a Referer that names no domain.")
	}
	wrong := int64(0)
	for _, r := range top.list {
		wrong = max(wrong, r.wrong)
	}
	switch {
	case t.o.Approximate:
		list = append(list, "Requests are counted as CloudFront does, by a list of 75 that runs over intervals of ten "+
			"minutes: up to "+grouped(wrong)+" of a domain's requests are an estimate for the time when it was not on the list (MaxError).")
	case wrong > 0 || top.rest > 0 && (t.o.Bounded > 0 || t.absorbed.tables > 0):
		list = append(list, fmt.Sprintf("A count is too low by %s at most (MaxError); a domain that is not shown had at most %s requests.",
			grouped(wrong), grouped(top.rest)))
	}
	if n := t.counter.lost(); n > 0 {
		list = append(list, grouped(n)+" records came more than three hours late, of domains that were not on the day's list, and are left out.")
	}
	if t.absorbed.estimated() {
		list = append(list, "Shares are of a number of requests that was worked out from other shares.")
	}
	return list
}

func referrerColumns() []Column {
	return scopeColumns(
		Column{Name: "Referrer", Unit: Text},
		Column{Name: "RequestCount", Label: "Requests", Unit: Count},
		Column{Name: "RequestsPct", Label: "Requests %", Unit: Percent})
}

func referrerMoreColumns() []Column {
	return append(referrerColumns(), Column{Name: "MaxError", Label: "Max error", Unit: Count, Merge: Sum, Wide: true})
}

func referrerCharts() []Chart {
	return []Chart{{
		Name: "top_referrers", Title: "Top referrers",
		About: "Requests by the domain of the page that they came from; requests without a Referer are not among them.",
		Form:  Bars, X: "Referrer", Y: "requests", Unit: Count, Most: referrerRows,
		Series: []Series{{Label: "Requests", Columns: []string{"RequestCount"}, Color: "blue"}},
	}}
}
