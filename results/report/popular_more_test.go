package report

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"edgesim/results"
)

// anyVisit draws a record of few viewers, as anyRecord does of few URLs.
func anyVisit(names *results.Names) *rapid.Generator[results.Record] {
	return rapid.Custom(func(t *rapid.T) results.Record {
		r := anyRecord(names).Draw(t, "record")
		r.Addr = [16]byte{15: byte(rapid.IntRange(0, 3).Draw(t, "address"))}
		r.Agent = names.Strings.Of(rapid.SampledFrom([]string{"", "curl/8", "Mozilla/5.0"}).Draw(t, "agent"))
		r.Method = rapid.SampledFrom([]results.Method{results.GET, results.GET, results.HEAD, results.POST, results.OtherMethod}).Draw(t, "method")
		r.RangeStart = rapid.SampledFrom([]int64{-1, -1, 0, 100}).Draw(t, "range")
		r.Flags = rapid.SampledFrom([]results.Flags{0, 0, 0, results.Aborted, results.Truncated}).Draw(t, "flags")
		return r
	})
}

// anyVisits draws few records or hundreds, which rapid seldom does by itself.
func anyVisits(t *rapid.T, names *results.Names) []results.Record {
	least := rapid.SampledFrom([]int{0, 0, 300}).Draw(t, "least")
	return rapid.SliceOfN(anyVisit(names), least, 400).Draw(t, "records")
}

// Of the downloads of a thing by a viewer all but one are repeats: sets of texts
// give what hashes give, in whatever order and batches the records come.
func TestRepeatsAreAsSetsOfTexts(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		names := exampleNames()
		recs := anyVisits(t, names)
		type thing struct {
			distribution uint16
			url, agent   string
			addr         [16]byte
			from         int64
		}
		type object struct {
			distribution uint16
			url          string
		}
		had, downloads, repeats := map[thing]bool{}, map[object]int64{}, map[object]int64{}
		for _, r := range recs {
			complete := r.Result != results.Error && r.Flags == 0 && (r.Method == results.GET || r.Method == results.OtherMethod)
			if !complete || r.Status != 200 && r.Status != 206 && r.Status != 304 {
				continue
			}
			o := object{r.Distribution, names.Str(r.URL)}
			downloads[o]++
			if r.Addr == ([16]byte{}) {
				continue
			}
			x := thing{o.distribution, o.url, names.Str(r.Agent), r.Addr, max(r.RangeStart, 0)}
			if had[x] {
				repeats[o]++
			}
			had[x] = true
		}
		o := anyCounting(names).Draw(t, "options")
		p := newPopularObjects(o)
		inBatches(t, p, rapid.Permutation(recs).Draw(t, "order"))
		for key, sums := range p.counter.all() {
			o := object{uint16(sums.distribution), p.name(key).url()}
			if sums.downloads != downloads[o] || sums.repeats > repeats[o] {
				t.Fatalf("%v has %d downloads and %d repeats, want %d and %d", o, sums.downloads, sums.repeats, downloads[o], repeats[o])
			}
			repeats[o] -= sums.repeats
		}
		for o, n := range repeats {
			if n != 0 {
				t.Fatalf("%d repeats of %v are missing", n, o)
			}
		}
	})
}

// anyCounting is any way to count that is exact for the few objects of anyRecord.
func anyCounting(names *results.Names) *rapid.Generator[Options] {
	return rapid.SampledFrom([]Options{{Names: names}, {Names: names, Bounded: 1000}, {Names: names, Approximate: true}})
}

func inBatches(t *rapid.T, v results.View, recs []results.Record) {
	for len(recs) > 0 {
		n := rapid.IntRange(1, len(recs)).Draw(t, "batch")
		v.Add(recs[:n])
		recs = recs[n:]
	}
}

// While counters or lists have room for all, the three ways to count are one, for
// every distribution.
func TestWaysToCountAgreeWhileAllFits(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		names := exampleNames()
		recs := anyVisits(t, names)
		query := rapid.Bool().Draw(t, "query")
		var want []string
		for _, o := range []Options{{}, {Bounded: 1000}, {Approximate: true}} {
			o.Names, o.Query = names, query
			p := newPopularObjects(o)
			inBatches(t, p, recs)
			var got []string
			for _, d := range []string{"", "EIMAGES0000001", "EDOWNLOAD00001"} {
				for _, table := range p.Tables(d) {
					got = append(got, csvOf(t, table))
				}
			}
			if want == nil {
				want = got
			}
			if i := slices.IndexFunc(got, func(s string) bool { return !slices.Contains(want, s) }); i >= 0 {
				t.Fatalf("%+v: table %d is\n%swant\n%s", o, i, got[i], want[i])
			}
		}
	})
}

