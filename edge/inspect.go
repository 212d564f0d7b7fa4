package edge

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"time"

	"edgesim/edge/behavior"
)

// Figures are how an edge stands at a moment, and what it has done since it was
// made.
type Figures struct {
	Objects  int   // in the cache, notes of variants included
	Bytes    int64 // what they cost, bookkeeping included
	Capacity int64 // bytes

	Stored      int64 // objects that were put in
	Evicted     int64 // that left for want of room
	Refused     int64 // that the policy or their size kept out
	Invalidated int64 // that Invalidate removed
	Changed     int64 // that a request of an unsafe method removed (RFC 9111 §4.4)

	Flights       int64 // origin requests under way
	InFlight      int64 // bytes of bodies that come in from origins and are kept
	InFlightLimit int64 // bytes
	Connections   int   // viewers'
	Refusals      int64 // connections turned away because there were too many

	Origins []OriginFigures // by name
}

// OriginFigures are an origin's connections.
type OriginFigures struct {
	Name string `json:"name"`
	Open int    `json:"open"`
	Idle int    `json:"idle"` // of those open
}

// counts are a partition's share of Figures.
type counts struct{ stored, evicted, refused, invalidated, changed int64 }

// Figures takes no longer than a request does.
func (e *Edge) Figures() Figures {
	f := Figures{
		Flights: e.inFlight.Load(), InFlight: e.memory.used.Load(), InFlightLimit: e.memory.limit,
		Connections: int(e.server.GetOpenConnectionsCount()), Refusals: e.turned.Load(),
	}
	for _, p := range e.parts {
		p.mu.Lock()
		f.Objects += p.shard.Len()
		f.Bytes += p.shard.Used()
		f.Capacity += p.shard.Capacity()
		f.Stored += p.counts.stored
		f.Evicted += p.counts.evicted
		f.Refused += p.counts.refused
		f.Invalidated += p.counts.invalidated
		f.Changed += p.counts.changed
		p.mu.Unlock()
	}
	for _, u := range e.site.Load().ups {
		u.mu.Lock()
		if n := len(f.Origins); n > 0 && f.Origins[n-1].Name == u.Name { // the same, asked over TLS
			f.Origins[n-1].Open += len(u.live)
			f.Origins[n-1].Idle += len(u.idle)
		} else {
			f.Origins = append(f.Origins, OriginFigures{Name: u.Name, Open: len(u.live), Idle: len(u.idle)})
		}
		u.mu.Unlock()
	}
	return f
}

// Cached is one object of the cache, as it is at a moment.
type Cached struct {
	Distribution string  `json:"distribution"`
	URL          string  `json:"url"`              // path and, where it is in the key, query
	Vary         string  `json:"vary,omitempty"`   // the fields that tell it from other variants, with their values
	Status       int     `json:"status"`           //
	ContentType  string  `json:"content_type"`     //
	ETag         string  `json:"etag,omitempty"`   //
	Length       int64   `json:"length"`           // of the body, in bytes
	Sliced       bool    `json:"sliced,omitempty"` // kept in slices, which are listed too
	Slice        string  `json:"slice,omitempty"`  // of such an object: the bytes that this is, as 0-1048575
	Cost         int64   `json:"cost"`             // of capacity, in bytes
	Age          float64 `json:"age_seconds"`      // current age (RFC 9111 §4.2.3)
	Left         float64 `json:"ttl_left_seconds"` // freshness left; negative: stale for so long
	Stale        bool    `json:"stale"`            //
}

// Cached lists what the cache has of a distribution ("": of all) under a path, or
// a beginning of paths with a star behind it ("": everything), up to limit
// objects, by URL. Which ones, where there are more, is left open.
func (e *Edge) Cached(distribution, path string, limit int) ([]Cached, error) {
	if distribution != "" {
		if _, err := e.distribution(distribution); err != nil {
			return nil, err
		}
	}
	paths, err := behavior.ParsePaths([]string{cmp.Or(path, "/*")})
	if err != nil {
		return nil, err
	}
	list := []Cached{}
	for _, p := range e.parts {
		s := search{e: e, p: p, id: distribution, paths: paths, limit: limit - len(list)}
		list = append(list, s.run()...)
	}
	slices.SortFunc(list, func(a, b Cached) int {
		return cmp.Or(cmp.Compare(a.Distribution, b.Distribution), cmp.Compare(a.URL, b.URL), cmp.Compare(a.Vary, b.Vary))
	})
	return list, nil
}

