package report

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"edgesim/results"
	"edgesim/results/agent"
)

// exampleAgents are ten browsers, so that the tenth is in Other, and a bot.
var exampleAgents = []string{
	"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36",
	"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/129.0.0.0 Safari/537.36",
	"Mozilla/5.0 (iPhone; CPU iPhone OS 17_6_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.6 Mobile/15E148 Safari/604.1",
	"Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Mobile Safari/537.36",
	"Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
	"Mozilla/5.0 (X11; Linux x86_64; rv:131.0) Gecko/20100101 Firefox/131.0",
	"",
	"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.6 Safari/605.1.15",
	"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36 Edg/130.0.0.0",
	"Mozilla/5.0 (SMART-TV; Linux; Tizen 5.5) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/3.0 Chrome/69.0.3497.106 TV Safari/537.36",
	"Mozilla/5.0 (iPad; CPU OS 16_7_10 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/104.0.5112.99 Mobile/15E148 Safari/604.1",
	"Roku/DVP-13.0 (13.0.0.4209-88)",
}

var exampleCountries = []string{"US", "DE", "JP", "", "A1", "GB", "XK", "EU", "T1"}

var exampleMethods = []results.Method{results.GET, results.GET, results.GET, results.HEAD, results.POST}

var exampleEdges = []results.Edge{
	{Code: "FRA50-C1", City: "Frankfurt", Country: "DE", BillingRegion: "EU"},
	{Code: "IAD89-C1", City: "Washington", Country: "US", BillingRegion: "US"},
	{Code: "XXX1"},
}

// asViewersDo gives the i-th request of the example a viewer and an edge: the
// first of each list most often.
func asViewersDo(names *results.Names, i int, r *results.Record) {
	few := func(n, salt int) int { return min(i*salt%(n+3), (i/7)*salt%n) }
	r.Agent = names.Strings.Of(exampleAgents[few(len(exampleAgents), 5)])
	copy(r.Country[:], exampleCountries[few(len(exampleCountries), 7)])
	if r.Country == [2]byte{'U', 'S'} {
		r.State = results.State(i % 3)
	}
	r.Protocol = []results.Protocol{results.HTTPS, results.HTTPS, results.HTTP}[i%3]
	r.Method = exampleMethods[i%11%len(exampleMethods)]
	r.TTL = results.TTLClass(i % 7 % int(results.TTLProxy))
	if names.Edges == nil {
		names.Edges = exampleEdges
	}
	r.Edge, r.BytesIn = uint16(i%4%len(exampleEdges)), int64(200+i%100)
}

// anyViewer draws who asked and where for a record of anyRecord.
func anyViewer(names *results.Names) *rapid.Generator[results.Record] {
	return rapid.Custom(func(t *rapid.T) results.Record {
		r := anyRecord(names).Draw(t, "record")
		r.BytesOut %= 1 << 30
		r.Agent = names.Strings.Of(rapid.SampledFrom(exampleAgents).Draw(t, "agent"))
		copy(r.Country[:], rapid.SampledFrom(append([]string{"us", "\xff\xff"}, exampleCountries...)).Draw(t, "country"))
		r.State = results.State(rapid.IntRange(0, 3).Draw(t, "state"))
		r.Protocol = results.Protocol(rapid.IntRange(0, int(results.Protocols)-1).Draw(t, "protocol"))
		r.Method = results.Method(rapid.IntRange(0, int(results.Methods)-1).Draw(t, "method"))
		r.TTL = results.TTLClass(rapid.IntRange(0, int(results.TTLClasses)-1).Draw(t, "ttl"))
		r.Edge = uint16(rapid.IntRange(0, 4).Draw(t, "edge"))
		r.BytesIn = rapid.Int64Range(0, 1<<20).Draw(t, "in")
		r.OriginSent = rapid.SampledFrom([]int64{0, 0, 1000}).Draw(t, "sent")
		r.OriginAsked = uint16(rapid.IntRange(0, 1).Draw(t, "asked"))
		r.Detail = results.Detail(rapid.IntRange(0, int(results.Details)-1).Draw(t, "detail"))
		return r
	})
}

