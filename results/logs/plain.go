package logs

import (
	"bytes"
	"strings"

	"edgesim/results"
)

// Standard logging v2 in its forms "plain" and "raw", and in its W3C form with
// another delimiter than the tab: fields as the user chose them, with a tab, a
// comma, a pipe or a space between them, with a #Fields line or without (reference, section 3.2).

// standardFields are the fields of the standard log since December 2019, in their
// order: those of a log that does not say which it has.
const standardFields = "date,time,x-edge-location,sc-bytes,c-ip,cs-method,cs(Host),cs-uri-stem,sc-status,cs(Referer)," +
	"cs(User-Agent),cs-uri-query,cs(Cookie),x-edge-result-type,x-edge-request-id,x-host-header,cs-protocol,cs-bytes," +
	"time-taken,x-forwarded-for,ssl-protocol,ssl-cipher,x-edge-response-result-type,cs-protocol-version,fle-status," +
	"fle-encrypted-fields,c-port,time-to-first-byte,x-edge-detailed-result-type,sc-content-type,sc-content-len," +
	"sc-range-start,sc-range-end"

func init() {
	register(Format{
		Name: "plain",
		About: "CloudFront's standard logging v2 as plain or raw text, with tabs, commas, pipes or spaces between the fields: " +
			"told by its #Fields line, or by a date, a time and an edge location; " +
			"or plain:FIELDS, in their order, with commas between them",
		Layout: func(l string) error { _, err := fieldList(l); return err },
		Detect: detectPlain,
		new: func(j *job) (decoder, error) {
			list := standardFields
			if j.layout != "" {
				list = j.layout
			}
			fields, err := fieldList(list)
			return &plainLines{columnLines{loose: loose{row: row{job: j}}, fields: fields, least: len(fields)}, fields}, err
		},
	})
}

// plainLines reads fields whose order a header or the user tells, and whose
// delimiter their first line tells.
type plainLines struct {
	columnLines
	named []field // where there is no header
}

func (d *plainLines) begin(f *file, header string) {
	if f != d.row.file {
		d.delimiter = 0
	}
	d.row.file = f
	if header == d.header {
		return
	}
	d.header, d.trouble, d.delimiter = header, nil, 0
	d.fields = d.named
	if header != "" {
		d.fields = nil
		for _, name := range headerNames(header) {
			d.fields = append(d.fields, fieldOf(name))
		}
		if !tellTime(d.fields) {
			d.trouble = errFields
		}
	}
	d.least = len(d.fields)
}

// headerNames are the names of a #Fields line, which has spaces between them or
// what the lines have.
func headerNames(header string) []string {
	list := strings.TrimPrefix(header, fieldsMark)
	return strings.FieldsFunc(list, func(r rune) bool { return strings.ContainsRune(" \t,|", r) })
}

func (d *plainLines) line(line []byte, r *results.Record) error {
	if d.trouble != nil {
		return d.trouble
	}
	if d.delimiter == 0 {
		d.delimiter = delimiterOf(line, len(d.fields))
	}
	return d.columnLines.line(line, r)
}

// delimiterOf is what stands between n fields; where nothing would make so many,
// what makes the most.
func delimiterOf(line []byte, n int) byte {
	best, most := byte('\t'), 0
	for _, c := range []byte("\t|, ") {
		fields := 1
		for rest, more := line, true; more; {
			if _, rest, more = cutField(rest, c); more {
				fields++
			}
		}
		if fields == n {
			return c
		}
		if fields > most {
			best, most = c, fields
		}
	}
	return best
}

// detectPlain takes a log with a #Fields line whose lines have no tab, and one
// without whose first fields are those of the standard log.
func detectPlain(head []byte) bool {
	header := fieldsOf(head)
	for line := range bytes.Lines(head) {
		if line[0] == '#' {
			continue
		}
		if header != "" {
			return bytes.IndexByte(line, '\t') < 0 && len(headerNames(header)) > 1
		}
		return looksStandard(bytes.TrimRight(line, "\r\n"))
	}
	return false
}

// looksStandard reports whether a line has the standard log's fields.
func looksStandard(line []byte) bool {
	n := strings.Count(standardFields, ",") + 1
	c := delimiterOf(line, n)
	var f [][]byte
	for more := true; more; {
		var v []byte
		v, line, more = cutField(line, c)
		f = append(f, v)
	}
	if len(f) != n {
		return false
	}
	var d days
	_, date := d.at(f[0])
	_, clock := parseClock(f[1])
	_, status := parseInt(f[8])
	_, result := resultWords.find(f[13])
	return date && clock && status && result
}
