package fit

import (
	"cmp"
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"

	"edgesim/results"
)

// Mixes are what an access log tells beside objects and times: how many requests are
// of which kind, shares of 1.
type Mixes struct {
	Records   int64              `json:"records"` // all of the log's, whatever they ask for
	Methods   map[string]float64 `json:"methods"`
	Statuses  map[string]float64 `json:"statuses"`
	Countries map[string]float64 `json:"countries,omitempty"` // of those the log or a database tells
	Classes   map[string]float64 `json:"classes"`             // of requests, by what paths end in
	Agents    map[string]float64 `json:"agents"`              // User-Agents, those most often met
	Referrers map[string]float64 `json:"referrers"`           // none, search, social, other
	Sites     []Site             `json:"sites"`
	Viewers   int64              `json:"viewers"` // different addresses, to 2 %; 0: none is told
	IPv6      float64            `json:"ipv6"`

	Ranges       Estimate `json:"ranges"`       // of GET and HEAD, for a part of the object
	Aborts       Estimate `json:"aborts"`       // viewers who hung up
	Heads        Estimate `json:"heads"`        // HEAD, of GET and HEAD
	Conditionals Estimate `json:"conditionals"` // answered with 304, of GET and HEAD
	Gone         Estimate `json:"gone"`         // for what is not there: 403, 404, 410, of all
	Redirects    Estimate `json:"redirects"`    // GET and HEAD that were sent elsewhere, of all
	Errors       Estimate `json:"errors"`       // statuses 500, 503, 504 outside of outages, of all
	Resets       Estimate `json:"resets"`       // status 502 outside of outages, of all
	Changes      Estimate `json:"changes"`      // methods other than GET and HEAD, of all

	Hits     Hits      `json:"hits"`
	Sessions *Sessions `json:"sessions,omitempty"` // where pages lead to a tenth of the requests or more

	post float64 // of the changes
}

// Hits is what the log's cache did with what it might have had.
type Hits struct {
	Hit     float64 `json:"hit"`
	Renewed float64 `json:"refresh_hit"`
	Warm    float64 `json:"warm"` // share of objects that hit when they were first asked for in the log
	Told    bool    `json:"told"` // the log has result types
}

// Mixes sums up; nil where there was nothing.
func (m *Mixing) Mixes() *Mixes {
	if m.n == 0 {
		return nil
	}
	gone, changes, sent := int64(0), int64(0), int64(0)
	sites := m.sites.all()
	var fresh freshness
	for i := range m.kinds {
		gone += m.kinds[i].gone
		changes += m.kinds[i].changes
		sent += m.kinds[i].sent
		sites[m.kinds[i].site].Redirects += float64(m.kinds[i].sent) / float64(m.n)
		fresh.join(&m.kinds[i].fresh)
	}
	failed := m.outages(sites)
	x := &Mixes{Records: m.n,
		Methods:   shares(m.methods, func(k results.Method) string { return k.String() }),
		Statuses:  shares(m.statuses, func(k uint16) string { return strconv.Itoa(int(k)) }),
		Countries: shares(m.countries, func(k [2]byte) string { return string(k[:]) }),
		Classes:   shares(m.classes, func(k string) string { return k }),
		Referrers: shares(m.visitors.referrers, func(k string) string { return k }),
		Agents:    largest(shares(m.visitors.agents, func(k string) string { return k }), agentsKept),
		Sites:     sites, Viewers: m.visitors.addresses.count(),
		Ranges: proportion(m.ranges, m.asked), Aborts: proportion(m.aborts, m.n), Heads: proportion(m.heads, m.asked),
		Conditionals: proportion(m.unchanged, m.asked), Gone: proportion(gone, m.n), Redirects: proportion(sent, m.n), Errors: proportion(int64(failed[erring]+failed[hanging]), m.n),
		Resets: proportion(int64(failed[refusing]), m.n), Changes: proportion(changes, m.n), Hits: fresh.told()}
	if x.Sessions = m.browsing.sessions(fresh.asked); x.Sessions != nil {
		x.Sessions.tellApart(m.objects.All())
	}
	if m.visitors.asked > 0 {
		x.IPv6 = float64(m.visitors.v6) / float64(m.visitors.asked)
	}
	if changes > 0 {
		x.post = float64(m.methods[results.POST]) / float64(changes)
	}
	return x
}