// ranked is a list by hand: name to requests, most first, then by name; what is
// beyond the first most is Other, when other is true, and left out when not.
func ranked(counts map[string]int, most int, other bool) (names []string, requests map[string]int) {
	rest := counts["Other"]
	for name := range counts {
		if name != "Other" || !other {
			names = append(names, name)
		}
	}
	slices.SortFunc(names, func(a, b string) int { return cmp.Or(cmp.Compare(counts[b], counts[a]), cmp.Compare(a, b)) })
	for _, name := range names[min(most, len(names)):] {
		rest += counts[name]
	}
	names = names[:min(most, len(names))]
	requests = map[string]int{}
	for _, name := range names {
		requests[name] = counts[name]
	}
	if other && rest > 0 {
		names = append(names, "Other")
		requests["Other"] = rest
	}
	return names, requests
}

// placeByHand is a record's location, and whether the report covers it.
func placeByHand(r results.Record, states bool) (code string, covered bool) {
	if states {
		if r.State == results.NoState {
			return "Unknown", string(r.Country[:]) == "US"
		}
		return r.State.String(), true
	}
	for _, c := range r.Country {
		if !strings.ContainsRune("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", rune(c)) {
			return "Unknown", true
		}
	}
	return string(r.Country[:]), true
}

// The eight tables of viewers are those that counting in maps and sorting gives
// (reference, section 2.5), for all distributions and for one.
func TestViewersAreAsCountingByHand(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		names := exampleNames()
		recs := rapid.SliceOfN(anyViewer(names), 0, 60).Draw(t, "records")
		o := exampleOptions(names)
		o.From, o.To = time.Time{}, time.Time{}
		o.BrowserVersions, o.States = rapid.Bool().Draw(t, "versions"), rapid.Bool().Draw(t, "states")
		o.Most = rapid.SampledFrom([]int{0, 2}).Draw(t, "most")
		v := newViewers(o)
		cut := rapid.IntRange(0, len(recs)).Draw(t, "cut")
		v.Add(recs[:cut])
		v.Add(recs[cut:])
		scope := rapid.SampledFrom([]string{"", "ALL", "EDOWNLOAD00001"}).Draw(t, "scope")
		tables := v.Tables(scope)
		var own []results.Record
		for _, r := range recs {
			if scope == "" || scope == "ALL" || names.DistributionOf(&r).ID == scope {
				own = append(own, r)
			}
		}
		name := func(p agent.Product) string {
			if o.BrowserVersions {
				return p.String()
			}
			return p.Name
		}
		of := func(r results.Record) agent.Agent { return agent.Classify(names.Str(r.Agent)) }
		checkPair(t, names, tables[0], tables[1], own, 6, false, func(r results.Record) (string, bool) { return of(r).Device.String(), true })
		checkPair(t, names, tables[2], tables[3], own, cmp.Or(o.Most, 9), true, func(r results.Record) (string, bool) { return name(of(r).Browser), true })
		checkPair(t, names, tables[4], tables[5], own, cmp.Or(o.Most, 9), true, func(r results.Record) (string, bool) { return name(of(r).System), true })
		checkPair(t, names, tables[6], tables[7], own, cmp.Or(o.Most, 50), false, func(r results.Record) (string, bool) { return placeByHand(r, o.States) })
	})
}

