package scenario

import (
	"strings"
	"testing"
)

// small is a scenario that Parse accepts; the rows below break it.
const small = `name: small
edge:
  capacity: 1MiB
origins:
  a: {kind: bucket}
  b:
    kind: server
    first_byte: {median: 10ms, p99: 50ms}
distributions:
  - id: E1
    domain: d1.net
    aliases: [www.x.net]
    behaviors:
      - path: /api/*
        origin: b
    default:
      origin: a
workload:
  rate: 100/s
  sections:
    - name: s
      hosts: [www.x.net]
      types:
        - name: image
          prefix: /images/
          size: {median: 1KB}
`

// broken is small with old replaced by new.
func broken(t *testing.T, old, new string) string {
	t.Helper()
	if strings.Count(small, old) != 1 {
		t.Fatalf("%q is in the text %d times, want once", old, strings.Count(small, old))
	}
	return strings.Replace(small, old, new, 1)
}

func TestParseSaysWhatIsWrongAndWhere(t *testing.T) {
	for _, row := range []struct{ old, new, want string }{
		// keys and kinds of values
		{"  capacity: 1MiB", "  capcity: 1MiB", `f.yaml:3:3: edge.capcity: unknown key; did you mean "capacity"?`},
		{"  rate: 100/s", "  raet: 100/s", `f.yaml:19:3: workload.raet: unknown key; did you mean "rate"?`},
		{"          prefix: /images/", "          path: /images/", `f.yaml:25:11: workload.sections[0].types[0].path: unknown key; there is name, prefix, ext, content_type, share, size, cache_control, change_every, missing`},
		{"{median: 1KB}", "{median: 1KB, zzzzzzzz: 1}", `f.yaml:26:31: workload.sections[0].types[0].size.zzzzzzzz: unknown key; there is median, sigma, p99, tail, min, max`},
		{"name: small", "name: small\nname: x", `f.yaml:2:1: key "name" is given twice`},
		{"aliases: [www.x.net]", "aliases: www.x.net", `f.yaml:12:14: distributions[0].aliases: want a list, as [a, b], not a single value`},
		{"  a: {kind: bucket}", "  a: bucket", `f.yaml:5:6: origins.a: want keys and values, not a single value`},
		{"capacity: 1MiB", "capacity: [1MiB]", `f.yaml:3:13: edge.capacity: want a single value, not a list`},
		{"capacity: 1MiB", "capacity:", `f.yaml:3:12: edge.capacity: want a single value, not nothing`},
		{"capacity: 1MiB", "shards: two", `f.yaml:3:11: edge.shards: "two": want a whole number`},
		{"capacity: 1MiB", "shards: 1.5", `f.yaml:3:11: edge.shards: "1.5": want a whole number`},
		{"name: small", "seed: -1", `f.yaml:1:7: seed: "-1": want a whole number of at least 0`},
		{"kind: bucket", "kind: server, chunked: yes", `f.yaml:5:30: origins.a.chunked: "yes": want true or false`},
		{"- name: s", "- name: s\n      zipf: .nan", `f.yaml:22:13: workload.sections[0].zipf: ".nan": want a number`},
		{"- name: s", "- name: s\n      zipf: nan", `f.yaml:22:13: workload.sections[0].zipf: "nan": want a number`},
		{"  rate: 100/s", "  rate: *r", `f.yaml:19:9: alias *r: no anchor &r comes before it`},
		// units
		{"1MiB", "1mb", `f.yaml:3:13: edge.capacity: size "1mb": unknown unit "mb"; write 1MB (10^6…`},
		{"100/s", "100/x", `f.yaml:19:9: workload.rate: rate "100/x": unknown unit…`},
		{"median: 10ms", "median: 10", `f.yaml:8:26: origins.b.first_byte.median: duration "10": no unit after…`},
		{"  rate: 100/s", "  rate: 100/s\n  ranges: 150%", `f.yaml:20:11: workload.ranges: share "150%": more than the whole…`},
		{"  rate: 100/s", "  rate: 100/s\n  conditionals: 2", `f.yaml:20:17: workload.conditionals: share "2": more than the whole…`},
		{"  rate: 100/s", "  rate: 100/s\n  think: 2s", `f.yaml:20:10: workload.think: an open loop has no think time…`},
		{"  rate: 100/s", "  rate: -5/s", `f.yaml:19:9: workload.rate: rate "-5/s": it cannot be…`},
		{"{kind: bucket}", "{kind: bucket, bandwidth: 5Mbit}", `f.yaml:5:32: origins.a.bandwidth: bandwidth "5Mbit": want bytes per second, as 50MB/s or 16KiB/s (size "5Mbit": unknown unit "Mbit"; write 5MB (10^6…`},
		// values
		{"name: small", "name: a b", `f.yaml:1:7: name: "a b": want letters, digits, - and _ only`},
		{"name: small", "duration: 0s", `f.yaml:1:11: duration: 0s: want more than 0`},
		{"name: small", "warmup: 30s", `f.yaml:1:9: warmup: 30s: want less than the duration, 30s`},
		{"name: small", "slo: [hit<=0.9]", `f.yaml:1:7: slo[0]: target "hit<=0.9": of hit ratio more is better, so the target is >=`},
		{"name: small", "slo: [errors<=1%, ttfb-p98<=1s]", `f.yaml:1:19: slo[1]: target "ttfb-p98<=1s": no quantity "ttfb-p98": there are hit, byte-hit,…`},
		{"capacity: 1MiB", "mode: fast", `f.yaml:3:9: edge.mode: unknown mode "fast": want standard or cloudfront`},
		{"capacity: 1MiB", "capacity: 1KiB", `f.yaml:3:13: edge.capacity: 1KiB: want at least 64KiB`},
		{"capacity: 1MiB", "policy: lruu", `f.yaml:3:11: edge.policy: unknown policy "lruu"…`},
		{"capacity: 1MiB", "shards: 2000", `f.yaml:3:11: edge.shards: 2000: want 1 to 1024, or 0 for the edge's choice`},
		{"capacity: 1MiB", "{capacity: 1MiB, shards: 100}", `f.yaml:3:28: edge.shards: 100: a shard of 1MiB would hold less than 16KiB`},
		{"{kind: bucket}", "{kind: buckte}", `f.yaml:5:13: origins.a.kind: …`},
		{"{kind: bucket}", "{kind: bucket, first_byte: {constant: 1s, median: 1s}}", `f.yaml:5:34: origins.a.first_byte: want one of constant, median with p99, or quantiles`},
		{"{kind: bucket}", "{kind: bucket, uncacheable: 5%}", `f.yaml:5:34: origins.a.uncacheable: …`},
		{"{kind: bucket}", "{url: 'ftp://x'}", `f.yaml:5:12: origins.a.url: "ftp://x": want http:// or https://, and a host, as https://app.example.com:8443`},
		{"{kind: bucket}", "{url: 'http://x', kind: bucket}", `f.yaml:5:30: origins.a.kind: a real server has none: what it does is its own affair`},
		{"        origin: b", "        origin: c", `f.yaml:15:17: distributions[0].behaviors[0].origin: no origin has the name "c"; did you mean "a"?`},
		{"      origin: a", "      comment: a", `f.yaml:17:7: distributions[0].default.comment: unknown key…`},
		{"      origin: a", "      forward_host: true", `f.yaml:17:7: distributions[0].default.origin: the origin is missing: name one`},
		{"path: /api/*", `path: "/ä*"`, `f.yaml:14:15: distributions[0].behaviors[0].path: path pattern "/ä*": 'ä' cannot stand in one: letters, digits and _-.*$/~"'@:+&? can`},
		{"[www.x.net]\n    behaviors", "[www.x.net, WWW.y.net]\n    behaviors", `f.yaml:12:26: distributions[0].aliases[1]: alias "WWW.y.net": write names in lower case: www.y.net`},
		{"        origin: b", "        origin: b\n        ttl: {min: 5s, max: 1s}", `f.yaml:16:15: distributions[0].behaviors[0].ttl: minimum TTL 5s is above the maximum, 1s`},
		{"        origin: b", "        origin: b\n        methods: [GET, get]", `f.yaml:16:18: distributions[0].behaviors[0].methods: unknown method "get": write GET, HEAD, OPTIONS, PUT, POST, PATCH or DELETE, or "*" alone for all`},
		{"        origin: b", "        origin: b\n        key: {query: some}", `f.yaml:16:15: distributions[0].behaviors[0].key: query: unknown choice "some": write none, all, include or except`},
		{"distributions:", "distributions:\n  - id: E1\n    domain: d2.net\n    default: {origin: a}", `f.yaml:13:9: distributions[1].id: another distribution has this id`},
		{"  rate: 100/s", "  closed: false", `f.yaml:19:3: workload.rate: missing: want a rate, as 1000/s, or closed: true`},
		{"  rate: 100/s", "  rate: 100/s\n  closed: true", `f.yaml:19:9: workload.rate: a closed loop has no rate: leave one of the two out`},
		{"  rate: 100/s", "  rate: 100/s\n  arrivals: poison", `f.yaml:20:13: workload.arrivals: unknown arrivals "poison"; did you mean "poisson"?`},
		{"100/s", "100/s..200/s", `f.yaml:19:9: workload.rate: stage "100/s..200/s": nothing says how long…`},
		{"100/s", "1000000000000/s", `f.yaml:19:9: workload.rate: 1000000000000/s: want at most 1000000000/s, one each nanosecond`},
		{"  rate: 100/s", "  rate: 100/s\n  shape: [dirnal]", `f.yaml:20:11: workload.shape[0]: unknown shape "dirnal"; did you mean "diurnal"?`},
		{"  rate: 100/s", "  rate: 100/s\n  shape: [diurnal, \"crowd:peak=0\"]", `f.yaml:20:20: workload.shape[1]: shape "crowd:peak=0": peak=0: want 1 to 1e+06`},
		{"  rate: 100/s", "  closed: true\n  shape: [diurnal]", `f.yaml:20:10: workload.shape: a closed loop has no rate that could change: leave one of the two out`},
		{"  rate: 100/s", "  rate: 1/d\n  arrivals: selfsimilar", `f.yaml:20:13: workload.arrivals: arrivals "selfsimilar": at 1.1574074074074073e-05 requests per second the rate would step…`},
		{"  rate: 100/s", "  rate: 100/s\n  streams: [{kind: independent, shape: [crowds]}]", `f.yaml:20:41: workload.streams[0].shape[0]: unknown shape "crowds"; did you mean "crowd"?`},
		{"  rate: 100/s", "  rate: 100/s\n  connections: 0x1", `f.yaml:20:16: workload.connections: "0x1": want a whole number`},
		{"  rate: 100/s", "  rate: 100/s\n  connections: -1", `f.yaml:20:16: workload.connections: -1: want 1 to 65535`},
		{"      hosts: [www.x.net]", "      objects: 5", `f.yaml:21:7: workload.sections[0].hosts: missing: want at least one name of a distribution`},
		{"hosts: [www.x.net]", "hosts: [ww.x.net]", `f.yaml:22:15: workload.sections[0].hosts[0]: "ww.x.net" is no name of a distribution that is served; did you mean "www.x.net"?`},
		{"- name: s", "- name: s\n      zipf: -1", `f.yaml:22:13: workload.sections[0].zipf: …`},
		{"{median: 1KB}", "{p99: 1KB}", `f.yaml:26:18: workload.sections[0].types[0].size.median: …`},
		{"prefix: /images/", "prefix: images/", `f.yaml:25:19: workload.sections[0].types[0].prefix: …`},
	} {
		_, err := Parse("f.yaml", []byte(broken(t, row.old, row.new)))
		if !isError(err, row.want) {
			t.Errorf("%q:\n got %v\nwant %s", row.new, err, row.want)
		}
	}
}

