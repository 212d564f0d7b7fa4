package store

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"edgesim/results"
	"edgesim/results/report"
)

// noon is the start of an hour; epoch lies in the middle of one, as a server's
// start does.
var (
	noon  = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	epoch = noon.Add(23*time.Minute + 7*time.Second)
)

func names(at time.Time) *results.Names {
	n := results.NewNames(at)
	n.Distributions = []results.Distribution{
		{ID: "EIMAGES0000001", Domain: "d111111abcdef8.cloudfront.net", Friendly: "images.example.com"},
		{ID: "EDOWNLOAD00001", Domain: "d222222abcdef8.cloudfront.net"},
	}
	return n
}

// traffic is n seeded requests that end in the length of time after begin.
func traffic(n *results.Names, seed uint64, count int, begin time.Time, length time.Duration) []results.Record {
	rnd := rand.New(rand.NewPCG(seed, 1))
	recs := make([]results.Record, count)
	for i := range recs {
		o := rnd.IntN(40)
		r := results.Record{
			At: begin.Sub(n.Epoch).Nanoseconds() + int64(i)*length.Nanoseconds()/int64(count), Object: uint64(o),
			URL: n.Strings.Of(fmt.Sprintf("/catalog/%d.jpg", o)), Distribution: uint16(o % 2), Status: 200,
			Method: results.GET, BytesOut: int64(1000 + 37*o*o), Response: results.Hit, Layer: results.LayerEdge, TTFB: 2e5, Total: 5e5,
			Referrer: n.Strings.Of(fmt.Sprintf("https://site%d.example/x", o%7)), Agent: n.Strings.Of("curl/8.1"),
			Country: [2]byte{'D', 'E'}, TTL: results.TTLStatic,
		}
		if rnd.Float64() < 0.3 {
			r.Response, r.Layer, r.OriginAsked, r.OriginBytes = results.Miss, results.LayerOrigin, 1, r.BytesOut
		}
		r.Result = r.Response
		recs[i] = r
	}
	return recs
}

