package report

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"edgesim/results"
)

// mostCSV is how much of a CSV file is read, in bytes. The longest that a report
// writes, of 20,000 buckets and hundreds of columns, stays far below it.
const mostCSV = 256 << 20

// CSVReader takes back what WriteCSV wrote, and what CloudFront's console exports.
// A CSV says of a column no more than its name: what its numbers are, and how they
// add up, is known from the report that prints such a table.
type CSVReader struct {
	byName, byTitle map[string]*Table // tables without rows; a title in lower case, as a preamble has it
}

// NewCSVReader knows the tables of every report.
func NewCSVReader() *CSVReader {
	c := &CSVReader{byName: map[string]*Table{}, byTitle: map[string]*Table{}}
	o := Options{Names: results.NewNames(time.Unix(0, 0).UTC())}
	for _, k := range Kinds() {
		for _, t := range k.New(o).Tables("") {
			c.byName[t.Name] = t
			c.byTitle[strings.ToLower(t.inPreamble("Report"))] = t
		}
	}
	return c
}

// ReadCSV reads one table; its report is told by the preamble.
func ReadCSV(r io.Reader) (*Table, error) { return NewCSVReader().Read("", r) }

// Read reads the table of that name; with "" the preamble's Report tells which it
// is. A table that no report prints comes with the units that its cells look like.
// Columns' names are taken in any case, since tools that pass such files on
// change it (Http2xx). Errors name the line.
func (c *CSVReader) Read(name string, r io.Reader) (*Table, error) {
	preamble, heads, rows, err := splitCSV(r)
	if err != nil {
		return nil, fmt.Errorf("reading a report's CSV: %w", err)
	}
	t := &Table{Name: name, Preamble: preamble}
	known := c.byName[name]
	if name == "" {
		known = c.byTitle[strings.ToLower(t.inPreamble("Report"))]
	}
	if known != nil {
		t.Name, t.Title, t.Charts = known.Name, known.Title, known.Charts
	}
	for i, head := range heads.fields {
		t.Columns = append(t.Columns, columnOf(known, head, rows, i))
	}
	for _, row := range rows {
		cells := make([]Cell, len(t.Columns))
		for i, c := range t.Columns {
			if cells[i], err = c.parse(row.fields[i]); err != nil {
				return nil, fmt.Errorf("reading a report's CSV: line %d, %s: %w", row.line, c.Name, err)
			}
		}
		t.Rows = append(t.Rows, cells)
	}
	return t, nil
}

// inPreamble is a value of the preamble; "" when it is not there.
func (t *Table) inPreamble(name string) string {
	for _, p := range t.Preamble {
		if p[0] == name {
			return p[1]
		}
	}
	return ""
}

// csvRow is a row and the line on which it begins, from 1.
type csvRow struct {
	line   int
	fields []string
}

// splitCSV takes a file apart: preamble, columns' names, rows, each as long as the
// names.
func splitCSV(r io.Reader) (preamble [][2]string, heads csvRow, rows []csvRow, err error) {
	all, empty, err := allRows(r)
	if err != nil {
		return nil, heads, nil, err
	}
	head := headRow(all, empty)
	if head >= len(all) {
		return nil, heads, nil, errors.New("there is no row of columns' names")
	}
	for _, p := range all[:head] {
		if len(p.fields) != 2 {
			return nil, heads, nil, fmt.Errorf("line %d: a row of %d fields before the columns' names; right are a name and a value", p.line, len(p.fields))
		}
		preamble = append(preamble, [2]string(p.fields))
	}
	heads, rows = all[head], all[head+1:]
	for _, row := range rows {
		if len(row.fields) != len(heads.fields) {
			return nil, heads, nil, fmt.Errorf("line %d: %d fields under %d columns", row.line, len(row.fields), len(heads.fields))
		}
	}
	return preamble, heads, rows, nil
}

// allRows reads every row; empty is how many there are before the first empty
// line, and all of them when there is none.
func allRows(r io.Reader) (all []csvRow, empty int, err error) {
	data, err := io.ReadAll(io.LimitReader(r, mostCSV+1))
	if err != nil {
		return nil, 0, err
	}
	if len(data) > mostCSV {
		return nil, 0, fmt.Errorf("more than %d bytes: that is no report", mostCSV)
	}
	data = bytes.TrimPrefix(data, []byte("\uFEFF")) // as spreadsheets write it
	in := csv.NewReader(bytes.NewReader(data))
	in.FieldsPerRecord = -1
	empty = -1
	for {
		fields, err := in.Read()
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, 0, err
		}
		line, _ := in.FieldPos(0)
		all = append(all, csvRow{line, fields})
		if rest := data[in.InputOffset():]; empty < 0 && (bytes.HasPrefix(rest, []byte("\n")) || bytes.HasPrefix(rest, []byte("\r\n"))) {
			empty = len(all)
		}
	}
	if empty < 0 {
		empty = len(all)
	}
	return all, empty, nil
}

// headRow is the row of columns' names: the one behind the empty line, or the
// first where there is none and rows are equally long. A file that has lost its
// empty line has it where the pairs end.
func headRow(all []csvRow, empty int) int {
	if empty < len(all) {
		return empty
	}
	if len(all) == 0 {
		return 0
	}
	if last := len(all[len(all)-1].fields); last > 2 {
		for i, row := range all {
			if len(row.fields) == last {
				return i
			}
		}
	}
	return 0
}

// columnOf is the column of that name as its report knows it, or else as its
// cells look.
func columnOf(known *Table, head string, rows []csvRow, at int) Column {
	if known != nil {
		for _, c := range known.Columns {
			if strings.EqualFold(c.Name, head) {
				return c
			}
		}
	}
	c := Column{Name: head, Unit: Count}
	for _, row := range rows {
		s := row.fields[at]
		c.Unit = max(c.Unit, unitOf(s))
		if c.Unit == Number+1 {
			c.Unit = Text
			break
		}
	}
	if len(rows) == 0 {
		c.Unit = Text
	}
	return c
}

// unitOf is Count or Number where s is written as one of them writes it, and
// one more than Number where it is neither.
func unitOf(s string) Unit {
	n, err := strconv.ParseFloat(s, 64)
	switch {
	case s == "":
		return Count // no number
	case err != nil || Column{Unit: Number}.exact(Cell{Num: n}) != s:
		return Number + 1
	case n != float64(int64(n)):
		return Number
	}
	return Count
}

// parse is exact's way back.
func (c Column) parse(s string) (Cell, error) {
	switch c.Unit {
	case Text:
		return text(s), nil
	case Moment:
		if s == "" {
			return Cell{}, nil
		}
		at, err := time.Parse(time.RFC3339Nano, s)
		if err != nil {
			return Cell{}, fmt.Errorf("%q is no time; right is RFC 3339, as 2026-11-23T15:00:00Z", s)
		}
		return Cell{Text: s, Num: float64(at.UnixNano()) / 1e9}, nil
	}
	if s == "" {
		return noNumber, nil
	}
	n, err := strconv.ParseFloat(s, 64)
	if err != nil {
		return Cell{}, fmt.Errorf("%q is no number", s)
	}
	return Cell{Num: n}, nil
}
