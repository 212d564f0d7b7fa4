package edge

import (
	"strconv"
	"time"

	"edgesim/edge/cache"
	"edgesim/results"
)

// manner is how a response came about: what the viewer, the record and
// Cache-Status are told.
type manner struct {
	result results.Result
	layer  results.Layer
	flags  results.Flags
	asked  bool   // the request went forward to the origin, or would have, had another not done so
	note   string // what Cache-Status says beside (RFC 9211 §2)
	detail results.Detail
}

var (
	asHit       = manner{results.Hit, results.LayerEdge, 0, false, "", 0}
	asStale     = manner{results.Hit, results.LayerEdge, results.StaleHit, false, "; detail=stale-while-revalidate", 0}
	asStaleErr  = manner{results.Hit, results.LayerEdge, results.StaleHit, false, "; detail=stale-if-error", 0}
	asStoodIn   = manner{results.Hit, results.LayerEdge, results.StaleHit, true, "; detail=stale-if-error", 0}
	asMiss      = manner{results.Miss, results.LayerOrigin, 0, true, "; stored", 0}
	asRefresh   = manner{results.RefreshHit, results.LayerEdge, 0, true, "", 0}
	asCollapsed = manner{results.Hit, results.LayerOrigin, results.Collapsed, true, "; collapsed", 0}
	asRenewed   = manner{results.Hit, results.LayerEdge, results.Collapsed, true, "; collapsed", 0}                                           // with another's renewal
	asStoodBy   = manner{results.Hit, results.LayerEdge, results.StaleHit | results.Collapsed, true, "; collapsed; detail=stale-if-error", 0} // when another's flight failed
	asPassed    = manner{results.Miss, results.LayerOrigin, 0, true, "", 0}
	asCrowded   = manner{results.CapacityExceeded, results.NoLayer, 0, true, "", 0}
	asError     = manner{results.Error, results.NoLayer, 0, true, "", 0}
)

// forward is why a request goes to the origin (RFC 9211 §2.2).
type forward string

const (
	forBypass  forward = "bypass"   // nothing is kept here
	forMethod  forward = "method"   // nor is what answers this method
	forURI     forward = "uri-miss" // nothing is stored under the key
	forVariant forward = "vary-miss"
	forRequest forward = "request" // the request wants more than what is stored
	forStale   forward = "stale"
	forPartial forward = "partial" // what is stored lacks bytes that are asked for
)

// because finds the reason why a stored response, or its absence, sends the
// request to the origin. The first reason found stays.
func (a *ask) because(o *object, state cache.State) {
	switch {
	case a.forward != "":
	case a.rule.TTL.Max == 0:
		a.forward = forBypass
	case o != nil && state == cache.Fresh:
		a.forward = forRequest
	case o != nil:
		a.forward = forStale
	case a.varied:
		a.forward = forVariant
	default:
		a.forward = forURI
	}
}

// appendStatus appends Cache-Status (RFC 9211). What caches before us said
// stands in the stored fields, so that ours is the last of the list.
func (a *ask) appendStatus(b block, o *object, part *part, m *manner) block {
	b = append(b, "Cache-Status: edgesim; "...)
	if m.asked {
		b = append(append(b, "fwd="...), a.forward...)
		if a.fwdStatus != 0 && a.fwdStatus != part.status {
			b = strconv.AppendInt(append(b, "; fwd-status="...), int64(a.fwdStatus), 10)
		}
	} else {
		b = append(b, "hit"...)
	}
	if m.result != results.Miss && o.verdict.Store {
		b = append(b, "; ttl="...)
		b = strconv.AppendInt(b, int64(floorSeconds(o.left(a.now))), 10)
	}
	b = append(b, m.note...)
	return append(b, crlf...)
}

// floorSeconds are whole seconds, those of a time that is over negative.
func floorSeconds(d time.Duration) time.Duration {
	if d < 0 {
		return (d - time.Second + 1) / time.Second
	}
	return d / time.Second
}
