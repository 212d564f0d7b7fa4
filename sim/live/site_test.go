package live

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"edgesim/edge/behavior"
	"edgesim/results"
	"edgesim/sim/scenario"
)

// What a distribution may say, key by key: a log with every kind of target is played
// through both worlds, one request at a time, so that all that differs is a rule that
// one of them has not.

// site is what the rows of the table change. A request takes 4 ms, and they come a
// tenth of a second apart.
const site = `
edge: {capacity: 1MiB, shards: 1, policy: lru}
origins:
  o: {kind: server, first_byte: {constant: 4ms}, cache_control: "max-age=2"}
  b: {kind: bucket, first_byte: {constant: 4ms}, cache_control: "max-age=5, stale-while-revalidate=2"}
distributions:
  - id: E1
    domain: d1.cloudfront.net
    aliases: [www.example.com, "*.example.net"]
    behaviors:
      - {path: /b/*, origin: b}
      - {path: "*.html", origin: b}
    default: {origin: o}
  - {id: E9, domain: d9.cloudfront.net, disabled: true, default: {origin: o}}
workload:
  replay: {file: log}
`

// targets are what is asked for: the root, with and without a query; queries in other
// orders, of one name twice, of a name alone, of nothing; pluses, escapes in either
// case, of slashes and of what needs none; slashes at the end and in a row, dots,
// parameters, and what is beside the letters of ASCII.
var targets = []string{
	"/", "/?", "/?a=1", "/index.html", "/index.html?a=1", "/b/index.html", "/sorry.html",
	"/b/x?a=1&b=2", "/b/x?b=2&a=1", "/b/x?a=1&a=2", "/b/x?a=1", "/b/x?a", "/b/x?a=", "/b/x?=1", "/b/x?&&", "/b/x?A=1", "/b/x?c=3&a=1", "/b/x",
	"/x?a=%20", "/x?a=+", "/x?a=1%2C2", "/x?a=1%2c2", "/x?a=1;b=2", "/x?a==1", "/x?a=/y?z",
	"/a+b.txt", "/a%20b.txt", "/a%2Bb.txt", "/a%2bb.txt", "/%61%2Btxt", "/b%2Fx", "/%62/x", "/b/%78.html", "/x%2ehtml", "/%zz", "/100%",
	"/dir", "/dir/", "/dir//", "//dir", "/b/../x", "/./x", "/b/.", "/x.HTML", "/x;p=1", "/~x", "/x@y:z", "/x'y", "/x!$()*,y", "/\xc3\xbc.html", "/b/%c3%bc", "/b/%C3%BC",
}

// siteLog is a log that asks for all of them, in an order without a plan and again and
// again, by several methods and hosts, for parts and conditionally.
func siteLog() string {
	var b strings.Builder
	b.WriteString("#Fields: timestamp(ms) sc-bytes cs-bytes c-ip cs-method cs(Host) cs-uri-stem sc-status cs(Referer) cs(User-Agent) cs-uri-query x-host-header time-taken sc-content-len sc-range-start sc-range-end c-country\n")
	hosts := []string{"d1.cloudfront.net", "www.example.com", "a.b.example.net"}
	agents := []string{"Mozilla/5.0%20(iPhone;%20CPU%20iPhone%20OS%2016_0%20like%20Mac%20OS%20X)", "curl/8", "-"}
	for i := range 6 * len(targets) {
		object := i * 17 % len(targets)
		if i%5 == 0 {
			object = i % 7 // some are asked for more often
		}
		path, query, queried := strings.Cut(targets[object], "?")
		if !queried || query == "" {
			query = "-"
		}
		size, sent := 900+object*40, 300
		if object%9 == 4 {
			size *= 100
		}
		method, status, from, to := "GET", 200, "-", "-"
		switch i % 11 {
		case 3:
			method = "HEAD"
		case 5:
			status = 304
		case 7:
			status, from, to = 206, fmt.Sprint(object), fmt.Sprint(object+99)
		case 8:
			method, sent = []string{"POST", "PUT", "DELETE", "OPTIONS", "PATCH"}[i/11%5], 600
		}
		fmt.Fprintf(&b, "%d\t%d\t%d\t192.0.2.%d\t%s\td1.cloudfront.net\t%s\t%d\thttps://r%d.example/\t%s\t%s\t%s\t0.000\t%d\t%s\t%s\t%s\n",
			1_700_000_000_000+i*100, size+300, sent, i%20+1, method, path, status, i%3, agents[i%3], query,
			hosts[i/2%3], size, from, to, []string{"DE", "FR", "US"}[i%3])
	}
	return b.String()
}