// isError compares an error's text; one that ends in … only begins so, because
// the rest are another package's words.
func isError(err error, want string) bool {
	if begin, ok := strings.CutSuffix(want, "…"); ok {
		return err != nil && strings.HasPrefix(err.Error(), begin)
	}
	return err != nil && err.Error() == want
}

func TestParseRefusesWhatIsNoScenario(t *testing.T) {
	for text, want := range map[string]string{
		"":                `f.yaml: origins: missing: want at least one origin`,
		"a: b\n---\nc: d": `f.yaml:3:1: a second document begins: one file has one`,
		"- a":             `f.yaml:1:1: want keys and values, not a list`,
		"a: [":            `f.yaml:1:4: not YAML: …`,
		"\x00":            `f.yaml:1:1: want keys and values, not a single value`,
	} {
		if _, err := Parse("f.yaml", []byte(text)); !isError(err, want) {
			t.Errorf("%q:\n got %v\nwant %s", text, err, want)
		}
	}
}

func TestParseSaysWhatIsWrongWithOrigins(t *testing.T) {
	groups := func(text string) string { return "origin_groups: " + text + "\ndistributions:" }
	for _, row := range []struct{ old, new, want string }{
		{"{kind: bucket}", "{kind: bucket, connect_attempts: 4}", `f.yaml:5:39: origins.a.connect_attempts: 4: want 1 to 3, or 0 for the default`},
		{"{kind: bucket}", "{kind: bucket, response_attempts: -1}", `f.yaml:5:40: origins.a.response_attempts: -1: want 1 to 3, or 0 for the default`},
		{"{kind: bucket}", "{kind: bucket, completion_timeout: 20s}", `f.yaml:5:41: origins.a.completion_timeout: 20s: want at least the read timeout, 30s`},
		{"{kind: bucket}", "{kind: bucket, headers: {Host: x}}", `f.yaml:5:31: origins.a.headers: header "Host" is the edge's own to write`},
		{"{kind: bucket}", "{kind: bucket, headers: {X: {a: b}}}", `f.yaml:5:35: origins.a.headers.X: want a single value, not a mapping`},
		{"distributions:", groups("{a: {members: [a, b]}}"), `f.yaml:9:21: origin_groups.a: an origin has this name`},
		{"distributions:", groups("{g: {members: [a]}}"), `f.yaml:9:30: origin_groups.g.members: want at least two origins, as [primary, secondary]`},
		{"distributions:", groups("{g: {members: [a, c]}}"), `f.yaml:9:34: origin_groups.g.members[1]: no origin has the name "c"; did you mean "a"?`},
		{"distributions:", groups("{g: {members: [a, a]}}"), `f.yaml:9:34: origin_groups.g.members[1]: "a" is a member already`},
		{"distributions:", groups("{g: {members: [a, b], statuses: [500, 501]}}"), `f.yaml:9:54: origin_groups.g.statuses[1]: 501 cannot count as failing: of [400 403 404 416 429 500 502 503 504] any can`},
		{"distributions:", groups("{g: {members: [a, b], statuses: 500}}"), `f.yaml:9:48: origin_groups.g.statuses: want a list, as [a, b], not a single value`},
	} {
		text := broken(t, row.old, row.new)
		if _, err := Parse("f.yaml", []byte(text)); !isError(err, row.want) {
			t.Errorf("%q:\n got %v\nwant %s", row.new, err, row.want)
		}
	}
	if _, err := Parse("f.yaml", []byte(broken(t, "        origin: b", "        origin: g")), "edge.mode=cloudfront", "origin_groups.g={members: [a, b]}"); err != nil {
		t.Error(err)
	}
	if _, err := Parse("f.yaml", []byte(small), "edge.mode=cloudfront", "origins.c={kind: bucket}", "origin_groups.g={members: [a, b, c]}"); err == nil {
		t.Error("CloudFront's groups have two members")
	}
}

