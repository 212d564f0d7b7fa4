package report

import (
	"bufio"
	"cmp"
	"io"
	"slices"
	"strings"

	"github.com/rivo/uniseg"
)

const (
	gap        = 2  // columns of space between two columns of the table
	leastText  = 12 // a text is not shortened below this
	plainWidth = 80
)

// WriteText writes the table for a terminal of width columns; 0 means 80.
// Where there is no room, columns marked Wide go first, then texts are
// shortened in the middle, then columns go from the right; a line below the
// table names the columns that went.
func WriteText(w io.Writer, t *Table, width int) error {
	if width <= 0 {
		width = plainWidth
	}
	out := bufio.NewWriter(w)
	writeWrapped(out, t.Title, width)
	writeWrapped(out, covers(t), width)
	g := newGrid(t)
	left := g.fit(width)
	if len(g.heads) > 0 {
		out.WriteByte('\n')
		g.write(out)
	}
	if len(t.Rows) == 0 {
		out.WriteString("(no rows)\n")
	}
	notes := t.Notes
	if len(left) > 0 {
		notes = append(notes[:len(notes):len(notes)], "Not shown for want of room: "+strings.Join(left, ", ")+".")
	}
	if len(notes) > 0 {
		out.WriteByte('\n')
	}
	for _, n := range notes {
		writeWrapped(out, n, width)
	}
	return out.Flush()
}

// covers is what of the preamble a reader of the terminal wants.
func covers(t *Table) string {
	if len(t.Preamble) == 0 {
		return ""
	}
	said := map[string]string{}
	for _, p := range t.Preamble {
		said[p[0]] = p[1]
	}
	parts := []string{"all distributions"}
	if id := said["DistributionID"]; id != all {
		parts[0] = "distribution " + id
	}
	switch from, to := said["StartDateUTC"], said["EndDateUTC"]; {
	case from != "" && to != "":
		form := momentForm([]string{from, to}, false)
		parts = append(parts, form(from)+" to "+form(to)+" UTC")
	case from != "": // of an open range without records
		parts = append(parts, "from "+momentForm([]string{from}, false)(from)+" UTC on")
	case to != "":
		parts = append(parts, "before "+momentForm([]string{to}, false)(to)+" UTC")
	}
	if g := said["Granularity"]; g != "" {
		parts = append(parts, "by "+cmp.Or(grainWords[g], g))
	}
	return strings.Join(parts, ", ")
}

// grainWords are what people call the grains that reports have names for.
var grainWords = map[string]string{
	"Hourly": "the hour", "Daily": "the day", "ONE_MINUTE": "the minute", "FIVE_MINUTES": "five minutes", "FIFTEEN_MINUTES": "fifteen minutes",
	"ONE_HOUR": "the hour", "ONE_DAY": "the day",
}

// writeWrapped writes s in lines of at most width, broken between words.
func writeWrapped(out *bufio.Writer, s string, width int) {
	used := 0
	for i, word := range strings.Fields(printable(s)) {
		w := uniseg.StringWidth(word)
		switch {
		case i == 0:
		case used+1+w > width:
			out.WriteByte('\n')
			used = 0
		default:
			out.WriteByte(' ')
			used++
		}
		out.WriteString(word)
		used += w
	}
	if used > 0 {
		out.WriteByte('\n')
	}
}

func runeWidth(r rune) int { return uniseg.StringWidth(string(r)) }

// grid is a table as it is going to be printed.
type grid struct {
	columns []Column
	heads   []string
	cells   [][]string // by row, then by column
	widths  []int
}

