package scenario

import (
	"maps"
	"net/url"
	"slices"

	"edgesim/edge/behavior"
	"edgesim/sim/nearest"
	"edgesim/sim/unit"
)

// OriginGroup is origins in order: every request asks the first, and where that
// one fails the next.
type OriginGroup struct {
	Members  []string `yaml:"members"`  // names of origins; in the cloudfront mode two; required
	Statuses []int    `yaml:"statuses"` // that count as failing, of 400, 403, 404, 416, 429, 500, 502, 503, 504. Default: none

	// A failure without a response counts only where statuses lists what stands
	// for it: 503 for no connection, 504 for no answer in time, 502 for others.
	// Default: standard false, cloudfront true
	FailuresByStatus *bool `yaml:"failures_by_status"`
}

// simulated are the keys of an origin that say what a simulated one does.
var simulated = []string{"kind", "first_byte", "bandwidth", "piece", "every", "concurrency", "queue_limit",
	"location", "errors", "resets", "truncates", "outages", "uncacheable", "cache_control", "missing", "chunked", "weak_etag"}

func (o *Origin) checkURL(src *source, name string) *fault {
	where := at{"origins", name, "url"}
	u, err := url.Parse(o.URL)
	switch {
	case err != nil:
		return src.fault(where, "%q is no URL", o.URL)
	case u.Scheme != "http" && u.Scheme != "https" || u.Host == "":
		return src.fault(where, "%q: want http:// or https://, and a host, as https://app.example.com:8443", o.URL)
	case u.User != nil || u.RawQuery != "" || u.Fragment != "":
		return src.fault(where, "%q: an origin has no user, query or fragment", o.URL)
	}
	for _, k := range src.root.child("origins").child(name).keys {
		if slices.Contains(simulated, k.name) {
			return src.fault(at{"origins", name, k.name}, "a real server has none: what it does is its own affair")
		}
	}
	return o.checkProtocol(src, name, u)
}

// checkAsked finds what cannot stand in how the edge asks an origin.
func (o *Origin) checkAsked(src *source, name string) *fault {
	where := at{"origins", name}
	if o.URL == "" && (o.Protocol != "" || o.HTTPSPort != 0 || o.TLS != (OriginTLS{})) {
		return src.fault(where, "a simulated origin speaks plain HTTP: leave protocol, https_port and tls out")
	}
	for _, x := range []struct {
		key   string
		value int
		most  int
	}{{"connect_attempts", o.ConnectAttempts, 3}, {"response_attempts", o.ResponseAttempts, 3},
		{"max_idle", o.MaxIdle, 1 << 20}, {"max_conns", o.MaxConns, 1 << 20}} {
		if x.value < 0 || x.value > x.most {
			return src.fault(where.then(x.key), "%d: want 1 to %d, or 0 for the default", x.value, x.most)
		}
	}
	read := o.ReadTimeout
	if read == 0 {
		read = defaultReadTimeout
	}
	if o.CompletionTimeout != 0 && o.CompletionTimeout < read {
		return src.fault(where.then("completion_timeout"), "%v: want at least the read timeout, %v", o.CompletionTimeout, read)
	}
	if err := behavior.CheckOriginHeaders(o.FixedHeaders()); err != nil {
		return src.fault(where.then("headers"), "%v", err)
	}
	return nil
}

// checkVia finds what cannot stand in how origins lead through tiers.
func checkVia(src *source, origins map[string]Origin) *fault {
	for _, name := range sortedNames(origins) {
		o := origins[name]
		where := at{"origins", name}
		switch {
		case o.Tier != "" && o.Tier != LayerRegional && o.Tier != LayerShield:
			return src.fault(where.then("tier"), "unknown tier %q: want regional or shield", o.Tier)
		case o.Tier != "" && o.URL == "":
			return src.fault(where.then("tier"), "a simulated origin is no edge: give a url")
		case o.Tier != "" && o.Via != "":
			return src.fault(where.then("via"), "a tier has none: its own settings say where it asks")
		case o.Via != "" && origins[o.Via].Tier == "":
			return src.fault(where.then("via"), "%q is no origin with a tier", o.Via)
		}
	}
	return nil
}

