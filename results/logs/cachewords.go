package logs

import (
	"bytes"
	"strings"

	"edgesim/results"
)

// cached is what a cache's word for its result means in CloudFront's words.
type cached struct {
	result results.Result
	stale  bool
}

// cacheWords are the words that caches have for how a request ended, in lower
// case. nginx: ngx_http_upstream_module, $upstream_cache_status. Varnish:
// varnishncsa(1), Varnish:handling. Squid: its wiki's SquidLogs, result codes; an
// older name stands beside each that was renamed. What was fetched anew is a Miss, what an
// origin said is still good a RefreshHit, what was passed by a cache a Miss, as
// CloudFront counts (reference, section 1.16).
var cacheWords = map[string]cached{
	"hit": {results.Hit, false}, "miss": {results.Miss, false}, "expired": {results.Miss, false},
	"revalidated": {results.RefreshHit, false}, "stale": {results.Hit, true}, "updating": {results.Hit, true},
	"bypass": {results.Miss, false}, "scarce": {results.Miss, false},

	"pass": {results.Miss, false}, "pipe": {results.Miss, false}, "hitmiss": {results.Miss, false},
	"hitpass": {results.Miss, false}, "streaming-hit": {results.Hit, false},
	"error": {results.Error, false}, "synth": {results.NoResult, false}, "fail": {results.Error, false},

	"refreshhit": {results.RefreshHit, false}, "redirect": {results.Redirect, false},
	"originshieldhit": {results.Hit, false}, "limitexceeded": {results.LimitExceeded, false},
	"capacityexceeded": {results.CapacityExceeded, false}, "lambdaexecutionerror": {results.LambdaExecutionError, false},

	"tcp_hit": {results.Hit, false}, "tcp_mem_hit": {results.Hit, false}, "tcp_ims_hit": {results.Hit, false},
	"tcp_inm_hit": {results.Hit, false}, "tcp_offline_hit": {results.Hit, false}, "tcp_negative_hit": {results.Error, false},
	"tcp_stale_hit":          {results.Hit, true},
	"tcp_refresh_unmodified": {results.RefreshHit, false}, "tcp_refresh_hit": {results.RefreshHit, false},
	"tcp_refresh_modified": {results.Miss, false}, "tcp_refresh_miss": {results.Miss, false},
	"tcp_refresh": {results.Miss, false}, "tcp_refresh_ignored": {results.Miss, false},
	"tcp_refresh_fail_old": {results.Hit, true}, "tcp_refresh_fail": {results.Hit, true}, "tcp_ref_fail_hit": {results.Hit, true},
	"tcp_refresh_fail_err": {results.Error, false}, "tcp_client_refresh_miss": {results.Miss, false},
	"tcp_client_refresh": {results.Miss, false}, "tcp_swapfail_miss": {results.Miss, false}, "tcp_swapfail": {results.Miss, false},
	"tcp_miss": {results.Miss, false}, "tcp_tunnel": {results.Miss, false}, "tcp_denied": {results.Error, false},
	"tcp_denied_reply": {results.Error, false}, "tcp_redirect": {results.Redirect, false},
	"none": {results.NoResult, false}, "none_none": {results.NoResult, false}, "tcp_none": {results.NoResult, false},
}

// cacheResult is the meaning of what a cache wrote, of which the first word
// counts ("Hit from cloudfront", "TCP_MISS:HIER_DIRECT"); Apache's mod_cache
// writes sentences. aborted: the viewer hung up, as Squid adds to its words.
func cacheResult(said []byte) (c cached, aborted, known bool) {
	var room [64]byte
	word := lower(room[:0], said)
	for _, s := range apacheSays {
		if bytes.HasPrefix(word, []byte(s.begins)) {
			return s.cached, false, true
		}
	}
	if at := bytes.IndexAny(word, " ,:;/("); at >= 0 {
		word = word[:at]
	}
	if cut, ok := bytes.CutSuffix(word, []byte("_aborted")); ok {
		word, aborted = cut, true
	} else if cut, ok := bytes.CutSuffix(word, []byte("_timedout")); ok {
		word, aborted = cut, true
	}
	c, known = cacheWords[string(word)]
	return c, aborted, known
}

// apacheSays are the beginnings of what mod_cache lays in cache-status, and of
// the names of its other variables.
var apacheSays = []struct {
	begins string
	cached
}{
	{"cache hit", cached{results.Hit, false}},
	{"cache miss", cached{results.Miss, false}},
	{"conditional cache hit", cached{results.RefreshHit, false}},
	{"conditional cache miss", cached{results.Miss, false}},
	{"cache invalidated", cached{results.Miss, false}},
}

// lower appends the first letters of b, as many as dst has room for, in lower case.
func lower(dst, b []byte) []byte {
	for _, c := range b {
		if len(dst) == cap(dst) {
			break
		}
		if 'A' <= c && c <= 'Z' {
			c += 'a' - 'A'
		}
		dst = append(dst, c)
	}
	return dst
}

// cacheSays reports whether a header or variable of that name is one in which
// caches say what they did.
func cacheSays(name string) bool {
	name = strings.ToLower(strings.ReplaceAll(name, "_", "-"))
	switch name {
	case "x-cache", "x-cache-status", "cache-status", "x-proxy-cache", "x-cache-result", "cache-result":
		return true
	}
	return false
}
