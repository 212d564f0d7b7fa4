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
			return (fieldsOf(head) != "" || bytes.HasPrefix(head, []byte("#Version: 1.0\n"))) && !detectPlain(head)
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
	least   int      // columns that a line cannot do without: those after it are known to be left out
	wanted  []wanted // of the columns
	ends    []int32  // where a line's fields end, after -1
	trouble error    // why there are no columns
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
	w.wanted = wantedOf(w.columns, w.Everything, w.Query)
	w.ends = make([]int32, 1+len(w.columns)+cutSlack)
	w.ends[0] = -1
	w.row.domainless = !has(w.columns, colDomain)
}

func (w *w3c) line(line []byte, r *results.Record) error {
	if w.trouble != nil {
		return w.trouble
	}
	n := cut(line, '\t', w.ends[1:], len(w.columns))
	if n == len(w.columns) && int(w.ends[n]) == len(line)-1 {
		n-- // a tab at the end
		line = line[:len(line)-1]
	}
	n++
	if n < w.least || n > len(w.columns) {
		return w.miscounted(line)
	}
	w.ends[n] = int32(len(line))
	w.row.start(line)
	for i := range w.wanted {
		c := &w.wanted[i]
		if c.at >= n {
			break
		}
		if v := line[w.ends[c.at]+1 : w.ends[c.at+1]]; !w.row.set(c.kind, v, r) {
			return badValue(w.columns[c.at].name, v)
		}
	}
	return w.row.finish(r)
}

func (w *w3c) miscounted(line []byte) error {
	return fmt.Errorf("it has %d fields, and #Fields names %d", bytes.Count(line, []byte{'\t'})+1, len(w.columns))
}

func badValue(column string, value []byte) error {
	return fmt.Errorf("%s is %s", column, short(value))
}