func TestParseSaysWhatIsWrongWithErrorRules(t *testing.T) {
	for rule, want := range map[string]string{
		"{code: 418, page: /x}":                      `f.yaml:13:15: distributions[0].errors[0]: no rule can be for status 418: for [400 403 404 405 414 416 500 501 502 503 504] one can`,
		"{code: 500}":                                `f.yaml:13:15: distributions[0].errors[0]: the rule for 500 says nothing: give a ttl, or a page`,
		"{code: 500, page: x}":                       `f.yaml:13:15: distributions[0].errors[0]: page "x": want a path that begins with a slash, of printable characters, without a query`,
		"{code: 500, ttl: 1s, response_code: 200}":   `f.yaml:13:15: distributions[0].errors[0]: a response code goes with a page`,
		"{code: 500, page: /x, response_code: 201}":  `f.yaml:13:15: distributions[0].errors[0]: response code 201 cannot stand in for an error: 200 or one of [400 403 404 405 414 416 500 501 502 503 504] can`,
		"{code: 500, ttl: 1s}, {code: 500, ttl: 2s}": `f.yaml:13:37: distributions[0].errors[1]: status 500 has a rule already`,
		"{code: 500, tll: 1s}":                       `f.yaml:13:26: distributions[0].errors[0].tll: unknown key; did you mean "ttl"?`,
	} {
		text := broken(t, "    aliases: [www.x.net]", "    aliases: [www.x.net]\n    errors: ["+rule+"]")
		if _, err := Parse("f.yaml", []byte(text)); !isError(err, want) {
			t.Errorf("%s:\n got %v\nwant %s", rule, err, want)
		}
	}
}

