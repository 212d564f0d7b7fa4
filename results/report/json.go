package report

import (
	"bufio"
	"encoding/json"
	"io"
)

// WriteJSON writes the table as one JSON object: name, title, preamble, rows
// and notes. A row is an object under its columns' names, in their order, one
// to a line; a number that is not there is null.
func WriteJSON(w io.Writer, t *Table) error {
	b := bufio.NewWriter(w)
	b.WriteString("{\n  \"name\": " + quoted(t.Name) + ",\n  \"title\": " + quoted(t.Title))
	b.WriteString(",\n  \"preamble\": {")
	for i, p := range t.Preamble {
		comma(b, i)
		b.WriteString("\n    " + quoted(p[0]) + ": " + quoted(p[1]))
	}
	b.WriteString("\n  },\n  \"rows\": [")
	for i, row := range t.Rows {
		comma(b, i)
		b.WriteString("\n    ")
		writeRow(b, t.Columns, row)
	}
	b.WriteString("\n  ],\n  \"notes\": [")
	for i, n := range t.Notes {
		comma(b, i)
		b.WriteString("\n    " + quoted(n))
	}
	b.WriteString("\n  ]\n}\n")
	return b.Flush()
}

func writeRow(b *bufio.Writer, columns []Column, row []Cell) {
	b.WriteByte('{')
	for i, c := range columns {
		comma(b, i)
		b.WriteString(quoted(c.Name) + ":" + c.json(row[i]))
	}
	b.WriteByte('}')
}

func (c Column) json(cell Cell) string {
	s := c.exact(cell)
	switch {
	case c.Unit == Text || c.Unit == Moment:
		return quoted(s)
	case s == "":
		return "null"
	}
	return s
}

func comma(b *bufio.Writer, i int) {
	if i > 0 {
		b.WriteByte(',')
	}
}

// quoted is s as a JSON string. Bytes that are not UTF-8 become U+FFFD.
func quoted(s string) string {
	b, err := json.Marshal(s)
	if err != nil {
		panic("report: a string does not become JSON: " + err.Error())
	}
	return string(b)
}
