package report

import (
	"math"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"edgesim/results"
)

func TestTypeOf(t *testing.T) {
	for path, want := range map[string]string{
		"/a/b.jpg": "jpg", "/a/b.JPG": "jpg", "/a.b/c": noType, "/": noType, "": noType, "/.htaccess": noType,
		"/a/.gitignore": noType, "/a.tar.gz": "gz", "/video.mp4": "mp4", "/v1.25": noType, "/a.": noType,
		"/a.7z": "7z", "/a.verylongone": noType, "/a.b-c": noType, "/a.äb": noType, "index.html": "html",
		"/seg.m4s": "m4s", "/x.j%70g": noType, "/(others)": noType,
	} {
		if got := typeOf(path); got != want {
			t.Errorf("%q is of type %q, want %q", path, got, want)
		}
	}
}

// The tables are what sorting records into behaviors and types and counting each
// by hand gives, in all and in one distribution.
func TestBehaviorsAreAsCountingByHand(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		names := exampleNames()
		names.Behaviors = []string{"images *.jpg", "images *"}
		recs := rapid.SliceOfN(anyServed(names), 0, 60).Draw(t, "records")
		for i := range recs {
			r := &recs[i]
			r.Behavior = rapid.SampledFrom([]uint16{0, 1, results.Unnamed}).Draw(t, "behavior")
			r.URL = names.Strings.Of("/x" + rapid.SampledFrom([]string{"", ".jpg", ".JPG", ".css"}).Draw(t, "type"))
		}
		scope := rapid.SampledFrom([]string{"", "EDOWNLOAD00001"}).Draw(t, "scope")
		b := newBehaviors(Options{Names: names})
		b.Add(recs)
		tables := b.Tables(scope)
		for _, table := range tables {
			checkShares(t, table)
		}
		checkGroups(t, names, recs, scope, tables[0], func(r results.Record) string {
			if r.Behavior == results.Unnamed {
				return ""
			}
			return names.Behaviors[r.Behavior]
		})
		checkGroups(t, names, recs, scope, tables[1], func(r results.Record) string {
			_, ext, dotted := strings.Cut(strings.ToLower(names.Str(r.URL)), ".")
			if !dotted {
				return "(none)"
			}
			return ext
		})
	})
}

// checkGroups compares a table with the records that of sorts into its rows;
// those of "" are in none.
func checkGroups(t *rapid.T, names *results.Names, recs []results.Record, scope string, table *Table, of func(results.Record) string) {
	byName := map[string][]results.Record{}
	for _, r := range recs {
		if name := of(r); name != "" && (scope == "" || names.DistributionOf(&r).ID == scope) {
			byName[name] = append(byName[name], r)
		}
	}
	if len(table.Rows) != len(byName) {
		t.Fatalf("%s: %d rows, want %d", table.Name, len(table.Rows), len(byName))
	}
	last := math.Inf(1)
	for _, row := range table.Rows {
		group := byName[row[2].Text]
		if row[3].Num > last {
			t.Fatalf("%s is not sorted", table.Name)
		}
		last = row[3].Num
		compareGroup(t, table, row, group)
		if want := sorted(timesOf(group, "First byte", "All"), 0.99); !near(row[len(row)-1], want) {
			t.Fatalf("p99 of %s is %v, want %v", row[2].Text, row[len(row)-1], want)
		}
	}
}

func compareGroup(t *rapid.T, table *Table, row []Cell, group []results.Record) {
	want := bruteForce(group)
	want["RefreshHitCount"] = counted(group, func(r results.Record) bool { return begins(r, results.RefreshHit) })
	want["OtherCount"] = want["RequestCount"] - want["HitCount"] - want["MissCount"] - want["ErrorCount"] - want["RefreshHitCount"]
	for _, r := range group {
		want["BodyBytes"] += bodyByHand(r)
		if begins(r, results.Hit) || begins(r, results.RefreshHit) {
			want["CachedBodyBytes"] += bodyByHand(r)
		}
	}
	for i, c := range table.Columns {
		if (c.Unit == Count || c.Unit == Bytes) && row[i].Num != want[c.Name] {
			t.Fatalf("%s of %s is %v, want %v", c.Name, row[2].Text, row[i].Num, want[c.Name])
		}
	}
}

// What has no room in a table is one row of others, and no request is lost.
func TestFileTypesBeyondTheTable(t *testing.T) {
	names := exampleNames()
	b := newBehaviors(Options{Names: names})
	for i := range 3 * mostTypes {
		ext := "t" + string(rune('a'+i%26)) + string(rune('a'+i/26%26)) + string(rune('a'+i/676))
		b.Add([]results.Record{{URL: names.Strings.Of("/x." + ext)}})
	}
	rows := b.Tables("")[1].Rows
	if len(rows) != typeRows+1 || rows[typeRows][2].Text != others || rows[typeRows][3].Num != 3*mostTypes-typeRows {
		t.Errorf("%d rows, the last %v", len(rows), rows[len(rows)-1])
	}
	if len(b.types.names) != mostTypes {
		t.Errorf("%d types are told apart", len(b.types.names))
	}
}

// A Sym means another URL after the table of strings was emptied.
func TestFileTypesForgetWithTheStrings(t *testing.T) {
	names := exampleNames()
	b := newBehaviors(Options{Names: names})
	b.Add([]results.Record{{URL: names.Strings.Of("/a.jpg")}})
	names.Strings.Reset()
	b.Add([]results.Record{{URL: names.Strings.Of("/b.css")}})
	rows := b.Tables("")[1].Rows
	if len(rows) != 2 || rows[0][2].Text != "css" || rows[1][2].Text != "jpg" {
		t.Errorf("rows %v", rows)
	}
}

func TestBehaviorsOfALog(t *testing.T) {
	b := newBehaviors(Options{Names: exampleNames()})
	b.Add([]results.Record{{Behavior: results.Unnamed}})
	if notes := b.Tables("")[0].Notes; !slices.Contains(notes, "Not in the log: which behavior a request matched.") {
		t.Errorf("notes %q", notes)
	}
}

// Times do not add up; everything else does.
func TestBehaviorsAbsorbTheirParts(t *testing.T) {
	absorbsParts(t, "behaviors", map[string]bool{"P50Ms": true, "P99Ms": true})
}

func BenchmarkBehaviors(b *testing.B) { benchmarkReport(b, "behaviors") }
