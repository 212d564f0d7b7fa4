package player

import (
	"bytes"
	"cmp"
	"strconv"

	"edgesim/results"
	"edgesim/workloads"
)

// words are the strings of requests, made ready once: as they go on the wire,
// and interned for the records.
type words struct {
	catalog  *workloads.Catalog
	viewers  *workloads.Viewers
	names    *results.Names // nil: nothing is interned
	base     string
	one      string   // the one path, if there is but one
	hosts    []phrase // by host of the catalog
	ofTarget []phrase // the Hosts of targets; nil: hosts count
	extra    []byte   // lines that are in every request

	oneURL, oneQuery results.Sym // of the one path; 0: there is none, or no names

	noAgent, noReferrer, noAddr bool     // the viewers' own: extra has them
	sites                       []string // the same, as URLs begin
	referrers                   []phrase // by referrer of the viewers; the first is none
}

// phrase is a header line and the Sym of its value.
type phrase struct {
	line []byte
	sym  results.Sym
}

type verb struct {
	start  string // of the request line
	method results.Method
	body   bool // a body is expected: an empty one is announced
	safe   bool // may be sent again (RFC 9110 §9.2.2)
}

var verbs = [...]verb{
	workloads.GET:     {"GET ", results.GET, false, true},
	workloads.HEAD:    {"HEAD ", results.HEAD, false, true},
	workloads.POST:    {"POST ", results.POST, true, false},
	workloads.PUT:     {"PUT ", results.PUT, true, true},
	workloads.PATCH:   {"PATCH ", results.PATCH, true, false},
	workloads.DELETE:  {"DELETE ", results.DELETE, false, true},
	workloads.OPTIONS: {"OPTIONS ", results.OPTIONS, false, true},
}

func newWords(cfg *Config) *words {
	w := &words{catalog: cfg.Catalog, viewers: cfg.Viewers, base: cfg.BasePath, one: cfg.OnePath}
	if cfg.Recorder != nil {
		w.names = cfg.Names
	}
	if w.one != "" && w.names != nil && !cfg.NoURLs {
		w.oneURL, w.oneQuery = w.url([]byte(w.one))
	}
	for _, host := range cfg.Catalog.Hosts() {
		if cfg.HostHeader != "" {
			host = cfg.HostHeader
		}
		w.hosts = append(w.hosts, w.phrase("Host: ", host))
		w.sites = append(w.sites, cmp.Or(cfg.Scheme, "http")+"://"+host)
	}
	w.addHeaders(cfg)
	if cfg.Viewers != nil {
		for _, r := range cfg.Viewers.Referrers() {
			w.referrers = append(w.referrers, w.phrase("Referer: ", r))
		}
	}
	return w
}

func (w *words) phrase(name, value string) phrase {
	return phrase{line: []byte(name + value + "\r\n"), sym: w.sym(value)}
}

func (w *words) sym(s string) results.Sym {
	if w.names == nil {
		return 0
	}
	return w.names.Strings.Of(s)
}

// appendPath appends the request target for an object.
func (w *words) appendPath(dst []byte, object uint64) []byte {
	if w.one != "" {
		return append(dst, w.one...)
	}
	return w.catalog.AppendPath(append(dst, w.base...), object)
}

// url is the Syms of a path as sent and of its query. Those of the one path are known
// from the start.
func (w *words) url(path []byte) (url, query results.Sym) {
	if w.oneURL != 0 {
		return w.oneURL, w.oneQuery
	}
	before, after, _ := bytes.Cut(path, []byte("?"))
	return w.names.Strings.Bytes(before), w.names.Strings.Bytes(after)
}

// appendRequest appends a request's header for path. v is who asks; nil: nobody in
// particular. tag is the entity tag of the copy that he has; empty: none.
func (w *words) appendRequest(dst []byte, req *workloads.Request, host *phrase, path, tag []byte, v *workloads.Viewer) []byte {
	verb := &verbs[req.Method]
	dst = append(dst, verb.start...)
	dst = append(dst, path...)
	dst = append(dst, " HTTP/1.1\r\n"...)
	dst = append(append(dst, host.line...), w.extra...)
	if v != nil {
		dst = w.appendViewer(dst, req, v)
	}
	if req.Range.Length > 0 {
		dst = appendRange(dst, req.Range)
	}
	if len(tag) > 0 {
		dst = append(append(append(dst, "If-None-Match: "...), tag...), "\r\n"...)
	}
	if verb.body {
		dst = strconv.AppendUint(append(dst, "Content-Length: "...), uint64(req.Body), 10)
		dst = append(dst, "\r\n"...)
	}
	return append(dst, "\r\n"...)
}

func (w *words) appendViewer(dst []byte, req *workloads.Request, v *workloads.Viewer) []byte {
	if v.Agent != "" && !w.noAgent {
		dst = append(dst, "User-Agent: "...)
		dst = append(dst, v.Agent...)
		dst = append(dst, "\r\n"...)
	}
	switch {
	case w.noReferrer:
	case req.From != 0:
		dst = append(dst, "Referer: "...)
		dst = w.appendReferer(dst, req)
		dst = append(dst, "\r\n"...)
	case req.Referrer != 0:
		dst = append(dst, w.referrers[req.Referrer].line...)
	}
	if v.Addr.IsValid() && !w.noAddr {
		dst = append(dst, "X-Forwarded-For: "...)
		dst = v.Addr.AppendTo(dst)
		dst = append(dst, "\r\n"...)
	}
	return dst
}

// appendReferer appends the URL of the page that led to the request.
func (w *words) appendReferer(dst []byte, req *workloads.Request) []byte {
	return w.appendPath(append(dst, w.sites[w.catalog.HostFor(req.From-1, req.Host)]...), req.From-1)
}

// appendRange appends the Range field of RFC 9110 §14.2.
func appendRange(dst []byte, r workloads.Range) []byte {
	dst = append(dst, "Range: bytes="...)
	if r.First >= 0 {
		dst = strconv.AppendInt(dst, r.First, 10)
		dst = append(dst, '-')
		dst = strconv.AppendInt(dst, r.First+r.Length-1, 10)
	} else {
		dst = append(dst, '-')
		dst = strconv.AppendInt(dst, r.Length, 10)
	}
	return append(dst, "\r\n"...)
}