// siteRow changes keys of the distribution.
type siteRow struct {
	name string
	sets []string

	most  int  // records that may differ, for a reason that docs/virtual.md has
	brief bool // also under the race detector
}

const (
	cloudfront = "edge.mode=cloudfront"
	tiers      = "edge.tiers=[{layer: regional, location: DUB50-P7, capacity: 2MiB}, {layer: shield, location: IAD50-P9, capacity: 2MiB}]"
)

var siteRows = []siteRow{
	{name: "as it is", brief: true},
	{name: "cloudfront", sets: []string{cloudfront}, brief: true},
	{name: "names", sets: []string{"distributions.0.id=E2", "distributions.0.domain=d2.cloudfront.net", "distributions.0.comment=a note", `distributions.0.aliases=["*"]`}},

	{name: "a root", sets: []string{"distributions.0.default_root_object=index.html"}},
	{name: "a root, cloudfront", sets: []string{"distributions.0.default_root_object=index.html", cloudfront}},
	{name: "a root that others have", sets: []string{"distributions.0.default_root_object=b/index.html", "distributions.0.default.key={query: all, host: true}"}},
	{name: "a root with a query", sets: []string{"distributions.0.default_root_object=index.html", "distributions.0.behaviors.1.key={query: include, query_names: [a]}"}},
	{name: "a root that is not there", sets: []string{"distributions.0.default_root_object=nothing.txt"}},
	{name: "a root elsewhere", sets: []string{"distributions.0.default_root_object=x", "distributions.0.default.viewer_protocol=redirect-to-https"}},
	{name: "a root that is redirected", sets: []string{"distributions.0.default_root_object=index.html", "distributions.0.behaviors.1.viewer_protocol=redirect-to-https"}},
	{name: "a root of tiers", sets: []string{"distributions.0.default_root_object=index.html", tiers}},
	{name: "a tier", sets: []string{"edge.tiers=[{layer: regional, location: DUB50-P7, capacity: 2MiB}]"}},
	{name: "tiers", sets: []string{tiers}},
	{name: "tiers, cloudfront", sets: []string{tiers, cloudfront}},
	{name: "decoded paths", sets: []string{"distributions.0.decode_paths=true"}},
	{name: "allowed countries", sets: []string{"distributions.0.geo.allow=[DE, US]"}},
	{name: "blocked countries", sets: []string{"distributions.0.geo.block=[DE]", "distributions.0.errors=[{code: 403, page: /sorry.html, response_code: 200}]"}},
	{name: "error pages", sets: []string{"distributions.0.errors=[{code: 403, page: /sorry.html, response_code: 404}, {code: 404, page: /b/none, ttl: 3s}, {code: 405, page: /sorry.html}, {code: 503, ttl: 2s, page: /a+b.txt}]",
		"origins.o.errors=20%", "distributions.0.behaviors.0.methods=[GET, HEAD]"}},
	{name: "error pages, cloudfront", sets: []string{"distributions.0.errors=[{code: 403, page: /sorry.html, response_code: 404}, {code: 503, ttl: 0s, page: /}]",
		"origins.o.errors=20%", cloudfront, "distributions.0.default_root_object=index.html"}},
	{name: "a page that fails", sets: []string{"distributions.0.errors=[{code: 503, page: /dir}, {code: 403, page: /nothing}]", "origins.o.errors=60%", "origins.b.missing=403"}},
	{name: "errors kept", sets: []string{"distributions.0.errors=[{code: 503, ttl: 2s}]", "origins.o.errors=30%", "distributions.0.default.error_caching=true", "distributions.0.default.error_ttl=1s"}},
	{name: "errors, cloudfront", sets: []string{"origins.o.errors=30%", "distributions.0.default.stale_on_error=3s", cloudfront}},
	{name: "errors, stale", sets: []string{"origins.o.errors=30%", "distributions.0.default.stale_on_error=3s"}},

	{name: "https only", sets: []string{"distributions.0.behaviors.0.viewer_protocol=https-only", "distributions.0.default.viewer_protocol=allow-all"}},
	{name: "methods", sets: []string{"distributions.0.default.methods=[GET, HEAD, OPTIONS]", "distributions.0.default.cached_methods=[GET, HEAD, OPTIONS]"}},
	{name: "methods, cloudfront", sets: []string{"distributions.0.default.methods=[GET, HEAD, OPTIONS, PUT, POST, PATCH, DELETE]", "distributions.0.default.cached_methods=[GET, HEAD, OPTIONS]", cloudfront}},
	{name: "nothing kept", sets: []string{"distributions.0.default.ttl={max: 0s}"}, most: 1}, // how much is read beyond a part, of an origin that sends all

	{name: "nothing kept, cloudfront", sets: []string{"distributions.0.default.ttl={max: 0s}", cloudfront}, most: 5},
	{name: "ttl", sets: []string{"distributions.0.default.ttl={min: 3s, default: 4s, max: 5s}", `origins.b.cache_control=""`}},
	{name: "ttl, cloudfront", sets: []string{"distributions.0.default.ttl={min: 3s, max: 5s}", "distributions.0.behaviors.0.ttl={default: 2s, max: 2s}", `origins.b.cache_control=""`, cloudfront}},

	{name: "no query", sets: []string{"distributions.0.behaviors.0.key={}", "distributions.0.default.key={scheme: false}"}},
	{name: "some of the query", sets: []string{"distributions.0.behaviors.0.key={query: include, query_names: [a, b]}", "distributions.0.default.key={query: except, query_names: [a], scheme: true}", cloudfront}},
	{name: "cookies", sets: []string{"distributions.0.behaviors.0.key={cookies: all}", "distributions.0.behaviors.1.key={cookies: include, cookie_names: [a]}", "distributions.0.default.key={cookies: except, cookie_names: [a]}"}},
	{name: "cookies, cloudfront", sets: []string{"distributions.0.behaviors.0.key={cookies: all}", "distributions.0.default.forward={cookies: include, cookie_names: [a]}", cloudfront}},
	{name: "fields in keys", sets: []string{"distributions.0.behaviors.0.key={headers: [User-Agent, Referer, Accept-Encoding]}",
		"distributions.0.default.key={headers: [CloudFront-Is-Mobile-Viewer, CloudFront-Is-Desktop-Viewer, CloudFront-Forwarded-Proto, X-Forwarded-For]}"}},
	{name: "fields in keys, cloudfront", sets: []string{"distributions.0.behaviors.0.key={headers: [User-Agent, Origin], query: all}", cloudfront,
		"distributions.0.default.key={headers: [CloudFront-Is-SmartTV-Viewer, CloudFront-Viewer-HTTP-Version, X-None]}"}},
	{name: "hosts in keys", sets: []string{"distributions.0.behaviors.0.key={host: true}", "distributions.0.default.key={host: true, query: all}"}},
	{name: "encodings in keys", sets: []string{"distributions.0.behaviors.0.key={gzip: true, query: all}", "distributions.0.default.key={gzip: true, brotli: true}", "distributions.0.default.compress=true", "distributions.0.behaviors.0.compress=true"}},
	{name: "encodings in keys, cloudfront", sets: []string{"distributions.0.behaviors.0.key={gzip: true, query: all}", "distributions.0.behaviors.1.key={brotli: true}", "distributions.0.behaviors.1.compress=true", cloudfront}},

	{name: "managed policies", sets: []string{"distributions.0.behaviors.0.cache_policy=CachingDisabled", "distributions.0.behaviors.1.cache_policy=CachingOptimized",
		"distributions.0.default.origin_request_policy=AllViewer", "distributions.0.default.response_headers_policy=SecurityHeadersPolicy"}},
	{name: "managed policies, cloudfront", sets: []string{"distributions.0.behaviors.0.cache_policy=UseOriginCacheControlHeaders-QueryStrings", "distributions.0.behaviors.1.response_headers_policy=CORS-and-SecurityHeadersPolicy",
		"distributions.0.default.origin_request_policy=AllViewerAndCloudFrontHeaders-2022-06", "distributions.0.default.response_headers_policy=SimpleCORS", cloudfront}},
	{name: "own policies", sets: []string{"policies.cache.c={ttl: {min: 1s, default: 2s, max: 3s}, key: {query: all}}", "policies.origin_request.r={headers: include, header_names: [X-Own], query: all}",
		"policies.response_headers.h={set: [{name: X-Own, value: v}]}", "distributions.0.behaviors.0.cache_policy=c", "distributions.0.default.origin_request_policy=r", "distributions.0.behaviors.1.response_headers_policy=h"}},

	{name: "forwarded", sets: []string{"distributions.0.behaviors.0.forward={headers: all, query: all}", "distributions.0.default.forward={headers: include, header_names: [User-Agent, CloudFront-Viewer-Country], query: include, query_names: [a], cookies: none}",
		"distributions.0.behaviors.1.forward={headers: except, header_names: [Host], cookies: except, cookie_names: [x]}"}},
	{name: "forwarded, cloudfront", sets: []string{"distributions.0.behaviors.0.forward={headers: all, query: all, cookies: all}", "distributions.0.default.forward={query: except, query_names: [a]}", cloudfront}},
	{name: "what origins are sent", sets: []string{"distributions.0.default.drop_headers=[x-*, referer]", "distributions.0.default.untrusted_headers=[X-Forwarded-Host]", "distributions.0.default.user_agent=an edge",
		"distributions.0.default.keep_alive_header=true", "distributions.0.default.forward_request_id=true", "distributions.0.default.forward_host=true"}},
	{name: "each alone", sets: []string{"distributions.0.default.collapse=false", "distributions.0.behaviors.0.collapse_wait=1ms"}},
	{name: "slices", sets: []string{"distributions.0.default.slice=64KiB", "distributions.0.behaviors.0.slice=0B"}},
	{name: "slices, cloudfront", sets: []string{"distributions.0.default.slice=64KiB", "distributions.0.default.max_ranges=1", "distributions.0.default.ascending_ranges=false", cloudfront}},
	{name: "other fields", sets: []string{"distributions.0.behaviors.0.response_headers={remove: [Server, x-amz-request-id], set: [{name: X-A, value: b, override: true}, {name: ETag, value: none}, {name: Cache-Control, value: no-cache, override: true}]}",
		"distributions.0.default.response_headers={remove: [Cache-Control], set: [{name: Cache-Control, value: private}, {name: X-Empty, value: \"\"}, {name: Content-Type, value: text/plain, override: true}]}"}},
	{name: "other fields, cloudfront", sets: []string{"distributions.0.default.response_headers={remove: [Last-Modified], set: [{name: Server, value: own, override: true}]}", cloudfront, "origins.o.errors=20%"}},
	{name: "other fields of tiers", sets: []string{"distributions.0.behaviors.0.response_headers={remove: [Server], set: [{name: X-A, value: b, override: true}]}", tiers}},
	{name: "other origins", sets: []string{"distributions.0.default.response_headers={cors: {origins: [https://a.example], headers: [x-a], methods: [ALL], expose: [x-b], credentials: true, max_age: 60s, override: true}}"}},
	{name: "every origin", sets: []string{`distributions.0.default.response_headers={cors: {origins: ["*"], methods: [GET]}}`, cloudfront}},
	{name: "server timing", sets: []string{"distributions.0.default.response_headers={server_timing: 0%}"}},
}

