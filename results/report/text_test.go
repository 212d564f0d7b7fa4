package report

import (
	"strings"
	"testing"

	"github.com/rivo/uniseg"
	"pgregory.net/rapid"
)

// No line is wider than the terminal, as long as one column of numbers fits,
// whatever the cells hold; and nothing that a terminal would obey comes out.
func TestTextFits(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		table := anyTable(rapid.String()).Draw(t, "table")
		width := rapid.IntRange(40, 120).Draw(t, "width")
		var b strings.Builder
		if err := WriteText(&b, table, width); err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(b.String()) {
			line = strings.TrimSuffix(line, "\n")
			if w := uniseg.StringWidth(line); w > width {
				t.Fatalf("a line of %d columns where there are %d: %q", w, width, line)
			}
			for _, r := range line {
				if r < ' ' || r == 0x7f || r >= 0x80 && r < 0xa0 {
					t.Fatalf("control character %U in %q", r, line)
				}
			}
		}
		if rows := strings.Count(b.String(), "\n"); rows < len(table.Rows) {
			t.Fatalf("%d lines for %d rows", rows, len(table.Rows))
		}
	})
}

func anyTable(texts *rapid.Generator[string]) *rapid.Generator[*Table] {
	return rapid.Custom(func(t *rapid.T) *Table {
		table := &Table{Name: "any", Title: "Any", Notes: []string{"A note."}}
		table.Columns = append(table.Columns, Column{Name: "First", Unit: Text})
		for i := range rapid.IntRange(1, 6).Draw(t, "columns") {
			table.Columns = append(table.Columns, Column{
				Name: "Column" + string(rune('A'+i)),
				Unit: rapid.SampledFrom([]Unit{Text, Count, Bytes, Percent, Millis, Number}).Draw(t, "unit"),
				Wide: rapid.Bool().Draw(t, "wide"),
			})
		}
		for range rapid.IntRange(0, 5).Draw(t, "rows") {
			row := make([]Cell, len(table.Columns))
			for i, c := range table.Columns {
				if c.Unit == Text {
					row[i].Text = texts.Draw(t, "text")
				} else {
					row[i].Num = rapid.Float64Range(-1e12, 1e12).Draw(t, "number")
				}
			}
			table.Rows = append(table.Rows, row)
		}
		return table
	})
}

// Room is taken from the widest text first, and from the columns that can go.
func TestTextShortens(t *testing.T) {
	table := &Table{Title: "T", Columns: []Column{
		{Name: "Name", Unit: Text}, {Name: "URL", Unit: Text},
		{Name: "Requests", Unit: Count}, {Name: "Extra", Unit: Count, Wide: true},
	}, Rows: [][]Cell{{text("images.example.com"), text("/" + strings.Repeat("x", 60) + "/end.jpg"), num(12345), num(1)}}}
	var b strings.Builder
	if err := WriteText(&b, table, 60); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"images.example.com", "…", "/end.jpg", "12,345", "Not shown for want of room: Extra."} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("%q is missing in\n%s", want, b.String())
		}
	}
}

func TestShow(t *testing.T) {
	for _, c := range []struct {
		unit Unit
		num  float64
		want string
	}{
		{Count, 0, "0"}, {Count, 999, "999"}, {Count, 1000, "1,000"}, {Count, 1234567, "1,234,567"}, {Count, -1234, "-1,234"},
		{Bytes, 0, "0 B"}, {Bytes, 1023, "1023 B"}, {Bytes, 1024, "1.00 KiB"}, {Bytes, 1536000, "1.46 MiB"},
		{Bytes, 1023.4 * 1024, "1,023 KiB"}, {Bytes, 1023.6 * 1024, "1.00 MiB"}, {Bytes, 1 << 40, "1.00 TiB"}, {Bytes, -2048, "-2.00 KiB"},
		{Percent, 97.3, "97.30"}, {Percent, 100, "100.00"},
		{Millis, 0.0125, "0.013"}, {Millis, 0.2, "0.200"}, {Millis, 1, "1.00"}, {Millis, 12.34, "12.3"}, {Millis, 123.4, "123"}, {Millis, 12345, "12,345"},
		{Number, 0.5, "0.5"},
	} {
		if got := (Column{Unit: c.unit}).Show(Cell{Num: c.num}); got != c.want {
			t.Errorf("%v of unit %d is shown as %q, want %q", c.num, c.unit, got, c.want)
		}
	}
	if got := (Column{Unit: Text}).Show(text("a\x1b[31mb\u202ec\xff")); strings.ContainsAny(got, "\x1b\u202e") {
		t.Errorf("shown with what a terminal obeys: %q", got)
	}
	if got := (Column{Unit: Millis}).Show(noNumber); got != "-" {
		t.Errorf("no number is shown as %q", got)
	}
}

// Moments are as short as tells them apart: a table over time is read by its
// figures. Only a column may do without what the head of its table tells.
func TestTextOfMoments(t *testing.T) {
	for _, c := range []struct {
		moments []string
		column  bool
		want    string
	}{
		{[]string{"2026-11-01T10:00:00Z", "2026-11-01T11:00:00Z"}, true, "10:00 11:00"},
		{[]string{"2026-11-01T10:00:00Z", "2026-11-01T10:00:05Z"}, true, "10:00:00 10:00:05"},
		{[]string{"2026-11-01T23:00:00Z", "2026-11-02T00:00:00Z"}, true, "2026-11-01 23:00 2026-11-02 00:00"},
		{[]string{"2026-11-01T00:00:00Z", "2026-11-02T00:00:00Z"}, true, "2026-11-01 2026-11-02"},
		{[]string{"2026-11-01T00:00:00Z", "2026-11-02T00:00:00Z"}, false, "2026-11-01 00:00 2026-11-02 00:00"},
		{[]string{"2026-11-01T10:00:00Z", "2026-11-01T10:00:09Z"}, false, "2026-11-01 10:00:00 2026-11-01 10:00:09"},
		{[]string{"2026-11-01T10:00:00.5Z", "2026-11-01T10:00:09Z"}, true, "2026-11-01T10:00:00.5Z 2026-11-01T10:00:09Z"},
		{[]string{"", "2026-11-01T10:00:09Z"}, true, " 2026-11-01T10:00:09Z"},
		{[]string{"-"}, true, "-"},
	} {
		form := momentForm(c.moments, c.column)
		var got []string
		for _, m := range c.moments {
			got = append(got, form(m))
		}
		if s := strings.Join(got, " "); s != c.want {
			t.Errorf("%v is written as %q, want %q", c.moments, s, c.want)
		}
	}
}

// A range that is open at an end is told as such.
func TestTextSaysTheRange(t *testing.T) {
	for _, c := range []struct{ from, to, want string }{
		{"2026-11-01T00:00:00Z", "2026-11-02T00:00:00Z", "all distributions, 2026-11-01 00:00 to 2026-11-02 00:00 UTC"},
		{"2026-11-01T10:30:00Z", "", "all distributions, from 2026-11-01 10:30 UTC on"},
		{"", "2026-11-01T10:30:05Z", "all distributions, before 2026-11-01 10:30:05 UTC"},
		{"", "", "all distributions"},
	} {
		table := &Table{Preamble: [][2]string{{"DistributionID", all}, {"StartDateUTC", c.from}, {"EndDateUTC", c.to}}}
		if got := covers(table); got != c.want {
			t.Errorf("from %q to %q: %q, want %q", c.from, c.to, got, c.want)
		}
	}
}
