package fit

import (
	"math"
	"strings"

	"edgesim/results"
	"edgesim/results/sketch"
)

// browsing is what the referrers of a log tell of page sessions. A request whose Referer
// is a page of the log's own hosts was led to by it: a page that the viewer went on to,
// or an object that the page embeds.
//
// What pages embed, and how many pages a session has, needs no viewers; times between
// requests are of one viewer (address and agent) and one page.
type browsing struct {
	own          map[string]bool // hosts that are asked for
	pages        int64           // asked for
	led          int64           // of these, from a page
	byKind       map[uint16]float64
	embedded     int64            // objects that are asked for from a page
	outside      map[string]int64 // kinds of the referrers of all others
	pageLevel    uint             // pages whose lists are kept: one in 2^pageLevel
	lists        map[uint64]*pageList
	viewerLevel  uint // viewers whose views are kept, likewise
	views        map[uint64]*view
	began, ended int64
	thought      [2]float64 // seconds from a page's last object to the next page of a session, and how many
	parsed       [2]float64 // seconds from pages to their first objects, and how many
	loaded       [2]float64 // seconds from the first to the last object, and in how many rounds
}

// pageList is what was asked for from a page.
type pageList struct {
	views, asked int64
	of           map[uint64]uint16 // objects, and their kinds
}

// view is a viewer's of a page.
type view struct {
	viewer          uint64
	at, first, last int64 // ns: of the page, of what it embeds; at: unknown where that was met first
	objects         int64
}

const (
	mostLists = 1 << 11
	mostViews = 1 << 16
	// assumed is on how many connections a browser asks for what a page embeds.
	assumed = 6
)

func newBrowsing() browsing {
	return browsing{own: map[string]bool{}, outside: map[string]int64{}, byKind: map[uint16]float64{}, lists: map[uint64]*pageList{}, views: map[uint64]*view{}}
}

// pageOf is the hash of a page's host and path, without its query.
func pageOf(host, path string) uint64 {
	path, _, _ = strings.Cut(path, "?")
	return sketch.Mix(textHash(host), textHash(path))
}

// textHash is FNV-1a.
func textHash(s string) uint64 {
	h := uint64(14695981039346656037)
	for i := range len(s) {
		h = (h ^ uint64(s[i])) * 1099511628211
	}
	return h
}

// ownPage is the page of the log's own that a Referer names.
func (b *browsing) ownPage(referrer string) (page uint64, ok bool) {
	_, rest, ok := strings.Cut(referrer, "://")
	if !ok {
		return 0, false
	}
	at := strings.IndexByte(rest, '/')
	if at < 0 {
		return 0, false
	}
	host, path := plainHost(rest[:at]), rest[at:]
	path, _, _ = strings.Cut(path, "?")
	if !b.own[host] {
		return 0, false
	}
	if class, _ := classOf(path); class != "html" {
		return 0, false
	}
	return pageOf(host, path), true
}

// add takes a request for an object of a kind; it reports whether a page embeds that.
func (b *browsing) add(r *results.Record, names *results.Names, class string, kind uint16) (embedded bool) {
	host, referrer := plainHost(names.Str(r.Host)), names.Str(r.Referrer)
	if len(b.own) < 1<<10 {
		b.own[host] = true
	}
	if b.began == 0 && b.ended == 0 {
		b.began = r.At
	}
	b.ended = max(b.ended, r.At)
	from, led := b.ownPage(referrer)
	if !led {
		b.outside[referrerKind(referrer)]++
	}
	if class != "html" && !led {
		return false
	}
	viewer := viewerOf(r, names)
	if class == "html" {
		b.pages++
		b.page(pageOf(host, names.Str(r.URL)), viewer, r.At)
		if led {
			b.led++
			b.goOn(from, viewer, r.At)
		}
		return false
	}
	b.embedded++
	b.byKind[kind]++
	b.embeds(from, viewer, r, kind)
	return true
}

// viewerOf is who asks; 0 where that is not told.
func viewerOf(r *results.Record, names *results.Names) uint64 {
	if r.Addr == [16]byte{} {
		return 0
	}
	return sketch.Mix(addressOf(r), textHash(names.Str(r.Agent)))
}

func sampled(hash uint64, level uint) bool { return hash&(1<<level-1) == 0 }

// page takes a page that is asked for.
func (b *browsing) page(page, viewer uint64, at int64) {
	if l := b.listOf(page); l != nil {
		l.views++
	}
	if v := b.viewOf(viewer, page); v != nil {
		if v.at == unknown && at <= v.first {
			v.at = at
			return
		}
		b.close(v)
		*v = view{viewer: viewer, at: at, last: at}
	}
}

func (b *browsing) embeds(page, viewer uint64, r *results.Record, kind uint16) {
	if l := b.listOf(page); l != nil {
		l.asked++
		l.of[r.Object] = kind
	}
	if v := b.viewOf(viewer, page); v != nil {
		if v.objects == 0 {
			v.first = r.At
		}
		v.objects++
		v.last = max(v.last, r.At)
	}
}

// goOn takes that a viewer went on from a page.
func (b *browsing) goOn(page, viewer uint64, at int64) {
	key := sketch.Mix(viewer, page)
	v := b.views[key]
	if v == nil || v.at == unknown {
		return
	}
	gap := float64(max(at-v.last, 1e6)) / 1e9
	b.thought[0] += gap
	b.thought[1]++
	b.close(v)
	delete(b.views, key)
}

// close takes what a view told of how a page is loaded.
func (b *browsing) close(v *view) {
	if v.at == unknown || v.objects == 0 {
		return
	}
	b.parsed[0] += float64(max(v.first-v.at, 0)) / 1e9
	b.parsed[1]++
	b.loaded[0] += float64(v.last-v.first) / 1e9
	b.loaded[1] += math.Ceil(float64(v.objects)/assumed) - 1
}

func (b *browsing) listOf(page uint64) *pageList {
	if !sampled(page, b.pageLevel) {
		return nil
	}
	l := b.lists[page]
	if l == nil {
		if len(b.lists) == mostLists {
			b.pageLevel++
			for page := range b.lists {
				if !sampled(page, b.pageLevel) {
					delete(b.lists, page)
				}
			}
			return b.listOf(page)
		}
		l = &pageList{of: map[uint64]uint16{}}
		b.lists[page] = l
	}
	return l
}

func (b *browsing) viewOf(viewer, page uint64) *view {
	if viewer == 0 || !sampled(viewer, b.viewerLevel) {
		return nil
	}
	key := sketch.Mix(viewer, page)
	v := b.views[key]
	if v == nil {
		if len(b.views) >= mostViews {
			b.viewerLevel++
			for key, v := range b.views {
				if !sampled(v.viewer, b.viewerLevel) {
					delete(b.views, key)
				}
			}
			return b.viewOf(viewer, page)
		}
		v = &view{viewer: viewer, at: unknown}
		b.views[key] = v
	}
	return v
}
