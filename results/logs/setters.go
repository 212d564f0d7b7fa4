package logs

import (
	"github.com/zeebo/xxh3"

	"edgesim/results"
	"edgesim/results/accesslog"
)

// setters take the value of a column of each kind; false means that it cannot be
// one.
var setters = [kindCount]func(w *row, v []byte, r *results.Record) bool{
	colIgnored:     func(*row, []byte, *results.Record) bool { return true },
	colDate:        setDate,
	colTime:        setTime,
	colTimestamp:   setTimestamp,
	colTimestampMs: setTimestampMs,
	colEdge:        setEdge,
	colDomain:      setDomain,
	colBehavior:    setBehavior,
	colAddr:        setAddr,
	colID:          setID,
	colCountry:     setCountry,
	colStem:        setStem,
	colQuery:       setQuery,
	colReferrer:    setReferrer,
	colMethod:      setMethod,
	colDetail:      setDetail,
	colTLS:         setTLS,
	colCipher:      setCipher,
	colStatus:      setStatus,
	colPort:        setPort,

	colAgent:       func(w *row, v []byte, r *results.Record) bool { r.Agent = w.again(v); return true },
	colHost:        func(w *row, v []byte, r *results.Record) bool { r.Host = w.sym(v); return true },
	colCookie:      func(w *row, v []byte, r *results.Record) bool { return w.keep(&r.Cookie, v) },
	colForwarded:   func(w *row, v []byte, r *results.Record) bool { return w.keep(&r.Forwarded, v) },
	colContentType: func(w *row, v []byte, r *results.Record) bool { return w.keep(&r.ContentType, v) },

	colResult: func(w *row, v []byte, r *results.Record) bool {
		return setWord(w, colResult, resultWords, &r.Result, v)
	},
	colResponse: func(w *row, v []byte, r *results.Record) bool {
		return setWord(w, colResponse, resultWords, &r.Response, v)
	},
	colProtocol: func(w *row, v []byte, r *results.Record) bool {
		return setWord(w, colProtocol, protocolWords, &r.Protocol, v)
	},
	colVersion: func(w *row, v []byte, r *results.Record) bool {
		return setWord(w, colVersion, versionWords, &r.Version, v)
	},

	colTTL: func(w *row, v []byte, r *results.Record) bool {
		return setWord(w, colTTL, ttlWords, &r.TTL, v)
	},

	colBytesOut:      func(_ *row, v []byte, r *results.Record) bool { return setCount(&r.BytesOut, v) },
	colBytesIn:       func(_ *row, v []byte, r *results.Record) bool { return setCount(&r.BytesIn, v) },
	colContentLength: func(_ *row, v []byte, r *results.Record) bool { return setCount(&r.ContentLength, v) },
	colRangeStart:    func(_ *row, v []byte, r *results.Record) bool { return setCount(&r.RangeStart, v) },
	colRangeEnd:      func(_ *row, v []byte, r *results.Record) bool { return setCount(&r.RangeEnd, v) },

	colTaken:           func(_ *row, v []byte, r *results.Record) bool { return setSeconds(&r.Total, 0, v) },
	colFirstByte:       func(_ *row, v []byte, r *results.Record) bool { return setSeconds(&r.TTFB, noTime, v) },
	colOriginFirstByte: func(_ *row, v []byte, r *results.Record) bool { return setSeconds(&r.OriginTTFB, 0, v) },
	colOriginLastByte:  func(_ *row, v []byte, r *results.Record) bool { return setSeconds(&r.OriginTotal, 0, v) },
}

func setDate(w *row, v []byte, _ *results.Record) (ok bool) {
	w.day, ok = w.days.at(v)
	w.dated |= dayKnown
	return ok
}

func setTime(w *row, v []byte, _ *results.Record) (ok bool) {
	w.clock, ok = parseClock(v)
	w.dated |= clockKnown
	return ok
}

func setTimestamp(w *row, v []byte, _ *results.Record) (ok bool) {
	w.exact, ok = parseEpoch(v)
	return ok
}

func setTimestampMs(w *row, v []byte, _ *results.Record) bool {
	ms, ok := parseInt(v)
	w.exact = ms * 1e6
	return ok && ms > 0 && ms < epochMost*1000
}

func setEdge(w *row, v []byte, r *results.Record) bool {
	if !isNothing(v) {
		r.Edge = w.edge(w.unescaped(v))
	}
	return true
}

