package logs

import (
	"bytes"
	"fmt"
	"strings"

	"edgesim/results"
)

// Real-time logs: lines of tab-separated fields without a header, in an order
// that is fixed, of which a user may have chosen some (reference, section 3.3).

// realtimeFields is the order of all of them.
const realtimeFields = "timestamp,c-ip,time-to-first-byte,sc-status,sc-bytes,cs-method,cs-protocol,cs-host,cs-uri-stem," +
	"cs-bytes,x-edge-location,x-edge-request-id,x-host-header,time-taken,cs-protocol-version,c-ip-version,cs-user-agent," +
	"cs-referer,cs-cookie,cs-uri-query,x-edge-response-result-type,x-forwarded-for,ssl-protocol,ssl-cipher," +
	"x-edge-result-type,fle-encrypted-fields,fle-status,sc-content-type,sc-content-len,sc-range-start,sc-range-end," +
	"c-port,x-edge-detailed-result-type,c-country,cs-accept-encoding,cs-accept,cache-behavior-path-pattern," +
	"cs-headers,cs-header-names,cs-headers-count,origin-fbl,origin-lbl,asn"

// realtimeFirst is how many of them there were at first, in 2020. What has been
// added since stands behind.
const realtimeFirst = 40

func init() {
	register(Format{
		Name: "realtime",
		About: "CloudFront's real-time log, all fields: told by its columns; " +
			"or realtime:FIELDS, those that were chosen, with commas between them",
		Layout: func(l string) error { _, err := fieldList(l); return err },
		Detect: detectRealtime,
		new: func(j *job) (decoder, error) {
			d := &columnLines{loose: loose{row: row{job: j}}, realtimeLog: true, delimiter: '\t', fixed: true}
			var err error
			if j.layout == "" {
				d.fields, err = fieldList(realtimeFields)
				d.least, d.open = realtimeFirst, true
				return d, err
			}
			d.fields, err = fieldList(j.layout)
			d.least = len(d.fields)
			return d, err
		},
	})
}

// fieldList reads a list of names with commas or spaces between them, each one
// of CloudFront's.
func fieldList(list string) ([]field, error) {
	var fields []field
	for _, name := range strings.FieldsFunc(list, func(r rune) bool { return strings.ContainsRune(", \t|", r) }) {
		f := fieldOf(name)
		if f.kind == colIgnored && !unread(name) {
			return nil, fmt.Errorf("%q is no field of CloudFront's logs", name)
		}
		fields = append(fields, f)
	}
	if len(fields) == 0 {
		return nil, fmt.Errorf("no field is named")
	}
	if !tellTime(fields) {
		return nil, fmt.Errorf("no field says when a request was: want date and time, timestamp or timestamp(ms)")
	}
	return fields, nil
}

// unread reports whether a field is one that CloudFront has and no record needs.
func unread(name string) bool {
	switch low := strings.ToLower(name); low {
	case "fle-status", "fle-encrypted-fields", "asn", "distribution-tenant-id", "connection-id", "c-ip-version", "sr-reason",
		"primary-distribution-id", "primary-distribution-dns-name", "secondary-distribution-id", "secondary-distribution-dns-name":
		return true
	default:
		return strings.HasPrefix(low, "cs-header") || strings.HasPrefix(low, "cs-accept") || strings.HasPrefix(low, "cmcd-") ||
			strings.HasPrefix(low, "fle_") || strings.HasPrefix(low, "viewer-")
	}
}

func tellTime(fields []field) bool {
	has := map[kind]bool{}
	for _, f := range fields {
		has[f.kind] = true
	}
	return has[colDate] && has[colTime] || has[colTimestamp] || has[colTimestampMs]
}

// columnLines reads lines of fields in a known order.
type columnLines struct {
	loose
	fields      []field
	least       int  // a line has at least so many
	open        bool // and may have more, which nobody knows
	realtimeLog bool // whatever the fields are called
	delimiter   byte // 0: not told yet
	fixed       bool // the delimiter is not to be told by lines
	header      string
	trouble     error
}

func (d *columnLines) begin(f *file, _ string) { d.row.file = f }

func (d *columnLines) line(line []byte, r *results.Record) error {
	d.start(line)
	d.loose.realtime = d.realtimeLog
	n := 0
	for more := true; more && n < len(d.fields); n++ {
		var v []byte
		v, line, more = cutField(line, d.delimiter)
		if f := d.fields[n]; f.kind != colIgnored && !d.set(f, v, r) {
			return badValue(f.name, v)
		}
		if !more {
			line = nil
		}
	}
	if n < d.least || len(line) > 0 && !d.open {
		return fmt.Errorf("%d fields of the %d that are named", n+over(line, d.delimiter), len(d.fields))
	}
	return d.finish(r)
}

// over is how many fields stand in what is left of a line; a delimiter at its
// end stands for none.
func over(left []byte, delimiter byte) int {
	if len(left) == 0 {
		return 0
	}
	return bytes.Count(left, []byte{delimiter}) + 1
}

// cutField takes the field before the next delimiter. A comma before an encoded
// space is none: it stands inside a field, as in "(KHTML,%20like%20Gecko)".
func cutField(line []byte, delimiter byte) (v, rest []byte, more bool) {
	from := 0
	for {
		at := bytes.IndexByte(line[from:], delimiter)
		if at < 0 {
			return line, nil, false
		}
		at += from
		if delimiter == ',' && bytes.HasPrefix(line[at+1:], []byte("%20")) {
			from = at + 1
			continue
		}
		return line[:at], line[at+1:], true
	}
}

// detectRealtime reports whether the first line is of a real-time log with all
// its fields: what stands where could hardly be anything else.
func detectRealtime(head []byte) bool {
	line, _, _ := bytes.Cut(head, []byte{'\n'})
	f := bytes.Split(line, []byte{'\t'})
	if len(f) < realtimeFirst {
		return false
	}
	_, moment := parseEpoch(f[0])
	_, addr := parseAddr(f[1])
	_, result := resultWords.find(f[20])
	_, protocol := protocolWords.find(f[6])
	return moment && addr && result && protocol
}
