package player

import (
	"bytes"
	"strconv"

	"edgesim/results"
	"edgesim/sim/origin"
)

// answer is what the header fields of one response say.
type answer struct {
	result    results.Result // from X-Cache and its like; NoResult: not said
	status    results.Result // from Cache-Status
	layer     results.Layer
	collapsed bool
	stale     bool
	aged      bool // an Age above 0

	tagged       bool // an ETag that a simulated origin made
	key, version uint64

	ranged                bool // a Content-Range of bytes
	first, last, complete int64
}

// field notes one header field. Names come as fasthttp normalizes them.
func (a *answer) field(name, value []byte) {
	switch string(name) {
	case "X-Cache", "X-Cache-Status", "Cf-Cache-Status":
		a.cacheWord(value)
	case "Cache-Status":
		a.cacheStatus(value)
	case "Age":
		a.age(value)
	case "Etag":
		a.etag(value)
	case "Content-Range":
		a.contentRange(value)
	}
}

func (a *answer) age(value []byte) { a.aged = len(value) > 0 && string(value) != "0" }

func (a *answer) etag(value []byte) { a.key, a.version, a.tagged = origin.ParseETag(value) }

func (a *answer) contentRange(value []byte) {
	a.first, a.last, a.complete, a.ranged = parseContentRange(value)
}

// cacheWords are the first words of X-Cache and its like, as CloudFront, nginx,
// Varnish, Squid, Cloudflare and Fastly write them, in capitals.
var cacheWords = map[string]struct {
	result results.Result
	stale  bool
}{
	"HIT": {results.Hit, false}, "MISS": {results.Miss, false},
	"REFRESHHIT": {results.RefreshHit, false}, "REVALIDATED": {results.RefreshHit, false},
	"REFRESH_HIT": {results.RefreshHit, false}, "REFRESH_MISS": {results.Miss, false},
	"MEM_HIT": {results.Hit, false}, "IMS_HIT": {results.Hit, false},
	"EXPIRED": {results.Miss, false}, "BYPASS": {results.Miss, false}, "DYNAMIC": {results.Miss, false},
	"PASS": {results.Miss, false}, "STALE": {results.Hit, true}, "UPDATING": {results.Hit, true},
	"ERROR": {results.Error, false}, "REDIRECT": {results.Redirect, false},
	"LIMITEXCEEDED":        {results.LimitExceeded, false},
	"CAPACITYEXCEEDED":     {results.CapacityExceeded, false},
	"LAMBDAEXECUTIONERROR": {results.LambdaExecutionError, false},
}

// cacheWord reads "Hit from cloudfront", "TCP_MISS", "MISS, HIT": of several
// caches the last is the nearest.
func (a *answer) cacheWord(value []byte) {
	if i := bytes.LastIndexByte(value, ','); i >= 0 {
		value = value[i+1:]
	}
	value = bytes.TrimLeft(value, " \t")
	var word [24]byte
	n := 0
	for n < len(value) && n < len(word) && value[n] != ' ' && value[n] != '/' {
		word[n] = upper(value[n])
		n++
	}
	w := bytes.TrimPrefix(word[:n], []byte("TCP_"))
	if known, ok := cacheWords[string(w)]; ok {
		a.result, a.stale = known.result, a.stale || known.stale
	}
}

func upper(c byte) byte {
	if c >= 'a' && c <= 'z' {
		return c - 'a' + 'A'
	}
	return c
}

// cacheStatus reads Cache-Status (RFC 9211): a list with one member for each
// cache, the last one nearest to the viewer, as
//
//	Shield; hit, Edge; fwd=uri-miss; collapsed
func (a *answer) cacheStatus(value []byte) {
	behind, stale := a.status == results.Hit, false
	for len(value) > 0 {
		var m member
		m, value = parseMember(value)
		a.status, a.collapsed = m.result(), m.collapsed
		stale = m.hit && m.ttl < 0
		switch {
		case a.status == results.Hit || a.status == results.RefreshHit:
			a.layer = results.LayerEdge
		case behind:
			a.layer = results.LayerRegional
		case a.status == results.Miss:
			a.layer = results.LayerOrigin
		}
		behind = behind || m.hit
	}
	a.stale = a.stale || stale
}

