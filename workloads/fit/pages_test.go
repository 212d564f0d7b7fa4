package fit

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"edgesim/results"
)

// A Referer is a page where it is one of the log's own hosts'.
func TestAReferersPage(t *testing.T) {
	b := newBrowsing()
	b.own["www.example.com"] = true
	for referrer, want := range map[string]string{
		"https://www.example.com/a/b.html":     "/a/b.html",
		"http://www.example.com/a/b.html?x=1":  "/a/b.html",
		"https://WWW.example.com:8443/news":    "/news",
		"https://www.example.com/":             "/",
		"https://www.example.com/style.css":    "", // a style sheet leads to fonts: it is no page
		"https://www.google.com/search.html":   "",
		"https://www.example.com":              "",
		"www.example.com/a.html":               "",
		"-":                                    "",
		"":                                     "",
		"https://":                             "",
		"https:///a.html":                      "",
		"android-app://com.google.android.gm/": "",
	} {
		page, ok := b.ownPage(referrer)
		if ok != (want != "") || ok && page != pageOf("www.example.com", want) {
			t.Errorf("%q: %x, %v; want %q", referrer, page, ok, want)
		}
	}
}

func FuzzAReferersPageIsOfItsHost(f *testing.F) {
	for _, s := range []string{"https://a.example/x.html?y", "https://a.example/", "://", "https://a.example:1/é"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, referrer string) {
		b := newBrowsing()
		b.own["a.example"] = true
		if _, ok := b.ownPage(referrer); ok && !strings.Contains(strings.ToLower(referrer), "://a.example") {
			t.Errorf("%q is taken for a page of a.example", referrer)
		}
	})
}

// browsed is a site of so many pages, as a log has it: page i embeds length(i) objects, of
// which a view asks for a share; viewers go on with probability on after an exponential
// time, and the log lasts for length.
func browsed(seed uint64, pages, views int, length func(i int) int, asked, on float64, think, lasts time.Duration) *browsing {
	b, names := newBrowsing(), results.NewNames(time.Unix(0, 0))
	chance := rand.New(rand.NewPCG(seed, 1))
	host := names.Strings.Of("a.example")
	urls := make([]results.Sym, pages)
	paths := make([]results.Sym, pages)
	for i := range urls {
		path := "/p/" + string(rune('a'+i%26)) + strings.Repeat("x", i/26) + ".html"
		paths[i], urls[i] = names.Strings.Of(path), names.Strings.Of("https://a.example"+path)
	}
	add := func(r results.Record, class string) {
		r.Host = host
		if r.At < int64(lasts) {
			b.add(&r, names, class, 3)
		}
	}
	for v := range views {
		at := time.Duration(chance.Float64()*float64(lasts+20*think)) - 20*think
		r := results.Record{Addr: [16]byte{1, byte(v), byte(v >> 8), byte(v >> 16)}}
		for from := -1; ; {
			page := chance.IntN(pages)
			r.At, r.URL, r.Referrer = int64(at), paths[page], 0
			if from >= 0 {
				r.Referrer = urls[from]
			}
			if at >= 0 {
				add(r, "html")
			}
			for o := range length(page) {
				if chance.Float64() < asked && at >= 0 {
					r.Object, r.Referrer = uint64(page)<<32|uint64(o), urls[page]
					add(r, "image")
				}
			}
			if chance.Float64() >= on {
				break
			}
			from = page
			at += time.Duration(chance.ExpFloat64() * float64(think))
		}
	}
	return &b
}

// TestSessionsAreRecovered: also where the log ends before most viewers go on, and lists
// are seen in part.
func TestSessionsAreRecovered(t *testing.T) {
	length := func(i int) int { return 20 + i%41 } // 40 in the middle
	for name, lasts := range map[string]time.Duration{"long": time.Hour, "as long as a thought": 30 * time.Second} {
		b := browsed(1, 200, 12_000, length, 0.3, 0.75, 30*time.Second, lasts)
		s := b.sessions(b.pages + b.embedded)
		if s == nil {
			t.Fatalf("%s: no sessions in %d pages and %d objects", name, b.pages, b.embedded)
		}
		for _, c := range []struct {
			what           string
			got, want, off float64
		}{
			{"share", s.Share, 1, 1e-9}, {"objects", s.Objects, 38, 3}, {"sigma", s.Sigma, 0.32, 0.07}, {"cached", s.Cached, 0.7, 0.03},
			{"pages", s.Pages, 4, 0.4}, {"think", s.Think, 30, 4},
		} {
			if math.Abs(c.got-c.want) > c.off {
				t.Errorf("%s: %s is %.3f, want %.3f give or take %.3f", name, c.what, c.got, c.want, c.off)
			}
		}
	}
}

// Memory is bounded: of more pages and views than are kept there is a sample, of which
// the same follows.
func TestABrowsingIsASample(t *testing.T) {
	b := browsed(2, 5*mostLists, 100_000, func(int) int { return 3 }, 1, 0.5, time.Second, time.Hour)
	if len(b.lists) > mostLists || len(b.views) > mostViews || b.pageLevel == 0 || b.viewerLevel == 0 {
		t.Errorf("%d lists of one in %d, %d views of one in %d", len(b.lists), 1<<b.pageLevel, len(b.views), 1<<b.viewerLevel)
	}
	if s := b.sessions(b.pages + b.embedded); s == nil || math.Abs(s.Objects-3) > 0.1 || math.Abs(s.Pages-2) > 0.1 || math.Abs(s.Think-1) > 0.1 {
		t.Errorf("%+v", s)
	}
}

// A log whose pages lead to little has no sessions.
func TestNoSessions(t *testing.T) {
	b := browsed(3, 30, 500, func(int) int { return 1 }, 1, 0, time.Second, time.Hour)
	if s := b.sessions(20 * b.embedded); s != nil {
		t.Errorf("%+v", s)
	}
	b = browsed(3, leastLists-1, 500, func(int) int { return 9 }, 1, 0, time.Second, time.Hour)
	if s := b.sessions(b.pages + b.embedded); s != nil {
		t.Errorf("of %d pages: %+v", leastLists-1, s)
	}
}

// Sizes are those that are told: a copy that was only asked about has none.
func TestSizesOfCopiesAreNotTold(t *testing.T) {
	list := []*object{{size: 1, requests: 3}, {size: 100, requests: 1}, {size: 1, requests: 1}, {size: 300, requests: 1}}
	if s := fitSizes(list); s.Least != 100 || s.Most != 300 || s.Mean != 200 {
		t.Errorf("%+v", s)
	}
	if s := fitSizes(list[:1]); s.Least != 1 {
		t.Errorf("where none is told: %+v", s)
	}
}
