package rfc9111

import (
	"strconv"
	"testing"
	"time"

	"edgesim/results"
	"pgregory.net/rapid"
)

// What holds of every verdict, whatever the fields.
func TestVerdictsHoldTogether(t *testing.T) {
	values := []struct {
		name string
		of   []string
	}{
		{"Cache-Control", []string{"max-age=60", "max-age=0", "s-maxage=9", "no-store", "no-cache", "private", "public", "must-revalidate",
			"must-understand", "stale-while-revalidate=30", "stale-if-error=30", "immutable", "max-age=99999999999"}},
		{"Expires", []string{date(time.Hour), date(-time.Hour), "0"}},
		{"Date", []string{date(0), date(-time.Minute), date(time.Hour)}},
		{"Last-Modified", []string{date(-time.Hour), date(-1000 * time.Hour)}},
		{"Age", []string{"0", "59", "60", "-1"}},
		{"ETag", []string{`"x"`}},
		{"Vary", []string{"Accept", "*"}},
	}
	rapid.Check(t, func(rt *rapid.T) {
		resp := &Response{Status: rapid.SampledFrom([]int{103, 200, 204, 206, 301, 302, 304, 403, 404, 416, 500, 503}).Draw(rt, "status")}
		for _, f := range values {
			for _, v := range rapid.SliceOfN(rapid.SampledFrom(f.of), 0, 3).Draw(rt, f.name) {
				resp.Field([]byte(f.name), []byte(v))
			}
		}
		req := &Request{
			Method:        rapid.SampledFrom([]results.Method{results.GET, results.HEAD, results.POST}).Draw(rt, "method"),
			Authorization: rapid.Bool().Draw(rt, "authorization"),
		}
		cloudfront := rapid.Bool().Draw(rt, "cloudfront")
		rules := Standard()
		if cloudfront {
			rules = CloudFront()
			rules.MinTTL = time.Duration(rapid.SampledFrom([]int{0, 1, 100}).Draw(rt, "min")) * time.Second
		}
		v := judge(req, resp, rules)
		check := func(ok bool, what string) {
			if !ok {
				rt.Fatalf("%s: %+v of %+v", what, v, resp)
			}
		}
		check(v.Why != "", "no reason")
		check(v.InitialAge >= 0 && v.Lifetime >= 0, "a time is negative")
		check(v.StaleWhileRevalidate >= 0 && v.StaleIfError >= 0, "a staleness is negative")
		check(!v.Collapsible || v.Store && v.Remaining() > 0, "collapsed, but not reusable")
		check(!v.MustRevalidate || v.StaleIfError == 0 && v.StaleWhileRevalidate == 0, "stale, though forbidden")
		check(!v.Store || req.Method != results.POST, "the answer to a POST is stored")
		check(!v.Store || resp.Status != 206 && resp.Status != 304 && resp.Status >= 200, "stored by its status")
		if !cloudfront {
			cc := resp.CC
			check(!v.Store || !cc.Is(Private) && (!cc.Is(NoStore) || cc.Is(MustUnderstand)), "stored against a directive")
			check(v.Remaining() == 0 || !cc.Is(NoCache), "fresh in spite of no-cache")
		}
	})
}

// The arithmetic of §4.2.3 and §4.2.1, reckoned in whole seconds from the
// definitions.
func TestFreshnessIsAsDefined(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		second := func(label string, most int64) int64 { return rapid.Int64Range(0, most).Draw(rt, label) }
		lifetime, age, delay := second("max-age", 1000), second("age", 1000), second("delay", 100)
		dated := rapid.Int64Range(-1000, 1000).Draw(rt, "date") // relative to the response's arrival
		resp := respond("Cache-Control: max-age="+strconv.FormatInt(lifetime, 10), tag)
		want := int64(0)
		if rapid.Bool().Draw(rt, "has Date") {
			resp.Field([]byte("Date"), []byte(date(time.Duration(dated)*time.Second)))
			want = max(0, -dated) // apparent_age
		}
		if rapid.Bool().Draw(rt, "has Age") {
			resp.Field([]byte("Age"), []byte(strconv.FormatInt(age, 10)))
			want = max(want, age+delay) // corrected_age_value
		} else {
			want = max(want, delay)
		}
		rules := Standard()
		v := Judge(request(), resp, &rules, now.UnixNano(), now.Add(-time.Duration(delay)*time.Second).UnixNano())
		if got := int64(v.InitialAge / time.Second); got != want {
			rt.Fatalf("age %d, want %d", got, want)
		}
		if got, want := int64(v.Remaining()/time.Second), max(0, lifetime-want); got != want {
			rt.Fatalf("%d s of freshness left, want %d", got, want)
		}
	})
}
