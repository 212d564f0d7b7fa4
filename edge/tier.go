package edge

import (
	"bytes"
	"strconv"
	"time"

	"github.com/valyala/fasthttp"

	"edgesim/results"
)

// Tiers: an edge whose origin is an edge. What may be cached goes through the
// tier, under the viewer's Host, so that the tier finds the same distribution;
// the tier keeps it, collapses requests of several edges, and says in a field
// of its own how it came by the response. Only an origin that is configured as
// a tier is believed, and viewers never see the field (docs/adr/0012).

const tierField = "Edgesim-Tier"

// mostTiers is how many edges one behind the other a request goes through; then
// it goes to the origin, so that tiers that name each other do no harm.
const mostTiers = 4

// isTier reports whether the edge's viewers are edges.
func (c *Config) isTier() bool { return c.Layer > results.LayerEdge }

// tier is the tier that a flight asks in the origin's place; nil: none. What is
// not cached here, or is known not to be shared, goes to the origin itself.
func (f *flight) tier(a *ask) *upstream {
	via := f.route.via
	known := f.private && !a.solo && !a.rule.NoCollapse && a.method == results.GET
	switch {
	case via == nil || a.rule.TTL.Max == 0 || known || a.tiersPassed() >= mostTiers:
		return nil
	case f.route.ups[0].MethodsDirect && !(a.cacheable() && a.rule.CachedMethods.Has(a.method)):
		return nil
	}
	return via
}

// tiersPassed is how many edges have passed the request on already.
func (a *ask) tiersPassed() int {
	if !a.v.e.conf.isTier() {
		return 0
	}
	n, err := strconv.Atoi(text(a.ctx.Request.Header.Peek(tierField)))
	if err != nil || n < 0 {
		return mostTiers
	}
	return n
}

// appendToTier appends what a tier is told of a request and its viewer.
func (a *ask) appendToTier(head []byte) []byte {
	head = appendLine(head, tierField, strconv.AppendInt(nil, int64(a.tiersPassed()+1), 10))
	if a.https {
		head = appendLine(head, "X-Forwarded-Proto", []byte("https"))
	}
	return head
}

// appendTold appends what a tier says of its response: its result type, whose
// bytes they are, how often an origin was asked for them, which, and what went
// wrong.
func (e *Edge) appendTold(b block, a *ask, r results.Result, m *manner, detail results.Detail) block {
	layer := m.layer
	if layer == results.LayerEdge {
		layer = e.conf.Layer
	}
	b = append(append(b, tierField+": "...), r.String()...)
	b = append(append(b, "; layer="...), layer.String()...)
	b = strconv.AppendInt(append(b, "; asked="...), int64(a.asked), 10)
	if a.asked > 0 {
		b = strconv.AppendInt(append(b, "; origin="...), int64(a.askedAt), 10)
	}
	if detail != results.SameAsResult {
		b = append(append(b, "; detail="...), detail.String()...)
	}
	return append(b, crlf...)
}

// told is what a tier said of its response.
type told struct {
	result results.Result
	layer  results.Layer
	detail results.Detail
	asked  uint16
	member int // of the origins that the behavior names, which was asked
}

// hear reads what a tier says. Of one that says nothing it is held that it asked
// the origin.
func (f *flight) hear(h *fasthttp.ResponseHeader) {
	t := told{result: results.Miss, layer: results.LayerOrigin, asked: 1}
	first, rest, _ := bytes.Cut(h.Peek(tierField), []byte{';'})
	if r, err := results.ParseResult(string(bytes.TrimSpace(first))); err == nil {
		t.result, t.asked = r, 0
	}
	for param := range bytes.SplitSeq(rest, []byte{';'}) {
		name, value, _ := bytes.Cut(bytes.TrimSpace(param), []byte{'='})
		t.param(text(name), string(value))
	}
	f.told = &t
	f.own.asked += t.asked
	if t.member < len(f.route.ups) {
		f.own.origin, f.own.member = f.route.ups[t.member].number, uint16(t.member)
	}
}

func (t *told) param(name, value string) {
	n, err := strconv.ParseUint(value, 10, 15)
	switch name {
	case "asked":
		t.asked = uint16(n)
	case "origin":
		if err == nil {
			t.member = int(n)
		}
	case "detail":
		t.detail, _ = results.ParseDetail(value)
	case "layer":
		for l := range results.Layers {
			if l.String() == value {
				t.layer = l
			}
		}
	}
}

// manner is how the response came about, told a viewer: what a tier had counts
// as a hit, and one that the shield had is told apart, as CloudFront's logs do.
func (t *told) manner(m *manner) *manner {
	if t == nil {
		return m
	}
	own := *m
	own.detail = t.detail
	if t.result == results.Error {
		own.layer = t.layer // whoever kept the error, or nobody, where the tier speaks for an origin
	}
	if t.result == results.Hit || t.result == results.RefreshHit {
		own.result, own.layer = t.result, t.layer
		if t.layer == results.LayerShield && t.result == results.Hit {
			own.detail = results.OriginShieldHit
		}
	}
	return &own
}

// sinceTier counts the time that an error has been kept by a tier already.
func (f *flight) sinceTier(o *object) {
	if f.told != nil && o.status >= 400 && o.verdict.Store && o.meta.HasAge {
		age := time.Duration(min(o.meta.Age, 1<<31)) * time.Second
		o.verdict.InitialAge = max(o.verdict.InitialAge, age)
	}
}
