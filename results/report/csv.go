package report

import (
	"encoding/csv"
	"io"
)

// WriteCSV writes the table as CloudFront's reports are exported: the preamble
// as rows of name and value, an empty line, the columns' names, the rows. Texts
// are data and stand as they were received, quoted by RFC 4180 where they must
// be; who opens the file in a spreadsheet should import its texts as texts.
func WriteCSV(w io.Writer, t *Table) error {
	out := csv.NewWriter(w)
	for _, p := range t.Preamble {
		if err := out.Write(p[:]); err != nil {
			return err
		}
	}
	if out.Flush(); out.Error() != nil {
		return out.Error()
	}
	if len(t.Preamble) > 0 {
		if _, err := io.WriteString(w, "\n"); err != nil {
			return err
		}
	}
	fields := make([]string, len(t.Columns))
	for i, c := range t.Columns {
		fields[i] = c.Name
	}
	if err := out.Write(fields); err != nil {
		return err
	}
	for _, row := range t.Rows {
		for i, c := range t.Columns {
			fields[i] = c.exact(row[i])
		}
		if err := out.Write(fields); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}
