package replay

import (
	"context"
	"fmt"
	"math"
	"slices"

	"edgesim/workloads"
)

// asked is a request as it comes out of a file.
type asked struct {
	at          int64  // ns of the file's clock
	object      uint32 // of its site
	place       uint16 // in the gatherer's list
	viewer      uint32
	referrer    uint16
	method      workloads.Method
	conditional bool
	abort       float32
	body        uint32
	part        workloads.Range
}

// site is objects that are asked for under the same hosts.
type site struct {
	name  string
	hosts []string
	list  *workloads.List
	seed  uint64
}

// placed is a host of the file: its site, and the place of the host that is asked in
// its place among the site's.
type placed struct{ site, host int }

// gatherer collects what a file tells.
type gatherer struct {
	o       *Options
	sites   []*site
	places  []placed
	byHost  map[string]uint16 // of the file
	viewers *workloads.ViewerList

	rough  *roll // requests as they come
	timed  bool
	whole  bool // every time so far is in whole seconds
	sorted bool // no time so far goes back
	census seconds
	last   int64
	n      uint64

	left     int64 // requests that ask for no object
	overlong int64 // requests whose path is too long, or is none
	doubts   []string
}

func newGatherer(o *Options) *gatherer {
	return &gatherer{o: o, byHost: map[string]uint16{}, rough: newRoll(), whole: true, sorted: true, last: math.MinInt64}
}

// place is the number of the place where requests for a host of the file go.
func (g *gatherer) place(host string, named bool) (uint16, error) {
	if at, ok := g.byHost[host]; ok {
		return at, nil
	}
	p, err := g.o.Place(host)
	if err != nil {
		return 0, err
	}
	if len(g.places) > math.MaxUint16 {
		return 0, fmt.Errorf("it asks for more than %d hosts: send them to fewer", math.MaxUint16)
	}
	at := slices.IndexFunc(g.sites, func(s *site) bool { return s.name == p.Site })
	if at < 0 {
		at = len(g.sites)
		made := &site{name: p.Site, list: workloads.NewPathList(), seed: seedOf(p.Site)}
		if named {
			made.list = workloads.NewNamedList()
		}
		g.sites = append(g.sites, made)
	}
	s := g.sites[at]
	asked := slices.Index(s.hosts, p.Host)
	if asked < 0 {
		asked = len(s.hosts)
		s.hosts = append(s.hosts, p.Host)
	}
	number := uint16(len(g.places))
	g.byHost[host] = number
	g.places = append(g.places, placed{at, asked})
	return number, nil
}

// seedOf tells the contents of a site from others' of the same path. Whoever replays
// the same file for the same site has the same.
func seedOf(site string) uint64 { return workloads.NameOfPath(0, []byte(site)) }

// add takes a request. A time that is the end of a second of the file's clock, as
// ends says, is one in whole seconds.
func (g *gatherer) add(a *asked, ends int64) error {
	g.whole = g.whole && (a.at%second == 0 || ends%second == 0)
	g.sorted = g.sorted && a.at >= g.last
	g.last = a.at
	if g.timed && g.whole {
		g.census.count(a.at)
	}
	g.n++
	return g.rough.add(a)
}

// finish makes the replay of what was gathered.
func (g *gatherer) finish(ctx context.Context) (*Replay, error) {
	if g.n == 0 {
		return nil, errEmpty
	}
	r := &Replay{timed: g.timed, requests: g.n, doubts: g.doubts}
	if err := g.arrange(ctx, r); err != nil {
		return nil, err
	}
	if err := g.settleObjects(r); err != nil {
		return nil, err
	}
	if err := g.settleViewers(r); err != nil {
		return nil, err
	}
	if g.left > 0 {
		r.say("%d requests of the log were answered with errors or redirects, or are of unknown methods, and are left out", g.left)
	}
	if g.overlong > 0 {
		r.say("%d requests have no path, or one of more than %d bytes, and are left out", g.overlong, longestTarget)
	}
	return r, nil
}

func (r *Replay) say(format string, args ...any) {
	r.doubts = append(r.doubts, fmt.Sprintf(format, args...))
}

// arrange puts the requests in order of time.
func (g *gatherer) arrange(ctx context.Context, r *Replay) error {
	if err := g.rough.close(); err != nil {
		return err
	}
	spread := g.timed && g.whole
	if g.sorted && !spread {
		r.order = orderOf(g.rough)
	} else {
		var err error
		if r.order, err = g.rough.sorted(ctx, g.spreader(spread)); err != nil {
			return err
		}
	}
	if !g.timed {
		return nil
	}
	var last int64
	r.first, last = r.order.ends()
	gap := int64(second)
	if g.n > 1 && last > r.first {
		gap = max(1, (last-r.first)/int64(g.n-1))
	}
	r.span = span(r.first, last, gap)
	return nil
}

// settleObjects makes the catalog.
func (g *gatherer) settleObjects(r *Replay) error {
	var listed []workloads.Listed
	firsts, hosts := make([]uint64, len(g.sites)), make([]int, len(g.sites))
	objects, names, resized := uint64(0), 0, uint64(0)
	for i, s := range g.sites {
		s.list.Settle(s.seed, g.seenAt(s))
		firsts[i], hosts[i] = objects, names
		objects, names, resized = objects+s.list.Len(), names+len(s.hosts), resized+s.list.Resized()
		name := s.name
		if name == "" {
			name = "replay"
		}
		listed = append(listed, workloads.Listed{List: s.list,
			Section: workloads.Section{Name: name, Hosts: s.hosts, Types: Types(), Seed: s.seed}})
	}
	var err error
	if r.catalog, err = workloads.NewListedCatalog(listed); err != nil {
		return err
	}
	for _, p := range g.places {
		r.sections = append(r.sections, firsts[p.site])
		r.hosts = append(r.hosts, uint16(hosts[p.site]+p.host))
	}
	if resized > 0 {
		r.say("%d of %d objects have several sizes in the file: each counts with its largest", resized, objects)
	}
	return nil
}

// seenAt is what an origin sees of the paths of a site.
func (g *gatherer) seenAt(s *site) func(dst, target []byte) []byte {
	if g.o.Seen == nil {
		return nil
	}
	return func(dst, target []byte) []byte { return g.o.Seen(dst, s.hosts[0], target) }
}

// settleViewers makes the viewers.
func (g *gatherer) settleViewers(r *Replay) (err error) {
	if g.viewers == nil || g.viewers.Len() == 0 {
		r.viewers, err = workloads.NewViewers(g.o.Viewers)
		return err
	}
	r.ownView = true
	if n := g.viewers.Merged(); n > 0 {
		r.say("there are more than %d viewers in the log: %d requests of others are taken for those of one of them", workloads.MostListed, n)
	}
	if n := g.viewers.Unreferred(); n > 0 {
		r.say("there are more than %d referrers in the log: %d requests have lost theirs", math.MaxUint16, n)
	}
	r.viewers, err = workloads.NewListedViewers(g.viewers, g.o.Viewers)
	return err
}