func TestParseSaysWhatIsWrongWithTiers(t *testing.T) {
	for set, want := range map[string]string{
		"edge.layer=pop": `unknown layer "pop": want edge, regional or shield`,
		"edge.tiers=[{layer: shield}, {layer: regional}]":                `tiers are one regional, one shield, or a regional and then a shield`,
		"edge.tiers=[{layer: rec}]":                                      `unknown layer "rec": want regional or shield`,
		"edge.tiers=[{layer: shield, capacity: 1KiB}]":                   `1KiB: want at least 64KiB`,
		"origins.a.via=b":                                                `"b" is no origin with a tier`,
		"origins.a.tier=shield":                                          `a simulated origin is no edge: give a url`,
		"origins.c={url: 'http://x', tier: pop}":                         `unknown tier "pop": want regional or shield`,
		"origins.c={url: 'http://x', tier: shield, via: c}":              `a tier has none: its own settings say where it asks`,
		"edge={capacity: 1MiB, layer: shield, tiers: [{layer: shield}]}": `an edge that is a tier itself names the next one as an origin's via`,
	} {
		if _, err := Parse("f.yaml", []byte(small), set); err == nil || !strings.HasSuffix(err.Error(), ": "+want) {
			t.Errorf("--set %s:\n got %v\nwant … %s", set, err, want)
		}
	}
	if _, err := Parse("f.yaml", []byte(small), "origins.c={url: 'http://x', tier: shield}", "origins.a.via=c", "edge.tiers=[{layer: regional}, {layer: shield}]"); err != nil {
		t.Error(err)
	}
}

