package rfc9111

import (
	"testing"
	"time"
)

func TestTargetedField(t *testing.T) {
	for _, row := range []struct {
		rule   string
		fields []string // of CDN-Cache-Control, beside Cache-Control: max-age=5
		want   time.Duration
		store  bool
	}{
		{"§2.2: it takes Cache-Control's place", []string{"max-age=60"}, time.Minute, true},
		{"§2.2: in lines", []string{"foo", "max-age=60"}, time.Minute, true},
		{"§2.2: no-store", []string{"no-store, max-age=60"}, 0, false},
		{"§2.2: private", []string{"private"}, 0, false},
		{"§2.2: no-cache", []string{"no-cache, max-age=60"}, 0, true},
		{"§2.2: no freshness in it", []string{"public"}, 0, true},
		{"§2.2: parameters are ignored", []string{"max-age=60;x=1"}, time.Minute, true},
		{"§2.1: empty", []string{""}, 5 * time.Second, true},
		{"§2.1: not a dictionary", []string{"max-age=60, &&&"}, 5 * time.Second, true},
		{"§2.1: capitals are no key", []string{"Max-Age=60"}, 5 * time.Second, true},
		{"§2.1: space before =", []string{"max-age =60"}, 5 * time.Second, true},
		{"§2.1: a string for a number", []string{`max-age="60"`}, 5 * time.Second, true},
		{"§2.1: a decimal for a number", []string{"max-age=60.5"}, 5 * time.Second, true},
		{"§2.1: nothing for a number", []string{"max-age"}, 5 * time.Second, true},
		{"§2.1: a list for a number", []string{"max-age=(1 2)"}, 5 * time.Second, true},
		{"§2.1: a number for a flag", []string{"no-store=1"}, 5 * time.Second, true},
		{"§2.1: a token for field names", []string{"no-cache=x, max-age=60"}, 5 * time.Second, true},
		{"§2.1: a flag that is false", []string{"no-store=?0, max-age=60"}, time.Minute, true},
		{"RFC 9111 §4.2.1: negative is stale", []string{"max-age=-1"}, 0, true},
		{"RFC 9111 §1.2.2: beyond 2^31", []string{"max-age=99999999999"}, Forever, true},
		{"§2.2: names of fields", []string{`no-cache="x", max-age=60`}, time.Minute, true},
	} {
		lines := []string{"Cache-Control: max-age=5", "Expires: 0", tag}
		for _, f := range row.fields {
			lines = append(lines, "CDN-Cache-Control: "+f)
		}
		v := judge(request(), respond(lines...), Standard())
		if v.Store != row.store || v.Lifetime != row.want {
			t.Errorf("RFC 9213 %s: %q: stored %v for %v (%s)", row.rule, row.fields, v.Store, v.Lifetime, v.Why)
		}
		if v := judge(request(), respond(lines...), CloudFront()); !v.Store || v.Lifetime != 5*time.Second {
			t.Errorf("%q counts without the setting", row.fields)
		}
	}
}

// A targeted field either counts whole or not at all, whatever is in it.
func FuzzTargetedFieldCountsWholeOrNot(f *testing.F) {
	f.Add(`max-age=60, no-store, private="a"`)
	f.Add(`no-cache=(a "b");c=1, x=:YWJj:`)
	f.Add("a=?1, \"")
	f.Fuzz(func(t *testing.T, value string) {
		cc, ok := parseTargeted(value)
		r := respond("Cache-Control: max-age=5")
		r.Field([]byte("CDN-Cache-Control"), []byte(value))
		rules := Standard()
		r.settle(&rules)
		if !ok && (r.CC.Has != MaxAge || r.CC.MaxAge != 5) {
			t.Fatalf("%q is invalid and counts: %+v", value, r.CC)
		}
		if ok && r.CC != cc {
			t.Fatalf("%q is valid and does not count", value)
		}
		for _, n := range []int64{r.CC.MaxAge, r.CC.SMaxAge, r.CC.StaleIfError, r.CC.StaleWhileRevalidate} {
			if n < 0 || n > maxSeconds {
				t.Fatalf("%q gives %d seconds", value, n)
			}
		}
	})
}
