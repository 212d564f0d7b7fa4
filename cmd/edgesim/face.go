package main

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"edgesim/results/page"
	"edgesim/results/report"
)

// face is the page of what is going on, at the root of an admin listener: as a
// page, as its data, as its tables' files, and as events that bring the page up to
// date.
type face struct {
	of      pages
	ends    context.Context // with it all that is being sent
	clients atomic.Int32    // that follow events

	mu   sync.Mutex
	made []*made // what was looked at last, the newest last
}

// pages make the page of what is going on.
type pages interface {
	// page is made for one who asks at this moment.
	page(asked, time.Time) (page.Page, error)
	// came grows whenever a page made now would not be as one made before.
	came() int64
	// check says what is wrong with what is asked.
	check(asked) error
}

// asked is what the address asks for.
type asked struct {
	from, to     time.Time // UTC; zero: as far as there is anything
	grain        time.Duration
	distribution string
}

// made is a page as it was made last.
type made struct {
	mu   sync.Mutex // held while it is made, so that it is made once for all who wait
	what asked
	came int64
	at   time.Time
	cost time.Duration
	page page.Page
	data []byte
}

const (
	// faceEvery is how old a page may be that something has happened to since.
	faceEvery = 2 * time.Second
	// faceShare bounds what pages cost: a processor makes them for no more than
	// one part in so many of the time.
	faceShare = 20
	// faceLatest is how old a page may become for that: the first look at a range
	// reads all its hours and says nothing of what the next costs.
	faceLatest = 15 * time.Second
	// mostMade is how many pages are remembered.
	mostMade = 8
)

func newFace(ends context.Context, of pages) *face { return &face{of: of, ends: ends} }

// routes puts the face on a listener.
func (f *face) routes(mux *http.ServeMux) {
	mux.HandleFunc("GET /{$}", f.index)
	mux.HandleFunc("GET /data.json", f.json)
	mux.HandleFunc("GET /reports/", f.csv)
	mux.HandleFunc("GET /events", f.events)
}

// index is the page.
func (f *face) index(w http.ResponseWriter, r *http.Request) {
	m := f.answering(w, r)
	if m == nil {
		return
	}
	p := m.page
	p.Live = "events"
	if r.URL.RawQuery != "" {
		p.Live += "?" + r.URL.RawQuery
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_ = page.Render(w, p) // a client that is gone wants no error either
}

// json is what the page is made of.
func (f *face) json(w http.ResponseWriter, r *http.Request) {
	if m := f.answering(w, r); m != nil {
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write(m.data)
	}
}

// csv is one of the page's tables, under the path that the page links to.
func (f *face) csv(w http.ResponseWriter, r *http.Request) {
	m := f.answering(w, r)
	if m == nil {
		return
	}
	t := tableAt(m.page, strings.TrimPrefix(r.URL.Path, "/"))
	if t == nil {
		complain(w, http.StatusNotFound, fmt.Errorf("no report has a file %s; the page links to those there are", r.URL.Path))
		return
	}
	w.Header().Set("Content-Type", "text/csv; charset=utf-8")
	_ = report.WriteCSV(w, t)
}

// tableAt is the table whose file has the path; nil where none has.
func tableAt(p page.Page, path string) *report.Table {
	for _, tab := range p.Tabs {
		for _, scope := range tab.Scopes {
			for _, t := range scope.Tables {
				if slices.ContainsFunc(t.Files, func(l page.Link) bool {
					file, _, _ := strings.Cut(l.Path, "?")
					return file == path
				}) {
					return t.Table
				}
			}
		}
	}
	return nil
}

// answering is the page asked for. It is nil where that is a mistake, and the
// client has been told.
func (f *face) answering(w http.ResponseWriter, r *http.Request) *made {
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	what, err := readAsked(r)
	if err == nil {
		err = f.of.check(what)
	}
	if err != nil {
		complain(w, http.StatusBadRequest, err)
		return nil
	}
	m, err := f.latest(what)
	if err != nil {
		complain(w, http.StatusServiceUnavailable, err)
		return nil
	}
	return m
}

// readAsked reads what the address asks for.
func readAsked(r *http.Request) (a asked, err error) {
	q := r.URL.Query()
	for key := range q {
		if !slices.Contains([]string{"from", "to", "grain", "distribution"}, key) {
			return a, fmt.Errorf("%q is not known; right are from, to, grain and distribution", key)
		}
	}
	if a.from, err = readMoment("from", q.Get("from")); err != nil {
		return a, err
	}
	if a.to, err = readMoment("to", q.Get("to")); err != nil {
		return a, err
	}
	if !a.from.IsZero() && !a.to.IsZero() && !a.from.Before(a.to) {
		return a, fmt.Errorf("to %s is not after from %s", q.Get("to"), q.Get("from"))
	}
	grains := map[string]time.Duration{"": 0, "minute": time.Minute, "hour": time.Hour, "day": 24 * time.Hour}
	grain, known := grains[q.Get("grain")]
	if !known {
		return a, fmt.Errorf("grain %q; right are minute, hour and day", q.Get("grain"))
	}
	a.grain, a.distribution = grain, cmp.Or(q.Get("distribution"), "ALL")
	return a, nil
}

func readMoment(name, text string) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04", "2006-01-02"} {
		if at, err := time.Parse(layout, text); err == nil {
			return at.UTC(), nil
		}
	}
	return time.Time{}, fmt.Errorf("%s %q; right is a day as 2026-11-23, or 2026-11-23T15:00:00Z", name, text)
}

// latest is the page as it is, or was a moment ago.
func (f *face) latest(what asked) (*made, error) {
	m := f.slot(what)
	m.mu.Lock()
	defer m.mu.Unlock()
	now, came := time.Now(), f.of.came()
	if m.data != nil && (m.came == came || now.Sub(m.at) < min(max(faceEvery, faceShare*m.cost), faceLatest)) {
		return m.copy(), nil
	}
	p, err := f.of.page(what, now)
	if err != nil {
		return nil, err
	}
	data, err := page.Data(p)
	if err != nil {
		return nil, err
	}
	m.came, m.at, m.cost, m.page, m.data = came, now, time.Since(now), p, data
	return m.copy(), nil
}

// copy is what the page came to, for those who do not hold mu.
func (m *made) copy() *made { return &made{came: m.came, at: m.at, page: m.page, data: m.data} }

// slot is where the page asked for is remembered.
func (f *face) slot(what asked) *made {
	f.mu.Lock()
	defer f.mu.Unlock()
	if at := slices.IndexFunc(f.made, func(m *made) bool { return m.what == what }); at >= 0 {
		m := f.made[at]
		f.made = append(slices.Delete(f.made, at, at+1), m)
		return m
	}
	m := &made{what: what}
	if f.made = append(f.made, m); len(f.made) > mostMade {
		f.made = slices.Delete(f.made, 0, 1)
	}
	return m
}
