package main

import (
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"edgesim/results"
	"edgesim/results/page"
	"edgesim/results/report"
	"edgesim/results/store"
)

// mostScopes is how many distributions a page shows each by itself; of more, one
// is asked for by ?distribution=.
const mostScopes = 20

// mostHourly is the longest range that is shown by hour unless asked for, as
// CloudFront does (cloudfront.md, 2.0).
const mostHourly = 14 * 24 * time.Hour

// servedPages are the pages of a server, made of its ledger.
type servedPages struct {
	s      *server
	ledger *store.Ledger
}

func (v servedPages) came() int64 { return v.ledger.Came() }

func (v servedPages) check(a asked) error {
	if a.grain == time.Minute && a != (asked{grain: time.Minute, distribution: "ALL"}) {
		return errors.New("grain=minute is of the last hour or two, and of every distribution; right is grain=minute alone")
	}
	known := v.s.names.EveryDistribution()
	if a.distribution == "ALL" || slices.ContainsFunc(known, func(d results.Distribution) bool { return d.ID == a.distribution }) {
		return nil
	}
	ids := []string{"ALL"}
	for _, d := range known {
		ids = append(ids, d.ID)
	}
	return fmt.Errorf("there is no distribution %q: there are %s", a.distribution, strings.Join(ids, ", "))
}

func (v servedPages) page(a asked, now time.Time) (page.Page, error) {
	p := page.Page{Manifest: v.manifest()}
	recent, whole := v.recent(a, now)
	if a.grain == time.Minute {
		p.Tabs, p.Tiles, p.First = recent, v.tiles(recent), firstBytes(recent)
		p.Stamp(now)
		return p, nil
	}
	grain, err := v.grain(a)
	if err != nil {
		return p, err
	}
	o := report.Options{From: a.from, To: a.to, Grain: grain, Distribution: a.distribution}
	err = v.ledger.Look(o, now, func(set *report.Set, k report.Kind) {
		p.Tabs = append(p.Tabs, page.ReportTab(set, k, v.scopes(a), a.query()))
	})
	p.Tiles, p.First = v.tiles(p.Tabs), firstBytes(p.Tabs)
	if whole && a == (asked{distribution: "ALL"}) {
		finer(p.Tabs, recent)
	}
	p.Stamp(now)
	return p, err
}

// recent are the tabs of what is kept by minute, and whether it is all there is.
func (v servedPages) recent(a asked, now time.Time) (tabs []page.Tab, whole bool) {
	whole = v.ledger.Recent(now, func(set *report.Set, k report.Kind) {
		tabs = append(tabs, page.ReportTab(set, k, v.scopes(a), a.query()))
	})
	return tabs, whole
}

// finer puts tabs by minute into the place of those by hour: of a server that has
// run for an hour, these would have one point.
func finer(tabs, recent []page.Tab) {
	for i, t := range tabs {
		if at := slices.IndexFunc(recent, func(r page.Tab) bool { return r.Name == t.Name }); at >= 0 {
			tabs[i] = recent[at]
		}
	}
}

// grain is that asked for, or the finest that suits the range.
func (v servedPages) grain(a asked) (time.Duration, error) {
	if a.grain > 0 {
		return a.grain, nil
	}
	from, to, err := v.ledger.Span()
	if a.from.After(from) {
		from = a.from
	}
	if !a.to.IsZero() && a.to.Before(to) {
		to = a.to
	}
	if to.Sub(from) > mostHourly {
		return 24 * time.Hour, err
	}
	return time.Hour, err
}

// manifest says what the page is of, and what is wrong with it.
func (v servedPages) manifest() results.Manifest {
	conf := &v.s.first.conf
	m := results.Manifest{
		Name: "edge " + v.s.ln.Addr().String(), Program: results.ThisProgram("edgesim"), Machine: results.ThisMachine(),
		Started: v.s.names.Epoch, Command: v.s.e.command(),
	}
	h := v.ledger.Health()
	if h.Problem != "" {
		m.Warnings = append(m.Warnings, "What the reports come to is not kept: "+h.Problem)
	}
	if h.Lost > 0 {
		m.Warnings = append(m.Warnings, fmt.Sprintf("%d hours could not be kept and are missing.", h.Lost))
	}
	if n := v.s.books.rec.Dropped(); n > 0 {
		m.Warnings = append(m.Warnings, fmt.Sprintf("%d requests came faster than they could be counted: every count is too low by some of them.", n))
	}
	if conf.Store == "" {
		m.Warnings = append(m.Warnings, "Hours are kept in memory, for a day; --store keeps sixty days in a file.")
	}
	return m
}

// scopes are the distributions that are shown each by itself, beside all.
func (v servedPages) scopes(a asked) []results.Distribution {
	known := v.s.names.EveryDistribution()
	if a.distribution != "ALL" || len(known) < 2 || len(known) > mostScopes {
		return nil
	}
	return known
}

// query is what is asked for as the page's links have it.
func (a asked) query() string {
	q := url.Values{}
	if !a.from.IsZero() {
		q.Set("from", a.from.Format(time.RFC3339))
	}
	if !a.to.IsZero() {
		q.Set("to", a.to.Format(time.RFC3339))
	}
	if a.grain > 0 {
		q.Set("grain", map[time.Duration]string{time.Minute: "minute", time.Hour: "hour", 24 * time.Hour: "day"}[a.grain])
	}
	if a.distribution != "ALL" {
		q.Set("distribution", a.distribution)
	}
	if len(q) == 0 {
		return ""
	}
	return "?" + q.Encode()
}
