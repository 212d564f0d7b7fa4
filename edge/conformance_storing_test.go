package edge

import "edgesim/edge/behavior"

// storing are the rows of RFC 9111 §3 and §5.2.2: what may be kept.
var storing = []rule{
	{section: "9111 §3", level: must, says: "only responses to methods that the cache understands are kept", script: `
		origin 200 | Cache-Control: max-age=60
		PUT => 200 #1
		PUT => 200 #2
		GET => 200 #3
		FROB => 200 #4
		FROB => 200 #5`},
	{section: "9111 §3", level: must, says: "interim responses are not kept, the final one is", by: "TestInterimResponses"},
	{section: "9111 §3", level: must, says: "a response with explicit freshness is kept whatever its final status", script: `
		origin 299 | Cache-Control: max-age=60
		GET => 299 #1
		GET => 299 #1`},
	{section: "9111 §3", level: must, says: "a response with neither explicit freshness, public nor a status heuristics apply to is not kept", script: `
		origin 302 | Location: /b | Last-Modified: {-1000h}
		GET => 302 #1
		GET => 302 #2
		origin 302 | Location: /b | Cache-Control: public | Last-Modified: {-1000h}
		GET => 302 #3
		GET => 302 #3`},
	{section: "9111 §3", level: must, says: "with no-store a response is not kept, nor used again", script: `
		origin 200 | Cache-Control: no-store, max-age=60 | ETag: "a"
		GET => 200 #1
		GET => 200 #2
		seen | !If-None-Match`},
	{section: "9111 §3", level: must, says: "with private a shared cache does not keep it", script: `
		origin 200 | Cache-Control: private, max-age=60 | ETag: "a"
		GET => 200 #1
		GET => 200 #2
		seen | !If-None-Match`},
	{section: "9111 §3.1", level: must, says: "fields are kept as they came, unknown ones and Set-Cookie too", script: `
		origin 200 | Cache-Control: max-age=60 | Set-Cookie: a=b; Path=/ | Set-Cookie: c=d | X-Frob: 1 | Content-Language: de
		GET => 200 #1 | Set-Cookie: a=b; Path=/, c=d | X-Frob: 1
		GET => 200 #1 | Set-Cookie: a=b; Path=/, c=d | X-Frob: 1 | Content-Language: de`},
	{section: "9111 §3.1", level: must, says: "fields of the connection, those Connection lists and those of proxies are not kept", script: `
		origin 200 | Cache-Control: max-age=60 | Connection: X-Hop, x-other | X-Hop: 1 | X-Other: 2 | X-Stay: 3 | Keep-Alive: timeout=5 | Proxy-Authenticate: Basic | Proxy-Connection: x | Upgrade: h9
		GET => 200 #1 | !X-Hop
		GET => 200 #1 | !X-Hop | !X-Other | X-Stay: 3 | !Keep-Alive | !Proxy-Authenticate | !Proxy-Connection | !Upgrade`},
	{section: "9111 §3.1", level: must, says: "Proxy-Authentication-Info is not kept", script: `
		origin 200 | Cache-Control: max-age=60 | Proxy-Authentication-Info: x
		GET => 200 #1
		GET => 200 #1 | !Proxy-Authentication-Info`},
	{section: "9111 §3.1", level: must, says: "trailer fields are not made header fields", script: `
		origin 200 | Cache-Control: max-age=60 | trailer X-Late: 1
		GET => 200 #1 | !X-Late
		GET => 200 #1 | !X-Late`},
	{section: "9111 §3.2", level: must, says: "on an update every field that came takes the place of the stored one, and others stay", script: `
		origin 200 | Cache-Control: max-age=5 | ETag: "a" | X-Old: 1 | X-Both: 1 | X-Both: 2
		GET => 200 #1
		wait 6s
		origin 304 | Cache-Control: max-age=9 | ETag: "a" | X-Both: 3 | X-New: 4
		GET => 200 #1 | X-Old: 1 | X-Both: 3 | X-New: 4 | Cache-Control: max-age=9
		GET => 200 #1 | X-Old: 1 | X-Both: 3 | X-New: 4`},
	{section: "9111 §3.2", level: must, says: "an update does not change Content-Length", script: `
		origin 200 | Cache-Control: max-age=5 | ETag: "a"
		GET => 200 #1 | Content-Length: 2
		wait 6s
		origin 304 | ETag: "a" | Content-Length: 99
		GET => 200 #1 | Content-Length: 2`},
	{section: "9111 §3.2", level: may, says: "an update leaves Content-Encoding alone, which tells how the stored content is to be read", script: `
		origin 200 | Cache-Control: max-age=5 | ETag: "a" | Content-Encoding: gzip
		GET => 200 #1
		wait 6s
		origin 304 | ETag: "a" | Content-Encoding: br
		GET => 200 #1 | Content-Encoding: gzip`},
	{section: "9111 §3.3", level: must, says: "an incomplete response is not kept as a whole one", by: "TestOriginDiesMidway"},
	{section: "9111 §3.5", level: must, says: "the answer to a request with Authorization is kept only with public, s-maxage or must-revalidate", script: `
		origin 200 | Cache-Control: max-age=60
		GET /no | Authorization: x => 200 #1
		GET /no | Authorization: x => 200 #2
		origin 200 | Cache-Control: max-age=60, public
		GET /public | Authorization: x => 200 #3
		GET /public => 200 #3
		origin 200 | Cache-Control: s-maxage=60
		GET /shared | Authorization: x => 200 #4
		GET /shared | Authorization: y => 200 #4
		origin 200 | Cache-Control: max-age=60, must-revalidate
		GET /must | Authorization: x => 200 #5
		GET /must => 200 #5`},
	{section: "9111 §3.5", level: may, says: "a stored response answers a request with Authorization", script: `
		origin 200 | Cache-Control: max-age=60
		GET => 200 #1
		GET | Authorization: x => 200 #1`},

	{section: "9111 §5.2", level: must, says: "directives are read without regard to case", script: `
		origin 200 | Cache-Control: MaX-aGe=60
		GET /a => 200 #1
		GET /a => 200 #1
		origin 200 | Cache-Control: NO-STORE, max-age=60
		GET /b => 200 #2
		GET /b => 200 #3`},
	{section: "9111 §5.2", level: should, says: "an argument is read as a token and as a quoted string", script: `
		origin 200 | Cache-Control: max-age="60"
		GET => 200 #1
		GET => 200 #1`},
	{section: "9111 §5.2", level: must, says: "directives are passed on, those of requests and those of responses, whether they are for us or not", script: `
		origin 200 | Cache-Control: max-age=60, frob=1, private="X" | Cache-Control: only-in-the-second
		GET | Cache-Control: max-stale, fnord => 200 #1 | Cache-Control: max-age=60, frob=1, private="X", only-in-the-second
		seen | Cache-Control: max-stale, fnord
		GET => 200 #1 | Cache-Control: max-age=60, frob=1, private="X", only-in-the-second`},
	{section: "9111 §5.2.2.1", level: must, says: "max-age, over several lines and among others", script: `
		origin 200 | Cache-Control: public | Cache-Control: foo, max-age=60
		GET => 200 #1
		wait 59s
		GET => 200 #1
		wait 1s
		GET => 200 #2`},
	{section: "9111 §5.2.2.2", level: must, says: "must-revalidate: never used stale, not even while the origin fails", script: `
		origin 200 | Cache-Control: max-age=5, must-revalidate, stale-if-error=60, stale-while-revalidate=60 | ETag: "a"
		GET => 200 #1
		wait 6s
		origin 503
		GET | Cache-Control: max-stale => 503
		origin close
		GET => 502`},
	{section: "9111 §5.2.2.2", level: must, says: "must-revalidate: an origin that cannot be reached gives an error, 504 where it keeps silent", script: `
		origin 200 | Cache-Control: max-age=5, must-revalidate | ETag: "a"
		GET => 200 #1
		wait 6s
		origin 200 | after 50s
		GET => 504`},
	{section: "9111 §5.2.2.3", level: must, says: "must-understand: a status that the cache does not know is not kept", script: `
		origin 299 | Cache-Control: must-understand, max-age=60
		GET => 299 #1
		GET => 299 #2`},
	{section: "9111 §5.2.2.3", level: should, says: "must-understand: beside it no-store is ignored where the status is known", script: `
		origin 200 | Cache-Control: must-understand, no-store, max-age=60
		GET => 200 #1
		GET => 200 #1
		origin 299 | Cache-Control: must-understand, no-store, max-age=60
		GET /b => 299 #2
		GET /b => 299 #3`},
	{section: "9111 §5.2.2.4", level: must, says: "no-cache: never used without asking the origin", script: `
		origin 200 | Cache-Control: no-cache, max-age=60, stale-while-revalidate=60 | ETag: "a"
		GET => 200 #1
		origin 304 | ETag: "a"
		GET => 200 #1
		seen | If-None-Match: "a"
		asked 2`},
	{section: "9111 §5.2.2.4", level: must, says: `no-cache="X": X is not sent again without asking the origin`, script: `
		origin 200 | Cache-Control: no-cache="X-Secret, set-cookie", max-age=60 | X-Secret: 1 | Set-Cookie: a=b | X-Open: 2 | ETag: "a"
		GET => 200 #1 | X-Secret: 1 | Set-Cookie: a=b
		GET => 200 #1 | !X-Secret | !Set-Cookie | X-Open: 2
		asked 1
		wait 61s
		origin 304 | ETag: "a" | X-Secret: 2 | Cache-Control: no-cache="X-Secret", max-age=60
		GET => 200 #1 | X-Secret: 2
		GET => 200 #1 | !X-Secret`},
	{section: "9111 §5.2.2.4", level: may, says: "no-cache with names counts as the plain one where a behavior says so",
		with: func(b *behavior.Behavior) { b.FieldForms = false }, script: `
		origin 200 | Cache-Control: no-cache="X-Secret", max-age=60
		GET => 200 #1
		GET => 200 #2`},
	{section: "9111 §5.2.2.5", level: must, says: "no-store wins over every other directive", script: `
		origin 200 | Cache-Control: public, s-maxage=60, no-store | Expires: {+60s}
		GET => 200 #1
		GET => 200 #2`},
	{section: "9111 §5.2.2.6", level: must, says: "no-transform: the content goes on as it came", script: `
		origin 200 | Cache-Control: max-age=60, no-transform | Content-Type: text/plain | body aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa
		GET | Accept-Encoding: gzip, br => 200 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" | !Content-Encoding
		GET | Accept-Encoding: gzip, br => 200 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" | !Content-Encoding`},
	{section: "9111 §5.2.2.7", level: must, says: `private="X": X is not kept, the rest is`, script: `
		origin 200 | Cache-Control: private="X-Secret", max-age=60 | X-Secret: 1 | X-Open: 2
		GET => 200 #1 | X-Secret: 1
		GET => 200 #1 | !X-Secret | X-Open: 2`},
	{section: "9111 §5.2.2.7", level: must, says: "private with an argument that is no list of names counts as the plain one", script: `
		origin 200 | Cache-Control: private="", max-age=60
		GET => 200 #1
		GET => 200 #2
		origin 200 | Cache-Control: max-age=60, private="X
		GET /b => 200 #3
		GET /b => 200 #4`},
	{section: "9111 §5.2.2.8", level: must, says: "proxy-revalidate is must-revalidate to a shared cache", script: `
		origin 200 | Cache-Control: max-age=5, proxy-revalidate, stale-if-error=60 | ETag: "a"
		GET => 200 #1
		wait 6s
		origin 503
		GET => 503`},
	{section: "9111 §5.2.2.9", level: may, says: "public makes a response fit to be kept that else were not", script: `
		origin 303 | Location: /b | Cache-Control: public | Last-Modified: {-1000h}
		GET => 303 #1
		GET => 303 #1`},
	{section: "9111 §5.2.2.10", level: must, says: "s-maxage beats max-age and Expires", script: `
		origin 200 | Cache-Control: max-age=5, s-maxage=60 | Expires: {+1s}
		GET /long => 200 #1
		wait 59s
		GET /long => 200 #1
		origin 200 | Cache-Control: s-maxage=5, max-age=60
		GET /short => 200 #2
		wait 6s
		GET /short => 200 #3`},
	{section: "9111 §5.2.2.10", level: must, says: "s-maxage implies proxy-revalidate", script: `
		origin 200 | Cache-Control: s-maxage=5, stale-if-error=60 | ETag: "a"
		GET => 200 #1
		wait 6s
		origin 503
		GET => 503`},
	{section: "9111 §5.2.3", level: must, says: "unknown directives are ignored, whatever their arguments hold", script: `
		origin 200 | Cache-Control: frob="no-store, private", x=1, max-age=60
		GET => 200 #1
		GET => 200 #1`},
	{section: "9111 §5.4", level: should, says: "Pragma: no-cache of a request counts where it has no Cache-Control", script: `
		origin 200 | Cache-Control: max-age=60
		GET => 200 #1
		GET | Pragma: no-cache => 200 #2
		GET | Pragma: no-cache | Cache-Control: max-age=60 => 200 #2`},
	{section: "9111 §5.4", level: must, says: "Pragma in a response means nothing", script: `
		origin 200 | Cache-Control: max-age=60 | Pragma: no-cache
		GET => 200 #1
		GET => 200 #1`},
	{section: "9111 §5.5", level: may, says: "Warning is not generated", script: `
		origin 200 | Cache-Control: max-age=5, stale-if-error=60
		GET => 200 #1
		wait 6s
		origin 503
		GET => 200 #1 | !Warning`},
}
