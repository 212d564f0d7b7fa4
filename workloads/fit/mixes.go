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
	Ranges    Estimate           `json:"ranges"`              // of GET and HEAD, for a part of the object
	Aborts    Estimate           `json:"aborts"`              // viewers who hung up
	Heads     Estimate           `json:"heads"`               // HEAD, of GET and HEAD
}

// Mixing counts the records of a log. It is used by one goroutine at a time.
type Mixing struct {
	n, asked, ranges, aborts, heads int64

	methods   map[results.Method]int64
	statuses  map[uint16]int64
	countries map[[2]byte]int64
	classes   map[string]int64
}

// NewMixing is a Mixing of nothing.
func NewMixing() *Mixing {
	return &Mixing{methods: map[results.Method]int64{}, statuses: map[uint16]int64{}, countries: map[[2]byte]int64{}, classes: map[string]int64{}}
}

// Add takes records, whose strings are in names.
func (m *Mixing) Add(recs []results.Record, names *results.Names) {
	for i := range recs {
		r := &recs[i]
		m.n++
		m.methods[r.Method]++
		m.statuses[r.Status]++
		if r.Country != [2]byte{} {
			m.countries[r.Country]++
		}
		m.classes[classOf(names.Str(r.URL))]++
		if r.Flags.Has(results.Aborted) {
			m.aborts++
		}
		if r.Method != results.GET && r.Method != results.HEAD {
			continue
		}
		m.asked++
		if r.Method == results.HEAD {
			m.heads++
		}
		if r.Status == 206 || r.RangeStart >= 0 {
			m.ranges++
		}
	}
}

// Mixes sums up; nil where there was nothing.
func (m *Mixing) Mixes() *Mixes {
	if m.n == 0 {
		return nil
	}
	return &Mixes{Records: m.n,
		Methods:   shares(m.methods, func(k results.Method) string { return k.String() }),
		Statuses:  shares(m.statuses, func(k uint16) string { return strconv.Itoa(int(k)) }),
		Countries: shares(m.countries, func(k [2]byte) string { return string(k[:]) }),
		Classes:   shares(m.classes, func(k string) string { return k }),
		Ranges:    proportion(m.ranges, m.asked), Aborts: proportion(m.aborts, m.n), Heads: proportion(m.heads, m.asked)}
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

// classOf is the content class of a path.
func classOf(url string) string {
	if class, ok := endings[strings.ToLower(strings.TrimPrefix(path.Ext(url), "."))]; ok {
		return class
	}
	return "other"
}
