package scenario

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"edgesim/edge/behavior"
)

// withBehavior is small with lines for its first behavior and, before the
// distributions, some policies.
func withBehavior(mode, policies string, lines ...string) string {
	text := strings.Replace(small, "        origin: b\n", "        origin: b\n        "+strings.Join(lines, "\n        ")+"\n", 1)
	text = strings.Replace(text, "edge:\n", "edge:\n  mode: "+mode+"\n", 1)
	return strings.Replace(text, "distributions:\n", policies+"distributions:\n", 1)
}

func firstBehavior(t *testing.T, text string) behavior.Behavior {
	t.Helper()
	return mustParse(t, text).BehaviorDistributions()[0].Behaviors[0]
}

// A policy, by name or id, of the file's own or managed, stands in place of what
// it decides and of nothing else.
func TestPoliciesByName(t *testing.T) {
	const own = "policies:\n  cache:\n    mine: {ttl: {max: 1h}, key: {query: include, query_names: [p]}}\n" +
		"  origin_request:\n    mine: {headers: include, header_names: [Accept]}\n  response_headers:\n    mine: {remove: [X-A], server_timing: 12.5%}\n"
	optimized, _ := behavior.ManagedCachePolicy("CachingOptimized")
	allViewer, _ := behavior.ManagedOriginRequestPolicy("AllViewer")
	security, _ := behavior.ManagedResponseHeadersPolicy("SecurityHeadersPolicy")
	for _, row := range []struct {
		line string
		want func(*behavior.Behavior)
	}{
		{"cache_policy: CachingOptimized", func(b *behavior.Behavior) { b.TTL, b.Key = optimized.TTL, optimized.Key }},
		{"cache_policy: Managed-CachingOptimized", func(b *behavior.Behavior) { b.TTL, b.Key = optimized.TTL, optimized.Key }},
		{"cache_policy: 658327ea-f89d-4fab-a63d-7e88639e58f6", func(b *behavior.Behavior) { b.TTL, b.Key = optimized.TTL, optimized.Key }},
		{"cache_policy: CachingDisabled", func(b *behavior.Behavior) { b.TTL, b.Key = behavior.TTL{}, behavior.Key{} }},
		{"cache_policy: mine", func(b *behavior.Behavior) {
			b.TTL.Default, b.TTL.Max = time.Hour, time.Hour
			b.Key = behavior.Key{Query: behavior.Include, QueryNames: []string{"p"}}
		}},
		{"origin_request_policy: AllViewer", func(b *behavior.Behavior) { b.Forward = allViewer.Forward }},
		{"origin_request_policy: mine", func(b *behavior.Behavior) {
			b.Forward = behavior.Forward{Headers: behavior.Include, HeaderNames: []string{"Accept"}}
		}},
		{"response_headers_policy: SecurityHeadersPolicy", func(b *behavior.Behavior) { b.ResponseHeaders = security.Headers }},
		{"response_headers_policy: mine", func(b *behavior.Behavior) {
			b.ResponseHeaders = behavior.ResponseHeaders{Remove: []string{"X-A"}, ServerTiming: true, Sampling: 0.125}
		}},
		{"drop_headers: []", func(b *behavior.Behavior) { b.Request.Drop = []string{} }},
		{"untrusted_headers: [X-A]", func(b *behavior.Behavior) { b.Request.Untrusted = []string{"X-A"} }},
		{`user_agent: ""`, func(b *behavior.Behavior) { b.Request.Agent = "" }},
	} {
		want := behavior.CloudFront()
		want.Path, want.Origin = "/api/*", "b"
		row.want(&want)
		if got := firstBehavior(t, withBehavior("cloudfront", own, row.line)); !reflect.DeepEqual(got, want) {
			t.Errorf("%s:\n%+v, want\n%+v", row.line, got, want)
		}
	}
}