// checkPair compares a list and its table over time with the records. The third
// column of a list is the name.
func checkPair(t *rapid.T, names *results.Names, list, trend *Table, recs []results.Record, most int, other bool,
	nameOf func(results.Record) (string, bool)) {
	t.Helper()
	counts, bytes, sum := map[string]int{}, map[string]float64{}, 0
	for _, r := range recs {
		if name, covered := nameOf(r); covered {
			counts[name]++
			sum++
			bytes[name] += float64(r.BytesOut)
		}
	}
	want, requests := ranked(counts, most, other)
	requestsAt := len(list.Columns) - 2
	if list.Name == "viewers_locations" {
		requestsAt--
	}
	var got []string
	for _, row := range list.Rows {
		name := row[2].Text
		if list.Name == "viewers_devices" && row[requestsAt].Num == 0 {
			continue // every class has a row
		}
		got = append(got, name)
		if n := row[requestsAt].Num; int(n) != requests[name] || math.Abs(row[requestsAt+1].Num-100*n/float64(sum)) > 1e-9 {
			t.Fatalf("%s: %v of %s, %v %%: want %d of %d", list.Name, n, name, row[requestsAt+1].Num, requests[name], sum)
		}
		if list.Name == "viewers_locations" && row[len(row)-1].Num != bytes[name] {
			t.Fatalf("%v bytes to %s, want %v", row[len(row)-1].Num, name, bytes[name])
		}
	}
	if list.Name == "viewers_devices" {
		slices.Sort(want)
		slices.Sort(got)
	}
	if !slices.Equal(got, want) {
		t.Fatalf("%s lists %q, want %q", list.Name, got, want)
	}
	checkTrend(t, names, trend, recs, requests, other, nameOf)
}

func checkTrend(t *rapid.T, names *results.Names, trend *Table, recs []results.Record, listed map[string]int, other bool,
	nameOf func(results.Record) (string, bool)) {
	t.Helper()
	want := map[string]float64{} // by distribution, bucket and column
	for _, r := range recs {
		name, covered := nameOf(r)
		if _, is := listed[name]; !is && other {
			name = "Other"
		}
		if _, is := listed[name]; !is || !covered {
			continue
		}
		bucket := epoch.Add(time.Duration(r.End())).Truncate(time.Second).Format(time.RFC3339)
		for _, id := range []string{"ALL", names.DistributionOf(&r).ID} {
			want[fmt.Sprint(id, bucket, name)]++
		}
	}
	shown := map[string]bool{}
	for _, row := range trend.Rows {
		shown[row[0].Text] = true
		for i, c := range trend.Columns[3:] {
			key := fmt.Sprint(row[0].Text, row[2].Text, c.Name)
			if got := row[3+i].Num; got != want[key] {
				t.Fatalf("%s: %v in %s, want %v", trend.Name, got, key, want[key])
			}
			delete(want, key)
		}
	}
	for key, n := range want {
		for id := range shown {
			if id != "" && strings.HasPrefix(key, id) {
				t.Fatalf("%s: %v in %s are missing", trend.Name, n, key)
			}
		}
	}
}

// What viewers printed, viewers takes back, hour by hour, where the lists of the
// hours are long enough.
func TestViewersAbsorb(t *testing.T) { absorbsPartsOf(t, "viewers", 100, nil) }

// Lists that were cut lose names, not requests: the rest stays in the whole of
// which a location has its share, and in Other. What is absorbed twice counts
// twice.
func TestViewersAbsorbWhatWasCut(t *testing.T) {
	names := exampleNames()
	o := exampleOptions(names)
	whole := newViewers(o)
	whole.Add(exampleRun(names))
	short := o
	short.Most = 1
	cut := newViewers(short)
	cut.Add(exampleRun(names))
	again := newViewers(o)
	for range 2 {
		for _, table := range cut.Tables("EDOWNLOAD00001") {
			if err := again.Absorb(table); err != nil {
				t.Fatal(err)
			}
		}
	}
	want, got := whole.Tables("EDOWNLOAD00001"), again.Tables("EDOWNLOAD00001")
	for _, i := range []int{2, 4, 6} {
		first, rows := want[i].Rows[0], got[i].Rows
		requests := len(first) - 2
		if want[i].Name == "viewers_locations" {
			requests--
			if bytes := rows[0][len(first)-1].Num; bytes != 2*first[len(first)-1].Num {
				t.Errorf("%v bytes, want twice %v", bytes, first[len(first)-1].Num)
			}
		} else if len(rows) != 2 || rows[1][2].Text != "Other" {
			t.Errorf("%s: rows %v, want Other to be the second of two", want[i].Name, rows)
		}
		if rows[0][2].Text != first[2].Text || rows[0][requests].Num != 2*first[requests].Num || rows[0][requests+1].Num != first[requests+1].Num {
			t.Errorf("%s: %v, want twice %v", want[i].Name, rows[0], first)
		}
	}
}

