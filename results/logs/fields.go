package logs

import (
	"bytes"
	"strings"

	"edgesim/results"
)

// The forms of CloudFront's logs other than the standard W3C one hold the same
// fields, under the same names or nearly: JSON has them as they are, Parquet with
// underscores (cs_user_agent), real-time logs with a few names of their own.

// role is what a field is in a log in which it is not just a column of the
// standard log.
type role uint8

const (
	asColumn     role = iota
	realtimeHost      // cs-host: the Host header as sent, which x-host-header is elsewhere
	eitherHost        // x-host-header: the distribution's domain in a real-time log (reference, section 3.3)
	realtimeMark      // tells that the log is a real-time one
	stem              // has the query in a real-time log
)

// field is what a name means.
type field struct {
	name string
	kind kind
	role role
}

// realtimeNames are the names that only real-time logs have.
var realtimeNames = map[string]field{
	"timestamp":     {"timestamp", colTimestamp, realtimeMark},
	"cs-host":       {"cs-host", colHost, realtimeHost},
	"cs-user-agent": {"cs-user-agent", colAgent, realtimeMark},
	"cs-referer":    {"cs-referer", colReferrer, realtimeMark},
	"cs-cookie":     {"cs-cookie", colCookie, realtimeMark},
}

// underscored are the standard names as Parquet and databases have them.
var underscored = func() map[string]kind {
	m := map[string]kind{"cs_referrer": colReferrer} // as some tables of AWS's documents have it
	for name, k := range kinds {
		m[underscore(name)] = k
	}
	return m
}()

// underscore is a name in which a word's letters and digits are all that is left.
func underscore(name string) string {
	words := strings.FieldsFunc(strings.ToLower(name), func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < '0' || r > '9')
	})
	return strings.Join(words, "_")
}

// fieldOf is the meaning of a name; of kind colIgnored where no report needs it.
func fieldOf(name string) field {
	low := strings.ToLower(name)
	if f, ok := realtimeNames[low]; ok {
		return f
	}
	k, ok := kinds[low]
	if !ok {
		k = underscored[underscore(low)]
	}
	switch k {
	case colHost:
		return field{name, k, eitherHost}
	case colStem:
		return field{name, k, stem}
	}
	return field{name, k, asColumn}
}

// loose fills records from fields that come in any order, of a standard log or a
// real-time one, which tells itself by its names.
type loose struct {
	row
	realtime           bool
	xHost, csHost, dom []byte
	path               []byte
}

func (l *loose) start(line []byte) {
	l.row.start(line)
	l.realtime = false
	l.xHost, l.csHost, l.dom, l.path = nil, nil, nil, nil
}

// set takes a value, which must stay as it is until finish; false: it is none.
func (l *loose) set(f field, v []byte, r *results.Record) bool {
	switch f.role {
	case realtimeHost:
		l.csHost, l.realtime = v, true
		return true
	case eitherHost:
		l.xHost = v
		return true
	case stem:
		l.path = v
		return true
	case realtimeMark:
		l.realtime = true
	}
	if f.kind == colDomain {
		l.dom = v
		return true
	}
	return l.row.set(f.kind, v, r)
}

func (l *loose) finish(r *results.Record) error {
	domain, host := l.dom, l.xHost
	if l.realtime {
		domain, host = l.xHost, l.csHost
		path, query, has := bytes.Cut(l.path, []byte{'?'})
		l.path = path
		if has && isNothing(l.query) {
			l.query = query
		}
	}
	l.url = l.path
	r.Host = l.sym(host)
	if l.domainless = isNothing(domain); !l.domainless {
		setDomain(&l.row, domain, r)
	}
	return l.row.finish(r)
}