func TestPoliciesSayWhatIsWrong(t *testing.T) {
	for _, row := range []struct{ mode, policies, line, want string }{
		{"cloudfront", "", "cache_policy: CachingOptimised", `f.yaml:17:23: distributions[0].behaviors[0].cache_policy: no policy has the name or id "CachingOptimised"; did you mean "CachingOptimized"?`},
		{"cloudfront", "", "cache_policy: CachingOptimized\n        ttl: {max: 1h}", `f.yaml:17:23: distributions[0].behaviors[0].cache_policy: the policy decides on ttl and key: leave one of the two out`},
		{"cloudfront", "", "cache_policy: CachingOptimized\n        key: {}", `f.yaml:17:23: distributions[0].behaviors[0].cache_policy: the policy decides on ttl and key: leave one of the two out`},
		{"cloudfront", "", "origin_request_policy: AllViewer\n        forward: {query: all}", `f.yaml:17:32: distributions[0].behaviors[0].origin_request_policy: the policy decides on forward: leave one of the two out`},
		{"cloudfront", "", "response_headers_policy: SimpleCORS\n        response_headers: {}", `f.yaml:17:34: distributions[0].behaviors[0].response_headers_policy: the policy decides on response_headers: leave one of the two out`},
		{"cloudfront", "", "response_headers: {remove: [Via]}", `f.yaml:17:28: distributions[0].behaviors[0].response_headers: header "Via" cannot be removed: it belongs to the connection or to the edge`},
		{"cloudfront", "", "forward: {headers: include, header_names: [CloudFront-Viewer-City]}", `f.yaml:17:19: distributions[0].behaviors[0].forward: header "CloudFront-Viewer-City": this edge does not know what it should say: …`},
		{"cloudfront", "", "key: {headers: [a, b, c, d, e, f, g, h, i, j, k]}", `f.yaml:17:15: distributions[0].behaviors[0].key: 11 headers are listed: CloudFront's quota is 10 (quotas: false lifts it)`},
		{"cloudfront", "", "drop_headers: [a b]", `f.yaml:17:23: distributions[0].behaviors[0].drop_headers: header "a b" is no field name, …`},
		{"cloudfront", "policies: {cache: {CachingOptimized: {}}}\n", "quotas: true", `f.yaml:10:38: policies.cache.CachingOptimized: a managed policy has this name: choose another`},
		{"cloudfront", "policies: {cache: {mine: {ttl: {min: 2h, max: 1h}}}}\n", "quotas: true", `f.yaml:10:33: policies.cache.mine.ttl: minimum TTL 2h0m0s is above the maximum, 1h0m0s`},
		{"cloudfront", "policies: {cache: {mine: {key: {headers: [TE]}}}}\n", "quotas: true", `f.yaml:10:33: policies.cache.mine.key: header "TE" cannot be part of the key`},
		{"standard", "policies: {origin_request: {mine: {cookies: some}}}\n", "quotas: true", `f.yaml:10:36: policies.origin_request.mine: cookies: unknown choice "some": write none, all, include or except`},
		{"standard", "policies: {response_headers: {mine: {set: [{name: Age}]}}}\n", "quotas: true", `f.yaml:10:38: policies.response_headers.mine: header "Age" cannot be set: …`},
		{"standard", "policies: {response_headers: {mine: {server_timing: 0.00001%}}}\n", "quotas: true", `f.yaml:10:38: policies.response_headers.mine: server timing: a sampling of 1e-05% has more than four decimals`},
		{"standard", "policies: {cahce: {}}\n", "quotas: true", `f.yaml:10:12: policies.cahce: unknown key; did you mean "cache"?`},
	} {
		_, err := Parse("f.yaml", []byte(withBehavior(row.mode, row.policies, strings.Split(row.line, "\n        ")...)))
		if !isError(err, row.want) {
			t.Errorf("%s%s\n got %v\nwant %s", row.policies, row.line, err, row.want)
		}
	}
}

// Quotas of CloudFront's are held in its mode, and can be lifted.
func TestQuotasOfADistribution(t *testing.T) {
	long := strings.Repeat("x", 129)
	for mode, ok := range map[string]bool{"standard": true, "cloudfront": false} {
		_, err := Parse("f.yaml", []byte(small), "edge.mode="+mode, "distributions.E1.comment="+long)
		if (err == nil) != ok {
			t.Errorf("%s: %v", mode, err)
		}
		if _, err := Parse("f.yaml", []byte(small), "edge.mode="+mode, "distributions.E1.comment="+long, "distributions.E1.default.quotas=false"); err != nil {
			t.Error(err)
		}
	}
}

// What `edgesim scenarios policies` prints can be copied: under other names it
// is the same policies.
func TestManagedTextParses(t *testing.T) {
	text := ManagedText()
	for _, names := range [][]string{sortedKeys(managed().Cache), sortedKeys(managed().OriginRequest), sortedKeys(managed().ResponseHeaders)} {
		for _, name := range names {
			text = strings.Replace(text, " "+name+":", " my-"+name+":", 1)
		}
	}
	for _, p := range behavior.ManagedCachePolicies() {
		got := firstBehavior(t, withBehavior("cloudfront", text, "cache_policy: my-"+p.Name))
		if got.TTL != p.TTL || !reflect.DeepEqual(got.Key, p.Key) {
			t.Errorf("%s: %+v %+v", p.Name, got.TTL, got.Key)
		}
	}
	for _, p := range behavior.ManagedOriginRequestPolicies() {
		if got := firstBehavior(t, withBehavior("cloudfront", text, "origin_request_policy: my-"+p.Name)); !reflect.DeepEqual(got.Forward, p.Forward) {
			t.Errorf("%s: %+v", p.Name, got.Forward)
		}
	}
	for _, p := range behavior.ManagedResponseHeadersPolicies() {
		if got := firstBehavior(t, withBehavior("cloudfront", text, "response_headers_policy: my-"+p.Name)); !reflect.DeepEqual(got.ResponseHeaders, p.Headers) {
			t.Errorf("%s: %+v", p.Name, got.ResponseHeaders)
		}
	}
}

// Whatever the text of a server's configuration, what is wrong is said on one
// line, with its place where there is one; what stands makes an edge's
// description.
func FuzzConfigStandsOrSaysWhere(f *testing.F) {
	f.Add("edge: {mode: cloudfront}\norigins:\n  o: {url: 'http://a'}\ndistributions:\n  - id: E\n    domain: d.net\n    default: {origin: o, cache_policy: CachingOptimized}\n")
	f.Add("origins: {o: {url: 'http://a'}}\n" + ManagedText() + "distributions: [{id: E, domain: d.net, default: {origin: o}}]\n")
	f.Add("policies: {response_headers: {a: {cors: {origins: ['*']}, server_timing: 1%}}}\n")
	f.Add("distributions:\n  - behaviors:\n      - forward: {headers: [x]}\n")
	f.Fuzz(func(t *testing.T, text string) {
		c, err := ParseConfig("f.yaml", []byte(text))
		if err == nil {
			if _, err := behavior.Compile(c.BehaviorDistributions()); err != nil {
				t.Fatalf("what was checked does not compile: %v", err)
			}
			return
		}
		if says := err.Error(); strings.Contains(says, "\n") || !strings.HasPrefix(says, "f.yaml:") {
			t.Fatalf("%q", says)
		}
	})
}
