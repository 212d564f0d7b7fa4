package report

import (
	"fmt"
	"math"
)

// absorbedReferrers is what other reports of top referrers had printed. A list of
// 25 domains or more may have left others out, of which each had at most as many
// requests as its last. How many requests there were in all, the list says by its
// shares, to a few thousandths; top_referrers_more says it exactly, and how many a
// domain had at most that is not shown.
type absorbedReferrers struct {
	tables int               // of top_referrers
	exact  int               // of top_referrers_more
	sums   map[int]*hostSums // by distribution
}

// estimated tells whether the number of all requests is.
func (a *absorbedReferrers) estimated() bool { return a.tables > a.exact }

func (a *absorbedReferrers) of(distribution int) *hostSums {
	if a.sums[distribution] == nil {
		a.sums[distribution] = newHostSums()
	}
	return a.sums[distribution]
}

// into adds what was absorbed of the distributions that are wanted.
func (a *absorbedReferrers) into(sums *hostSums, wanted func(int) bool) {
	for d, s := range a.sums {
		if !wanted(d) {
			continue
		}
		sums.totals.merge(&s.totals)
		sums.floor += s.floor
		for host, h := range s.hosts {
			sums.add(host, h.n, h.wrong, h.listed)
		}
	}
}

// Absorb takes back either of the report's tables, of which each is of one scope.
func (t *topReferrers) Absorb(table *Table) error {
	columns, take := referrerColumns(), t.absorbed.take
	if table.Name == "top_referrers_more" {
		columns, take = referrerMoreColumns(), t.absorbed.takeMore
	}
	r, err := read(table, columns)
	if err != nil || len(r.Rows) == 0 {
		return err
	}
	d, err := r.distribution(t.o, r.Rows[0])
	if err != nil {
		return fmt.Errorf("top referrers: %w", err)
	}
	return take(r, t.absorbed.of(d))
}

func (a *absorbedReferrers) take(r *reading, s *hostSums) error {
	last := r.lastCount(r.Rows, referrerRows)
	for _, row := range r.Rows {
		s.add(r.text(row, "Referrer"), r.count(row, "RequestCount"), 0, last)
	}
	s.floor += last
	s.totals.requests += r.wholeOf(r.Rows)
	a.tables++
	return nil
}

// takeMore puts what the table says exactly in the place of what take made of the
// other.
func (a *absorbedReferrers) takeMore(r *reading, s *hostSums) error {
	hosts, totals := r.hostRows()
	last := r.lastCount(hosts, referrerRows)
	unlisted, err := r.unlisted(last)
	if err != nil {
		return err
	}
	for _, row := range hosts {
		s.add(r.text(row, "Referrer"), 0, r.count(row, "MaxError"), unlisted-last)
	}
	s.floor += unlisted - last
	totals.requests -= r.wholeOf(hosts)
	s.totals.merge(&totals)
	a.exact++
	return nil
}

// hostRows are the rows of domains, and the sums of all rows.
func (r *reading) hostRows() (hosts [][]Cell, totals referrerTotals) {
	for _, row := range r.Rows {
		n := r.count(row, "RequestCount")
		totals.requests += n
		switch r.text(row, "Referrer") {
		case otherReferrers:
		case withoutDomain:
			totals.junk += n
		case withoutReferrer:
			totals.none += n
		default:
			hosts = append(hosts, row)
		}
	}
	return hosts, totals
}

// wholeOf is how many requests there were by the share of the first row.
func (r *reading) wholeOf(rows [][]Cell) int64 {
	if len(rows) == 0 || r.number(rows[0], "RequestsPct") <= 0 {
		return 0
	}
	return int64(math.Round(100 * float64(r.count(rows[0], "RequestCount")) / r.number(rows[0], "RequestsPct")))
}
