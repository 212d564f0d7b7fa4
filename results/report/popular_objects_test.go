package report

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"edgesim/results"
)

// The table is what counting in a map, sorting all and taking 50 gives, in
// whatever order the records come.
func TestPopularObjectsAreAsSortingAll(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		names := exampleNames()
		recs := rapid.SliceOfN(anyRecord(names), 0, 300).Draw(t, "records")
		query := rapid.Bool().Draw(t, "query")
		type object struct{ id, url string }
		byObject := map[object][]results.Record{}
		for _, r := range recs {
			o := object{names.DistributionOf(&r).ID, names.Str(r.URL)}
			if q := names.Str(r.Query); query && q != "" {
				o.url += "?" + q
			}
			byObject[o] = append(byObject[o], r)
		}
		var want []object
		for o := range byObject {
			want = append(want, o)
		}
		slices.SortFunc(want, func(a, b object) int {
			return cmp.Or(cmp.Compare(len(byObject[b]), len(byObject[a])), cmp.Compare(a.url, b.url), cmp.Compare(a.id, b.id))
		})
		want = want[:min(len(want), 50)]

		p := newPopularObjects(Options{Names: names, Query: query})
		p.Add(recs)
		table := p.Tables("")[0]
		if len(table.Rows) != len(want) {
			t.Fatalf("%d rows, want %d", len(table.Rows), len(want))
		}
		for i, row := range table.Rows {
			if got := (object{row[0].Text, row[2].Text}); got != want[i] {
				t.Fatalf("row %d is of %v, want %v", i, got, want[i])
			}
			compareRow(t, table, row, byObject[want[i]])
			if pct := 100 * row[4].Num / row[3].Num; math.Abs(pct-row[6].Num) > 1e-9 {
				t.Fatalf("hit percentage of row %d is %v, want %v", i, row[6].Num, pct)
			}
		}
	})
}

// Aliases of one distribution share their objects; the same path in another
// distribution is another object.
func TestPopularObjectsByDistribution(t *testing.T) {
	names := exampleNames()
	url := names.Strings.Of("/a.jpg")
	recs := []results.Record{
		{URL: url, Host: names.Strings.Of("images.example.com")},
		{URL: url, Host: names.Strings.Of("img.example.com")},
		{URL: url, Distribution: 1},
	}
	p := newPopularObjects(Options{Names: names})
	p.Add(recs)
	rows := p.Tables("")[0].Rows
	if len(rows) != 2 || rows[0][3].Num != 2 || rows[1][3].Num != 1 {
		t.Errorf("rows %v, want one of 2 and one of 1", rows)
	}
	if rows[0][1].Text != "images.example.com" || rows[1][1].Text != "d222222abcdef8.cloudfront.net" {
		t.Errorf("distributions %q and %q: the friendly name, else the domain", rows[0][1].Text, rows[1][1].Text)
	}
}

func TestPopularObjectsShowTheEndOfLongURLs(t *testing.T) {
	names := exampleNames()
	long := "/" + strings.Repeat("x", 600) + "-ä.jpg"
	recs := []results.Record{{URL: names.Strings.Of(long)}}
	p := newPopularObjects(Options{Names: names})
	p.Add(recs)
	got := p.Tables("")[0].Rows[0][2].Text
	if len([]rune(got)) != 500 || !strings.HasSuffix(long, got) {
		t.Errorf("%d characters %q, want the last 500", len([]rune(got)), got)
	}
	if got := lastChars("äöü", 2); got != "öü" {
		t.Errorf("the last 2 characters of äöü are %q", got)
	}
	if got := lastChars("ab", 5); got != "ab" {
		t.Errorf("the last 5 characters of ab are %q", got)
	}
}

func TestPopularObjectsSayHowManyThereAre(t *testing.T) {
	names := exampleNames()
	p := newPopularObjects(Options{Names: names})
	for i := range 51 {
		p.Add([]results.Record{{URL: names.Strings.Of(fmt.Sprint("/", i))}})
	}
	if notes := p.Tables("")[0].Notes; len(notes) != 1 || notes[0] != "50 of 51 objects are shown." {
		t.Errorf("notes %q", notes)
	}
}
