package replay

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/zeebo/xxh3"

	"edgesim/results"
	"edgesim/results/logs"
	"edgesim/sim/network"
	"edgesim/workloads"
	"edgesim/workloads/trace"
)

// Access logs are read as results/logs reads them, with what a trace of them loses:
// paths with queries, hosts, methods, ranges, viewers, referrers, what was given up
// midway and what was asked conditionally. A line becomes a request
//
//   - for GET and HEAD, with a status of 200, 203, 206 or 304; a 206 for the range that
//     the log tells, a 304 with a condition;
//   - for other methods, with any status of 2xx; with content where the request was
//     longer than its header can have been.
//
// All else is counted and left out: an error or a redirect says nothing of an object
// that an origin could have. An object is a path with its query at a site; its size
// is the largest that a whole response told (trace.SizeOf).
type accessReader struct {
	*gatherer
	names   *results.Names
	target  []byte
	refused error
	kept    uint64
	cancel  context.CancelFunc
	field   []byte
}

// longestTarget is the longest path with its query that is replayed, in bytes: what
// CloudFront accepts.
const longestTarget = 8192

func (g *gatherer) fromLogs(ctx context.Context) error {
	g.timed, g.viewers = true, &workloads.ViewerList{}
	inner, cancel := context.WithCancel(ctx)
	defer cancel()
	r := &accessReader{gatherer: g, names: results.NewNames(time.Unix(0, 0).UTC()), cancel: cancel}
	layout := ""
	if at := strings.IndexByte(g.o.Format, ':'); at >= 0 {
		layout = g.o.Format[at+1:]
	}
	doubts, err := logs.Read(inner, logs.Options{Files: g.o.Files, Stdin: g.o.Stdin, Format: layout, Names: r.names,
		Everything: true, Bounded: true}, r.take)
	switch {
	case r.refused == errEnough:
	case r.refused != nil:
		return fmt.Errorf("%s: %w", strings.Join(g.o.Files, ", "), r.refused)
	case err != nil:
		return fmt.Errorf("trace: %w", err)
	}
	return r.doubt(doubts)
}

// doubt takes over what is wrong with the logs.
func (r *accessReader) doubt(d *logs.Doubts) error {
	if d.Malformed > 0 {
		if !r.o.SkipBad {
			return fmt.Errorf("%v (skip_bad or --skip-bad counts such lines and goes on)", d.First[0])
		}
		r.say("%d lines of what is replayed are no request and were passed over, the first of them %v", d.Malformed, d.First[0])
	}
	for _, said := range d.Said {
		r.say("%s", said)
	}
	return nil
}

// errEnough says that as many requests have come as were wanted.
var errEnough = errors.New("enough")

// take takes records.
func (r *accessReader) take(recs []results.Record) {
	for i := range recs {
		rec := &recs[i]
		if r.refused != nil {
			return
		}
		if rec.At < r.o.From || r.o.To != 0 && rec.At >= r.o.To {
			continue
		}
		if r.o.Limit > 0 && r.kept == r.o.Limit {
			r.refused = errEnough
			r.cancel()
			return
		}
		if err := r.takeOne(rec); err != nil {
			r.refused = err
			r.cancel()
		}
	}
}

// methods are the workload's names for methods of records.
var methods = map[results.Method]workloads.Method{
	results.GET: workloads.GET, results.HEAD: workloads.HEAD, results.POST: workloads.POST, results.PUT: workloads.PUT,
	results.PATCH: workloads.PATCH, results.DELETE: workloads.DELETE, results.OPTIONS: workloads.OPTIONS,
}

func (r *accessReader) takeOne(rec *results.Record) error {
	method, known := methods[rec.Method]
	if !known || !asksFor(rec) {
		r.left++
		return nil
	}
	if !r.readTarget(rec) {
		r.overlong++
		return nil
	}
	place, err := r.place(r.hostOf(rec), false)
	if err != nil {
		return err
	}
	a := asked{at: rec.At, place: place, method: method, conditional: rec.Status == 304 && method <= workloads.HEAD}
	s := r.sites[r.places[place].site]
	name := workloads.NameOfPath(s.seed, r.target)
	object := s.list.MeetPath(name, KindOf(r.target), r.target, 0)
	if object > math.MaxUint32 {
		return fmt.Errorf("more than %d objects", uint32(math.MaxUint32))
	}
	a.object = uint32(object)
	r.weigh(s.list, object, rec, &a)
	r.meetViewer(rec, &a)
	if method == workloads.POST || method == workloads.PUT || method == workloads.PATCH {
		a.body = r.contentOf(rec)
	}
	r.kept++
	return r.add(&a, rec.At+rec.Total)
}

// asksFor reports whether a line's response is one of an object.
func asksFor(rec *results.Record) bool {
	if rec.Method == results.GET || rec.Method == results.HEAD {
		return rec.Status == 200 || rec.Status == 203 || rec.Status == 206 || rec.Status == 304
	}
	return rec.Status >= 200 && rec.Status < 300
}

