package logs

import (
	"bytes"
	"errors"
	"fmt"
	"strings"

	"edgesim/results"
)

// CloudFront's standard log: W3C extended format, tab-separated, of the columns
// that the last #Fields line names. There have been 12 of them in 2010 and there
// are 35 now; version 2 of the logging has more to choose from, in any order.

func init() {
	register(Format{
		Name:  "cloudfront",
		About: "CloudFront's standard log of any year, in W3C form: told by its line that begins with #Fields:",
		Detect: func(head []byte) bool {
			return fieldsOf(head) != "" || bytes.HasPrefix(head, []byte("#Version: 1.0\n"))
		},
		new: func(j *job) (decoder, error) { return &w3c{row: row{job: j}}, nil },
	})
}

// fieldsOf is the first #Fields line among the lines at the beginning that begin
// with #, if it is one of CloudFront's.
func fieldsOf(head []byte) string {
	for line := range bytes.Lines(head) {
		switch {
		case bytes.HasPrefix(line, []byte(fieldsMark)):
			return string(line)
		case line[0] != '#':
			return ""
		}
	}
	return ""
}

// w3c reads lines by their #Fields.
type w3c struct {
	row
	header  string
	columns []column
	least   int   // columns that a line cannot do without: those after it are known to be left out
	trouble error // why there are no columns
}

var (
	errNoFields = errors.New("no #Fields line says what the line holds")
	errFields   = errors.New("the #Fields line has neither date and time nor timestamp(ms)")
)

func (w *w3c) begin(f *file, header string) {
	w.row.file = f
	if header == w.header && w.columns != nil {
		return
	}
	w.header, w.columns, w.least, w.trouble = header, nil, 0, nil
	names := strings.Fields(strings.TrimPrefix(header, fieldsMark))
	if len(names) == 0 {
		w.trouble = errNoFields
		return
	}
	w.columns, w.least = columnsOf(names)
	if !dated(w.columns) {
		w.trouble = errFields
	}
	w.row.domainless = !has(w.columns, colDomain)
}

func (w *w3c) line(line []byte, r *results.Record) error {
	if w.trouble != nil {
		return w.trouble
	}
	w.row.start()
	n := 0
	for _, c := range w.columns {
		at := bytes.IndexByte(line, '\t')
		field := line
		if at >= 0 {
			field = line[:at]
		}
		if c.kind != colIgnored {
			if !w.row.set(c.kind, field, r) {
				return badValue(c.name, field)
			}
		}
		n++
		if at < 0 {
			line = nil
			break
		}
		line = line[at+1:]
	}
	if n < w.least || len(line) > 0 {
		return fmt.Errorf("%d fields of the %d that #Fields names", n+extra(line), len(w.columns))
	}
	return w.row.finish(r)
}

// extra is how many fields stand in what is left of a line; a tab at its end
// stands for none.
func extra(left []byte) int {
	if len(left) == 0 {
		return 0
	}
	return bytes.Count(left, []byte{'\t'}) + 1
}

func badValue(column string, value []byte) error {
	return fmt.Errorf("%s is %s", column, short(value))
}
