package compare

import "edgesim/results"

// quantity is a headline figure.
type quantity struct {
	name, title, unit string
	good              int // 1: more is better; -1: less is; 0: neither
	of                func(s *results.Summary) (v float64, ok bool)
}

// values are the figure of every run; ok is false where one does not have it.
func (q quantity) values(runs []Run) (values []float64, ok bool) {
	for _, r := range runs {
		v, ok := q.of(r.Summary)
		if !ok {
			return nil, false
		}
		values = append(values, v)
	}
	return values, true
}

// quantities are those of a summary that two runs can be told apart by, in the
// order of the table.
var quantities = append([]quantity{
	percent("hit_ratio", "hit ratio", 1, func(s *results.Summary) float64 { return s.HitRatio }),
	percent("byte_hit_ratio", "byte hit ratio", 1, func(s *results.Summary) float64 { return s.ByteHitRatio }),
	percent("refresh_hit_ratio", "refresh hits", 0, func(s *results.Summary) float64 { return s.RefreshHitRatio }),
	percent("collapsed", "collapsed", 0, func(s *results.Summary) float64 { return share(s.Collapsed, s.Requests) }),
	percent("stale", "served stale", 0, func(s *results.Summary) float64 { return share(s.Stale, s.Requests) }),
	percent("error_ratio", "errors", -1, func(s *results.Summary) float64 { return s.ErrorRatio }),
	perSecond("origin_requests", "origin requests", "/s", -1, func(s *results.Summary) float64 { return float64(s.OriginRequests) }),
	perSecond("origin_bytes", "origin bytes", "B/s", -1, func(s *results.Summary) float64 { return float64(s.OriginBytes) }),
	perSecond("bytes_out", "bytes out", "B/s", 0, func(s *results.Summary) float64 { return float64(s.BytesOut) }),
	{"rate.achieved", "requests", "/s", 0, func(s *results.Summary) (float64, bool) { return s.Rate.Achieved, s.Rate.Achieved > 0 }},
}, times()...)

func percent(name, title string, good int, of func(*results.Summary) float64) quantity {
	return quantity{name, title, "%", good, func(s *results.Summary) (float64, bool) { return 100 * of(s), s.Requests > 0 }}
}

// perSecond is a count over the measured time, so that runs of other lengths can
// be compared.
func perSecond(name, title, unit string, good int, of func(*results.Summary) float64) quantity {
	return quantity{name, title, unit, good, func(s *results.Summary) (float64, bool) {
		return of(s) / s.Duration, s.Duration > 0
	}}
}

func share(part, whole int64) float64 {
	if whole == 0 {
		return 0
	}
	return float64(part) / float64(whole)
}

// times are the figures of metrics, of all requests and of those that missed.
func times() (list []quantity) {
	for _, m := range []struct {
		name, title string
		of          func(*results.Summary) results.Figures
	}{
		{"latency_ms.ttfb", "ttfb", func(s *results.Summary) results.Figures { return s.Latency.TTFB }},
		{"latency_ms.total", "total", func(s *results.Summary) results.Figures { return s.Latency.Total }},
		{"by_result.Miss.latency_ms.ttfb", "miss ttfb", func(s *results.Summary) results.Figures { return s.ByResult["Miss"].Latency.TTFB }},
	} {
		for _, p := range percentiles {
			list = append(list, quantity{m.name + "." + p.name, m.title + " " + p.name, "ms", -1, func(s *results.Summary) (float64, bool) {
				f := m.of(s)
				return p.of(f), f.Count > 0
			}})
		}
	}
	return list
}

var percentiles = []struct {
	name string
	of   func(results.Figures) float64
}{
	{"mean", func(f results.Figures) float64 { return f.Mean }},
	{"p50", func(f results.Figures) float64 { return f.P50 }},
	{"p90", func(f results.Figures) float64 { return f.P90 }},
	{"p99", func(f results.Figures) float64 { return f.P99 }},
	{"p999", func(f results.Figures) float64 { return f.P999 }},
}