func newGrid(t *Table) *grid {
	g := &grid{columns: append([]Column(nil), t.Columns...)}
	forms := make([]func(string) string, len(t.Columns)) // nil: as Show has it
	for i, c := range t.Columns {
		g.heads = append(g.heads, c.head())
		g.widths = append(g.widths, uniseg.StringWidth(c.head()))
		if c.Unit == Moment {
			forms[i] = momentForm(texts(t.Rows, i), true)
		}
	}
	for _, row := range t.Rows {
		cells := make([]string, len(row))
		for i, c := range g.columns {
			cells[i] = c.Show(row[i])
			if forms[i] != nil {
				cells[i] = forms[i](cells[i])
			}
			g.widths[i] = max(g.widths[i], uniseg.StringWidth(cells[i]))
		}
		g.cells = append(g.cells, cells)
	}
	return g
}

func texts(rows [][]Cell, i int) []string {
	var list []string
	for _, row := range rows {
		list = append(list, row[i].Text)
	}
	return list
}

func (g *grid) width() int {
	sum := -gap
	for _, w := range g.widths {
		sum += w + gap
	}
	return sum
}

// fit makes the grid no wider than width and returns the names of the columns
// that had to go, in their order.
func (g *grid) fit(width int) (left []string) {
	for i := len(g.columns) - 1; i >= 0 && g.width() > width; i-- {
		if g.columns[i].Wide {
			left = append(left, g.drop(i))
		}
	}
	g.shorten(width)
	for g.width() > width && len(g.columns) > 1 {
		left = append(left, g.drop(len(g.columns)-1))
	}
	slices.Reverse(left)
	return left
}

func (g *grid) drop(i int) string {
	name := g.columns[i].Name
	g.columns = cut(g.columns, i)
	g.heads = cut(g.heads, i)
	g.widths = cut(g.widths, i)
	for r := range g.cells {
		g.cells[r] = cut(g.cells[r], i)
	}
	return name
}

func cut[T any](s []T, i int) []T { return append(s[:i:i], s[i+1:]...) }

// shorten takes room from the widest column of texts, whichever that is at the
// time, until the grid is no wider than width or no text can be shorter.
func (g *grid) shorten(width int) {
	for excess := g.width() - width; excess > 0; excess-- {
		widest := -1
		for i, c := range g.columns {
			if c.Unit == Text && g.widths[i] > leastText && (widest < 0 || g.widths[i] > g.widths[widest]) {
				widest = i
			}
		}
		if widest < 0 {
			break
		}
		g.widths[widest]--
	}
	for i, w := range g.widths {
		g.heads[i] = shortened(g.heads[i], w)
		for _, cells := range g.cells {
			cells[i] = shortened(cells[i], w)
		}
	}
}

// shortened takes the middle out of s, so that what remains is at most width
// wide: a URL tells most at its two ends.
func shortened(s string, width int) string {
	if uniseg.StringWidth(s) <= width {
		return s
	}
	runes := []rune(s)
	head, room := 0, (width-1)/3
	for used := 0; used+runeWidth(runes[head]) <= room; head++ {
		used += runeWidth(runes[head])
	}
	tail, room := len(runes), width-1-room
	for used := 0; used+runeWidth(runes[tail-1]) <= room; tail-- {
		used += runeWidth(runes[tail-1])
	}
	return string(runes[:head]) + "…" + string(runes[tail:])
}

func (g *grid) write(out *bufio.Writer) {
	g.line(out, g.heads)
	rule := make([]string, len(g.widths))
	for i, w := range g.widths {
		rule[i] = strings.Repeat("─", w)
	}
	g.line(out, rule)
	for _, cells := range g.cells {
		g.line(out, cells)
	}
}

// line writes texts to the left of their columns and numbers to the right.
func (g *grid) line(out *bufio.Writer, cells []string) {
	var b strings.Builder
	for i, s := range cells {
		pad := strings.Repeat(" ", g.widths[i]-uniseg.StringWidth(s))
		if g.columns[i].Unit == Text {
			b.WriteString(s + pad)
		} else {
			b.WriteString(pad + s)
		}
		b.WriteString("  ")
	}
	out.WriteString(strings.TrimRight(b.String(), " "))
	out.WriteByte('\n')
}