func opened(t *testing.T, path string) *Store {
	t.Helper()
	s, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func ledgerOf(t *testing.T, s *Store, n *results.Names, run time.Time) *Ledger {
	return NewLedger(LedgerConfig{Store: s, Report: report.Options{Names: n, Version: "1.0"}, Run: run,
		Say: func(text string) { t.Log(text) }})
}

// additive are the reports whose tables of parts add up to those of the whole,
// to the last byte.
var additive = []string{"cache_statistics", "latency", "serving", "usage", "viewers", "popular_objects", "top_referrers"}

func printed(t *testing.T, set *report.Set) string {
	t.Helper()
	var b strings.Builder
	for _, k := range set.Kinds() {
		b.WriteString(printedKind(t, set, k.Name))
	}
	return b.String()
}

// printedKind is a report's CSVs, of all distributions; "" of one that does not
// add up to the last byte.
func printedKind(t *testing.T, set *report.Set, kind string) string {
	t.Helper()
	if !slices.Contains(additive, kind) {
		return ""
	}
	var b strings.Builder
	for _, table := range set.Tables(kind, "") {
		if table.Name == "popular_objects_more" {
			continue // who had an object in one hour is not known in the next
		}
		if err := report.WriteCSV(&b, table); err != nil {
			t.Fatal(err)
		}
	}
	return b.String()
}

// whole is what the reports are when one set sees all of the records.
func whole(n *results.Names, o report.Options, parts ...[]results.Record) *report.Set {
	o.Names, o.Version = n, "1.0"
	set := report.NewSet(o, Kinds()...)
	for _, p := range parts {
		set.Add(p)
	}
	return set
}

// reports is what the ledger shows of them, but for the time that was measured: sets
// that see all of the records do not know it (TestWhatIsMeasured).
func reports(t *testing.T, l *Ledger, o report.Options) string {
	t.Helper()
	var got strings.Builder
	if err := l.Look(o, noon, func(set *report.Set, k report.Kind) { got.WriteString(printedKind(t, set, k.Name)) }); err != nil {
		t.Fatal(err)
	}
	return unmeasured.ReplaceAllString(got.String(), "")
}

var unmeasured = regexp.MustCompile("(?m)^Measured.*\n")

func same(t *testing.T, what string, got string, want *report.Set) {
	t.Helper()
	w := printed(t, want)
	if got == w {
		return
	}
	g, wl := strings.Split(got, "\n"), strings.Split(w, "\n")
	for i := range min(len(g), len(wl)) {
		if g[i] != wl[i] {
			t.Errorf("%s: line %d of the reports is\n%s\nwant\n%s", what, i, g[i], wl[i])
			return
		}
	}
	t.Errorf("%s: %d lines, want %d", what, len(g), len(wl))
}

// TestRestart: what a server kept until it was stopped, and killed, it has again;
// a restart in the same hour adds up.
func TestRestart(t *testing.T) {
	path := filepath.Join(t.TempDir(), "edge #1?.db")
	n := names(epoch)
	first := traffic(n, 1, 3000, epoch, 3*time.Hour) // until 15:23
	s := opened(t, path)
	l := ledgerOf(t, s, n, epoch)
	l.Add(first)
	same(t, "before anything is saved", reports(t, l, report.Options{}), whole(n, report.Options{}, first))
	end := epoch.Add(3 * time.Hour)
	l.Tick(end)
	same(t, "with hours saved", reports(t, l, report.Options{}), whole(n, report.Options{}, first))
	if err := l.Save(end); err != nil {
		t.Fatal(err)
	}
	s.Close()

	again := end.Add(time.Minute)
	n2 := names(again)
	second := traffic(n2, 2, 1000, again, 90*time.Minute)
	s = opened(t, path)
	l = ledgerOf(t, s, n2, again)
	same(t, "after a restart", reports(t, l, report.Options{}), whole(n, report.Options{}, first))
	l.Add(second)
	for at := again; at.Before(again.Add(3 * time.Hour)); at = at.Add(20 * time.Minute) {
		l.Tick(at)
		checkBoth(t, l, n, first, rebased(second, n2, n))
	}
	from, to, err := l.Span()
	if want := noon.Add(5 * time.Hour); err != nil || !from.Equal(noon) || !to.Equal(want) {
		t.Errorf("hours from %v to %v, %v; want %v to %v", from, to, err, noon, want)
	}
}

// rebased are the records as another epoch and table of strings have them.
func rebased(recs []results.Record, from, to *results.Names) []results.Record {
	moved := make([]results.Record, len(recs))
	for i, r := range recs {
		r.At += from.Epoch.Sub(to.Epoch).Nanoseconds()
		r.URL, r.Referrer, r.Agent = to.Strings.Of(from.Str(r.URL)), to.Strings.Of(from.Str(r.Referrer)), to.Strings.Of(from.Str(r.Agent))
		moved[i] = r
	}
	return moved
}

func checkBoth(t *testing.T, l *Ledger, n *results.Names, parts ...[]results.Record) {
	t.Helper()
	day := report.Options{Grain: 24 * time.Hour}
	same(t, "by hour", reports(t, l, report.Options{}), whole(n, report.Options{}, parts...))
	same(t, "by day", reports(t, l, day), whole(n, day, parts...))
	some := report.Options{From: noon.Add(time.Hour), To: noon.Add(4 * time.Hour), Distribution: "EDOWNLOAD00001"}
	same(t, "three hours of one distribution", reports(t, l, some), whole(n, some, parts...))
}

// TestNothingIsCountedTwice: while an hour is open, over, saved, each look at it
// gives the same.
func TestNothingIsCountedTwice(t *testing.T) {
	n := names(noon)
	recs := traffic(n, 3, 2000, noon, 2*time.Hour)
	l := ledgerOf(t, opened(t, Memory), n, noon)
	want := whole(n, report.Options{}, recs)
	l.Add(recs)
	for _, at := range []time.Duration{time.Hour, 2 * time.Hour, 2*time.Hour + lateness, 3 * time.Hour} {
		l.Tick(noon.Add(at))
		same(t, at.String(), reports(t, l, report.Options{}), want)
		same(t, at.String()+" again", reports(t, l, report.Options{}), want)
	}
	if len(l.open) != 0 {
		t.Errorf("%d hours are open", len(l.open))
	}
	// One that comes after its hour is over is counted, and costs what is saved nothing.
	late := traffic(n, 4, 1, noon.Add(time.Hour), time.Second)
	l.Add(late)
	if err := l.Save(noon.Add(3 * time.Hour)); err != nil {
		t.Fatal(err)
	}
	same(t, "late", reports(t, l, report.Options{}), whole(n, report.Options{}, recs, late))
}

// TestOldHoursGo: hours are kept for sixty days, in memory for one.
func TestOldHoursGo(t *testing.T) {
	for path, keep := range map[string]time.Duration{filepath.Join(t.TempDir(), "s.db"): Keep, Memory: keepMemory} {
		s := opened(t, path)
		for at := noon; !at.After(noon.Add(keep + time.Hour)); at = at.Add(time.Hour) {
			if err := s.Save(Hour{Start: at, Run: noon, Tables: []*report.Table{{Name: "x", Columns: []report.Column{{Name: "A"}}}}}); err != nil {
				t.Fatal(err)
			}
		}
		from, to, err := s.Span()
		if err != nil || to.Sub(from) != keep || !to.Equal(noon.Add(keep+2*time.Hour)) {
			t.Errorf("%s holds %v to %v, %v", path, from, to, err)
		}
	}
}

// TestWhatIsNoStore: each is told from the others, in words, and left as it is.
func TestWhatIsNoStore(t *testing.T) {
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	write := func(path string, b []byte) {
		if err := os.WriteFile(path, b, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	full := at("full")
	s := opened(t, full)
	l := ledgerOf(t, s, names(epoch), epoch)
	l.Add(traffic(names(epoch), 5, 2000, epoch, 12*time.Hour))
	if err := l.Save(epoch); err != nil {
		t.Fatal(err)
	}
	s.Close()
	sound, err := os.ReadFile(full)
	if err != nil {
		t.Fatal(err)
	}
	write(at("garbage"), []byte(strings.Repeat("no database at all ", 1000)))
	write(at("cut"), sound[:len(sound)/2/4096*4096+100])
	broken := append([]byte{}, sound...)
	for i := 4096; i < len(broken); i++ {
		broken[i] ^= 0x5a
	}
	write(at("broken"), broken)
	other := opened(t, at("other"))
	other.db.Exec("PRAGMA application_id = 7")
	other.Close()
	newer := opened(t, at("newer"))
	newer.db.Exec("PRAGMA user_version = 2")
	newer.Close()
	for name, want := range map[string]string{
		"garbage":    "it is no store, or was overwritten",
		"cut":        "it is damaged",
		"broken":     "it is damaged",
		"other":      "it is a database of something else; name another file",
		"newer":      "it was written by a newer version of this program (schema 2; this one knows up to 1)",
		"":           "it is a folder; right is a file",
		"none/there": "there is no folder " + at("none") + " to make it in",
	} {
		before, _ := os.ReadFile(at(name))
		s, err := Open(at(name))
		if err == nil {
			s.Close()
		}
		if err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), at(name)) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %v, want %s", name, err, want)
		}
		if after, _ := os.ReadFile(at(name)); string(after) != string(before) {
			t.Errorf("%s has been changed", name)
		}
	}
	if s := opened(t, full); s != nil {
		if from, _, err := s.Span(); err != nil || from.IsZero() {
			t.Errorf("the sound one: %v, %v", from, err)
		}
	}
}

func TestOneServerToAFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "s.db")
	first := opened(t, path)
	if _, err := Open(path); err == nil || !strings.Contains(err.Error(), "another server keeps its hours in it") {
		t.Errorf("opened twice: %v", err)
	}
	first.Close()
	opened(t, path)
}

// TestADiskThatFails: serving goes on, it is said once, hours wait, and are saved
// when they can be.
func TestADiskThatFails(t *testing.T) {
	n := names(noon)
	s := opened(t, filepath.Join(t.TempDir(), "s.db"))
	var said []string
	l := NewLedger(LedgerConfig{Store: s, Report: report.Options{Names: n}, Run: noon, Say: func(text string) { said = append(said, text) }})
	recs := traffic(n, 6, 4000, noon, 4*time.Hour)
	l.Add(recs[:1000])
	// As full as the disk is: no page more.
	if _, err := s.db.Exec("PRAGMA max_page_count = 1"); err != nil {
		t.Fatal(err)
	}
	for m := range 90 {
		l.Tick(noon.Add(time.Hour + time.Duration(m)*time.Minute))
	}
	if len(said) != 1 || !strings.Contains(said[0], "the disk is full") || !strings.Contains(said[0], "serving goes on") {
		t.Errorf("said %q", said)
	}
	if h := l.Health(); h.Failures < 80 || h.Problem == "" || !h.Saved.IsZero() {
		t.Errorf("health %+v", h)
	}
	l.Add(recs[1000:])
	if _, err := s.db.Exec("PRAGMA max_page_count = 1000000"); err != nil {
		t.Fatal(err)
	}
	l.Tick(noon.Add(6 * time.Hour))
	if len(said) != 2 || l.Health().Problem != "" {
		t.Errorf("said %q, health %+v", said, l.Health())
	}
	s2 := report.NewSet(report.Options{Names: names(noon)}, Kinds()...)
	if hours, err := s.Absorb(s2, noon, noon.Add(24*time.Hour)); err != nil || hours != 4 {
		t.Errorf("%d hours in the store, %v", hours, err)
	}
}

