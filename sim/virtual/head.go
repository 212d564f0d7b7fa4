package virtual

import (
	mathbits "math/bits"
	"net/http"
	"slices"
	"strings"

	"edgesim/edge/rfc9111"
	"edgesim/results"
	"edgesim/sim/origin"
)

// Header fields are not written in a virtual run, but weighed: what a cache
// keeps and what goes over the wire are numbers of bytes that follow from the
// fields' names and the lengths of their values. Values whose length changes
// (entity tags, lengths, ages) are added where they are known.

// field is a header field and how long its value is.
type field struct {
	name  string
	value int
}

// line is the bytes of a field's line: "name: value" CRLF.
func (f field) line() int { return len(f.name) + len(": \r\n") + f.value }

func sumOf(fields []field) (n int) {
	for _, f := range fields {
		n += f.line()
	}
	return n
}

// Media types of other responses than a catalog's objects.
const (
	plainText = "text/plain; charset=utf-8"
	xmlText   = "application/xml"
)

const (
	dateLen = len("Mon, 02 Jan 2006 15:04:05 GMT")
	etagLen = len(`"0123456789abcdef-0"`) // of a version of one digit
	idLen   = 16                          // of a bucket's request id
)

// head is a response's header as an origin sends it and a cache keeps it.
type head struct {
	meta   rfc9111.Response // as the rules of caching read it, but for status and dates
	stored []field          // what is kept
	block  int              // bytes of stored
	kind   results.Sym      // Content-Type
	tagged bool             // has an entity tag, whose version may have more than one digit
	strong bool             // and that is a strong one
	dress  dress            // what the behavior adds for viewers
	no304  int              // what of the stored fields a 304 to a viewer leaves out, in bytes
	beside int              // and one from the origin

	number      int32  // index into world.heads
	contentType string // media type
	undressed   *head  // the same as it comes from a tier; nil: not made yet
}

// newHead weighs fields as they come from an origin. Date is the first.
func newHead(r *route, fields []field, cacheControl string) *head {
	tagged := slices.ContainsFunc(fields, func(f field) bool { return f.name == "ETag" })
	shown := without(fields, func(f field) bool { return leftOut(f, tagged) })
	sent := without(fields, func(f field) bool { return beside200(f.name) })
	h := &head{stored: fields, block: sumOf(fields), dress: dress{r.dressing(fields), r.dressing(shown), r.dressing(sent)}}
	h.no304, h.beside = h.block-sumOf(shown), h.block-sumOf(sent)
	h.meta.HasDate = true
	for _, f := range fields {
		switch f.name {
		case "ETag":
			h.tagged, h.meta.HasETag = true, true
		case "Last-Modified":
			h.meta.HasLastModified = true
		}
	}
	if cacheControl != "" {
		h.meta.Field([]byte("Cache-Control"), []byte(cacheControl))
	}
	return h
}

// dress is what a behavior adds to a header for viewers, in bytes, less than 0 where it
// takes more away: to all of it, to what of it a 304 to a viewer has, and to what one
// from the origin has.
type dress struct{ all, shown, sent int }

// answer is what kind of response an origin's header is of.
type answer uint8

const (
	isObject     answer = iota
	isError             // of the origin's own
	isRefused           // a method that it does not take
	isPosted            // to POST
	isChanged           // to another method that changes something
	tellsMethods        // to OPTIONS
)

// headOfAnswer is the header of an origin's response.
func (o *server) headOfAnswer(r *route, what answer, contentType, cacheControl string) *head {
	switch what {
	case isError:
		return o.errorHead(r)
	case isRefused:
		return o.errorHead(r, field{"Allow", len("GET, HEAD")})
	case isPosted:
		return o.postedHead(r, contentType)
	case isChanged:
		return newHead(r, o.commonFields(), "")
	case tellsMethods:
		return newHead(r, append(o.commonFields(), field{"Allow", len("GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS")}), "")
	}
	return o.objectHead(r, contentType, cacheControl)
}

// objectHead is the header of a simulated origin's object.
func (o *server) objectHead(r *route, contentType, cacheControl string) *head {
	fields := append(o.commonFields(), field{"Content-Type", len(contentType)})
	if o.conf.Kind == origin.Bucket {
		fields = append(fields, field{"Accept-Ranges", len("bytes")})
	}
	fields = append(fields, o.tagField(), field{"Last-Modified", dateLen})
	if cacheControl != "" {
		fields = append(fields, field{"Cache-Control", len(cacheControl)})
	}
	h := newHead(r, fields, cacheControl)
	h.strong, h.contentType = !o.conf.WeakETag, contentType
	return h
}