// With fewer counters than objects no count is above the truth, none is below it
// by more than MaxError, and what the notes call sure is sure.
func TestBoundedObjectsKeepTheirBounds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		names := exampleNames()
		recs := anyVisits(t, names)
		k := rapid.IntRange(1, 30).Draw(t, "k")
		p := newPopularObjects(Options{Names: names, Bounded: k, Most: 10})
		inBatches(t, p, recs)
		real := map[string]int64{}
		for _, r := range recs {
			real[names.DistributionOf(&r).ID+names.Str(r.URL)]++
		}
		top := p.top("")
		for _, o := range top.list {
			n := real[o.of.ID+o.url]
			if o.requests > n || n > o.requests+o.wrong {
				t.Fatalf("%s has %d requests, the table says %d with an error of %d", o.url, n, o.requests, o.wrong)
			}
			delete(real, o.of.ID+o.url)
		}
		for what, n := range real {
			if n > top.rest {
				t.Fatalf("%s has %d requests and is not listed: at most %d should", what, n, top.rest)
			}
		}
	})
}

// plainList is the rule of running's comment once more, with maps and sorting,
// and all records in order.
type plainList struct {
	most        int
	total, away map[uint64]int64 // of who was on the list of the day
	on          map[uint64]bool
	bottom      int64
}

func (p *plainList) interval(names map[uint64]int64) {
	totals := map[uint64]int64{}
	for key := range p.on {
		totals[key] = p.total[key] + names[key]
	}
	for key, n := range names {
		if !p.on[key] {
			totals[key] = p.total[key] + n + p.bottom - p.away[key]
		}
	}
	keys := slices.SortedFunc(maps.Keys(totals), func(a, b uint64) int {
		return cmp.Or(cmp.Compare(totals[b], totals[a]), cmp.Compare(a, b))
	})
	keys = keys[:min(len(keys), p.most)]
	if len(keys) == p.most {
		p.bottom += names[keys[p.most-1]]
	}
	for key := range p.on {
		p.total[key] = totals[key]
		if !slices.Contains(keys, key) {
			p.away[key] = p.bottom
		}
	}
	p.on = map[uint64]bool{}
	for _, key := range keys {
		p.on[key], p.total[key] = true, totals[key]
	}
}

// §2.2: a list of the most frequent that runs over intervals of ten minutes, and
// credits who returns. Records may be mixed within three hours.
func TestRunningListIsAsItsRule(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		most := rapid.IntRange(1, 5).Draw(t, "most")
		type event struct{ number, key int64 }
		events := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) event {
			return event{rapid.Int64Range(130, 160).Draw(t, "interval"), rapid.Int64Range(0, 9).Draw(t, "key")}
		}), 0, 300).Draw(t, "events")
		slices.SortStableFunc(events, func(a, b event) int { return cmp.Compare(a.number, b.number) })

		want := map[uint64]int64{}
		for _, day := range [][2]int64{{130, 144}, {144, 161}} {
			plain := plainList{most: most, total: map[uint64]int64{}, away: map[uint64]int64{}, on: map[uint64]bool{}}
			for number := day[0]; number < day[1]; number++ {
				names := map[uint64]int64{}
				for _, e := range events {
					if e.number == number {
						names[uint64(e.key)]++
					}
				}
				if len(names) > 0 {
					plain.interval(names)
				}
			}
			for key := range plain.on {
				want[key] += plain.total[key]
			}
		}

		n := newRunning(most, func(v *int64) int64 { return *v }, func(into, from *int64) { *into += *from })
		for at := 0; at < len(events); at += 20 { // mixed within blocks of fewer intervals than are open
			block := events[at:min(at+20, len(events))]
			if last := block[len(block)-1]; last.number-block[0].number < openIntervals {
				block = rapid.Permutation(block).Draw(t, "order")
			}
			for _, e := range block {
				if v := n.at(e.number, uint64(e.key)); v != nil {
					*v++
				}
			}
			n.lists() // asking changes nothing
		}
		values, credits := n.lists()
		if n.lost > 0 || len(values) != len(want) {
			t.Fatalf("%d names, %d lost, want %d", len(values), n.lost, len(want))
		}
		for key, v := range values {
			if *v+credits[key] != want[key] {
				t.Fatalf("name %d has %d and a credit of %d, want %d", key, *v, credits[key], want[key])
			}
		}
	})
}

