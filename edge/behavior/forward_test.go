package behavior

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func ruleOf(t testing.TB, b Behavior) *Rule {
	t.Helper()
	b.Origin = "o"
	d := site("A", "d.net")
	d.Default = b
	return mustCompile(t, d).Distributions()[0].Route([]byte("/"))
}

// What goes to the origin is the union of key and forward.
func TestQueryAndCookiesGoByTheUnion(t *testing.T) {
	for _, x := range []struct {
		key                           Key
		forward                       Forward
		query, wantQuery, cook, wants string
	}{
		{Key{}, Forward{}, "a=1&b=2", "", "a=1; b=2", ""},
		{Key{Query: All, Cookies: All}, Forward{}, "a=1&&b", "?a=1&&b", "b=1; a=2", "Cookie: a=2; b=1\r\n"},
		{Key{}, Forward{Query: All, Cookies: All}, "a=1&&b", "?a=1&&b", "a=1; b=2", "Cookie: a=1; b=2\r\n"},
		{Key{Query: Include, QueryNames: []string{"b"}, Cookies: Include, CookieNames: []string{"b"}}, Forward{},
			"a=1&b=2&b=3", "?b=2&b=3", "a=1;b=2", "Cookie: b=2\r\n"},
		{Key{Query: Except, QueryNames: []string{"b"}, Cookies: Except, CookieNames: []string{"a", "b"}}, Forward{},
			"a=1&b=2", "?a=1", "a=1; b=2", ""},
		{Key{Query: Include, QueryNames: []string{"a"}, Cookies: Include, CookieNames: []string{"a"}},
			Forward{Query: Include, QueryNames: []string{"c"}, Cookies: Include, CookieNames: []string{"c"}},
			"c=3&b=2&a=1", "?c=3&a=1", "c=3; b=2; a=1", "Cookie: a=1; c=3\r\n"},
		{Key{Query: Include, QueryNames: []string{"a"}, Cookies: Include, CookieNames: []string{"a"}},
			Forward{Query: Except, QueryNames: []string{"a"}, Cookies: Except, CookieNames: []string{"a"}}, // an allow beats a block
			"c=3&a=1", "?c=3&a=1", "c=3; a=1", "Cookie: a=1; c=3\r\n"},
		{Key{Query: All, Cookies: All}, Forward{}, "", "", "", ""},
	} {
		b := CloudFront()
		b.Key, b.Forward = x.key, x.forward
		r := ruleOf(t, b)
		if got := string(r.AppendQuery(nil, []byte(x.query))); got != x.wantQuery {
			t.Errorf("%+v: query %q became %q, want %q", x.key, x.query, got, x.wantQuery)
		}
		if got := string(r.AppendCookies(nil, []byte(x.cook))); got != x.wants {
			t.Errorf("%+v: cookies %q became %q, want %q", x.key, x.cook, got, x.wants)
		}
	}
}

func TestUntidyCookiesGoAsTheyCame(t *testing.T) {
	r := ruleOf(t, Standard())
	const field = `b="2"; a; =x;c=3`
	if got := string(r.AppendCookies(nil, []byte(field))); got != `Cookie: b="2"; a; =x; c=3`+"\r\n" {
		t.Errorf("%q", got)
	}
}

// A cookie that goes tidily goes once, in the order of the names; none is made up.
func TestTidyCookiesAreSorted(t *testing.T) {
	cookie := rapid.StringMatching(`[ab=;" ]{0,20}`)
	rapid.Check(t, func(rt *rapid.T) {
		field := cookie.Draw(rt, "field")
		var names, got []string
		for member := range cookiesOf([]byte(field), true) {
			got = append(got, string(member))
			names = append(names, string(cookieName(member)))
		}
		var want []string
		for member := range strings.SplitSeq(field, ";") {
			if member = strings.Trim(member, " \t"); strings.Index(member, "=") > 0 {
				want = append(want, member)
			}
		}
		if !slices.IsSorted(names) {
			rt.Fatalf("%q: names %q", field, names)
		}
		slices.Sort(want)
		slices.Sort(got)
		if !slices.Equal(got, want) {
			rt.Fatalf("%q: %q, want %q", field, got, want)
		}
	})
}

func TestManyCookiesDoNotTakeForever(t *testing.T) {
	field := strings.Repeat("b=1;a=2;", 4096)
	n := 0
	for range cookiesOf([]byte(field), true) {
		n++
	}
	if n != 8192 {
		t.Error(n)
	}
}

