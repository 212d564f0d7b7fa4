package report

import (
	"encoding/csv"
	"encoding/json"
	"math"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// What a CSV reader reads back is what was written, texts byte for byte.
func TestCSVReadsBack(t *testing.T) {
	// A reader of CSV takes CR LF in a field for LF; a URL holds neither.
	texts := rapid.StringMatching("[ -~äöü,\"=+@;\n\t-]*")
	rapid.Check(t, func(t *rapid.T) {
		table := anyTable(texts).Draw(t, "table")
		var b strings.Builder
		if err := WriteCSV(&b, table); err != nil {
			t.Fatal(err)
		}
		rows, err := csv.NewReader(strings.NewReader(b.String())).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		if len(rows) != len(table.Rows)+1 {
			t.Fatalf("%d rows read back, want %d and a head", len(rows), len(table.Rows))
		}
		for i, row := range table.Rows {
			for j, c := range table.Columns {
				if got, want := rows[i+1][j], c.exact(row[j]); got != want {
					t.Fatalf("read back %q, want %q", got, want)
				}
			}
		}
	})
}

func TestCSVLayout(t *testing.T) {
	table := &Table{
		Preamble: [][2]string{{"Version", "1.0"}, {"Report", "Any, of all"}},
		Columns: []Column{{Name: "Object", Unit: Text}, {Name: "TotalBytes", Unit: Bytes}, {Name: "Pct", Unit: Percent},
			{Name: "Ms", Unit: Millis}, {Name: "N", Unit: Number}},
		Rows: [][]Cell{
			{text("=HYPERLINK(\"x\")"), num(1 << 52), num(66.666), num(0.0004), num(1e21)},
			{text("/a,b"), num(0), noNumber, {Num: math.NaN()}, {Num: math.Inf(1)}},
		},
	}
	var b strings.Builder
	if err := WriteCSV(&b, table); err != nil {
		t.Fatal(err)
	}
	want := `Version,1.0
Report,"Any, of all"

Object,TotalBytes,Pct,Ms,N
"=HYPERLINK(""x"")",4503599627370496,66.67,0.000,1000000000000000000000
"/a,b",0,,,
`
	if b.String() != want {
		t.Errorf("got\n%s\nwant\n%s", b.String(), want)
	}
}

// JSON is valid whatever the table holds, with a row under every column's name.
func TestJSONIsValid(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		table := anyTable(rapid.String()).Draw(t, "table")
		table.Rows = append(table.Rows, make([]Cell, len(table.Columns)))
		table.Rows[len(table.Rows)-1][len(table.Columns)-1].Num = math.NaN()
		var b strings.Builder
		if err := WriteJSON(&b, table); err != nil {
			t.Fatal(err)
		}
		var back struct {
			Name, Title string
			Preamble    map[string]string
			Rows        []map[string]any
			Notes       []string
		}
		if err := json.Unmarshal([]byte(b.String()), &back); err != nil {
			t.Fatalf("%v in %s", err, b.String())
		}
		if len(back.Rows) != len(table.Rows) || len(back.Rows[0]) != len(table.Columns) {
			t.Fatalf("%d rows of %d, want %d of %d", len(back.Rows), len(back.Rows[0]), len(table.Rows), len(table.Columns))
		}
		for i, row := range table.Rows[:len(table.Rows)-1] {
			for j, c := range table.Columns {
				if c.Unit == Count && back.Rows[i][c.Name] != row[j].Num {
					t.Fatalf("%s is %v, want %v", c.Name, back.Rows[i][c.Name], row[j].Num)
				}
			}
		}
	})
}

// A writer's error comes out, wherever it strikes.
func TestWritersTellErrors(t *testing.T) {
	names := exampleNames()
	k, err := Find("cache_statistics")
	if err != nil {
		t.Fatal(err)
	}
	r := k.New(exampleOptions(names))
	r.Add(exampleRun(names))
	table := r.Tables("")[0]
	for _, room := range []int{0, 10, 300, 2000} {
		if WriteCSV(&narrow{room}, table) == nil || WriteJSON(&narrow{room}, table) == nil || WriteText(&narrow{room}, table, 80) == nil {
			t.Errorf("no error from a writer with room for %d bytes", room)
		}
	}
}

// narrow takes so many bytes and no more.
type narrow struct{ room int }

func (n *narrow) Write(b []byte) (int, error) {
	if len(b) > n.room {
		return 0, errFull
	}
	n.room -= len(b)
	return len(b), nil
}

type fullError struct{}

func (fullError) Error() string { return "full" }

var errFull = fullError{}