// A name that comes back has what it had, and what the bottom got meanwhile.
func TestRunningListCreditsWhoReturns(t *testing.T) {
	n := newRunning(2, func(v *int64) int64 { return *v }, func(into, from *int64) { *into += *from })
	for number, interval := range []map[uint64]int64{
		{1: 10, 2: 5, 3: 4}, // 3 is not on the list; its bottom got 5
		{1: 10, 3: 9},       // 3 comes with 9 + 5 and puts out 2, which has 5; the bottom got 9
		{1: 10, 3: 6},       // the bottom got 6
		{2: 20},             // 2 comes back with 5 + 20 and the 6 that the bottom got while it was away
	} {
		for key, times := range interval {
			*n.at(int64(number), key) += times
		}
	}
	values, credits := n.lists()
	if len(values) != 2 || *values[2] != 25 || credits[2] != 6 || *values[1] != 30 || credits[1] != 0 {
		t.Errorf("the list has %v and credits of %v, want 25 and 6 of 2, 30 and 0 of 1", values, credits)
	}
}

// What comes more than three hours late counts on its day's list, or is counted as
// lost; days are kept for 60.
func TestRunningListLate(t *testing.T) {
	names := exampleNames()
	url := func(s string) results.Sym { return names.Strings.Of(s) }
	p := newPopularObjects(Options{Names: names, Approximate: true})
	hour := int64(time.Hour)
	p.Add([]results.Record{{URL: url("/a")}, {At: 5 * hour, URL: url("/b")}, {At: hour / 2, URL: url("/a")}, {At: hour / 2, URL: url("/c")}})
	tables := p.Tables("")
	if rows := tables[0].Rows; len(rows) != 2 || rows[0][2].Text != "/a" || rows[0][3].Num != 2 {
		t.Errorf("rows %v, want /a with 2 and /b", rows)
	}
	if notes := strings.Join(tables[0].Notes, " "); !strings.Contains(notes, "1 records came more than three hours late") {
		t.Errorf("notes %q do not tell of the record that is lost", notes)
	}
	p.Add([]results.Record{{At: 62 * 24 * hour, URL: url("/d")}})
	if rows := p.Tables("")[0].Rows; len(rows) != 1 {
		t.Errorf("%d rows after 62 days, want the last one's alone", len(rows))
	}
}

// The lists of parts, absorbed, are the list of the whole while they show every
// object; where they are cut, no count is above the truth and MaxError bounds the
// rest.
func TestPopularObjectsAbsorbed(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		names := exampleNames()
		recs := anyVisits(t, names)
		for i := range recs {
			if recs[i].Distribution == 2 { // of no name: comes back from a table as of none
				recs[i].Distribution = results.NoDistribution
			}
		}
		o := Options{Names: names, Query: rapid.Bool().Draw(t, "query"), Bounded: rapid.SampledFrom([]int{0, 20}).Draw(t, "bounded")}
		cut := rapid.IntRange(0, len(recs)).Draw(t, "cut")
		whole, parts := newPopularObjects(Options{Names: names, Query: o.Query, Most: 1000}), newPopularObjects(o)
		whole.Add(recs)
		for _, part := range [][]results.Record{recs[:cut/2], recs[cut/2 : cut]} {
			p := newPopularObjects(o)
			p.Add(part)
			for _, table := range p.Tables("") {
				if err := parts.Absorb(table); err != nil {
					t.Fatal(err)
				}
			}
		}
		parts.Add(recs[cut:])
		real := map[string]popular{}
		for _, o := range whole.top("").list {
			real[o.of.ID+o.url] = o
		}
		top := parts.top("")
		for _, o := range top.list {
			w, there := real[o.of.ID+o.url]
			if there && (o.requests > w.requests || w.requests > o.requests+o.wrong || o.downloads > w.downloads || o.repeats > w.repeats) {
				t.Fatalf("%s is absorbed as %+v, the whole is %+v", o.url, o.objectSums, w.objectSums)
			}
			delete(real, o.of.ID+o.url)
		}
		for _, w := range real {
			if w.requests > top.rest {
				t.Fatalf("%s has %d requests and is not listed: at most %d should", w.url, w.requests, top.rest)
			}
		}
	})
}