func TestForwards(t *testing.T) {
	for _, row := range []struct {
		why     string
		preset  Behavior
		key     []string
		forward Forward
		yes, no string
	}{
		{"standard", Standard(), nil, Forward{}, "Accept Referer X-Custom X-Edge-A User-Agent x_custom", "X-Forwarded-Host x-forwarded-HOST X_Forwarded_Host CloudFront-Viewer-City Forwarded"},
		{"cloudfront", CloudFront(), nil, Forward{}, "X-Custom Origin Range", "Accept accept-language Referer X-Edge-A Proxy-Thing X-Real-IP X-Forwarded-Proto"},
		{"keyed", CloudFront(), []string{"Accept", "X-Forwarded-Host"}, Forward{}, "Accept x-forwarded-host", "Referer X-Forwarded-Proto X_Forwarded_Host"},
		{"keyed, with an underscore", CloudFront(), []string{"X-Lang", "x_theme"}, Forward{}, "X-Lang X_Theme X-Theme", "X_Lang"},
		{"listed", CloudFront(), nil, Forward{Headers: Include, HeaderNames: []string{"referer", "X-Host"}}, "Referer X-Host X-Custom", "Accept X-Original-URL"},
		{"all", CloudFront(), nil, Forward{Headers: All}, "Accept Referer X-Edge-A", "X-Host CloudFront-Is-Mobile-Viewer"},
		{"all but", CloudFront(), nil, Forward{Headers: Except, HeaderNames: []string{"Accept"}}, "Referer X-Edge-A", "Accept X-Host"},
		{"keyed beats all but", CloudFront(), []string{"accept"}, Forward{Headers: Except, HeaderNames: []string{"Accept"}}, "Accept", ""},
		{"generated", CloudFront(), []string{"CloudFront-Is-Mobile-Viewer"}, Forward{}, "", "CloudFront-Is-Mobile-Viewer cloudfront_is_mobile_viewer"},
	} {
		b := row.preset
		b.Key.Headers, b.Forward = row.key, row.forward
		r := ruleOf(t, b)
		for _, name := range strings.Fields(row.yes) {
			if !r.Forwards([]byte(name)) {
				t.Errorf("%s: %s does not go", row.why, name)
			}
		}
		for _, name := range strings.Fields(row.no) {
			if r.Forwards([]byte(name)) {
				t.Errorf("%s: %s goes", row.why, name)
			}
		}
	}
}

func TestHostGoesWhereItIsKeyedOrForwarded(t *testing.T) {
	for why, row := range map[string]struct {
		change func(*Behavior)
		want   bool
	}{
		"preset":       {func(*Behavior) {}, false},
		"set":          {func(b *Behavior) { b.ForwardHost = true }, true},
		"keyed":        {func(b *Behavior) { b.Key.Host = true }, true},
		"all":          {func(b *Behavior) { b.Forward.Headers = All }, true},
		"listed":       {func(b *Behavior) { b.Forward = Forward{Headers: Include, HeaderNames: []string{"HOST"}} }, true},
		"all but Host": {func(b *Behavior) { b.Forward = Forward{Headers: Except, HeaderNames: []string{"host"}} }, false},
	} {
		for _, preset := range []Behavior{Standard(), CloudFront()} {
			row.change(&preset)
			if got := ruleOf(t, preset).ForwardHost; got != row.want {
				t.Errorf("%s: %v", why, got)
			}
		}
	}
}

// The managed policies are those of the reference, section 1.4, and stand by
// CloudFront's own rules.
func TestManagedPolicies(t *testing.T) {
	for _, p := range ManagedCachePolicies() {
		if field, problem := p.Check(true); problem != "" {
			t.Errorf("%s: %s: %s", p.Name, field, problem)
		}
		byID, ok := ManagedCachePolicy(p.ID)
		byName, ok2 := ManagedCachePolicy("Managed-" + p.Name)
		if !ok || !ok2 || byID.Name != p.Name || byName.ID != p.ID {
			t.Errorf("%s is not found", p.Name)
		}
	}
	for _, p := range ManagedOriginRequestPolicies() {
		if problem := p.Check(true); problem != "" {
			t.Errorf("%s: %s", p.Name, problem)
		}
		if byID, ok := ManagedOriginRequestPolicy(p.ID); !ok || byID.Name != p.Name {
			t.Errorf("%s is not found", p.Name)
		}
	}
	for _, p := range ManagedResponseHeadersPolicies() {
		if problem := p.Check(); problem != "" {
			t.Errorf("%s: %s", p.Name, problem)
		}
		if byID, ok := ManagedResponseHeadersPolicy(p.ID); !ok || byID.Name != p.Name {
			t.Errorf("%s is not found", p.Name)
		}
	}
	if len(ManagedResponseHeadersPolicies()) != 5 || len(ManagedCachePolicies()) != 7 || len(ManagedOriginRequestPolicies()) != 8 {
		t.Error("a policy is missing")
	}
	disabled, _ := ManagedCachePolicy("CachingDisabled")
	b := CloudFront()
	b.TTL, b.Key = disabled.TTL, disabled.Key
	if !ruleOf(t, b).NoCollapse {
		t.Error("CachingDisabled collapses")
	}
}