// member is one cache's word in Cache-Status.
type member struct {
	hit, fwd, stale, collapsed bool
	status                     int64 // fwd-status; 0: not given
	ttl                        int64
}

// result is the member's meaning in CloudFront's words: forwarded because what
// was stored had become stale, and found unchanged, is a RefreshHit.
func (m *member) result() results.Result {
	switch {
	case m.hit:
		return results.Hit
	case m.stale && m.status == 304:
		return results.RefreshHit
	case m.fwd:
		return results.Miss
	}
	return results.NoResult
}

// parseMember reads up to the next comma outside of a quoted string.
func parseMember(b []byte) (m member, rest []byte) {
	begin, quoted := 0, false
	for i := 0; i < len(b); i++ {
		switch c := b[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == ';' || c == ',':
			m.param(bytes.TrimSpace(b[begin:i]))
			begin = i + 1
			if c == ',' {
				return m, b[i+1:]
			}
		}
	}
	m.param(bytes.TrimSpace(b[begin:]))
	return m, nil
}

func (m *member) param(p []byte) {
	name, value, _ := bytes.Cut(p, []byte("="))
	switch string(name) {
	case "hit":
		m.hit = string(value) != "?0"
	case "fwd":
		m.fwd, m.stale = true, string(value) == "stale"
	case "fwd-status":
		m.status, _ = parseInt(value)
	case "ttl":
		m.ttl, _ = parseInt(value)
	case "collapsed":
		m.collapsed = string(value) != "?0"
	}
}

// parseContentRange reads "bytes 0-99/1000" and "bytes 0-99/*" (RFC 9110
// §14.4); complete is -1 for the latter.
func parseContentRange(v []byte) (first, last, complete int64, ok bool) {
	v, ok = bytes.CutPrefix(v, []byte("bytes "))
	span, size, slash := bytes.Cut(v, []byte("/"))
	from, to, dash := bytes.Cut(span, []byte("-"))
	if !ok || !slash || !dash {
		return 0, 0, 0, false
	}
	first, ok1 := parseInt(from)
	last, ok2 := parseInt(to)
	complete, ok3 := parseInt(size)
	if string(size) == "*" {
		complete, ok3 = -1, true
	}
	ok = ok1 && ok2 && ok3 && first >= 0 && last >= first && (complete < 0 || last < complete)
	return first, last, complete, ok
}

// parseInt does not allocate but for an error: the compiler keeps the string
// of so short a conversion on the stack.
func parseInt(b []byte) (int64, bool) {
	if len(b) == 0 || len(b) > 20 {
		return 0, false
	}
	v, err := strconv.ParseInt(string(b), 10, 64)
	return v, err == nil
}

// classify sets the record's result types and layer. X-Cache decides, then
// Cache-Status, then an Age above 0, which only a cache sends; where nothing
// tells, the result stays unknown. An error status is an Error, as in
// CloudFront's logs.
func classify(r *results.Record, a *answer, kind results.Fault) {
	r.Response = a.result
	if r.Response == results.NoResult {
		r.Response = a.status
	}
	if r.Response == results.NoResult && a.aged {
		r.Response = results.Hit
	}
	if r.Status >= 400 {
		r.Response = results.Error
	}
	r.Layer = a.layer
	if r.Layer == results.NoLayer {
		r.Layer = layerOf(r.Response)
	}
	if a.collapsed {
		r.Flags |= results.Collapsed
	}
	if a.stale {
		r.Flags |= results.StaleHit
	}
	if !a.collapsed {
		impliedOrigin(r)
	}
	r.Result = r.Response
	if kind == results.FaultMalformed || r.Flags&(results.Truncated|results.NoResponse) != 0 {
		r.Result = results.Error
	}
}

// impliedOrigin notes what a client can tell of the origin's share: a miss or a
// refresh hit that rode nobody else's flight made one request to it, and a miss
// made it send the response.
func impliedOrigin(r *results.Record) {
	switch r.Response {
	case results.Miss:
		r.OriginAsked, r.OriginBytes = 1, r.BytesOut
	case results.RefreshHit:
		r.OriginAsked = 1
	}
}

func layerOf(r results.Result) results.Layer {
	switch r {
	case results.Hit, results.RefreshHit:
		return results.LayerEdge
	case results.Miss:
		return results.LayerOrigin
	}
	return results.NoLayer
}