// weigh notes what a line tells of its object's size, and which part was wanted.
func (r *accessReader) weigh(list *workloads.List, object uint64, rec *results.Record, a *asked) {
	known := list.Size(object)
	size, ok := trace.SizeOf(rec, known)
	switch broken := rec.Flags&(results.Aborted|results.Truncated) != 0; {
	case !ok || rec.Status == 304 || rec.Method == results.HEAD:
	case rec.Status == 206 || broken && rec.ContentLength < 0:
		list.AtLeast(object, size)
	case broken:
		list.AtLeast(object, rec.ContentLength)
	default:
		list.Resize(object, size)
	}
	known = list.Size(object)
	whole := known
	if rec.Status == 206 && rec.RangeStart >= 0 && rec.RangeEnd >= rec.RangeStart {
		a.part = workloads.Range{First: rec.RangeStart, Length: rec.RangeEnd - rec.RangeStart + 1}
		whole = a.part.Length
	}
	if rec.Flags.Has(results.Aborted) && whole > 0 && a.method == workloads.GET {
		got := rec.BodyBytes
		if got == 0 {
			got = rec.BytesOut
		}
		a.abort = float32(min(max(float64(got)/float64(whole), 1e-6), 0.999))
	}
}

// readTarget makes the request target of a line.
func (r *accessReader) readTarget(rec *results.Record) bool {
	path, query := r.names.Str(rec.URL), r.names.Str(rec.Query)
	if path == "" || path[0] != '/' || len(path)+len(query) >= longestTarget {
		return false
	}
	r.target = appendEncoded(r.target[:0], path, true)
	if query != "" {
		r.target = appendEncoded(append(r.target, '?'), query, false)
	}
	return len(r.target) <= longestTarget
}

// appendEncoded appends a path or a query as a request line may have it: what is not
// allowed there (RFC 3986 §3.3, §3.4) is percent-encoded. What came encoded stays; a
// percent sign of a path that encodes nothing is itself.
func appendEncoded(dst []byte, text string, path bool) []byte {
	const digits = "0123456789ABCDEF"
	for i := range len(text) {
		c := text[i]
		if c <= ' ' || c == '%' && path && !encodes(text[i:]) || c >= 0x7f || strings.IndexByte("\"<>#\\^`{|}", c) >= 0 || path && c == '?' {
			dst = append(dst, '%', digits[c>>4], digits[c&15])
			continue
		}
		dst = append(dst, c)
	}
	return dst
}

// encodes reports whether a text begins with a percent-encoded byte (RFC 3986 §2.1).
func encodes(text string) bool { return len(text) > 2 && isHex(text[1]) && isHex(text[2]) }

func isHex(c byte) bool { return c-'0' < 10 || c|0x20-'a' < 6 }

// hostOf is the name that was asked, in lower case and without a port.
func (r *accessReader) hostOf(rec *results.Record) string {
	host := r.names.Str(rec.Host)
	if host == "" {
		host = r.names.DistributionOf(rec).Domain
	}
	if at := strings.LastIndexByte(host, ':'); at > 0 && strings.IndexByte(host[at:], ']') < 0 {
		host = host[:at]
	}
	return strings.ToLower(host)
}

// meetViewer notes who asked.
func (r *accessReader) meetViewer(rec *results.Record, a *asked) {
	agent := r.line(r.names.Str(rec.Agent))
	country := rec.Country
	if country != [2]byte{} && network.Homes(string(country[:])) == nil {
		country = [2]byte{} // of a place that no viewer can be put to
	}
	var name [16 + 8 + 2]byte
	copy(name[:], rec.Addr[:])
	binary.LittleEndian.PutUint64(name[16:], xxh3.Hash(agent))
	copy(name[24:], country[:])
	a.viewer = r.viewers.Meet(xxh3.Hash(name[:]), agent, country, isIPv6(rec.Addr))
	a.referrer = r.viewers.Referrer(r.line(r.names.Str(rec.Referrer)))
}

// mapped is how As16 of an IPv4 address begins.
var mapped = [12]byte{10: 0xff, 11: 0xff}

func isIPv6(addr [16]byte) bool { return addr != [16]byte{} && [12]byte(addr[:12]) != mapped }

// line is a header's value on one line; good until the next call.
func (r *accessReader) line(text string) []byte {
	r.field = append(r.field[:0], text...)
	for i, c := range r.field {
		if c < ' ' || c == 0x7f {
			r.field[i] = ' '
		}
	}
	return slices.Clip(r.field)
}

// contentOf is about how much content a request came with, in bytes: what a log
// counts of it beyond the header that it would have here.
func (r *accessReader) contentOf(rec *results.Record) uint32 {
	head := len(rec.Method.String()) + len(r.target) + len("  HTTP/1.1\r\nHost: \r\nUser-Agent: \r\nContent-Length: 1000\r\n\r\n") +
		len(r.names.Str(rec.Host)) + len(r.names.Str(rec.Agent))
	if referrer := r.names.Str(rec.Referrer); referrer != "" {
		head += len("Referer: \r\n") + len(referrer)
	}
	return uint32(min(max(rec.BytesIn-int64(head), 0), math.MaxUint32))
}