// User-Agents of our own writing, in the form that such devices send.
func TestDevices(t *testing.T) {
	const gecko = "Mozilla/5.0 (%) Gecko/130.0 Firefox/130.0"
	for agent, want := range map[string]Device{
		"":         Desktop,
		"curl/8.5": Desktop,
		"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/126.0 Safari/537.36":                          Desktop,
		"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Version/17.0 Safari/605.1.15":                Desktop,
		"Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 Version/17.0 Mobile/15E148":           IOS | Mobile,
		"Mozilla/5.0 (iPad; CPU OS 16_0 like Mac OS X) AppleWebKit/605.1.15 Version/16.0 Mobile/15E148":                    IOS | Tablet | Mobile,
		"Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 Chrome/126.0 Mobile Safari/537.36":                    Android | Mobile,
		"Mozilla/5.0 (Linux; Android 13; SM-X700) AppleWebKit/537.36 Chrome/126.0 Safari/537.36":                           Android | Tablet,
		strings.Replace(gecko, "%", "Android 14; Mobile; rv:130.0", 1):                                                     Android | Mobile,
		strings.Replace(gecko, "%", "Android 14; Tablet; rv:130.0", 1):                                                     Android | Tablet,
		"Mozilla/5.0 (Linux; Android 11; KFTRWI) AppleWebKit/537.36 Silk/126.0 like Chrome/126.0 Safari/537.36":            Android | Tablet,
		"Mozilla/5.0 (Windows Phone 10.0; Android 6.0.1; Microsoft; Lumia) AppleWebKit/537.36 Mobile Safari/537.36 Edge/1": Mobile,
		"Mozilla/5.0 (SMART-TV; Linux; Tizen 6.0) AppleWebKit/537.36 SamsungBrowser/3 TV Safari/537.36":                    SmartTV,
		"Mozilla/5.0 (Web0S; Linux/SmartTV) AppleWebKit/537.36 Chrome/94.0 Safari/537.36":                                  SmartTV,
		"Roku/DVP-12.0 (12.0.0.4182-88)":                                        SmartTV,
		"Mozilla/5.0 (Linux; Android 9; AFTMM) AppleWebKit/537.36 Silk/126":     Android | SmartTV,
		"Mozilla/5.0 (Linux; Android 12; BRAVIA 4K) Chrome/126.0 Safari/537.36": Android | SmartTV,
	} {
		if got := DeviceOf([]byte(agent)); got != want {
			t.Errorf("%s: %06b, want %06b", agent, got, want)
		}
	}
}

// Nothing in an agent, nor its length, is more than some time.
func TestDeviceOfReadsAnything(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		agent := rapid.SliceOf(rapid.Byte()).Draw(rt, "agent")
		d := DeviceOf(agent)
		if d == 0 || d&Desktop != 0 && d != Desktop || d&notAndroid != 0 {
			rt.Fatalf("%q: %08b", agent, d)
		}
	})
	if DeviceOf([]byte(strings.Repeat("x", 600)+"iphone")) != Desktop {
		t.Error("more is looked at than should be")
	}
}

func BenchmarkDeviceOf(b *testing.B) {
	agent := []byte("Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Mobile Safari/537.36")
	b.ReportAllocs()
	for b.Loop() {
		DeviceOf(agent)
	}
}