// What came after the strings' table was full is Other, beside few names too.
func TestViewersOfOverflow(t *testing.T) {
	names := exampleNames()
	v := newViewers(Options{Names: names})
	v.Add([]results.Record{{Agent: results.Overflow}, {Agent: results.Overflow}, {Agent: names.Strings.Of(exampleAgents[0])}})
	rows := v.Tables("")[2].Rows
	if len(rows) != 2 || rows[0][2].Text != "Chrome" || rows[1][2].Text != "Other" || rows[1][3].Num != 2 {
		t.Errorf("rows %v, want one Chrome and two Other", rows)
	}
}

// Of a stream in which every record has a User-Agent of its own, the tables say
// how many were not looked up.
func TestViewersTellTheBudget(t *testing.T) {
	names := exampleNames()
	v := newViewers(Options{Names: names})
	for i := range 21_000 {
		v.Add([]results.Record{{Agent: names.Strings.Of(fmt.Sprint("bot/", i))}})
	}
	for _, i := range []int{2, 4} {
		table := v.Tables("")[i]
		want := fmt.Sprint(v.agents.Glanced(), " User-Agents came after the budget")
		if v.agents.Glanced() == 0 || len(table.Notes) != 1 || !strings.HasPrefix(table.Notes[0], want) {
			t.Errorf("%s: notes %q, want %q", table.Name, table.Notes, want)
		}
		if len(table.Rows) != 1 || table.Rows[0][3].Num != 21_000 {
			t.Errorf("%s: rows %v", table.Name, table.Rows)
		}
	}
}

// CloudFront's words: columns and preamble of each table (reference, sections 2.0
// and 2.5).
func TestViewersColumns(t *testing.T) {
	names := exampleNames()
	o := exampleOptions(names)
	o.Grain = time.Hour
	v := newViewers(o)
	v.Add(exampleRun(names))
	common := "Version,Report,DistributionID,StartDateUTC,EndDateUTC,GeneratedTimeUTC,"
	for i, want := range []struct{ preamble, columns string }{
		{common + "Granularity", "DistributionID,FriendlyName,Device,Requests,RequestsPct"},
		{common + "Granularity", "DistributionID,FriendlyName,TimeBucket,Desktop,Mobile,Smart-TV,Tablet,Unknown,Empty"},
		{common + "Grouping,Granularity", "DistributionID,FriendlyName,Group,Requests,RequestsPct"},
		{common + "Grouping,Granularity", "DistributionID,FriendlyName,TimeBucket,Chrome,"},
		{common + "Grouping,Granularity", "DistributionID,FriendlyName,Group,Requests,RequestsPct"},
		{common + "Grouping,Granularity", "DistributionID,FriendlyName,TimeBucket,Windows,"},
		{common + "Granularity,Details", "DistributionID,FriendlyName,LocationCode,LocationName,Requests,RequestsPct,TotalBytes"},
		{common + "Granularity,Details", "DistributionID,FriendlyName,TimeBucket,US,"},
	} {
		table := v.Tables("")[i]
		var preamble, columns []string
		for _, p := range table.Preamble {
			preamble = append(preamble, p[0])
		}
		for _, c := range table.Columns {
			columns = append(columns, c.Name)
		}
		if got := strings.Join(preamble, ","); got != want.preamble {
			t.Errorf("%s: preamble %s, want %s", table.Name, got, want.preamble)
		}
		if got := strings.Join(columns, ","); got != want.columns && !(strings.HasSuffix(want.columns, ",") && strings.HasPrefix(got, want.columns)) {
			t.Errorf("%s: columns %s, want %s", table.Name, got, want.columns)
		}
	}
}

