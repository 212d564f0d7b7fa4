package edge

import (
	"context"
	"math"
	"net/http/httptrace"
	"strconv"
	"time"

	"edgesim/results"
	"edgesim/results/accesslog"
)

// Server-Timing tells the viewer where a response's time went, in the metrics of
// CloudFront's (reference, section 1.15).

// timing is what getting an origin's header took: nothing for name and
// connection where one was used that had been used before.
type timing struct {
	dns, connect time.Duration
	first        time.Duration // from the request's last byte to the response's first
}

// nameWatch takes the time that resolving names takes.
type nameWatch struct {
	began time.Time
	took  time.Duration
}

// in is ctx for a dialler whose look-ups are to be timed. One dialler looks up
// one name at a time.
func (w *nameWatch) in(ctx context.Context) context.Context {
	return httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		DNSStart: func(httptrace.DNSStartInfo) { w.began = time.Now() },
		DNSDone:  func(httptrace.DNSDoneInfo) { w.took += time.Since(w.began) },
	})
}

// timed reports whether the response tells its times: by the behavior's share,
// or because the viewer asks.
func (a *ask) timed(id uint64) bool {
	d := a.dress()
	if d == nil || !d.timed {
		return false
	}
	return d.above == math.MaxUint64 || scatter(id) < d.above || isTimingWish(a.sent("Pragma"))
}

func isTimingWish(pragma []byte) bool { return listed(pragma, bytesOf("server-timing")) }

// scatter makes of numbers that count up numbers that look drawn at random
// (splitmix64's finisher).
func scatter(z uint64) uint64 {
	z += 0x9E3779B97F4A7C15
	z = (z ^ z>>30) * 0xBF58476D1CE4E5B9
	z = (z ^ z>>27) * 0x94D049BB133111EB
	return z ^ z>>31
}

// appendTiming appends the field. result is how the cache took part; of an
// error of the edge's own it says nothing.
func (e *Edge) appendTiming(b block, v *viewer, a *ask, m *manner) block {
	b = append(b, "Server-Timing: "...)
	switch m.result {
	case results.Hit:
		b = appendLayer(append(b, "cdn-cache-hit, cdn-hit-layer"...), m.layer)
	case results.RefreshHit:
		b = append(b, `cdn-cache-refresh, cdn-upstream-layer;desc="EDGE", `...)
	case results.Miss:
		b = append(b, `cdn-cache-miss, cdn-upstream-layer;desc="EDGE", `...)
	}
	if t := a.took; t != nil && m.result != results.Hit {
		b = appendDuration(append(b, "cdn-upstream-dns"...), t.dns)
		b = appendDuration(append(b, ", cdn-upstream-connect"...), t.connect)
		b = append(appendDuration(append(b, ", cdn-upstream-fbl"...), t.first), ", "...)
	}
	b = append(append(append(b, `cdn-pop;desc="`...), e.conf.Location...), `", cdn-rid;desc="`...)
	b = append(accesslog.AppendRequestID(b, v.id), `", cdn-downstream-fbl`...)
	return append(appendDuration(b, time.Duration(e.now()-a.at)), crlf...)
}

func appendLayer(b block, layer results.Layer) block {
	switch layer {
	case results.LayerRegional:
		return append(b, `;desc="REC", `...)
	case results.LayerShield:
		return append(b, `;desc="Origin Shield", `...)
	}
	return append(b, `;desc="EDGE", `...)
}

// appendDuration appends a metric's duration in milliseconds, to the
// microsecond.
func appendDuration(b block, d time.Duration) block {
	b = append(b, ";dur="...)
	return strconv.AppendFloat(b, float64(max(0, d).Microseconds())/1000, 'f', -1, 64)
}