// TestHoursThatWait are not without number.
func TestHoursThatWait(t *testing.T) {
	n := names(noon)
	s := opened(t, filepath.Join(t.TempDir(), "s.db"))
	l := ledgerOf(t, s, n, noon)
	if _, err := s.db.Exec("PRAGMA max_page_count = 1"); err != nil {
		t.Fatal(err)
	}
	for h := range 40 {
		at := noon.Add(time.Duration(h) * time.Hour)
		l.Add(traffic(n, 7, 10, at, time.Hour))
		l.Tick(at.Add(time.Hour + lateness))
	}
	if len(l.waiting) != mostWaiting || l.Health().Lost != 40-mostWaiting {
		t.Errorf("%d hours wait, %d are lost", len(l.waiting), l.Health().Lost)
	}
}

// TestALookWhileNothingComes does not hide the hours that come afterwards.
func TestALookWhileNothingComes(t *testing.T) {
	n := names(noon)
	l := ledgerOf(t, opened(t, Memory), n, noon)
	var all [][]results.Record
	for h := range 3 {
		at := noon.Add(time.Duration(h) * time.Hour)
		all = append(all, traffic(n, uint64(h), 100, at, time.Hour-time.Second))
		l.Add(all[h])
		l.Tick(at.Add(time.Hour + lateness))
		same(t, at.String(), reports(t, l, report.Options{}), whole(n, report.Options{}, all...))
	}
}

// TestACrash: the file as it is in the midst of work, without its being closed,
// has all that was saved.
func TestACrash(t *testing.T) {
	from, to := t.TempDir(), t.TempDir()
	n := names(noon)
	s := opened(t, filepath.Join(from, "s.db"))
	l := ledgerOf(t, s, n, noon)
	recs := traffic(n, 8, 2000, noon, 2*time.Hour)
	l.Add(recs)
	if err := l.Save(noon); err != nil {
		t.Fatal(err)
	}
	if err := os.CopyFS(to, os.DirFS(from)); err != nil {
		t.Fatal(err)
	}
	after := ledgerOf(t, opened(t, filepath.Join(to, "s.db")), n, noon.Add(3*time.Hour))
	same(t, "after the crash", reports(t, after, report.Options{}), whole(n, report.Options{}, recs))
}