// PassesTiers reports whether methods that are not cached pass the tier by.
func (o *Origin) PassesTiers(mode string) bool {
	if o.MethodsDirect != nil {
		return *o.MethodsDirect
	}
	return mode == CloudFront
}

// FixedHeaders are the fields the origin gets with every request, by name.
func (o *Origin) FixedHeaders() []behavior.Header {
	var list []behavior.Header
	for _, name := range slices.Sorted(maps.Keys(o.Headers)) {
		list = append(list, behavior.Header{Name: name, Value: o.Headers[name]})
	}
	return list
}

// ResponseTries is how often a GET or HEAD is sent while no response begins: in
// the cloudfront mode as often as connections are tried, unless told otherwise.
func (o *Origin) ResponseTries(mode string) int {
	switch {
	case o.ResponseAttempts != 0:
		return o.ResponseAttempts
	case mode != CloudFront:
		return 1
	case o.ConnectAttempts != 0:
		return o.ConnectAttempts
	}
	return 3
}

// check finds what cannot stand in a group.
func (g *OriginGroup) check(src *source, name, mode string, origins []string) *fault {
	where := at{"origin_groups", name}
	switch {
	case slices.Contains(origins, name):
		return src.fault(where, "an origin has this name")
	case len(g.Members) < 2:
		return src.fault(where.then("members"), "want at least two origins, as [primary, secondary]")
	case mode == CloudFront && len(g.Members) > 2:
		return src.fault(where.then("members"), "CloudFront's groups have two members, a primary and a secondary")
	}
	for i, m := range g.Members {
		if !slices.Contains(origins, m) {
			return src.fault(where.then("members", i), "no origin has the name %q%s", m, nearest.DidYouMean(m, origins))
		}
		if slices.Contains(g.Members[:i], m) {
			return src.fault(where.then("members", i), "%q is a member already", m)
		}
	}
	for i, status := range g.Statuses {
		if !slices.Contains(behavior.FailoverStatuses, status) {
			return src.fault(where.then("statuses", i), "%d cannot count as failing: of %v any can", status, behavior.FailoverStatuses)
		}
	}
	return nil
}

// checkGroups finds what cannot stand in any of the groups, and returns the
// names that behaviors may use.
func checkGroups(src *source, mode string, origins map[string]Origin, groups map[string]OriginGroup) (names []string, f *fault) {
	for _, name := range sortedNames(origins) {
		if origins[name].Tier == "" {
			names = append(names, name)
		}
	}
	own := len(names)
	for _, name := range slices.Sorted(maps.Keys(groups)) {
		g := groups[name]
		if f := g.check(src, name, mode, names[:own]); f != nil {
			return nil, f
		}
		names = append(names, name)
	}
	return names, nil
}

// members are the origins that a behavior's origin stands for.
func members(groups map[string]OriginGroup, name string) []string {
	if g, ok := groups[name]; ok {
		return g.Members
	}
	return []string{name}
}

const defaultReadTimeout = unit.Duration(30e9)

// ErrorRule says what happens to responses of one error status.
type ErrorRule struct {
	Code         int            `yaml:"code"`          // 400, 403, 404, 405, 414, 416 or 500 to 504; required
	TTL          *unit.Duration `yaml:"ttl"`           // they are kept at least so long; 0s: as long as the origin says. Default: the behavior's error_ttl
	Page         string         `yaml:"page"`          // path of what viewers get in their place; it goes through the behaviors. Default: none
	ResponseCode int            `yaml:"response_code"` // status of the page: 200, or one of those of code. Default: code
}

func (r *ErrorRule) convert() behavior.ErrorRule {
	made := behavior.ErrorRule{Code: r.Code, Page: r.Page, ResponseCode: r.ResponseCode}
	if r.TTL != nil {
		made.KeepTTL, made.TTL = true, r.TTL.Std()
	}
	return made
}
