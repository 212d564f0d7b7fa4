package accesslog

import (
	"strings"

	"edgesim/results"
)

// column is one field of the log: its name in the #Fields line and how a
// record's value is appended to a line.
type column struct {
	name string
	add  func(dst []byte, names *results.Names, r *results.Record) []byte
}

// columns are the 33 fields that CloudFront has written since December 2019,
// in their order (Developer Guide, "Standard logging reference").
var columns = [...]column{
	{"date", addDate},
	{"time", addTime},
	{"x-edge-location", func(b []byte, n *results.Names, r *results.Record) []byte { return addText(b, n.EdgeOf(r).Code) }},
	{"sc-bytes", func(b []byte, _ *results.Names, r *results.Record) []byte { return addInt(b, r.BytesOut) }},
	{"c-ip", func(b []byte, _ *results.Names, r *results.Record) []byte { return addAddr(b, r.Addr) }},
	{"cs-method", func(b []byte, _ *results.Names, r *results.Record) []byte { return addText(b, r.Method.String()) }},
	{"cs(Host)", func(b []byte, n *results.Names, r *results.Record) []byte {
		return addText(b, n.DistributionOf(r).Domain)
	}},
	{"cs-uri-stem", func(b []byte, n *results.Names, r *results.Record) []byte { return addText(b, n.Str(r.URL)) }},
	{"sc-status", func(b []byte, _ *results.Names, r *results.Record) []byte { return addStatus(b, r.Status) }},
	{"cs(Referer)", func(b []byte, n *results.Names, r *results.Record) []byte { return addText(b, n.Str(r.Referrer)) }},
	{"cs(User-Agent)", func(b []byte, n *results.Names, r *results.Record) []byte { return addText(b, n.Str(r.Agent)) }},
	{"cs-uri-query", func(b []byte, n *results.Names, r *results.Record) []byte { return addText(b, n.Str(r.Query)) }},
	{"cs(Cookie)", func(b []byte, n *results.Names, r *results.Record) []byte { return addText(b, n.Str(r.Cookie)) }},
	{"x-edge-result-type", func(b []byte, _ *results.Names, r *results.Record) []byte { return addText(b, r.Result.String()) }},
	{"x-edge-request-id", func(b []byte, _ *results.Names, r *results.Record) []byte { return AppendRequestID(b, r.ID) }},
	{"x-host-header", func(b []byte, n *results.Names, r *results.Record) []byte { return addText(b, n.Str(r.Host)) }},
	{"cs-protocol", func(b []byte, _ *results.Names, r *results.Record) []byte { return addText(b, r.Protocol.String()) }},
	{"cs-bytes", func(b []byte, _ *results.Names, r *results.Record) []byte { return addInt(b, r.BytesIn) }},
	{"time-taken", func(b []byte, _ *results.Names, r *results.Record) []byte { return addSeconds(b, r.Service()) }},
	{"x-forwarded-for", func(b []byte, n *results.Names, r *results.Record) []byte { return addText(b, n.Str(r.Forwarded)) }},
	{"ssl-protocol", func(b []byte, _ *results.Names, r *results.Record) []byte { return addTLS(b, r.TLS) }},
	{"ssl-cipher", func(b []byte, _ *results.Names, r *results.Record) []byte { return addCipher(b, r.Cipher) }},
	{"x-edge-response-result-type", func(b []byte, _ *results.Names, r *results.Record) []byte { return addText(b, r.Response.String()) }},
	{"cs-protocol-version", func(b []byte, _ *results.Names, r *results.Record) []byte { return addText(b, r.Version.String()) }},
	{"fle-status", addNothing},
	{"fle-encrypted-fields", addNothing},
	{"c-port", func(b []byte, _ *results.Names, r *results.Record) []byte { return addPositive(b, int64(r.Port)) }},
	{"time-to-first-byte", addFirstByte},
	{"x-edge-detailed-result-type", addDetail},
	{"sc-content-type", func(b []byte, n *results.Names, r *results.Record) []byte { return addText(b, n.Str(r.ContentType)) }},
	{"sc-content-len", func(b []byte, _ *results.Names, r *results.Record) []byte { return addKnown(b, r.ContentLength) }},
	{"sc-range-start", func(b []byte, _ *results.Names, r *results.Record) []byte { return addKnown(b, r.RangeStart) }},
	{"sc-range-end", func(b []byte, _ *results.Names, r *results.Record) []byte { return addKnown(b, r.RangeEnd) }},
}

// ours are the same fields, and one behind them that CloudFront's logs do not have:
// how long the object might be kept, by which CloudFront bills requests as static or
// dynamic ones.
var ours = append(columns[:len(columns):len(columns)], column{TTLField, addTTL})

// TTLField is the name of that field. It is static, dynamic or proxy, as
// results.TTLClass has it.
const TTLField = "x-edgesim-ttl-class"

// header is what a log of CloudFront's fields begins with.
func header() string { return headerOf(columns[:]) }

func headerOf(columns []column) string {
	names := make([]string, len(columns))
	for i, c := range columns {
		names[i] = c.name
	}
	return "#Version: 1.0\n#Fields: " + strings.Join(names, " ") + "\n"
}

// AppendLine appends the record's line, with its newline, and allocates
// nothing while dst has room.
func AppendLine(dst []byte, names *results.Names, r *results.Record) []byte {
	return appendLine(dst, columns[:], names, r)
}

func appendLine(dst []byte, columns []column, names *results.Names, r *results.Record) []byte {
	for i := range columns {
		if i > 0 {
			dst = append(dst, '\t')
		}
		dst = columns[i].add(dst, names, r)
	}
	return append(dst, '\n')
}