func TestParseSaysWhatIsWrongWithRecency(t *testing.T) {
	for recency, want := range map[string]string{
		"{by: hours}":                                            `f.yaml:23:21: workload.sections[0].recency.by: "hours": want bytes or objects`,
		"{by: bytes}":                                            `f.yaml:23:17: workload.sections[0].recency.types: missing: want distances, as [{within: {0: 10%, 1000: 40%}}]`,
		"{types: [{type: imge, within: {}}]}":                    `f.yaml:23:32: workload.sections[0].recency.types[0].type: the section has no type "imge"; did you mean "image"?`,
		"{types: [{within: {64KiB: 5%}}]}":                       `f.yaml:23:42: workload.sections[0].recency.types[0].within.64KiB: "64KiB": want a number of objects, as 1000, or by: bytes`,
		"{types: [{within: {5: 50%, 9: 5%}}]}":                   `f.yaml:23:17: workload.sections[0].recency: Within 9: 0.05: want a share of at most 1, and no less than those of smaller distances`,
		"{types: [{within: {}}]}":                                `f.yaml:23:17: workload.sections[0].recency: Within none: want at least one distance`,
		"{by: bytes, types: [{within: {1KiB: 50%, 1024: 50%}}]}": `f.yaml:23:52: workload.sections[0].recency.types[0].within.1KiB: it is the same distance as 1024`,
		"{types: [{type: image, within: {1: 1%}}, {type: image, within: {1: 1%}}]}": `f.yaml:23:17: workload.sections[0].recency: Type "image": want every type once`,
	} {
		text := broken(t, "- name: s\n", "- name: s\n      popularity: recency\n      recency: "+recency+"\n")
		if _, err := Parse("f.yaml", []byte(text)); !isError(err, want) {
			t.Errorf("%s:\n got %v\nwant %s", recency, err, want)
		}
	}
	for line, want := range map[string]string{
		"popularity: recency":                   `f.yaml:22:19: workload.sections[0].popularity: recency: want distances beside it, as recency has them`,
		"recency: {types: [{within: {1: 1%}}]}": `f.yaml:22:17: workload.sections[0].recency: Popularity "": want recency, which alone has distances`,
	} {
		if _, err := Parse("f.yaml", []byte(broken(t, "- name: s\n", "- name: s\n      "+line+"\n"))); !isError(err, want) {
			t.Errorf("%s:\n got %v\nwant %s", line, err, want)
		}
	}
}
