package edge

import (
	"fmt"

	"edgesim/edge/behavior"
)

// extensions are the rows of RFC 5861 (stale responses), 9211 (Cache-Status) and
// 9213 (targeted fields).
var extensions = []rule{
	{section: "5861 §3", level: may, says: "stale-while-revalidate: the stale response answers at once, the origin is asked beside", script: `
		origin 200 | Cache-Control: max-age=5, stale-while-revalidate=10
		GET => 200 #1
		wait 6s
		origin 200 | Cache-Control: max-age=60 | after 1s
		GET => 200 #1
		GET => 200 #1
		wait 2s
		GET => 200 #2
		asked 2`},
	{section: "5861 §3", level: should, says: "stale-while-revalidate: not beyond its time", script: `
		origin 200 | Cache-Control: max-age=5, stale-while-revalidate=10
		GET => 200 #1
		wait 16s
		GET => 200 #2`},
	{section: "5861 §3", level: must, says: "stale-while-revalidate: a response served stale has its Age", script: `
		origin 200 | Cache-Control: max-age=5, stale-while-revalidate=10
		GET => 200 #1
		wait 7s
		origin 200 | Cache-Control: max-age=5 | after 1s
		GET => 200 #1 | Age: 7`},
	{section: "5861 §4", level: may, says: "stale-if-error: a stale response stands in for 500, 502, 503 and 504", script: staleIfError(500, 502, 503, 504)},
	{section: "5861 §4", level: may, says: "stale-if-error: and for an origin that breaks the connection or keeps silent", script: `
		origin 200 | Cache-Control: max-age=5, stale-if-error=600
		GET => 200 #1
		wait 6s
		origin close
		GET => 200 #1
		wait 2s
		origin 200 | after 50s
		GET => 200 #1`},
	{section: "5861 §4", level: must, says: "stale-if-error: not beyond its time", script: `
		origin 200 | Cache-Control: max-age=5, stale-if-error=10
		GET => 200 #1
		wait 16s
		origin 503
		GET => 503`},
	{section: "5861 §4", level: must, says: "stale-if-error: other errors go to the viewer", script: `
		origin 200 | Cache-Control: max-age=5, stale-if-error=60
		GET => 200 #1
		wait 6s
		origin 404
		GET => 404`},

	{section: "9211 §2", level: should, says: "the cache adds its member behind those of caches before it", script: `
		origin 200 | Cache-Control: max-age=60 | Cache-Status: Inner; hit
		GET => 200 #1 | Cache-Status: Inner; hit, edgesim; fwd=uri-miss; stored
		GET => 200 #1 | Cache-Status: Inner; hit, edgesim; hit; ttl=60`},
	{section: "9211 §2", level: should, says: "responses that the cache makes by itself have none", script: `
		GET | Cache-Control: only-if-cached => 504 | !Cache-Status
		origin close
		GET => 502 | !Cache-Status`},
	{section: "9211 §2", level: should, says: "a 304 and a 206 made from a stored response have one", script: `
		origin 200 | Cache-Control: max-age=60 | ETag: "a" | body 0123456789
		GET => 200
		GET | If-None-Match: "a" => 304 | Cache-Status ~ edgesim; hit
		GET | Range: bytes=0-1 => 206 "01" | Cache-Status ~ edgesim; hit`},
	{section: "9211 §2.1", level: must, says: "hit: the origin was not asked", script: `
		origin 200 | Cache-Control: max-age=60
		GET => 200 #1
		GET => 200 #1 | Cache-Status: edgesim; hit; ttl=60`},
	{section: "9211 §2.2", level: must, says: "fwd: why the origin was asked", script: `
		origin 200 | Cache-Control: max-age=5 | Vary: Foo
		GET => 200 #1 | Cache-Status ~ fwd=uri-miss
		GET | Foo: 1 => 200 #2 | Cache-Status ~ fwd=vary-miss
		GET | Cache-Control: no-cache => 200 #3 | Cache-Status ~ fwd=request
		wait 6s
		GET => 200 #4 | Cache-Status ~ fwd=stale
		POST => 200 #5 | Cache-Status ~ fwd=method`},
	{section: "9211 §2.2", level: must, says: "fwd=partial where a part of the response is stored, and not what is asked for", by: "TestMissingBytesAreSaidToBe"},
	{section: "9211 §2.2", level: must, says: "fwd=bypass where the behavior keeps nothing",
		with: func(b *behavior.Behavior) { b.TTL = behavior.TTL{} }, script: `
		origin 200 | Cache-Control: max-age=60
		GET => 200 #1 | Cache-Status: edgesim; fwd=bypass`},
	{section: "9211 §2.3", level: may, says: "fwd-status: what the origin said, where the viewer is told something else", script: `
		origin 200 | Cache-Control: max-age=5, stale-if-error=60 | ETag: "a"
		GET => 200 #1 | Cache-Status: edgesim; fwd=uri-miss; stored
		wait 6s
		origin 304 | ETag: "a"
		GET => 200 #1 | Cache-Status: edgesim; fwd=stale; fwd-status=304; ttl=5
		wait 6s
		origin 503
		GET => 200 #1 | Cache-Status: edgesim; fwd=stale; fwd-status=503; ttl=-1; detail=stale-if-error`},
	{section: "9211 §2.4", level: must, says: "ttl: whole seconds left, negative when stale", script: `
		origin 200 | Cache-Control: max-age=10, stale-while-revalidate=60
		GET => 200 #1
		wait 3s
		GET => 200 #1 | Cache-Status: edgesim; hit; ttl=7
		wait 9s
		origin 200 | Cache-Control: max-age=10 | after 1s
		GET => 200 #1 | Cache-Status: edgesim; hit; ttl=-2; detail=stale-while-revalidate`},
	{section: "9211 §2.5", level: must, says: "stored: the response is being kept", script: `
		origin 200 | Cache-Control: max-age=60
		GET /yes => 200 #1 | Cache-Status: edgesim; fwd=uri-miss; stored
		origin 200 | Cache-Control: no-store
		GET /no => 200 #2 | Cache-Status: edgesim; fwd=uri-miss`},
	{section: "9211 §2.6", level: must, says: "collapsed: another's request to the origin served this one too", by: "TestCollapsedIsSaid"},
	{section: "9211 §2.7", level: may, says: "key: the key", no: "our keys are bytes with lengths between them, of use to nobody else"},
	{section: "9211 §2.8", level: may, says: "detail: why a stale response was used", script: `
		origin 200 | Cache-Control: max-age=5, stale-if-error=60
		GET => 200 #1
		wait 6s
		origin close
		GET => 200 #1 | Cache-Status: edgesim; fwd=stale; ttl=-1; detail=stale-if-error
		GET => 200 #1 | Cache-Status: edgesim; hit; ttl=-1; detail=stale-if-error`},

	{section: "9213 §2.1", level: must, says: "a targeted field that does not parse, or is empty, is ignored", script: `
		origin 200 | Cache-Control: no-store | CDN-Cache-Control: max-age=60, &&&
		GET => 200 #1
		GET => 200 #2
		origin 200 | Cache-Control: no-store | CDN-Cache-Control: max-age="60"
		GET => 200 #3
		GET => 200 #4
		origin 200 | Cache-Control: no-store | CDN-Cache-Control: MAX-AGE=60
		GET => 200 #5
		GET => 200 #6
		origin 200 | Cache-Control: max-age=60 | CDN-Cache-Control:
		GET => 200 #7
		GET => 200 #7`},
	{section: "9213 §2.2", level: must, says: "CDN-Cache-Control takes the place of Cache-Control and Expires", script: `
		origin 200 | Cache-Control: no-store | Expires: 0 | CDN-Cache-Control: max-age=60
		GET /a => 200 #1
		wait 59s
		GET /a => 200 #1
		wait 1s
		origin 200 | Cache-Control: max-age=60 | Expires: {+60s} | CDN-Cache-Control: max-age=5
		GET /b => 200 #2
		wait 6s
		GET /b => 200 #3
		origin 200 | Cache-Control: max-age=60 | Expires: {+60s} | CDN-Cache-Control: foo
		GET /c => 200 #4
		GET /c => 200 #5`},
	{section: "9213 §2.2", level: must, says: "max-age, must-revalidate, no-store, no-cache and private count in it", script: `
		origin 200 | Cache-Control: max-age=60 | CDN-Cache-Control: no-store
		GET /store => 200 #1
		GET /store => 200 #2
		origin 200 | Cache-Control: max-age=60 | CDN-Cache-Control: private
		GET /private => 200 #3
		GET /private => 200 #4
		origin 200 | Cache-Control: max-age=60 | CDN-Cache-Control: no-cache | ETag: "a"
		GET /cache => 200 #5
		GET /cache => 200 #6
		seen | If-None-Match: "a"
		origin 200 | CDN-Cache-Control: max-age=5, must-revalidate, stale-if-error=60
		GET /must => 200 #7
		wait 6s
		origin 503
		GET /must => 503`},
	{section: "9213 §2.2", level: should, says: "and so do the other directives", script: `
		origin 200 | CDN-Cache-Control: s-maxage=60, max-age=1
		GET /shared => 200 #1
		wait 5s
		GET /shared => 200 #1
		origin 200 | CDN-Cache-Control: max-age=5, stale-if-error=60
		GET /stale => 200 #2
		wait 6s
		origin 503
		GET /stale => 200 #2`},
	{section: "9213 §2.2", level: must, says: "unknown directives and parameters are ignored", script: `
		origin 200 | CDN-Cache-Control: frob, max-age=60;x=1, y="z"
		GET => 200 #1
		GET => 200 #1`},
	{section: "9213 §2.2", level: must, says: "other targeted fields change nothing and are passed on", script: `
		origin 200 | Cache-Control: max-age=60 | Other-CDN-Cache-Control: no-store | Surrogate-Control: no-store
		GET => 200 #1
		GET => 200 #1 | Other-CDN-Cache-Control: no-store | Surrogate-Control: no-store`},
	{section: "9213 §3", level: may, says: "CDN-Cache-Control is passed on, as are Cache-Control, Expires, Date and Age", script: `
		origin 200 | Cache-Control: max-age=1 | CDN-Cache-Control: max-age=60 | Expires: Sat, 01 Jan 2000 00:00:01 GMT
		GET => 200 #1
		wait 5s
		GET => 200 #1 | CDN-Cache-Control: max-age=60 | Cache-Control: max-age=1 | Expires: Sat, 01 Jan 2000 00:00:01 GMT | Age: 5 | Date: {-5s}`},
	{section: "9213 §3", level: may, says: "a behavior can pass it over",
		with: func(b *behavior.Behavior) { b.CDNCacheControl = false }, script: `
		origin 200 | Cache-Control: max-age=60 | CDN-Cache-Control: no-store
		GET => 200 #1
		GET => 200 #1`},
}

// staleIfError lets the origin fail with each status in turn.
func staleIfError(statuses ...int) string {
	s := "origin 200 | Cache-Control: max-age=5, stale-if-error=600\nGET => 200 #1\nwait 6s\n"
	for _, status := range statuses {
		s += fmt.Sprintf("origin %d\nGET => 200 #1 | Cache-Status ~ fwd-status=%d\nwait 2s\n", status, status)
	}
	return s
}
