package player

import (
	"testing"

	"edgesim/results"
)

func TestResultTypeFromTheHeader(t *testing.T) {
	type header map[string]string
	for name, c := range map[string]struct {
		header header
		status uint16
		result results.Result
		layer  results.Layer
		flags  results.Flags
		asked  uint16
	}{
		"CloudFront hit":         {header{"X-Cache": "Hit from cloudfront"}, 200, results.Hit, results.LayerEdge, 0, 0},
		"CloudFront refresh hit": {header{"X-Cache": "RefreshHit from cloudfront"}, 200, results.RefreshHit, results.LayerEdge, 0, 1},
		"CloudFront miss":        {header{"X-Cache": "Miss from cloudfront"}, 200, results.Miss, results.LayerOrigin, 0, 1},
		"CloudFront error":       {header{"X-Cache": "Error from cloudfront"}, 404, results.Error, results.NoLayer, 0, 0},
		"nginx":                  {header{"X-Cache-Status": "EXPIRED"}, 200, results.Miss, results.LayerOrigin, 0, 1},
		"nginx stale":            {header{"X-Cache-Status": "STALE"}, 200, results.Hit, results.LayerEdge, results.StaleHit, 0},
		"nginx revalidated":      {header{"X-Cache-Status": "REVALIDATED"}, 200, results.RefreshHit, results.LayerEdge, 0, 1},
		"Varnish":                {header{"X-Cache": "HIT"}, 200, results.Hit, results.LayerEdge, 0, 0},
		"Squid":                  {header{"X-Cache": "TCP_MEM_HIT from a.example"}, 200, results.Hit, results.LayerEdge, 0, 0},
		"Fastly, two tiers":      {header{"X-Cache": "MISS, HIT"}, 200, results.Hit, results.LayerEdge, 0, 0},
		"Cloudflare":             {header{"Cf-Cache-Status": "DYNAMIC"}, 200, results.Miss, results.LayerOrigin, 0, 1},
		"a word nobody knows":    {header{"X-Cache": "perhaps"}, 200, results.NoResult, results.NoLayer, 0, 0},
		"nothing":                {header{}, 200, results.NoResult, results.NoLayer, 0, 0},
		"Age alone":              {header{"Age": "12"}, 200, results.Hit, results.LayerEdge, 0, 0},
		"Age of 0 says nothing":  {header{"Age": "0"}, 200, results.NoResult, results.NoLayer, 0, 0},
		"error without a word":   {header{}, 503, results.Error, results.NoLayer, 0, 0},

		"RFC 9211 §2.1 hit":          {header{"Cache-Status": "ExampleCache; hit"}, 200, results.Hit, results.LayerEdge, 0, 0},
		"RFC 9211 §3 miss":           {header{"Cache-Status": "ExampleCache; fwd=uri-miss; stored"}, 200, results.Miss, results.LayerOrigin, 0, 1},
		"RFC 9211 §2.3 refreshed":    {header{"Cache-Status": "Edge; fwd=stale; fwd-status=304"}, 200, results.RefreshHit, results.LayerEdge, 0, 1},
		"stale, then a new response": {header{"Cache-Status": "Edge; fwd=stale; fwd-status=200"}, 200, results.Miss, results.LayerOrigin, 0, 1},
		"RFC 9211 §2.6 collapsed":    {header{"Cache-Status": "Edge; fwd=uri-miss; collapsed"}, 200, results.Miss, results.LayerOrigin, results.Collapsed, 0},
		"not collapsed":              {header{"Cache-Status": "Edge; fwd=uri-miss; collapsed=?0"}, 200, results.Miss, results.LayerOrigin, 0, 1},
		"RFC 9211 §2.4 stale":        {header{"Cache-Status": "Edge; hit; ttl=-412"}, 200, results.Hit, results.LayerEdge, results.StaleHit, 0},
		"two caches, the far one":    {header{"Cache-Status": "Far; hit, Near; fwd=uri-miss"}, 200, results.Miss, results.LayerRegional, 0, 1},
		"two caches, the near one":   {header{"Cache-Status": "Far; fwd=miss, Near; hit"}, 200, results.Hit, results.LayerEdge, 0, 0},
		"comma and semicolon quoted": {header{"Cache-Status": `"a, b; hit\""; fwd=bypass; detail="x, y; hit"`}, 200, results.Miss, results.LayerOrigin, 0, 1},
		"X-Cache before Cache-Status": {header{"X-Cache": "Hit from cloudfront",
			"Cache-Status": "Edge; fwd=uri-miss; collapsed"}, 200, results.Hit, results.LayerOrigin, results.Collapsed, 0},
	} {
		t.Run(name, func(t *testing.T) {
			var a answer
			for k, v := range c.header {
				a.field([]byte(k), []byte(v))
			}
			r := results.Record{Status: c.status}
			classify(&r, &a, results.NoFault)
			if r.Response != c.result || r.Layer != c.layer || r.Flags != c.flags || r.OriginAsked != c.asked {
				t.Errorf("%v from %v, flags %b, %d origin requests; right are %v from %v, %b, %d",
					r.Response, r.Layer, r.Flags, r.OriginAsked, c.result, c.layer, c.flags, c.asked)
			}
		})
	}
}

func TestParseContentRange(t *testing.T) {
	for text, want := range map[string][4]int64{
		"bytes 0-99/1000": {0, 99, 1000, 1}, "bytes 5-5/*": {5, 5, -1, 1},
		"bytes */1000": {}, "bytes 9-5/10": {}, "bytes 0-10/10": {}, "items 0-1/2": {}, "bytes 0-1": {},
		"bytes -1-2/3": {}, "bytes 0-99999999999999999999/*": {}, "": {},
	} {
		first, last, complete, ok := parseContentRange([]byte(text))
		if ok != (want[3] == 1) || ok && (first != want[0] || last != want[1] || complete != want[2]) {
			t.Errorf("%q gives %d-%d/%d %v", text, first, last, complete, ok)
		}
	}
}

// Header fields come from any server: nothing in them may do harm.
func FuzzHeaderFieldsDoNoHarm(f *testing.F) {
	for _, s := range []string{"Hit from cloudfront", `a; hit, "b;,\"`, "bytes 0-1/2", "MISS, HIT", "a;ttl=-9;;=,,", `"`, `\`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, value []byte) {
		var a answer
		for _, name := range []string{"X-Cache", "Cache-Status", "Age", "Etag", "Content-Range"} {
			a.field([]byte(name), value)
		}
		if a.ranged && (a.first < 0 || a.last < a.first || a.complete >= 0 && a.last >= a.complete) {
			t.Errorf("range %d-%d/%d from %q", a.first, a.last, a.complete, value)
		}
		if n, err := chunkSize(value); err == nil && n < 0 {
			t.Errorf("chunk of %d bytes from %q", n, value)
		}
	})
}
