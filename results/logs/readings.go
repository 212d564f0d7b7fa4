package logs

import (
	"bytes"
	"math"

	"github.com/zeebo/xxh3"

	"edgesim/results"
	"edgesim/results/accesslog"
)

// The readings of what servers write, whatever the syntax of their layouts. A
// hyphen or nothing is a value that there was none of.

// maybe is a reading that a missing value leaves out.
func maybe(read reading) reading {
	return func(s *server, v []byte) bool { return isNothing(v) || read(s, v) }
}

// whole is a reading of a whole number from 0 to most.
func whole(most int64, set func(r *results.Record, n int64)) reading {
	return maybe(func(s *server, v []byte) bool {
		n, ok := parseInt(v)
		if !ok || n < 0 || n > most {
			return false
		}
		set(s.record, n)
		return true
	})
}

// span is a reading of a time in units of so many nanoseconds.
func span(unit int64, set func(r *results.Record, ns int64)) reading {
	return maybe(func(s *server, v []byte) bool {
		ns, ok := parseSeconds(v)
		if unit != 1e9 {
			var n int64
			n, ok = parseInt(v)
			ns = n * unit
			ok = ok && n >= 0 && n <= secondsMost*1e9/unit
		}
		set(s.record, ns)
		return ok
	})
}

// word is a reading of a text.
func word(set func(r *results.Record, sym results.Sym)) reading {
	return func(s *server, v []byte) bool {
		set(s.record, s.sym(v))
		return true
	}
}

// detailOf is a reading of a text that is kept only with Options.Everything.
func detailOf(set func(r *results.Record, sym results.Sym)) reading {
	return func(s *server, v []byte) bool {
		if s.Everything {
			set(s.record, s.sym(v))
		}
		return true
	}
}

func setTotal(r *results.Record, ns int64)       { r.Total = ns }
func setFirstByte(r *results.Record, ns int64)   { r.TTFB = max(ns, noTime) }
func setOriginTTFB(r *results.Record, ns int64)  { r.OriginTTFB = ns }
func setOriginTotal(r *results.Record, ns int64) { r.OriginTotal = ns }

var (
	readStatus   = whole(999, func(r *results.Record, n int64) { r.Status = uint16(n) })
	readBody     = whole(math.MaxInt64, func(r *results.Record, n int64) { r.BodyBytes = n })
	readReceived = whole(math.MaxInt64, func(r *results.Record, n int64) { r.BytesIn = n })
	readPort     = whole(math.MaxUint16, func(r *results.Record, n int64) { r.Port = uint16(n) })
	readLength   = whole(math.MaxInt64, func(r *results.Record, n int64) { r.ContentLength = n })

	readAgent     = word(func(r *results.Record, sym results.Sym) { r.Agent = sym })
	readCookie    = detailOf(func(r *results.Record, sym results.Sym) { r.Cookie = sym })
	readForwarded = detailOf(func(r *results.Record, sym results.Sym) { r.Forwarded = sym })
	readType      = detailOf(func(r *results.Record, sym results.Sym) { r.ContentType = sym })
)

func readAddr(s *server, v []byte) bool {
	s.record.Addr, _ = parseAddr(v) // a name in its place, as Apache can be told to look up, is no address
	return true
}

func readSent(s *server, v []byte) bool {
	n, ok := parseInt(v)
	s.record.BytesOut, s.said.sent = n, ok && n >= 0
	return s.said.sent || isNothing(v)
}

func readReferrer(s *server, v []byte) bool {
	if !s.Everything && !s.Referrers {
		v = origin(v)
	}
	s.record.Referrer = s.sym(v)
	return true
}

func readHost(s *server, v []byte) bool {
	if isNothing(v) {
		return true
	}
	s.record.Host = s.sym(v)
	s.setDomain(v)
	return true
}

// setDomain takes a host's name in lower case, without its port.
func (s *server) setDomain(host []byte) {
	host = s.plain(withoutPort(host))
	s.domain = lower(grown(s.domain[:0], len(host)), host)
}

// grown is b with room for n bytes.
func grown(b []byte, n int) []byte {
	if cap(b) < n {
		return make([]byte, 0, 2*n)
	}
	return b
}

// readServer is the server's own name for itself: the host where none is said.
func readServer(s *server, v []byte) bool {
	if s.record.Host == 0 && !isNothing(v) && !bytes.Equal(v, []byte("_")) {
		return readHost(s, v)
	}
	return true
}

func readMethod(s *server, v []byte) bool {
	s.record.Method = results.MethodOf(v)
	return true
}

// readRequest takes a request line. What no server could make sense of is a
// request all the same, for nothing.
func readRequest(s *server, v []byte) bool {
	method, rest, ok := bytes.Cut(v, []byte{' '})
	if !ok {
		return true
	}
	target := rest
	if at := bytes.LastIndexByte(rest, ' '); at >= 0 {
		target = rest[:at]
		readVersion(s, rest[at+1:])
	}
	s.record.Method = results.MethodOf(method)
	return readTarget(s, target)
}

// readTarget takes path and query, and a host before them, as proxies have it.
func readTarget(s *server, v []byte) bool {
	if at := bytes.Index(v, []byte("://")); at > 0 && at < 6 {
		s.readScheme(v[:at])
		v = v[at+3:]
		end := bytes.IndexAny(v, "/?")
		if end < 0 {
			end = len(v)
		}
		readServer(s, v[:end])
		if v = v[end:]; len(v) == 0 {
			v = []byte("/")
		}
	}
	path, query, has := bytes.Cut(v, []byte{'?'})
	s.said.url = path
	if has {
		s.said.query = query
	}
	return true
}