func setBehavior(w *row, v []byte, r *results.Record) bool {
	if !isNothing(v) {
		r.Behavior = w.behavior(w.unescaped(v))
	}
	return true
}

func setDomain(w *row, v []byte, r *results.Record) bool {
	if !isNothing(v) {
		r.Distribution = w.distribution(w.file, w.unescaped(v))
	}
	return true
}

// setAddr takes an address; one that was masked is none.
func setAddr(_ *row, v []byte, r *results.Record) bool { r.Addr, _ = parseAddr(v); return true }

// setID keeps what names the request. An id that none of ours can be is a hash
// from here on.
func setID(w *row, v []byte, r *results.Record) (ok bool) {
	if !w.Everything {
		return true
	}
	if r.ID, ok = accesslog.NumberOf(v); !ok && !isNothing(v) {
		r.ID = xxh3.Hash(v)
	}
	return true
}

func setCountry(_ *row, v []byte, r *results.Record) bool {
	if len(v) == 2 {
		r.Country = [2]byte(v)
	}
	return true
}

func setStem(w *row, v []byte, _ *results.Record) bool  { w.url = v; return true }
func setQuery(w *row, v []byte, _ *results.Record) bool { w.query = v; return true }

func setReferrer(w *row, v []byte, r *results.Record) bool {
	if !w.Everything && !w.Referrers {
		v = origin(v)
	}
	r.Referrer = w.sym(v)
	return true
}

// keep interns what no report needs, for those who want everything.
func (w *row) keep(to *results.Sym, v []byte) bool {
	if w.Everything {
		*to = w.sym(v)
	}
	return true
}

func setMethod(_ *row, v []byte, r *results.Record) bool { r.Method = results.MethodOf(v); return true }

func setDetail(w *row, v []byte, _ *results.Record) bool {
	if !isNothing(v) {
		w.detail = v
	}
	return true
}

// setWord takes one of the words of an enumeration. One that is not known is
// told, and counts as none.
func setWord[T any](w *row, k kind, words *lexicon[T], to *T, v []byte) (ok bool) {
	if isNothing(v) {
		return true
	}
	if *to, ok = words.find(v); !ok {
		w.stranger(columnNames[k], v)
	}
	return true
}

func setTLS(w *row, v []byte, r *results.Record) bool {
	if !isNothing(v) {
		r.TLS = lookUpLast(w, colTLS, &w.tls, v, accesslog.TLSOf)
	}
	return true
}

func setCipher(w *row, v []byte, r *results.Record) bool {
	if !isNothing(v) {
		r.Cipher = lookUpLast(w, colCipher, &w.cipher, v, accesslog.CipherOf)
	}
	return true
}

// last is what a word meant that was met last, as most are the same.
type last[T any] struct {
	word  []byte
	value T
}

func lookUpLast[T any](w *row, k kind, l *last[T], v []byte, find func([]byte) (T, bool)) T {
	if string(l.word) == string(v) {
		return l.value
	}
	value, ok := find(v)
	if !ok {
		w.stranger(columnNames[k], v)
	}
	l.word, l.value = append(l.word[:0], v...), value
	return value
}

func setStatus(_ *row, v []byte, r *results.Record) bool {
	n, ok := parseInt(v)
	r.Status = uint16(n)
	return ok && n >= 0 && n <= 999 || isNothing(v)
}

func setPort(_ *row, v []byte, r *results.Record) bool {
	n, ok := parseInt(v)
	r.Port = uint16(n)
	return ok && n >= 0 && n <= 65535 || isNothing(v)
}

// setCount takes a count or, for none, a hyphen.
func setCount(to *int64, v []byte) bool {
	if isNothing(v) {
		return true
	}
	n, ok := parseInt(v)
	*to = n
	return ok && n >= 0
}

// noTime is what a first byte after 0.000 seconds counts as, since a record with
// none has 0.
const noTime = 1

// setSeconds takes a time in seconds, at least so many nanoseconds of it.
func setSeconds(to *int64, least int64, v []byte) bool {
	if isNothing(v) {
		return true
	}
	ns, ok := parseSeconds(v)
	*to = max(ns, least)
	return ok
}

// columnNames are the columns by their kinds.
var columnNames = func() (names [kindCount]string) {
	for name, k := range kinds {
		names[k] = name
	}
	return names
}()
