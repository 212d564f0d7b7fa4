package logs

import (
	"bytes"
	"errors"

	"github.com/zeebo/xxh3"

	"edgesim/results"
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
	tls        last[uint8]
	cipher     last[uint16]
}

const (
	dayKnown   = 1
	clockKnown = 2
)

// start begins a line.
func (w *row) start(line []byte) {
	w.exact, w.dated = 0, 0
	w.url, w.query, w.detail = nil, nil, nil
	w.texts.noSlash = bytes.IndexByte(line, '\\') < 0
}

// set takes the value of a column; false means that it cannot be one.
func (w *row) set(k kind, v []byte, r *results.Record) (ok bool) { return setters[k](w, v, r) }

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

// again is the Sym of a value that is likely to come again.
func (w *row) again(v []byte) results.Sym {
	if w.plain || isNothing(v) {
		return w.sym(v)
	}
	return w.texts.byHeart(v)
}

// unescaped is a value as it was; good until the next call.
func (w *row) unescaped(v []byte) []byte {
	if w.plain {
		return v
	}
	return w.texts.plain(v)
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
	w.locate(r)
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
	if !isNothing(w.url) {
		url := w.unescaped(w.url)
		r.URL = w.texts.table.Bytes(url)
		r.Object = xxh3.HashSeed(url, w.known.seed(r.Distribution))
	}
	if (w.Query || w.Everything) && !isNothing(w.query) {
		query := w.unescaped(w.query)
		r.Query = w.texts.table.Bytes(query)
		r.Object = xxh3.HashSeed(query, r.Object)
	}
}