func readPath(s *server, v []byte) bool {
	if s.said.url == nil { // a request line says it as it came
		s.said.url = v
	}
	return true
}

func readQuery(s *server, v []byte) bool {
	if v = bytes.TrimPrefix(v, []byte{'?'}); s.said.query == nil && len(v) > 0 {
		s.said.query = v
	}
	return true
}

func readVersion(s *server, v []byte) bool {
	s.record.Version, _ = versionWords.find(v)
	return true
}

func (s *server) readScheme(v []byte) {
	if p, ok := protocolWords.find(v); ok {
		s.record.Protocol = p
	}
}

func readScheme(s *server, v []byte) bool {
	s.readScheme(v)
	return true
}

func readHTTPS(s *server, v []byte) bool {
	if !isNothing(v) && !bytes.EqualFold(v, []byte("off")) {
		s.record.Protocol = results.HTTPS
	}
	return true
}

func readTLS(s *server, v []byte) bool {
	if !isNothing(v) {
		s.record.TLS, _ = accesslog.TLSOf(v)
		s.record.Protocol = results.HTTPS
	}
	return true
}

func readCipher(s *server, v []byte) bool {
	if !isNothing(v) {
		s.record.Cipher, _ = accesslog.CipherOf(v)
	}
	return true
}

func readID(s *server, v []byte) bool {
	if !isNothing(v) {
		s.record.ID = xxh3.Hash(v)
	}
	return true
}

func readCountry(s *server, v []byte) bool {
	if len(v) == 2 && v[0] >= 'A' && v[1] >= 'A' {
		s.record.Country = [2]byte(v)
	}
	return true
}

// readCache takes a cache's word for its result. The first that says something
// counts, where a layout has several.
func readCache(s *server, v []byte) bool {
	if isNothing(v) || s.said.cacheKnown {
		return true
	}
	c, aborted, known := cacheResult(v)
	if !known {
		s.stranger("cache result", v)
		return true
	}
	s.said.cache, s.said.cacheKnown = c, true
	s.said.aborted = s.said.aborted || aborted
	return true
}

// readRange takes a Content-Range: bytes 0-99/1000.
func readRange(s *server, v []byte) bool {
	v, ok := bytes.CutPrefix(v, []byte("bytes "))
	if !ok {
		return true
	}
	span, _, _ := bytes.Cut(v, []byte{'/'})
	from, to, _ := bytes.Cut(span, []byte{'-'})
	a, ok1 := parseInt(from)
	b, ok2 := parseInt(to)
	if ok1 && ok2 && a >= 0 && b >= a {
		s.record.RangeStart, s.record.RangeEnd = a, b
	}
	return true
}

// readUpstream is a reading of nginx's times for the servers it asked, which
// stand with commas between them, and colons where it was sent elsewhere inside.
// They add up, and their number is that of requests to an origin.
func readUpstream(set func(r *results.Record, ns int64)) reading {
	return maybe(func(s *server, v []byte) bool {
		sum, asked := int64(0), uint16(0)
		for len(v) > 0 {
			at := bytes.IndexAny(v, ",:")
			one := v
			if v = nil; at >= 0 {
				one, v = one[:at], one[at+1:]
			}
			if one = bytes.TrimSpace(one); isNothing(one) {
				continue // this one gave no answer
			}
			ns, ok := parseSeconds(one)
			if !ok {
				return false
			}
			sum += ns
			asked++
		}
		set(s.record, sum)
		s.record.OriginAsked = max(s.record.OriginAsked, asked)
		return true
	})
}

// readUpstreamBytes is the same for bytes.
func readUpstreamBytes(s *server, v []byte) bool {
	for len(v) > 0 {
		at := bytes.IndexAny(v, ",:")
		one := v
		if v = nil; at >= 0 {
			one, v = one[:at], one[at+1:]
		}
		if n, ok := parseInt(bytes.TrimSpace(one)); ok && n >= 0 {
			s.record.OriginBytes += n
		}
	}
	return true
}

// readCompletion is nginx's $request_completion: OK, or nothing of a response
// that the viewer did not take to its end.
func readCompletion(s *server, v []byte) bool {
	s.said.aborted = isNothing(v)
	return true
}

// readConnection is Apache's %X: X of a connection that was cut before the
// response was out.
func readConnection(s *server, v []byte) bool {
	s.said.aborted = string(v) == "X"
	return true
}

// unescapeServer appends v with a server's escapes undone.
func unescapeServer(dst, v []byte) []byte {
	for i := 0; i < len(v); i++ {
		if v[i] != '\\' || i+1 == len(v) {
			dst = append(dst, v[i])
			continue
		}
		i++
		switch c := v[i]; {
		case c == 'x' && i+2 < len(v) && hex(v[i+1]) < 16 && hex(v[i+2]) < 16:
			dst = append(dst, hex(v[i+1])<<4|hex(v[i+2]))
			i += 2
		case c == 'u' && i+4 < len(v):
			var n rune
			if dst, n = appendUnicode(dst, v[i+1:i+5]); n > 0 {
				i += 4
			}
		case bytes.IndexByte([]byte("nrtbfv"), c) >= 0:
			dst = append(dst, "\n\r\t\b\f\v"[bytes.IndexByte([]byte("nrtbfv"), c)])
		default:
			dst = append(dst, c) // \" \\ \/
		}
	}
	return dst
}