// told is what the cache did.
func (f *freshness) told() (h Hits) {
	if f.hits+f.renewed+f.misses == 0 {
		return h
	}
	all := float64(f.asked)
	return Hits{Hit: float64(f.hits) / all, Renewed: float64(f.renewed) / all, Told: true,
		Warm: float64(f.firstHits) / float64(max(f.first, 1))}
}

// agentsKept is how many agents a scenario has.
const agentsKept = 40

// largest are the n largest shares.
func largest(of map[string]float64, n int) map[string]float64 {
	kept := map[string]float64{}
	for _, name := range most(of, n) {
		kept[name] = of[name]
	}
	return kept
}

func shares[K comparable](counts map[K]int64, name func(K) string) map[string]float64 {
	sum := 0.0
	for _, n := range counts {
		sum += float64(n)
	}
	made := map[string]float64{}
	for k, n := range counts {
		made[name(k)] = float64(n) / sum
	}
	return made
}

// most are the names of the largest shares, the largest first.
func most(shares map[string]float64, n int) []string {
	list := slices.SortedFunc(maps.Keys(shares), func(a, b string) int {
		return cmp.Or(cmp.Compare(shares[b], shares[a]), cmp.Compare(a, b))
	})
	return list[:min(n, len(list))]
}

// endings are the content classes of the web preset by what paths end in.
var endings = map[string]string{
	"jpg": "image", "jpeg": "image", "png": "image", "gif": "image", "webp": "image", "avif": "image", "svg": "image", "ico": "image",
	"js": "script", "mjs": "script", "css": "style", "html": "html", "htm": "html", "": "html", "php": "html",
	"woff": "font", "woff2": "font", "ttf": "font", "otf": "font", "json": "api", "xml": "api",
	"ts": "video", "m4s": "video", "mp4": "video", "m3u8": "video", "mpd": "video", "webm": "video",
	"zip": "download", "gz": "download", "exe": "download", "apk": "download", "deb": "download", "rpm": "download", "dmg": "download", "iso": "download",
}

// contentTypes are what objects of such paths are sent as.
var contentTypes = map[string]string{
	"jpg": "image/jpeg", "jpeg": "image/jpeg", "png": "image/png", "gif": "image/gif", "webp": "image/webp", "avif": "image/avif",
	"svg": "image/svg+xml", "ico": "image/x-icon", "js": "text/javascript", "mjs": "text/javascript", "css": "text/css",
	"html": "text/html", "htm": "text/html", "": "text/html", "php": "text/html", "woff": "font/woff", "woff2": "font/woff2",
	"ttf": "font/ttf", "otf": "font/otf", "json": "application/json", "xml": "application/xml", "ts": "video/mp2t", "m4s": "video/mp4",
	"mp4": "video/mp4", "m3u8": "application/vnd.apple.mpegurl", "mpd": "application/dash+xml", "webm": "video/webm",
	"zip": "application/zip", "gz": "application/gzip",
}

const otherClass = "other"

// classOf is the content class of a path, and what it ends in, without the dot.
func classOf(url string) (class, ending string) {
	ending = strings.ToLower(strings.TrimPrefix(path.Ext(url), "."))
	if class, ok := endings[ending]; ok {
		return class, ending
	}
	if len(ending) > 8 || strings.Trim(ending, "abcdefghijklmnopqrstuvwxyz0123456789") != "" {
		ending = ""
	}
	return otherClass, ending
}
