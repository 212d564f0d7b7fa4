package edge

import (
	"fmt"

	"edgesim/edge/behavior"
)

// semantics are the rows of RFC 9110 §9.3, §12 and §15 that are about caches:
// what a method and a status allow.
var semantics = []rule{
	{section: "9110 §7.6.1", level: must, says: "fields that Connection lists are not passed on", by: "TestConnectionFieldInAnyCase"},
	{section: "9110 §9.2.3", level: must, says: "responses to GET and HEAD can be kept, to POST only as it says itself", script: `
		origin 200 | Cache-Control: max-age=60
		POST => 200 #1
		POST => 200 #2
		GET => 200 #3`},
	{section: "9110 §9.3.1", level: may, says: "a response to GET answers later GETs", script: `
		origin 200 | Cache-Control: max-age=60
		GET => 200 #1
		GET => 200 #1`},
	{section: "9110 §9.3.2", level: may, says: "a response to GET answers HEAD, with the length that GET gives", script: `
		origin 200 | Cache-Control: max-age=60
		GET => 200 #1
		HEAD => 200 | Content-Length: 2 | Cache-Status ~ hit
		asked 1`},
	{section: "9110 §9.3.2", level: must, says: "a response to HEAD does not answer GET", script: `
		origin 200 | Cache-Control: max-age=60
		HEAD => 200
		GET => 200 #2`},
	{section: "9110 §9.3.3", level: may, says: "a response to POST with explicit freshness and the target as Content-Location answers later GETs", script: `
		origin 200 | Cache-Control: max-age=60
		GET => 200 #1
		wait 1s
		origin 200 | Cache-Control: max-age=60 | Content-Location: /a
		POST => 200 #2
		GET => 200 #2
		HEAD => 200 | Cache-Status ~ hit
		POST => 200 #3
		asked 3`},
	{section: "9110 §9.3.3", level: must, says: "it takes the place of all variants that were kept before", script: `
		origin 200 | Cache-Control: max-age=60 | Vary: Foo
		GET | Foo: 1 => 200 #1
		GET | Foo: 2 => 200 #2
		wait 1s
		origin 200 | Cache-Control: max-age=60 | Vary: Foo | Content-Location: http://example.com/a
		POST | Foo: 1 => 200 #3
		GET | Foo: 1 => 200 #3
		GET | Foo: 2 => 200 #4`},
	{section: "9110 §9.3.3", level: must, says: "a response to POST is not kept without either", script: `
		origin 200 | Content-Location: /a | Last-Modified: {-1000h}
		POST => 200 #1
		origin 200 | Cache-Control: max-age=60
		GET => 200 #2
		origin 200 | Cache-Control: max-age=60 | Content-Location: /b
		POST => 200 #3
		GET => 200 #4
		GET /b => 200 #5`},
	{section: "9110 §9.3.3", level: may, says: "a behavior can keep none to POST",
		with: func(b *behavior.Behavior) { b.CachePosts = false }, script: `
		origin 200 | Cache-Control: max-age=60 | Content-Location: /a
		POST => 200 #1
		GET => 200 #2`},
	{section: "9110 §9.3.4", level: must, says: "responses to PUT and DELETE are not kept", script: `
		origin 200 | Cache-Control: max-age=60 | Content-Location: /a
		PUT => 200 #1
		GET => 200 #2
		DELETE => 200 #3
		GET => 200 #4`},
	{section: "9110 §9.3.7", level: must, says: "responses to OPTIONS are not kept", script: `
		origin 200 | Cache-Control: max-age=60
		OPTIONS => 200 #1
		OPTIONS => 200 #2
		GET => 200 #3`},
	{section: "9110 §9.3.7", level: may, says: "a behavior that caches OPTIONS keeps them apart from GET's",
		no:   "RFC 9110 lets nobody cache OPTIONS; a behavior does so only where its cached_methods say it, as CloudFront can",
		with: func(b *behavior.Behavior) { b.CachedMethods = behavior.ReadOptions }, script: `
		origin 200 | Cache-Control: max-age=60
		GET => 200 #1
		OPTIONS => 200 #2
		OPTIONS => 200 #2
		GET => 200 #1
		wait 1s
		POST => 200 #3
		wait 1s
		origin 204 | Cache-Control: max-age=60
		OPTIONS => 204
		OPTIONS => 204
		asked 4`},
	{section: "9110 §9.3.8", level: must, says: "responses to TRACE are not kept", script: `
		origin 200 | Cache-Control: max-age=60
		TRACE => 200 #1
		TRACE => 200 #2
		GET => 200 #3`},
	{section: "9110 §12.5.5", level: must, says: "Vary goes to viewers as it came", script: `
		origin 200 | Cache-Control: max-age=60 | Vary: foo, Bar | Vary: Baz
		GET => 200 #1 | Vary: foo, Bar, Baz
		GET => 200 #1 | Vary: foo, Bar, Baz`},
	{section: "9110 §15.1", level: may, says: "heuristics apply to 200, 203, 204, 300, 301, 308, 404, 405, 410, 414 and 501",
		script: heuristically(true, 200, 203, 204, 300, 301, 308, 404, 405, 410, 414, 501)},
	{section: "9110 §15.1", level: must, says: "and to no other status",
		script: heuristically(false, 201, 202, 205, 299, 302, 303, 307, 400, 401, 403, 406, 415, 418, 429, 500, 502, 503, 504, 599)},
	{section: "9110 §15.2", level: must, says: "interim responses go to the viewer whose request they answer", by: "TestInterimResponses"},
	{section: "9110 §15.3.7", level: must, says: "206 is not taken for a whole response", by: "TestAnswersToConditionsAreNotStored"},
	{section: "9111 §3", level: may, says: "with explicit freshness any final status is kept",
		script: explicitly(200, 201, 202, 203, 204, 205, 299, 300, 301, 302, 303, 307, 308, 400, 401, 403, 404, 405, 410, 414, 418, 429, 499, 500, 501, 502, 503, 504, 599)},
}

// heuristically asks twice for each status, with a Last-Modified of long ago.
func heuristically(kept bool, statuses ...int) (s string) {
	for i, status := range statuses {
		second := "hit"
		if !kept {
			second = "fwd=uri-miss"
		}
		s += fmt.Sprintf("origin %d | Last-Modified: {-1000h}\nGET /%d => %d | Cache-Status ~ fwd=uri-miss\nGET /%d => %d | Cache-Status ~ %s\n",
			status, i, status, i, status, second)
	}
	return s
}

// explicitly asks twice for each status, with max-age.
func explicitly(statuses ...int) (s string) {
	for i, status := range statuses {
		s += fmt.Sprintf("origin %d | Cache-Control: max-age=60\nGET /%d => %d\nGET /%d => %d | Cache-Status: edgesim; hit; ttl=60\n",
			status, i, status, i, status)
	}
	return s
}