// TestNoPermission wants words about permissions; root has every one.
func TestNoPermission(t *testing.T) {
	if os.Getuid() == 0 {
		t.Skip("root may write everywhere")
	}
	dir := t.TempDir()
	if err := os.Chmod(dir, 0o555); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(filepath.Join(dir, "s.db")); err == nil || !strings.Contains(err.Error(), "permission") {
		t.Errorf("opened in a folder that cannot be written: %v", err)
	}
}

// TestRecentByMinute: the last hour or two by minute are those of a set that sees
// only them, and are all there is until the first of them goes.
func TestRecentByMinute(t *testing.T) {
	n := names(noon)
	l := ledgerOf(t, opened(t, Memory), n, noon)
	if l.Recent(time.Time{}, func(*report.Set, report.Kind) { t.Error("there is something before any record") }) {
		t.Error("nothing is all there is")
	}
	var all [][]results.Record
	for h := range 4 {
		for _, m := range []time.Duration{0, 30 * time.Minute} {
			recs := traffic(n, uint64(h), 50, noon.Add(time.Duration(h)*time.Hour+m), 30*time.Minute)
			all = append(all, recs)
			l.Add(recs)
			want := report.NewSet(report.Options{Names: n, Version: "1.0", Grain: time.Minute}, l.recent.sets[0].set.Kinds()...)
			for _, recs := range all[max(0, 2*(h-1)):] {
				want.Add(recs)
			}
			var got strings.Builder
			whole := l.Recent(noon.Add(9*time.Hour), func(set *report.Set, k report.Kind) { got.WriteString(printedKind(t, set, k.Name)) })
			same(t, fmt.Sprint(h, m), unmeasured.ReplaceAllString(got.String(), ""), want)
			if whole != (h < 2) {
				t.Errorf("hour %d: whole is %v", h, whole)
			}
		}
	}
}

// TestWhatIsMeasured: tables by the hour and the minute say when the server began, as
// long as there is nothing from before, and until when they go.
func TestWhatIsMeasured(t *testing.T) {
	n, s := names(epoch), opened(t, Memory)
	l := ledgerOf(t, s, n, epoch)
	l.Add(traffic(n, 1, 300, epoch, time.Hour)) // 12:23 to 13:23
	measured := func(tab *report.Table) string {
		said := ""
		for _, p := range tab.Preamble {
			if p[0] == "MeasuredFromUTC" || p[0] == "MeasuredToUTC" {
				said += p[1] + " "
			}
		}
		return said
	}
	look := func(l *Ledger, now time.Time) (byHour, byMinute string) {
		err := l.Look(report.Options{}, now, func(set *report.Set, k report.Kind) {
			if k.Name == "cache_statistics" {
				byHour = measured(set.Tables(k.Name, "")[0])
			}
		})
		if err != nil {
			t.Fatal(err)
		}
		l.Recent(now, func(set *report.Set, k report.Kind) {
			if k.Name == "cache_statistics" {
				byMinute = measured(set.Tables(k.Name, "")[0])
			}
		})
		return byHour, byMinute
	}
	now := noon.Add(82*time.Minute + 50*time.Second)
	want := moment(epoch) + " " + moment(now) + " "
	if hours, minutes := look(l, now); hours != want || minutes != want {
		t.Errorf("measured %q by hour and %q by minute, want %q", hours, minutes, want)
	}
	if err := l.Save(now); err != nil {
		t.Fatal(err)
	}
	again := ledgerOf(t, s, names(now), now)
	want = moment(noon) + " " + moment(now) + " "
	if hours, _ := look(again, now); hours != want {
		t.Errorf("measured %q by hour after a restart, want %q", hours, want)
	}
}

func moment(t time.Time) string { return t.Format(time.RFC3339Nano) }
