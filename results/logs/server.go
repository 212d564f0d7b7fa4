package logs

import (
	"bytes"

	"github.com/zeebo/xxh3"

	"edgesim/results"
)

// server reads lines of one's own server, by a layout.
type server struct {
	*job
	file   *file
	layout *layout
	dates  dates
	room   []byte // of the last plain
	domain []byte // of the last line
	record *results.Record
	said   said
}

// said is what a line said that a record has in another form.
type said struct {
	moment     int64 // ns since 1970
	hasMoment  bool
	begins     bool // the moment is that of the request's beginning
	url, query []byte
	sent       bool // all bytes to the viewer are known, not only the body's
	cache      cached
	cacheKnown bool
	aborted    bool
}

func newServer(j *job, l *layout) *server {
	return &server{job: j, layout: l}
}

func (s *server) begin(f *file, _ string) { s.file = f }

func (s *server) line(line []byte, r *results.Record) error {
	s.said, s.domain = said{}, s.domain[:0]
	s.record = r
	if err := s.layout.read(line, s); err != nil {
		return err
	}
	if !s.said.hasMoment {
		return errUndated
	}
	s.finish(r)
	return nil
}

func (s *server) finish(r *results.Record) {
	r.At = s.said.moment - s.epoch
	if !s.said.begins {
		r.At -= r.Total
	}
	if !s.said.sent {
		r.BytesOut = r.BodyBytes // all that the log has
	}
	if len(s.domain) == 0 {
		r.Distribution = s.distribution(s.file, nil)
	} else {
		r.Distribution = s.distribution(s.file, s.domain)
	}
	s.finishResult(r)
	s.locate(r)
	s.finishObject(r)
}

// clientClosed is nginx's status of a viewer that hung up before the response.
const clientClosed = 499

// finishResult makes of the cache's word and the status what CloudFront would
// have logged (reference, section 1.16): an error is one whoever kept it.
func (s *server) finishResult(r *results.Record) {
	r.Response = s.said.cache.result
	switch {
	case r.Status == clientClosed:
		r.Status, r.Response, r.Result = 0, results.Error, results.Error
		r.Detail = results.ClientHungUpRequest
		r.Flags |= results.Aborted
		return
	case r.Status >= 400:
		r.Response = results.Error
	case !s.said.cacheKnown && r.Status >= 301 && r.Status <= 308 && r.Status != 304:
		r.Response = results.Redirect // the server's own: no cache had a word in it
	}
	if s.said.cache.stale && r.Response == results.Hit {
		r.Flags |= results.StaleHit
	}
	r.Result = r.Response
	if s.said.aborted {
		r.Flags |= results.Aborted
		r.Result, r.Detail = results.Error, results.ClientCommError
		if r.Status == 0 {
			r.Detail = results.ClientHungUpRequest
		}
	}
}

func (s *server) finishObject(r *results.Record) {
	if isNothing(s.said.url) {
		return
	}
	url := s.plain(s.said.url)
	r.URL = s.texts.table.Bytes(url)
	r.Object = xxh3.HashSeed(url, s.known.seed(r.Distribution))
	if (s.Query || s.Everything) && !isNothing(s.said.query) {
		query := s.plain(s.said.query)
		r.Query = s.texts.table.Bytes(query)
		r.Object = xxh3.HashSeed(query, r.Object)
	}
}

func withoutPort(host []byte) []byte {
	if at := bytes.LastIndexByte(host, ':'); at >= 0 && bytes.IndexByte(host[at:], ']') < 0 {
		return host[:at]
	}
	return host
}

// sym is the Sym of a value as it was before the server escaped it.
func (s *server) sym(v []byte) results.Sym {
	if isNothing(v) {
		return 0
	}
	return s.texts.table.Bytes(s.plain(v))
}

// plain undoes what nginx and Apache do to what would spoil a line: \x22, \",
// \n and, where nginx escapes for JSON, \u00e4. It is good until the next call.
func (s *server) plain(v []byte) []byte {
	if bytes.IndexByte(v, '\\') < 0 {
		return v
	}
	s.room = unescapeServer(s.room[:0], v)
	return s.room
}