// switches are rows of the keys that are true or false, each turned to what its mode
// does not have.
func switches() (rows []siteRow) {
	for mode, usual := range map[string]behavior.Behavior{scenario.Standard: behavior.Standard(), scenario.CloudFront: behavior.CloudFront()} {
		for key, is := range map[string]bool{
			"ascending_ranges": usual.AscendingRanges, "heuristic": usual.Heuristic, "request_directives": usual.RequestDirectives,
			"min_beats_directives": usual.MinBeatsDirectives, "default_any_status": usual.DefaultAnyStatus, "ignore_vary": usual.IgnoreVary,
			"error_caching": usual.ErrorCaching, "stale_despite_shared": usual.StaleDespiteShared, "cache_posts": usual.CachePosts,
			"cdn_cache_control": usual.CDNCacheControl, "field_forms": usual.FieldForms, "normalize_vary": usual.NormalizeVary,
			"forward_interim": usual.ForwardInterim, "no_authorization": usual.NoAuthorization, "cookie_rules": usual.CookieRules,
			"tidy_cookies": usual.TidyCookies, "filter_vary": usual.FilterVary, "refuse_get_body": usual.RefuseGetBody, "quotas": usual.Quotas,
		} {
			rows = append(rows, siteRow{name: mode + " but for " + key, sets: []string{"edge.mode=" + mode, "origins.o.errors=10%", "origins.o.cache_control=s-maxage=2, stale-while-revalidate=2, stale-if-error=3",
				`origins.b.cache_control=""`, fmt.Sprintf("distributions.0.default.%s=%v", key, !is), "distributions.0.default.compress=true", "distributions.0.default.key={gzip: true}", "distributions.0.default.ttl={min: 1s}"}})
		}
		rows = append(rows, siteRow{name: mode + " but for max_variants", sets: []string{"edge.mode=" + mode, "distributions.0.default.max_variants=1", "distributions.0.default.compress=true", "distributions.0.default.key={gzip: true}"}})
	}
	slices.SortFunc(rows, func(a, b siteRow) int { return strings.Compare(a.name, b.name) })
	return rows
}