// An object that one of two lists does not show may have had what the list's last
// had; one that both show has no error.
func TestAbsorbedListsBoundWhatTheyLeaveOut(t *testing.T) {
	names := exampleNames()
	names.Distributions = names.Distributions[:1]
	list := func(first int) []*Table {
		p := newPopularObjects(Options{Names: names})
		for i := range 60 {
			p.Add(slices.Repeat([]results.Record{{URL: names.Strings.Of(fmt.Sprint("/", first+i))}}, 100-i))
		}
		return p.Tables("EIMAGES0000001")
	}
	for tables, most := range map[int]int64{1: 51, 2: 50} { // without popular_objects_more, the last of a list
		p := newPopularObjects(Options{Names: names})
		for _, table := range slices.Concat(list(0)[:tables], list(20)[:tables]) {
			if err := p.Absorb(table); err != nil {
				t.Fatal(err)
			}
		}
		p.Add([]results.Record{{URL: names.Strings.Of("/25")}})
		for _, o := range p.top("").list {
			n, _ := strconv.Atoi(o.url[1:])
			want := most
			if n >= 20 && n < 50 {
				want = 0
			}
			if o.wrong != want {
				t.Errorf("%s has an error of %d, want %d", o.url, o.wrong, want)
			}
		}
		if rest := p.top("").rest; rest < 2*most {
			t.Errorf("an object on no list may have had %d, want %d or more", rest, 2*most)
		}
	}
}

// An object's 32 bits hand their counts over before they are full.
func TestObjectsSpill(t *testing.T) {
	names := exampleNames()
	e := newExactObjects(Options{Names: names})
	url := names.Strings.Of("/a")
	c := e.objects.At(uint64(url))
	c.requests, c.hits, c.bytes = spillAt-2, 7, 70
	recs := []results.Record{{URL: url, Response: results.Hit, BytesOut: 10}}
	for range 5 {
		e.add(recs, []uint64{uint64(url)}, []download{repeatDownload})
	}
	for _, sums := range e.all() {
		if sums.requests != spillAt+3 || sums.hits != 12 || sums.bytes != 120 || sums.repeats != 5 {
			t.Errorf("requests %d, hits %d, bytes %d, repeats %d", sums.requests, sums.hits, sums.bytes, sums.repeats)
		}
	}
	if c.requests != 3 {
		t.Errorf("%d requests after the counts were handed over, want 3", c.requests)
	}
}

// A sketch outlives the table of strings; an exact report says that it does not.
func TestPopularObjectsOverGenerations(t *testing.T) {
	for _, o := range []Options{{Bounded: 10}, {Approximate: true}} {
		o.Names = exampleNames()
		p := newPopularObjects(o)
		for range 3 {
			p.Add([]results.Record{{URL: o.Names.Strings.Of("/a"), Status: 200}, {URL: o.Names.Strings.Of("/b")}, {URL: o.Names.Strings.Of("/a")}})
			o.Names.Strings.Reset()
			p.Add([]results.Record{{URL: o.Names.Strings.Of("/b")}})
		}
		rows := p.Tables("")[0].Rows
		if len(rows) != 2 || rows[0][2].Text != "/a" || rows[0][3].Num != 6 || rows[1][3].Num != 6 {
			t.Errorf("%+v: rows %v, want 6 of /a and 6 of /b", o, rows)
		}
	}
	defer func() {
		if recover() == nil {
			t.Error("an exact report went on with Syms of another generation")
		}
	}()
	names := exampleNames()
	p := newPopularObjects(Options{Names: names})
	names.Strings.Reset()
	p.Add(make([]results.Record, 1))
}

// Where the log has no addresses, repeats are no number.
func TestRepeatsOfUnknownViewers(t *testing.T) {
	names := exampleNames()
	p := newPopularObjects(Options{Names: names})
	p.Add([]results.Record{{URL: names.Strings.Of("/a"), Status: 200}})
	more := p.Tables("")[1]
	at := slices.IndexFunc(more.Columns, func(c Column) bool { return c.Name == "RepeatCount" })
	if more.Rows[0][at] != noNumber || len(more.Notes) != 1 {
		t.Errorf("repeats %v with notes %q", more.Rows[0][at], more.Notes)
	}
	p.Add([]results.Record{{URL: names.Strings.Of("/a"), Status: 200, Addr: [16]byte{1}}})
	if more = p.Tables("")[1]; more.Rows[0][at].Num != 0 || math.IsNaN(more.Rows[0][at].Num) || more.Rows[0][at] == noNumber {
		t.Errorf("repeats %v where one viewer is known", more.Rows[0][at])
	}
}
