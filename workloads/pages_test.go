package workloads

import (
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

// view is what one viewer was seen to do on one page.
type view struct {
	page     Request
	embedded []Request
}

// viewsOf takes page sessions apart: the requests of a viewer in order. The viewers
// are so many that no two sessions have one.
func viewsOf(t *testing.T, cfg TrafficConfig, spec string) map[uint32][]view {
	t.Helper()
	views := map[uint32][]view{}
	for _, r := range readAll(t, mustTraffic(t, spec, cfg), 0) {
		o := cfg.Catalog.Object(r.Object)
		list := views[r.Viewer]
		if isPage(&cfg.Catalog.sections[o.Section].types[o.Type]) {
			views[r.Viewer] = append(list, view{page: r})
		} else if n := len(list); n > 0 { // else the page came before time 0
			list[n-1].embedded = append(list[n-1].embedded, r)
		}
	}
	return views
}

// What comes after a page was led to by it and is all different; the next page was
// led to by the one before; from outside comes the first alone. A page embeds the
// same objects for everybody, and objects come six at a time, 50 ms apart.
func TestPagesLeadToWhatFollows(t *testing.T) {
	cfg := streamConfig(t, "pages", 5)
	cfg.Viewers, cfg.Length = mustViewers(t, ViewersConfig{Count: math.MaxUint32, Referrers: Referrers{Other: 1}}), 400*time.Second
	embeds, external, sessions := map[uint64][]uint64{}, 0, 0
	for _, list := range viewsOf(t, cfg, "pages") {
		sessions++
		if list[0].page.Referrer != 0 {
			external++
		}
		for i, v := range list {
			if i > 0 && (v.page.From != list[i-1].page.Object+1 || v.page.Referrer != 0) {
				t.Fatalf("page %d, of object %d, was led to by %d", i, list[i-1].page.Object, v.page.From)
			}
			if (v.page.From == 0) == (v.page.Referrer == 0) {
				t.Fatalf("page %d: From %d beside Referrer %d", i, v.page.From, v.page.Referrer)
			}
			var ids []uint64
			for k, r := range v.embedded {
				if r.From != v.page.Object+1 || r.Referrer != 0 {
					t.Fatalf("an object of page %d was led to by %d and %d", v.page.Object, r.From, r.Referrer)
				}
				if want := v.page.At + 100*time.Millisecond + time.Duration(k/6)*50*time.Millisecond; r.At != want {
					t.Fatalf("object %d of a page at %v is asked for at %v, want %v", k, v.page.At, r.At, want)
				}
				ids = append(ids, r.Object)
			}
			if i == len(list)-1 {
				continue // the run may end amidst it
			}
			if slices.Sort(ids); len(slices.Compact(slices.Clone(ids))) != len(ids) {
				t.Fatalf("page %d embeds something twice: %v", v.page.Object, ids)
			}
			if before, known := embeds[v.page.Object]; known && !slices.Equal(before, ids) {
				t.Fatalf("page %d embeds %v, and then %v", v.page.Object, before, ids)
			}
			embeds[v.page.Object] = ids
		}
	}
	if external == 0 || external == sessions {
		t.Errorf("%d of %d sessions came from outside", external, sessions)
	}
	checkEmbeds(t, embeds)
}

// checkEmbeds: half of the pages have 70 objects or fewer, σ is 0.6, and popular
// objects are on many pages.
func checkEmbeds(t *testing.T, embeds map[uint64][]uint64) {
	t.Helper()
	var counts []float64
	pagesOf, sum, squares := map[uint64]int{}, 0.0, 0.0
	for _, page := range slices.Sorted(maps.Keys(embeds)) {
		n := float64(len(embeds[page]))
		counts = append(counts, n)
		sum, squares = sum+math.Log(n), squares+math.Log(n)*math.Log(n)
		for _, id := range embeds[page] {
			pagesOf[id]++
		}
	}
	n := float64(len(counts))
	slices.Sort(counts)
	sigma := math.Sqrt(squares/n - sum/n*sum/n)
	if median := counts[len(counts)/2]; math.Abs(median-70) > 70*3*1.25*0.6/math.Sqrt(n) || math.Abs(sigma-0.6) > 3*0.6/math.Sqrt(2*n) {
		t.Errorf("of %v pages the median has %v objects, σ %.3f; want 70 and 0.6", n, median, sigma)
	}
	shared := slices.Max(slices.Collect(maps.Values(pagesOf)))
	if share := float64(shared) / n; share < 0.5 {
		t.Errorf("the object on most pages is on %.0f%% of them: nothing is shared", 100*share)
	}
}

// What a browser has kept it does not ask for, and the rest is of the page's list.
func TestPagesAreAskedForInPartWhereTheyAreKept(t *testing.T) {
	cfg := streamConfig(t, "pages", 6)
	cfg.Viewers, cfg.Length = mustViewers(t, ViewersConfig{Count: math.MaxUint32}), 200*time.Second
	var lists pageLists
	kind, params, err := traffic.Parse("pages:cached=75%")
	if err != nil {
		t.Fatal(kind.Name, err)
	}
	params["cached"] = 0
	if err := lists.open(&cfg, params, nil); err != nil {
		t.Fatal(err)
	}
	var kept mean
	for _, list := range viewsOf(t, cfg, "pages:cached=75%") {
		for _, v := range list[:len(list)-1] {
			all := lists.appendList(nil, v.page.Object)
			for _, r := range v.embedded {
				if !slices.Contains(all, r.Object) {
					t.Fatalf("page %d embeds %v and %d is asked for", v.page.Object, all, r.Object)
				}
			}
			if len(all) > 0 {
				kept.add(1 - float64(len(v.embedded))/float64(len(all)))
			}
		}
	}
	kept.near(t, "of what pages embed, kept", 0.75)
}

// How many pages a session has, and how far apart they are, has the mean asked for,
// by both laws of think times.
func TestPagesHaveTheirMeans(t *testing.T) {
	for spec, tail := range map[string]float64{"pages:pages=3,think=20s,objects=0": 0, "pages:pages=3,think=20s,objects=0,tail=3": 3} {
		cfg := streamConfig(t, "pages", 7)
		cfg.Viewers, cfg.Length, cfg.Rate = mustViewers(t, ViewersConfig{Count: math.MaxUint32}), 4000*time.Second, 20
		var pages, pauses mean
		for _, list := range viewsOf(t, cfg, spec) {
			if at := list[0].page.At; list[0].page.From != 0 || at > 1500*time.Second { // began before time, or may not end within it
				continue
			}
			pages.add(float64(len(list)))
			for i := range list[1:] {
				pauses.add((list[i+1].page.At - list[i].page.At).Seconds() / 20)
			}
		}
		t.Log(fmt.Sprint(spec, tail))
		pages.near(t, "pages", 3)
		pauses.near(t, "of the think time", 1)
	}
}

// A page has always the same list, whichever pages were shown since: those that are
// remembered are those that are made.
func TestAPagesListIsItsOwn(t *testing.T) {
	cfg := streamConfig(t, "pages", 6)
	open := func() *pageLists {
		_, params, err := traffic.Parse("pages:objects=12")
		if err != nil {
			t.Fatal(err)
		}
		var l pageLists
		if err := l.open(&cfg, params, nil); err != nil {
			t.Fatal(err)
		}
		return &l
	}
	remembers, makes := open(), open()
	remembers.known = make([]knownList, 8) // so that pages take each other's places
	rng, again := rand.New(rand.NewPCG(1, 2)), 0
	for range 5000 {
		page := uint64(rng.IntN(20))
		if at := hash(remembers.seed, page) % 8; remembers.known[at].page == page+1 {
			again++
		}
		want := makes.appendAll(nil, page)
		if got := remembers.of(page); !slices.Equal(got, want) {
			t.Fatalf("page %d has %v, and %v when it is made anew", page, got, want)
		}
	}
	if again < 500 || again > 4500 {
		t.Errorf("%d of 5000 lists were remembered: too few or too many to tell", again)
	}
}