// postedHead is the header of what a POST is answered with.
func (o *server) postedHead(r *route, contentType string) *head {
	fields := append(o.commonFields(), field{"Content-Type", len(contentType)}, o.tagField(), field{"Cache-Control", len("no-store")})
	h := newHead(r, fields, "no-store")
	h.strong, h.contentType = !o.conf.WeakETag, contentType
	return h
}

func (o *server) tagField() field {
	if o.conf.WeakETag {
		return field{"ETag", len("W/") + etagLen}
	}
	return field{"ETag", etagLen}
}

// commonFields are those of every response of the origin.
func (o *server) commonFields() []field {
	fields := []field{{"Date", dateLen}}
	if o.conf.Kind == origin.Bucket {
		fields = append(fields, field{"Server", len("AmazonS3")}, field{"x-amz-request-id", idLen})
	}
	return fields
}

// errorHead is the header of one of the origin's errors.
func (o *server) errorHead(r *route, more ...field) *head {
	contentType := plainText
	if o.conf.Kind == origin.Bucket {
		contentType = xmlText
	}
	h := newHead(r, append(append(o.commonFields(), field{"Content-Type", len(contentType)}), more...), "")
	h.contentType = contentType
	return h
}

// statusLine is the length of the line that a response begins with.
func statusLine(status int) int {
	return len("HTTP/1.1 200 ") + len(http.StatusText(status)) + len("\r\n")
}

// lengthLine is the length of a Content-Length line.
func lengthLine(n int64) int { return len("Content-Length: \r\n") + digits(n) }

const (
	chunkedLine = len("Transfer-Encoding: chunked\r\n")
	endOfHead   = len("\r\n")
)

// wire is the bytes of the header over the wire: with the end of the head, the
// status line and the framing of a body of that length, -1 for chunks.
func (h *head) wire(status int, length int64) int {
	n := statusLine(status) + h.block + endOfHead
	switch {
	case status == 304:
		return n - h.beside
	case status == 204:
		return n
	case length < 0:
		return n + chunkedLine
	}
	return n + lengthLine(length)
}

// leftOut reports whether a 304 to a viewer leaves a stored field out (RFC 9110
// §15.4.5); tagged: an entity tag is among them.
func leftOut(f field, tagged bool) bool {
	return f.name == "Content-Type" || f.name == "Last-Modified" && tagged
}

func without(fields []field, drop func(field) bool) []field {
	return slices.DeleteFunc(slices.Clone(fields), drop)
}

// digits is how many decimal digits a number has that is not negative: log 2 is
// about 1233/4096, and the table says where a power of ten lies between two of two.
func digits(n int64) int {
	d := mathbits.Len64(uint64(n)) * 1233 >> 12
	if n < powersOfTen[d] {
		return max(d, 1)
	}
	return d + 1
}

var powersOfTen = func() (list [19]int64) {
	list[0] = 1
	for i := 1; i < len(list); i++ {
		list[i] = 10 * list[i-1]
	}
	return list
}()

// dressing is how many bytes the behavior's ResponseHeaders add to the fields
// for viewers; less than 0 where they take more away.
func (r *route) dressing(fields []field) int {
	set := &r.rule.ResponseHeaders
	has := func(name string) bool {
		return slices.ContainsFunc(fields, func(f field) bool { return strings.EqualFold(f.name, name) })
	}
	n := 0
	drops := slices.Clone(set.Remove)
	for _, s := range set.Set {
		line := field{s.Name, len(s.Value)}.line()
		switch {
		case s.Override:
			drops, n = append(drops, s.Name), n+line
		case !has(s.Name) || slices.ContainsFunc(drops, func(d string) bool { return strings.EqualFold(d, s.Name) }):
			n += line
		}
	}
	for _, f := range fields {
		if slices.ContainsFunc(drops, func(d string) bool { return strings.EqualFold(d, f.name) }) {
			n -= f.line()
		}
	}
	return n
}

// ownDressing is the same for a response of the edge's own, whose fields stay.
func (r *route) ownDressing(fields []field) int {
	if r == nil {
		return 0
	}
	n := 0
	for _, s := range r.rule.ResponseHeaders.Set {
		if !slices.ContainsFunc(fields, func(f field) bool { return strings.EqualFold(f.name, s.Name) }) {
			n += field{s.Name, len(s.Value)}.line()
		}
	}
	return n
}