func TestPoliciesRefuse(t *testing.T) {
	eleven := strings.Fields("a b c d e f g h i j k")
	for want, change := range map[string]func(*Behavior){
		`header "CloudFront-Viewer-Address" cannot be part of the key`:       func(b *Behavior) { b.Key.Headers = []string{"CloudFront-Viewer-Address"} },
		`header "cloudfront-viewer-asn": this edge does not know`:            func(b *Behavior) { b.Key.Headers = []string{"cloudfront-viewer-asn"} },
		`header "Connection" cannot be part of the key`:                      func(b *Behavior) { b.Key.Headers = []string{"Connection"} },
		`11 headers are listed: CloudFront's quota is 10`:                    func(b *Behavior) { b.Key.Headers = eleven },
		`11 cookies are listed: CloudFront's quota is 10`:                    func(b *Behavior) { b.Key.Cookies, b.Key.CookieNames = Include, eleven },
		`11 query parameters are listed: CloudFront's quota is 10`:           func(b *Behavior) { b.Forward.Query, b.Forward.QueryNames = Include, eleven },
		`a query parameter's name has 129 bytes: CloudFront's quota is 128`:  func(b *Behavior) { b.Key.Query, b.Key.QueryNames = Include, []string{strings.Repeat("q", 129)} },
		`the names of headers have 1025 bytes together: CloudFront's quota`:  func(b *Behavior) { b.Key.Headers = []string{strings.Repeat("q", 1025)} },
		`header "Accept" goes with all the others`:                           func(b *Behavior) { b.Forward = Forward{Headers: All, HeaderNames: []string{"Accept"}} },
		`header "Cookie" does not go to an origin by a list: choose cookies`: func(b *Behavior) { b.Forward = Forward{Headers: Include, HeaderNames: []string{"Cookie"}} },
		`headers: include needs a list of names`:                             func(b *Behavior) { b.Forward.Headers = Include },
		`headers: unknown choice "some"`:                                     func(b *Behavior) { b.Forward.Headers = "some" },
		`header "a*b" is no field name, nor the beginning of one`:            func(b *Behavior) { b.Request.Drop = []string{"a b"} },
		`header "via" cannot be removed`:                                     func(b *Behavior) { b.ResponseHeaders.Remove = []string{"via"} },
		`header "X-Amz-Cf-Pop" cannot be removed`:                            func(b *Behavior) { b.ResponseHeaders.Remove = []string{"X-Amz-Cf-Pop"} },
		`header "content-encoding" cannot be removed`:                        func(b *Behavior) { b.ResponseHeaders.Remove = []string{"content-encoding"} },
		`header "Transfer-Encoding" cannot be set`:                           func(b *Behavior) { b.ResponseHeaders.Set = []SetHeader{{Name: "Transfer-Encoding"}} },
		`header "Age" cannot be set`:                                         func(b *Behavior) { b.ResponseHeaders.Set = []SetHeader{{Name: "Age"}} },
		`header "Access-Control-Max-Age" is set by cors`:                     func(b *Behavior) { b.ResponseHeaders.Set = []SetHeader{{Name: "Access-Control-Max-Age"}} },
		`header "x" is set twice`:                                            func(b *Behavior) { b.ResponseHeaders.Set = []SetHeader{{Name: "X"}, {Name: "x"}} },
		`header "X": its value "a\r\nb" has control`:                         func(b *Behavior) { b.ResponseHeaders.Set = []SetHeader{{Name: "X", Value: "a\r\nb"}} },
		`a sampling of 1.5 is none from 0% to 100%`:                          func(b *Behavior) { b.ResponseHeaders.Sampling = 1.5 },
		`has more than four decimals`:                                        func(b *Behavior) { b.ResponseHeaders.Sampling = 0.0000005 },
		`cors: no origin is allowed`:                                         func(b *Behavior) { b.ResponseHeaders.CORS = &CORS{} },
		`cors: origin "a.*.b": a wildcard can only be`:                       func(b *Behavior) { b.ResponseHeaders.CORS = &CORS{AllowOrigins: []string{"a.*.b"}} },
		`cors: origin "ftp://a": want http:// or https://`:                   func(b *Behavior) { b.ResponseHeaders.CORS = &CORS{AllowOrigins: []string{"ftp://a"}} },
		`cors: origin "https://a/": "a/" is no label`:                        func(b *Behavior) { b.ResponseHeaders.CORS = &CORS{AllowOrigins: []string{"https://a/"}} },
		`cors: with credentials "*" does not mean all`:                       func(b *Behavior) { b.ResponseHeaders.CORS = &CORS{AllowOrigins: []string{"*"}, AllowCredentials: true} },
		`"a\nb" cannot be sent`:                                              func(b *Behavior) { b.Request.Agent = "a\nb" },
	} {
		b := CloudFront()
		change(&b)
		b.Origin = "o"
		d := site("A", "d.net")
		d.Default = b
		_, err := Compile([]Distribution{d})
		if want = strings.Replace(want, "a*b", "a b", 1); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v\nwant %s", err, want)
		}
		if !strings.Contains(want, "quota") {
			continue
		}
		if d.Default.Quotas = false; func() error { _, err := Compile([]Distribution{d}); return err }() != nil {
			t.Errorf("%s: quotas are held although they are lifted", want)
		}
	}
}
