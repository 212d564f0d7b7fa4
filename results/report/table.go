package report

// Table is a finished report: CloudFront's preamble, its columns, its rows.
type Table struct {
	Name     string
	Title    string
	Preamble [][2]string // name and value, in CloudFront's order
	Columns  []Column
	Rows     [][]Cell // each as long as Columns
	Notes    []string // what was left out, what is estimated
}

// Column is a column's head.
type Column struct {
	Name  string // CloudFront's name, as in the CSV
	Label string // as people read it on a terminal or page; "" means Name
	Unit  Unit
	Wide  bool // left out where a terminal has no room for it
}

// Unit says what a column's numbers are, and so how people are shown them.
type Unit uint8

const (
	Text    Unit = iota
	Count        // whole numbers
	Bytes        // 1,536,000 is shown as 1.46 MiB
	Percent      // 0 to 100
	Millis       // milliseconds, as float
	Moment       // a time bucket's start, UTC
	Number       // any other number
)

// Cell is a text or a number, as its column's Unit says. A Moment is both: the
// time in RFC 3339 and the seconds since 1970. Anywhere else a number's cell
// has a text only when there is no number, and the text says so, as "-" does.
type Cell struct {
	Text string
	Num  float64 // exact for counts and bytes up to 2^53
}

func text(s string) Cell { return Cell{Text: s} }

func num[T ~int | ~int64 | ~float64](n T) Cell { return Cell{Num: float64(n)} }

var noNumber = Cell{Text: "-"}

// head is what people read above the column.
func (c Column) head() string {
	if c.Label != "" {
		return c.Label
	}
	return c.Name
}
