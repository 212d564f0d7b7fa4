package report

import (
	"reflect"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// Every table of every report comes back from its CSV: names, units and cells,
// so that writing it again gives the same bytes and a report can absorb it.
func TestReadCSVGivesBackEveryTable(t *testing.T) {
	back := NewCSVReader()
	for _, k := range Kinds() {
		names := exampleNames()
		r := k.New(exampleOptions(names))
		r.Add(exampleRun(names))
		for _, table := range r.Tables("") {
			written := csvOf(t, table)
			for _, name := range []string{"", table.Name} {
				got, err := back.Read(name, strings.NewReader(written))
				if err != nil {
					t.Fatalf("%s: %v", table.Name, err)
				}
				if again := csvOf(t, got); again != written {
					t.Errorf("%s: written again it is\n%s\nwant\n%s", table.Name, again, written)
				}
				if got.Name != table.Name || !reflect.DeepEqual(got.Preamble, table.Preamble) {
					t.Errorf("%s: read as %q, preamble %v", table.Name, got.Name, got.Preamble)
				}
				sameColumns(t, table, got)
			}
		}
	}
}

// sameColumns wants what a table says of its columns; of one with a name of its
// own, as of a browser, only whether it is a text.
func sameColumns(t *testing.T, want, got *Table) {
	t.Helper()
	for i, c := range want.Columns {
		g := got.Columns[i]
		if g.Name != c.Name || (g.Unit == Text) != (c.Unit == Text) {
			t.Errorf("%s: column %+v is read as %+v", want.Name, c, g)
		}
	}
}

func csvOf(t interface{ Fatal(...any) }, table *Table) string {
	var b strings.Builder
	if err := WriteCSV(&b, table); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// WriteCSV after ReadCSV is the identity on what WriteCSV writes.
func TestReadCSVIsTheWayBack(t *testing.T) {
	texts := rapid.StringMatching("[ -~äöü,\"=+@;\n\t-]*")
	rapid.Check(t, func(t *rapid.T) {
		table := anyTable(texts).Draw(t, "table")
		for range rapid.IntRange(0, 4).Draw(t, "preamble") {
			table.Preamble = append(table.Preamble, [2]string{texts.Draw(t, "name"), texts.Draw(t, "value")})
		}
		written := csvOf(t, table)
		got, err := ReadCSV(strings.NewReader(written))
		if err != nil {
			t.Fatalf("%v\n%s", err, written)
		}
		if again := csvOf(t, got); again != written {
			t.Fatalf("written again it is\n%s\nwant\n%s", again, written)
		}
	})
}

// Other tools write Http2xx, lines that end in CR LF, a byte order mark, no empty
// line (cloudfront.md, 2.0: accept any case on import).
func TestReadCSVOfOthers(t *testing.T) {
	text := "\uFEFFVersion,1.0\r\nReport,Cache Statistics\r\nDistributionID,E1\r\n" +
		"DistributionID,FriendlyName,TimeBucket,requestcount,Http2xx\r\nE1,a,2026-11-23T15:00:00Z,12,7\r\n"
	table, err := ReadCSV(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	if table.Name != "cache_statistics" || len(table.Preamble) != 3 || len(table.Rows) != 1 {
		t.Fatalf("read %+v", table)
	}
	if c := table.Columns[4]; c.Name != "HTTP2xx" || c.Unit != Count || table.Rows[0][4].Num != 7 {
		t.Errorf("Http2xx is read as %+v, %+v", c, table.Rows[0][4])
	}
	if c := table.Columns[3]; c.Name != "RequestCount" || table.Rows[0][3].Num != 12 {
		t.Errorf("requestcount is read as %+v, %+v", c, table.Rows[0][3])
	}
}

func TestReadCSVSaysWhatIsWrong(t *testing.T) {
	const head = "Report,Cache Statistics\n\nDistributionID,TimeBucket,RequestCount\n"
	for text, want := range map[string]string{
		"":                                  "there is no row of columns' names",
		"a,b,c\n\nd,e\n":                    "line 1: a row of 3 fields before the columns' names; right are a name and a value",
		head + "E1,2026-11-23T15:00:00Z":    "line 4: 2 fields under 3 columns",
		head + "E1,yesterday,1":             `line 4, TimeBucket: "yesterday" is no time; right is RFC 3339`,
		head + "E1,2026-11-23T15:00:00Z,1k": `line 4, RequestCount: "1k" is no number`,
		"a,\"b\nc":                          "extraneous or missing",
	} {
		_, err := ReadCSV(strings.NewReader(text))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: error %v, want %s", text, err, want)
		}
	}
}

// What can be read at all, written and read again, stays the same.
func FuzzReadCSVAgainIsTheSame(f *testing.F) {
	f.Add("Version,1.0\nReport,Cache Statistics\n\nDistributionID,TimeBucket,HTTP2xx\nE1,2026-11-23T15:00:00Z,3\n")
	f.Add("Report,Popular Objects\n\nDistributionID,Object,RequestCount,HitCountPct\nE1,\"/a,\"\"b\",3,66.67\n")
	f.Add("A,B,C\n1,2.5,\n,,x\n")
	back := NewCSVReader()
	f.Fuzz(func(t *testing.T, text string) {
		first, err := back.Read("", strings.NewReader(text))
		if err != nil || len(first.Columns) < 2 { // a row of one empty field is an empty line, which CSV does not count
			return
		}
		written := csvOf(t, first)
		second, err := back.Read("", strings.NewReader(written))
		if err != nil {
			t.Fatalf("%v in\n%s", err, written)
		}
		if again := csvOf(t, second); again != written {
			t.Fatalf("written again it is\n%q\nwant\n%q", again, written)
		}
	})
}