// Names of locations: countries, what stands for none, and what nobody listed.
func TestLocationNames(t *testing.T) {
	v := newViewers(Options{Names: exampleNames()})
	for code, want := range map[string]string{
		"DE": "Germany", "XK": "Kosovo", "A1": "Anonymous Proxy", "A2": "Satellite Provider", "EU": "Europe (Unknown)",
		"AP": "Asia/Pacific (Unknown)", "ZZ": "ZZ", "T1": "T1", "Unknown": "Unknown",
	} {
		n, err := v.locationOf(code)
		if err != nil {
			t.Fatal(err)
		}
		if back, name := v.locationNamed(n); back != code || name != want {
			t.Errorf("%s is %s %q, want %q", code, back, name, want)
		}
	}
	v.o.States = true
	if n, err := v.locationOf("CA"); err != nil || n != uint32(results.StateOf("CA")) {
		t.Errorf("CA is state %d, %v", n, err)
	}
	for _, code := range []string{"ZZ", "", "Germany"} {
		if _, err := v.locationOf(code); err == nil {
			t.Errorf("%q is taken for a state", code)
		}
	}
}

// Without any country the list says where one would come from; with more than 50
// it says how many there are.
func TestLocationNotes(t *testing.T) {
	v := newViewers(Options{Names: exampleNames()})
	v.Add([]results.Record{{}, {}})
	if notes := v.Tables("")[6].Notes; len(notes) != 1 || !strings.Contains(notes[0], "MaxMind") {
		t.Errorf("without countries the notes are %q", notes)
	}
	for i := range 60 {
		v.Add([]results.Record{{Country: [2]byte{'A' + byte(i/26), 'A' + byte(i%26)}}})
	}
	table := v.Tables("")[6]
	if len(table.Rows) != 50 || len(table.Notes) != 1 || table.Notes[0] != "50 of 61 locations are shown." {
		t.Errorf("%d rows, notes %q", len(table.Rows), table.Notes)
	}
}

// A User-Agent that calls itself as a column is called does not become one.
func TestViewersColumnsAreTheirOwn(t *testing.T) {
	names := exampleNames()
	v := newViewers(Options{Names: names})
	v.Add([]results.Record{{Agent: names.Strings.Of("TimeBucket/1 CFNetwork/1410.0.3 Darwin/22.6.0")}})
	for _, table := range v.Tables("") {
		seen := map[string]bool{}
		for _, c := range table.Columns {
			if seen[c.Name] {
				t.Errorf("%s has two columns %s", table.Name, c.Name)
			}
			seen[c.Name] = true
		}
	}
}

// In bounded memory the strings' table is emptied between batches.
func TestViewersOutliveTheStrings(t *testing.T) {
	names := exampleNames()
	whole, v := newViewers(exampleOptions(names)), newViewers(exampleOptions(names))
	whole.Add(exampleRun(names))
	var want strings.Builder
	for _, table := range whole.Tables("") {
		if err := WriteCSV(&want, table); err != nil {
			t.Fatal(err)
		}
	}
	recs := exampleRun(names)
	for len(recs) > 0 {
		n := min(len(recs), 100)
		batch := slices.Clone(recs[:n])
		texts := map[int]string{}
		for i := range batch {
			texts[i] = names.Str(batch[i].Agent)
		}
		names.Strings.Reset()
		for i := range batch {
			names.Strings.Of(fmt.Sprint("another", i%7)) // so that Syms change their meaning
			batch[i].Agent = names.Strings.Of(texts[i])
		}
		v.Add(batch)
		names.Strings.Reset()
		recs = exampleRun(names)[len(exampleRun(names))-len(recs)+n:]
	}
	var got strings.Builder
	for _, table := range v.Tables("") {
		if err := WriteCSV(&got, table); err != nil {
			t.Fatal(err)
		}
	}
	if got.String() != want.String() {
		t.Error("the tables differ from those of one generation")
	}
}

func BenchmarkViewers(b *testing.B) { benchmarkReport(b, "viewers") }
