package logs

import (
	"errors"
	"net/netip"

	"github.com/zeebo/xxh3"

	"edgesim/results"
	"edgesim/results/accesslog"
)

// row fills records from the columns of CloudFront's logs, of whatever form:
// start, then set for every column that there is, in any order, then finish.
type row struct {
	*job
	file       *file
	domainless bool // no column says the distribution's domain
	plain      bool // values are not percent-encoded, as in JSON

	days  days
	day   int64 // s since 1970
	clock int64 // s of the day
	exact int64 // ns since 1970, where a column says it so; else 0
	dated uint8 // 1: day is known, 2: clock is

	url, query []byte
	detail     []byte
	cipher     lastCipher
}

// lastCipher is the suite that was met last.
type lastCipher struct {
	name   []byte
	number uint16
}

const (
	dayKnown   = 1
	clockKnown = 2
)

func (w *row) start() {
	w.exact, w.dated = 0, 0
	w.url, w.query, w.detail = nil, nil, nil
}

// set takes the value of a column; false means that it cannot be one.
func (w *row) set(k kind, v []byte, r *results.Record) (ok bool) {
	switch k {
	case colDate:
		w.day, ok = w.days.at(v)
		w.dated |= dayKnown
		return ok
	case colTime:
		w.clock, ok = parseClock(v)
		w.dated |= clockKnown
		return ok
	case colTimestamp, colTimestampMs:
		return w.setTimestamp(k, v)
	case colStem, colQuery, colReferrer, colAgent, colCookie, colForwarded, colContentType, colHost:
		w.setText(k, v, r)
		return true
	case colDomain:
		w.setDomain(v, r)
		return true
	case colEdge:
		if !isNothing(v) {
			r.Edge = w.edge(w.unescaped(v))
		}
		return true
	case colBehavior:
		if !isNothing(v) {
			r.Behavior = w.behavior(w.unescaped(v))
		}
		return true
	case colAddr:
		w.setAddr(v, r)
		return true
	case colID:
		w.setID(v, r)
		return true
	case colCountry:
		if len(v) == 2 {
			r.Country = [2]byte(v)
		}
		return true
	case colMethod, colResult, colResponse, colDetail, colProtocol, colVersion, colTLS, colCipher:
		w.setWord(k, v, r)
		return true
	}
	return w.setNumber(k, v, r)
}

func (w *row) setTimestamp(k kind, v []byte) (ok bool) {
	if k == colTimestamp {
		w.exact, ok = parseEpoch(v)
		return ok
	}
	ms, ok := parseInt(v)
	w.exact = ms * 1e6
	return ok && ms > 0 && ms < epochMost*1000
}

func (w *row) setText(k kind, v []byte, r *results.Record) {
	switch k {
	case colStem:
		w.url = v
	case colQuery:
		w.query = v
	case colAgent:
		r.Agent = w.sym(v)
	case colHost:
		r.Host = w.sym(v)
	case colReferrer:
		if !w.Everything {
			v = origin(v)
		}
		r.Referrer = w.sym(v)
	}
	if !w.Everything {
		return
	}
	switch k {
	case colCookie:
		r.Cookie = w.sym(v)
	case colForwarded:
		r.Forwarded = w.sym(v)
	case colContentType:
		r.ContentType = w.sym(v)
	}
}

// sym is the Sym of a value.
func (w *row) sym(v []byte) results.Sym {
	if !w.plain {
		return w.texts.sym(v)
	}
	if isNothing(v) {
		return 0
	}
	return w.texts.table.Bytes(v)
}

// unescaped is a value as it was; good until the next call.
func (w *row) unescaped(v []byte) []byte {
	if w.plain {
		return v
	}
	return w.texts.plain(v)
}

func (w *row) setDomain(v []byte, r *results.Record) {
	if !isNothing(v) {
		r.Distribution = w.distribution(w.file, w.unescaped(v))
	}
}

func (w *row) setAddr(v []byte, r *results.Record) {
	var ok bool
	if r.Addr, ok = parseAddr(v); ok && w.Locate != nil && r.Country == ([2]byte{}) {
		r.Country = w.Locate(netip.AddrFrom16(r.Addr).Unmap())
	}
}

// setID keeps what names the request. An id that none of ours can be is a hash
// from here on.
func (w *row) setID(v []byte, r *results.Record) {
	var ok bool
	if r.ID, ok = accesslog.NumberOf(v); !ok && !isNothing(v) {
		r.ID = xxh3.Hash(v)
	}
}