// scenarioOf is the scenario of a row.
func (x *siteRow) scenarioOf(t *testing.T) *scenario.Scenario {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{"log": siteLog(), "s.yaml": site} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	s, err := scenario.Load(filepath.Join(dir, "s.yaml"), x.sets...)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// play plays a row in both worlds.
func (x *siteRow) play(t *testing.T, s *scenario.Scenario) (played, told []string) {
	t.Helper()
	edge, names := inBubble(t, s)
	virtual, virtualNames := foretoldNamed(t, s, names.Epoch)
	return lines(edge, names), lines(virtual, virtualNames)
}

// lines are records, with what they name.
func lines(recs []results.Record, n *results.Names) (list []string) {
	for i := range recs {
		r := &recs[i]
		list = append(list, fmt.Sprintf("%s%s?%s by %s led by %s, %s: %v",
			n.Str(r.Host), n.Str(r.URL), n.Str(r.Query), n.Str(r.Agent), n.Str(r.Referrer), n.Str(r.ContentType), factsOf(r)))
	}
	return list
}

// TestTheSimulatorForetellsASite plays every row. With tiers the real edge's scheduler
// decides now and then whether the rest of an object is asked for before or after its
// renewal has ended, which the tiers' Cache-Status tells: of a few plays one has to be
// as foretold.
func TestTheSimulatorForetellsASite(t *testing.T) {
	for _, x := range append(siteRows, switches()...) {
		if raceEnabled && !x.brief {
			continue
		}
		t.Run(strings.ReplaceAll(x.name, " ", "_"), func(t *testing.T) {
			s := x.scenarioOf(t)
			var differ []string
			for range 6 {
				played, told := x.play(t, s)
				if len(played) != len(told) || len(played) < 5*len(targets) {
					t.Fatalf("%d requests played, %d foretold", len(played), len(told))
				}
				differ = nil
				for i := range played {
					if played[i] != told[i] {
						differ = append(differ, fmt.Sprintf("request %d:\n  played   %s\n  foretold %s", i, played[i], told[i]))
					}
				}
				if len(differ) <= x.most {
					return
				}
			}
			t.Errorf("%d of %d records differ, the first of them\n%s", len(differ), 6*len(targets), strings.Join(differ[:min(3, len(differ))], "\n"))
		})
	}
}

// TestARootHasTheRightBytes: on sockets, every byte of what "/" stands for.
func TestARootHasTheRightBytes(t *testing.T) {
	for _, mode := range []string{"edge.mode=standard", cloudfront} {
		x := siteRow{sets: []string{"distributions.0.default_root_object=index.html", "workload.replay.speed=40", mode}}
		res, err := Run(t.Context(), Config{Scenario: x.scenarioOf(t), Dir: filepath.Join(t.TempDir(), "run"), Verify: true})
		if err != nil {
			t.Fatal(err)
		}
		if res.Wrong != 0 || res.Summary.ViewerRequests != int64(6*len(targets)) {
			t.Errorf("%s: %d requests, %d with wrong bytes", mode, res.Summary.ViewerRequests, res.Wrong)
		}
	}
}

// TestARowForEveryKeyOfADistribution: a key that is added to the schema wants a row.
func TestARowForEveryKeyOfADistribution(t *testing.T) {
	if raceEnabled {
		t.Skip("reads a log a hundred times over, on one goroutine")
	}
	has := map[string]bool{}
	for _, x := range append(siteRows, switches()...) {
		for _, d := range x.scenarioOf(t).Distributions {
			keysOf(reflect.ValueOf(d), "", has)
		}
	}
	list := map[string]bool{}
	typeKeys(reflect.TypeFor[scenario.Distribution](), "", list)
	for _, key := range slices.Sorted(maps.Keys(list)) {
		if !has[key] {
			t.Errorf("no row of siteRows sets %s of a distribution: nothing says that both worlds take it for the same", key)
		}
	}
	if len(list) < 70 {
		t.Errorf("%d keys: %v", len(list), slices.Sorted(maps.Keys(list)))
	}
}

// keysOf notes the keys that are set in a value. Those of the default behavior count as
// any behavior's.
func keysOf(v reflect.Value, at string, set map[string]bool) {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			set[at] = true
			keysOf(v.Elem(), at, set)
		}
	case reflect.Slice:
		for i := range v.Len() {
			keysOf(v.Index(i), at, set)
		}
		if v.Len() > 0 {
			set[at] = true
		}
	case reflect.Struct:
		for i := range v.NumField() {
			keysOf(v.Field(i), under(at, v.Type().Field(i)), set)
		}
	default:
		if !v.IsZero() {
			set[at] = true
		}
	}
}

// typeKeys lists the keys that a type has.
func typeKeys(t reflect.Type, at string, list map[string]bool) {
	switch t.Kind() {
	case reflect.Pointer, reflect.Slice:
		typeKeys(t.Elem(), at, list)
	case reflect.Struct:
		for i := range t.NumField() {
			typeKeys(t.Field(i).Type, under(at, t.Field(i)), list)
		}
	default:
		list[at] = true
	}
}

func under(at string, f reflect.StructField) string {
	key := f.Tag.Get("yaml")
	if at == "" && key == "default" {
		return "behaviors"
	}
	return strings.TrimPrefix(at+"."+key, ".")
}