// search looks for objects in one partition, in steps as purge does.
type search struct {
	e     *Edge
	p     *partition
	id    string
	paths *behavior.Paths
	limit int
	found []Cached
	text  []byte
}

func (s *search) run() []Cached {
	for from, more := 0, true; more && len(s.found) < s.limit; from += purgeStep {
		more = s.step(from)
		runtime.Gosched()
	}
	return s.found
}

func (s *search) step(from int) (more bool) {
	s.p.mu.Lock()
	defer s.p.mu.Unlock()
	until := min(from+purgeStep, len(s.p.objects))
	now := s.e.now()
	for _, o := range s.p.objects[min(from, until):until] {
		if o == nil || o.marker || len(s.found) >= s.limit {
			continue
		}
		id, target, ok := behavior.AppendTarget(s.text[:0], o.key)
		s.text = target
		if ok && (s.id == "" || s.id == id) && s.paths.Match(target) {
			s.found = append(s.found, s.e.describe(o, id, string(target), now))
		}
	}
	return until < len(s.p.objects)
}

func (e *Edge) describe(o *object, id, url string, now int64) Cached {
	if o.isSlice() {
		return Cached{Distribution: strings.Clone(id), URL: url, Status: o.status, Length: o.length, Cost: o.cost(),
			Slice: fmt.Sprintf("%d-%d", o.from, o.end()-1)}
	}
	return Cached{
		Distribution: strings.Clone(id), URL: url, Vary: o.selected(), Status: o.status, Sliced: o.sliced,
		ContentType: e.names.Str(o.contentType), ETag: string(o.etag),
		Length: o.size(), Cost: o.cost(),
		Age: o.ageAt(now).Seconds(), Left: time.Duration(o.expires - now).Seconds(), Stale: now >= o.expires,
	}
}

// selected is what tells a variant from others, as "accept:text/html; …".
func (o *object) selected() string {
	if len(o.vary) == 0 {
		return ""
	}
	lines := []byte(o.key[strings.LastIndexByte(o.key, 0)+1:]) // see appendVariant
	if _, n := binary.Varint(lines); n > 0 {
		lines = lines[n:]
	}
	text := strings.TrimSuffix(string(lines), "\n")
	return strings.ReplaceAll(text, "\n", "; ")
}

// Flying is one origin request under way.
type Flying struct {
	Distribution string  `json:"distribution"`
	URL          string  `json:"url"`
	Origin       string  `json:"origin"`
	Since        float64 `json:"seconds"` // since it began
	Decided      bool    `json:"decided"` // the origin's header is there
	Bytes        int64   `json:"bytes"`   // of the body that have come
	Alone        bool    `json:"alone"`   // nobody may join it
	Renews       bool    `json:"renews"`  // an object in the cache
	Void         bool    `json:"void"`    // invalidated since: what it brings is not kept
}

// Flying lists the origin requests under way, the oldest first, up to limit.
func (e *Edge) Flying(limit int) []Flying {
	list := []Flying{}
	now := e.now()
	for _, p := range e.parts {
		p.mu.Lock()
		for f := range p.under {
			list = append(list, f.describe(now))
		}
		p.mu.Unlock()
	}
	slices.SortFunc(list, func(a, b Flying) int {
		return cmp.Or(cmp.Compare(b.Since, a.Since), cmp.Compare(a.URL, b.URL))
	})
	return list[:min(limit, len(list))]
}

// describe is called with the partition's lock, and touches nothing that the
// flight changes without it.
func (f *flight) describe(now int64) Flying {
	d := Flying{
		URL: f.e.names.Str(f.url), Origin: f.rule.Origin, Since: time.Duration(now - f.began).Seconds(),
		Alone: f.private, Renews: f.old != nil, Void: f.void.Load(),
	}
	d.Distribution, _, _ = strings.Cut(f.rule.Name, " ")
	if f.query != 0 {
		d.URL += "?" + f.e.names.Str(f.query)
	}
	select {
	case <-f.decided:
		d.Decided = true
		if f.obj != nil {
			d.Bytes = f.obj.body.length()
		}
	default:
	}
	return d
}