func (w *row) setWord(k kind, v []byte, r *results.Record) {
	if k == colMethod {
		r.Method = results.MethodOf(v)
		return
	}
	if isNothing(v) {
		return
	}
	ok := true
	switch k {
	case colResult:
		r.Result, ok = resultWords.find(v)
	case colResponse:
		r.Response, ok = resultWords.find(v)
	case colDetail:
		w.detail = v
	case colProtocol:
		r.Protocol, ok = protocolWords.find(v)
	case colVersion:
		r.Version, ok = versionWords.find(v)
	case colTLS:
		r.TLS, ok = accesslog.TLSOf(v)
	case colCipher:
		r.Cipher, ok = w.cipher.find(v)
	}
	if !ok {
		w.stranger(columnNames[k], v)
	}
}

func (c *lastCipher) find(v []byte) (number uint16, ok bool) {
	if string(v) == string(c.name) {
		return c.number, true
	}
	if number, ok = accesslog.CipherOf(v); ok {
		c.name, c.number = append(c.name[:0], v...), number
	}
	return number, ok
}

// columnNames are the columns by their kinds.
var columnNames = func() (names [colBehavior + 1]string) {
	for name, k := range kinds {
		names[k] = name
	}
	return names
}()

func (w *row) setNumber(k kind, v []byte, r *results.Record) bool {
	if isNothing(v) {
		return true
	}
	switch k {
	case colTaken, colFirstByte, colOriginFirstByte, colOriginLastByte:
		ns, ok := parseSeconds(v)
		w.setSeconds(k, ns, r)
		return ok
	}
	n, ok := parseInt(v)
	if !ok || n < 0 {
		return false
	}
	switch k {
	case colBytesOut:
		r.BytesOut = n
	case colBytesIn:
		r.BytesIn = n
	case colStatus:
		r.Status = uint16(n)
		return n <= 999
	case colPort:
		r.Port = uint16(n)
		return n <= 65535
	case colContentLength:
		r.ContentLength = n
	case colRangeStart:
		r.RangeStart = n
	case colRangeEnd:
		r.RangeEnd = n
	}
	return true
}

// noTime is what a first byte after 0.000 seconds counts as, since a record with
// none has 0.
const noTime = 1

func (w *row) setSeconds(k kind, ns int64, r *results.Record) {
	switch k {
	case colTaken:
		r.Total = ns
	case colFirstByte:
		r.TTFB = max(ns, noTime)
	case colOriginFirstByte:
		r.OriginTTFB = ns
	case colOriginLastByte:
		r.OriginTotal = ns
	}
}

var errUndated = errors.New("it does not say when it was")

// finish makes of the values what needs several of them.
func (w *row) finish(r *results.Record) error {
	if w.exact == 0 && w.dated != dayKnown|clockKnown {
		return errUndated
	}
	end := w.exact
	if end == 0 {
		end = (w.day + w.clock) * 1e9
	}
	r.At = end - w.epoch - r.Total
	if w.domainless {
		r.Distribution = w.distribution(w.file, nil)
	}
	w.finishResult(r)
	w.finishObject(r)
	return nil
}

// finishResult tells who broke a response off: it was an error at its end and
// none at its beginning (§3.1, field 23).
func (w *row) finishResult(r *results.Record) {
	if w.detail != nil && string(w.detail) != r.Result.String() {
		var ok bool
		if r.Detail, ok = detailWords.find(w.detail); !ok {
			w.stranger(columnNames[colDetail], w.detail)
		}
	}
	switch r.Detail {
	case results.OriginShieldHit:
		r.Layer = results.LayerShield
	case results.ClientCommError, results.ClientHungUpRequest, results.AbortedOrigin:
		r.Flags |= results.Aborted
	default:
		if r.Result != results.Error || r.Response == results.Error || r.Response == results.NoResult {
			return
		}
		if r.Detail >= results.OriginCommError && r.Detail <= results.OriginZeroSizeObjectError {
			r.Flags |= results.Truncated
		} else {
			r.Flags |= results.Aborted
		}
	}
}

// finishObject names what was asked for: the distribution's domain is no part of
// the name where a log does not say it.
func (w *row) finishObject(r *results.Record) {
	if isNothing(w.url) {
		return
	}
	url := w.unescaped(w.url)
	r.URL = w.texts.table.Bytes(url)
	r.Object = xxh3.HashSeed(url, w.known.seed(r.Distribution))
	if (w.Query || w.Everything) && !isNothing(w.query) {
		query := w.unescaped(w.query)
		r.Query = w.texts.table.Bytes(query)
		r.Object = xxh3.HashSeed(query, r.Object)
	}
}
