package edge

import "edgesim/edge/behavior"

// reuse are the rows of RFC 9111 §4, §4.1 and §5.2.1: what answers which request.
var reuse = []rule{
	{section: "9111 §2", level: must, says: "the key holds method and target: another query is another response", script: `
		origin 200 | Cache-Control: max-age=60
		GET /a?x=1 => 200 #1
		GET /a?x=2 => 200 #2
		GET /a?x=1 => 200 #1`},
	{section: "9111 §4", level: must, says: "a stored response answers without a word to the origin", script: `
		origin 200 | Cache-Control: max-age=60
		GET => 200 #1
		GET => 200 #1
		asked 1`},
	{section: "9111 §4", level: must, says: "requests of unsafe methods are written through", script: `
		origin 200 | Cache-Control: max-age=60
		GET => 200 #1
		POST => 200 #2
		PUT => 200 #3
		DELETE => 200 #4
		asked 4`},
	{section: "9111 §4", level: may, says: "requests that miss together ask the origin once", script: `
		origin 200 | Cache-Control: max-age=60 | after 1s
		9 GET => 200 #1
		asked 1`},
	{section: "9111 §4", level: must, says: "those who waited for what may not be reused ask for themselves", script: `
		origin 200 | Cache-Control: no-store | after 1s
		3 GET => 200
		asked 3`},
	{section: "9111 §4", level: must, says: "of several suitable responses the most recent is used", script: `
		origin 200 | Cache-Control: max-age=60
		GET => 200 #1
		GET | Cache-Control: no-cache => 200 #2
		GET => 200 #2`},

	{section: "9111 §4.1", level: must, says: "a response with Vary answers only requests whose fields match those it was made for", script: `
		origin 200 | Cache-Control: max-age=60 | Vary: Foo
		GET | Foo: 1 => 200 #1
		GET | Foo: 2 => 200 #2
		GET | Foo: 1 => 200 #1
		GET | Foo: 2 => 200 #2`},
	{section: "9111 §4.1", level: must, says: "a field that is missing matches only one that is missing", script: `
		origin 200 | Cache-Control: max-age=60 | Vary: Foo
		GET => 200 #1
		GET | Foo: 1 => 200 #2
		GET => 200 #1
		origin 200 | Cache-Control: max-age=60 | Vary: Foo
		GET /b | Foo: => 200 #3
		GET /b => 200 #4`},
	{section: "9111 §4.1", level: must, says: "every field of Vary counts, over lines and in any case", script: `
		origin 200 | Cache-Control: max-age=60 | Vary: foo, BAR | Vary: , Baz
		GET | Foo: 1 | Bar: 2 | Baz: 3 => 200 #1
		GET | Foo: 1 | Bar: 2 | Baz: 3 => 200 #1
		GET | Foo: 1 | Bar: 2 | Baz: 4 => 200 #2
		GET | Foo: 1 | Bar: 3 | Baz: 3 => 200 #3
		GET | Foo: 2 | Bar: 2 | Baz: 3 => 200 #4`},
	{section: "9111 §4.1", level: must, says: "Vary with the member * matches nothing", script: `
		origin 200 | Cache-Control: max-age=60 | Vary: *
		GET /alone => 200 #1
		GET /alone => 200 #2
		origin 200 | Cache-Control: max-age=60 | Vary: Foo, *
		GET /among | Foo: 1 => 200 #3
		GET /among | Foo: 1 => 200 #4
		origin 200 | Cache-Control: max-age=60 | Vary: Foo | Vary: *
		GET /lines | Foo: 1 => 200 #5
		GET /lines | Foo: 1 => 200 #6`},
	{section: "9111 §4.1", level: may, says: "white space and the division into lines mean nothing in a list", script: `
		origin 200 | Cache-Control: max-age=60 | Vary: Foo
		GET | Foo: 1,2 => 200 #1
		GET | Foo: 1 , 	2 => 200 #1
		GET | Foo: 1 | Foo: 2 => 200 #1
		GET | Foo: 2, 1 => 200 #2`},
	{section: "9111 §4.1", level: may, says: "fields of content negotiation that mean the same select the same variant", script: `
		origin 200 | Cache-Control: max-age=60 | Vary: Accept-Language, Accept-Encoding
		GET | Accept-Language: en, de;q=0.5 | Accept-Encoding: gzip, br => 200 #1
		GET | Accept-Language: de;q=0.50 ,EN;q=1 | Accept-Encoding: br;q=1.0,gzip => 200 #1
		GET | Accept-Language: de, en;q=0.5 | Accept-Encoding: gzip, br => 200 #2
		GET | Accept-Language: en, de;q=0.5 | Accept-Encoding: gzip, br;q=0 => 200 #3`},
	{section: "9111 §4.1", level: may, says: "a response in the language that a request asks for first answers it, in whatever words that was asked for before", script: `
		origin 200 | Cache-Control: max-age=60 | Vary: Accept-Language, Foo | Content-Language: de
		GET | Accept-Language: en, de | Foo: 1 => 200 #1
		GET | Accept-Language: fr;q=0.5, DE;q=1.0 | Foo: 1 => 200 #1
		GET | Accept-Language: de, fr;q=0.5 | Foo: 1 | Cache-Control: no-cache => 200 #2
		GET | Accept-Language: de, en;q=0.5 | Foo: 2 => 200 #3
		GET | Accept-Language: de, fr | Foo: 1 => 200 #4
		GET | Accept-Language: de;q=0.5, fr | Foo: 1 => 200 #5
		GET | Accept-Language: de-AT, de;q=0.9 | Foo: 1 => 200 #6
		GET | Accept-Language: *, de;q=0.9 | Foo: 1 => 200 #7
		GET | Foo: 1 => 200 #8
		wait 61s
		GET | Accept-Language: de, es;q=0.1 | Foo: 1 => 200 #9`},
	{section: "9111 §4.1", level: may, says: "a behavior can keep every spelling apart",
		with: func(b *behavior.Behavior) { b.NormalizeVary = false }, script: `
		origin 200 | Cache-Control: max-age=60 | Vary: Accept-Language
		GET | Accept-Language: en, de => 200 #1
		GET | Accept-Language: de, en => 200 #2
		GET | Accept-Language: en, de => 200 #1`},
	{section: "9111 §4.1", level: may, says: "no more variants are kept under a key than the behavior says, the newest",
		with: func(b *behavior.Behavior) { b.MaxVariants = 2 }, script: `
		origin 200 | Cache-Control: max-age=60 | Vary: Foo
		GET | Foo: 1 => 200 #1
		GET | Foo: 2 => 200 #2
		GET | Foo: 3 => 200 #3
		GET | Foo: 2 => 200 #2
		GET | Foo: 3 => 200 #3
		GET | Foo: 1 => 200 #4`},
	{section: "9111 §4.1", level: must, says: "when Vary changes, the newest response's names select", script: `
		origin 200 | Cache-Control: max-age=60 | Vary: Foo
		GET | Foo: 1 | Bar: 1 => 200 #1
		origin 200 | Cache-Control: max-age=60 | Vary: Bar
		GET | Foo: 2 | Bar: 1 => 200 #2
		GET | Foo: 9 | Bar: 1 => 200 #2
		GET | Foo: 9 | Bar: 2 => 200 #3`},
	{section: "9111 §4.1", level: should, says: "where some responses of a target have Vary and others have none, those with it are preferred", script: `
		origin 200 | Cache-Control: max-age=60 | Vary: Foo
		GET | Foo: 1 => 200 #1
		origin 200 | Cache-Control: max-age=60
		GET | Foo: 2 => 200 #2
		GET | Foo: 1 => 200 #1
		GET | Foo: 2 => 200 #2`},
	{section: "9111 §4.1", level: may, says: "the origin is told of all stored variants, and a 304 names the one that answers this request too", script: `
		origin 200 | Cache-Control: max-age=60 | Vary: Foo | ETag: "a"
		GET | Foo: 1 => 200 #1
		origin 200 | Cache-Control: max-age=60 | Vary: Foo | ETag: "b"
		GET | Foo: 2 => 200 #2
		seen | If-None-Match: "a"
		origin 304 | Cache-Control: max-age=60 | Vary: Foo | ETag: "a"
		GET | Foo: 3 => 200 #1
		seen | If-None-Match: "b", "a"
		GET | Foo: 3 => 200 #1
		GET | Foo: 2 => 200 #2
		asked 3`},
	{section: "9111 §4.1", level: must, says: "a weak entity tag, which two codings of one content may share, names no variant", script: `
		origin 200 | Cache-Control: max-age=60 | Vary: Foo | ETag: W/"a"
		GET | Foo: 1 => 200 #1
		GET | Foo: 2 => 200 #2
		seen | !If-None-Match`},
	{section: "9111 §4.1", level: must, says: "a 304 that names no variant that is stored is not used: the origin is asked again without conditions", script: `
		origin 200 | Cache-Control: max-age=60 | Vary: Foo | ETag: "a"
		GET | Foo: 1 => 200 #1
		origin 304 | ETag: "z" | Vary: Foo
		GET | Foo: 2 => 502
		seen | !If-None-Match
		asked 3`},

	{section: "9111 §5.2.1.1", level: should, says: "max-age: nothing older is used", script: `
		origin 200 | Cache-Control: max-age=60
		GET => 200 #1
		wait 5s
		GET | Cache-Control: max-age=5 => 200 #1
		GET | Cache-Control: max-age=4 => 200 #2
		GET | Cache-Control: max-age=0 => 200 #2`},
	{section: "9111 §5.2.1.2", level: may, says: "max-stale: stale responses are good, as far as it says", script: `
		origin 200 | Cache-Control: max-age=5 | ETag: "a"
		GET => 200 #1
		wait 10s
		GET | Cache-Control: max-stale => 200 #1
		GET | Cache-Control: max-stale=5 => 200 #1
		GET | Cache-Control: max-stale=4 => 200 #2`},
	{section: "9111 §5.2.1.3", level: should, says: "min-fresh: what is used stays fresh so long", script: `
		origin 200 | Cache-Control: max-age=60
		GET => 200 #1
		GET | Cache-Control: min-fresh=60 => 200 #1
		GET | Cache-Control: min-fresh=61 => 200 #2`},
	{section: "9111 §5.2.1.4", level: should, says: "no-cache: nothing is used without asking the origin", script: `
		origin 200 | Cache-Control: max-age=60 | ETag: "a"
		GET => 200 #1
		origin 304 | ETag: "a"
		GET | Cache-Control: no-cache => 200 #1 | Cache-Status ~ fwd=request; fwd-status=304
		asked 2`},
	{section: "9111 §5.2.1.5", level: must, says: "no-store: the answer is not kept", script: `
		origin 200 | Cache-Control: max-age=60
		GET | Cache-Control: no-store => 200 #1
		GET => 200 #2
		GET => 200 #2`},
	{section: "9111 §5.2.1.6", level: may, says: "no-transform: nothing is transformed anyway", script: `
		origin 200 | Cache-Control: max-age=60 | body aaaaaaaaaaaaaaaaaaaa
		GET | Cache-Control: no-transform | Accept-Encoding: gzip => 200 "aaaaaaaaaaaaaaaaaaaa" | !Content-Encoding`},
	{section: "9111 §5.2.1.7", level: should, says: "only-if-cached: a stored response, or 504", script: `
		GET | Cache-Control: only-if-cached => 504
		asked 0
		origin 200 | Cache-Control: max-age=5
		GET => 200 #1
		GET | Cache-Control: only-if-cached => 200 #1
		wait 6s
		GET | Cache-Control: only-if-cached => 504
		asked 1`},
	{section: "9111 §5.2.1.7", level: should, says: "only-if-cached: a variant that is not stored gives 504", script: `
		origin 200 | Cache-Control: max-age=60 | Vary: Foo
		GET | Foo: 1 => 200 #1
		GET | Foo: 1 | Cache-Control: only-if-cached => 200 #1
		GET | Foo: 2 | Cache-Control: only-if-cached => 504`},
	{section: "9111 §5.2.3", level: may, says: "a behavior can pass over what requests say of caching",
		with: func(b *behavior.Behavior) { b.RequestDirectives = false }, script: `
		origin 200 | Cache-Control: max-age=60
		GET | Cache-Control: no-store => 200 #1
		GET | Cache-Control: no-cache => 200 #1
		GET | Pragma: no-cache => 200 #1`},
}

// validating are the rows of RFC 9111 §4.3 and §4.4.
var validating = []rule{
	{section: "9111 §4.3.1", level: must, says: "a stale response is validated by its entity tag", script: `
		origin 200 | Cache-Control: max-age=5 | ETag: "a"
		GET => 200 #1
		wait 6s
		origin 304 | Cache-Control: max-age=5 | ETag: "a"
		GET => 200 #1
		seen | If-None-Match: "a"
		GET => 200 #1
		asked 2`},
	{section: "9111 §4.3.1", level: must, says: "an entity tag goes back as it came, weak or strong", script: `
		origin 200 | Cache-Control: max-age=5 | ETag: W/"a"
		GET => 200 #1
		wait 6s
		origin 304 | ETag: W/"a"
		GET => 200 #1
		seen | If-None-Match: W/"a"`},
	{section: "9111 §4.3.1", level: should, says: "and by Last-Modified", script: `
		origin 200 | Cache-Control: max-age=5 | Last-Modified: Fri, 31 Dec 1999 00:00:00 GMT
		GET => 200 #1
		wait 6s
		origin 304
		GET => 200 #1
		seen | If-Modified-Since: Fri, 31 Dec 1999 00:00:00 GMT | !If-None-Match`},
	{section: "9111 §4.3.1", level: should, says: "both where it has both", script: `
		origin 200 | Cache-Control: max-age=5 | ETag: "a" | Last-Modified: Fri, 31 Dec 1999 00:00:00 GMT
		GET => 200 #1
		wait 6s
		origin 304 | ETag: "a"
		GET => 200 #1
		seen | If-Modified-Since: Fri, 31 Dec 1999 00:00:00 GMT | If-None-Match: "a"`},
	{section: "9111 §4.3.1", level: must, says: "a response without validators is fetched anew", script: `
		origin 200 | Cache-Control: max-age=5
		GET => 200 #1
		wait 6s
		GET => 200 #2
		seen | !If-None-Match | !If-Modified-Since`},
	{section: "9111 §4.3.1", level: must, says: "a viewer's conditions do not take the place of ours", script: `
		origin 200 | Cache-Control: max-age=5 | ETag: "a"
		GET => 200 #1
		wait 6s
		origin 304 | Cache-Control: max-age=60 | ETag: "a"
		GET | If-None-Match: "z" => 200 #1
		seen | If-None-Match: "a"`},
	{section: "9111 §4.3.2", level: may, says: "tags that a viewer lists go to the origin beside ours", no: "the edge validates what it keeps and then answers the viewer's condition itself"},
	{section: "9111 §4.3.2", level: should, says: "a stored response answers If-None-Match and If-Modified-Since with 304", script: `
		origin 200 | Cache-Control: max-age=60 | ETag: "a" | Last-Modified: Fri, 31 Dec 1999 00:00:00 GMT
		GET => 200 #1
		GET | If-None-Match: "a" => 304
		GET | If-Modified-Since: Fri, 31 Dec 1999 00:00:00 GMT => 304
		GET | If-None-Match: "b" => 200 #1
		GET | If-Modified-Since: Thu, 30 Dec 1999 00:00:00 GMT => 200 #1
		asked 1`},
	{section: "9111 §4.3.2", level: should, says: "without Last-Modified the Date is compared with If-Modified-Since", script: `
		origin 200 | Cache-Control: max-age=60 | Date: {-10s}
		GET => 200 #1
		GET | If-Modified-Since: {-10s} => 304
		GET | If-Modified-Since: {-11s} => 200 #1`},
	{section: "9111 §4.3.2", level: must, says: "conditions meant for an origin are not judged by the cache: If-Match", script: `
		origin 200 | Cache-Control: max-age=60 | ETag: "a"
		GET => 200 #1
		origin 412
		GET | If-Match: "b" => 412
		seen | If-Match: "b"
		origin 200 | Cache-Control: max-age=60 | ETag: "a"
		GET | If-Match: "a" => 200 #1
		GET /other | If-Match: "b" => 200 #3
		seen | If-Match: "b"`},
	{section: "9111 §4.3.2", level: must, says: "conditions meant for an origin are not judged by the cache: If-Unmodified-Since", script: `
		origin 200 | Cache-Control: max-age=60 | Last-Modified: Fri, 31 Dec 1999 00:00:00 GMT
		GET => 200 #1
		origin 412
		GET | If-Unmodified-Since: Thu, 30 Dec 1999 00:00:00 GMT => 412
		GET | If-Unmodified-Since: Fri, 31 Dec 1999 00:00:00 GMT => 200 #1
		asked 2`},
	{section: "9111 §4.3.3", level: must, says: "a full response takes the place of the stored one", script: `
		origin 200 | Cache-Control: max-age=5 | ETag: "a"
		GET => 200 #1
		wait 6s
		origin 200 | Cache-Control: max-age=5 | ETag: "b"
		GET => 200 #2
		GET => 200 #2`},
	{section: "9111 §4.3.3", level: must, says: "an error of the origin goes to the viewer, unless a stale response may stand in", script: `
		origin 200 | Cache-Control: max-age=5 | ETag: "a"
		GET => 200 #1
		wait 6s
		origin 500
		GET => 500
		origin 304 | ETag: "a" | Cache-Control: max-age=5
		GET => 200 #1`},
	{section: "9111 §4.3.3", level: must, says: "an error below 500 is not hidden by a stale response", script: `
		origin 200 | Cache-Control: max-age=5, stale-if-error=60 | ETag: "a"
		GET => 200 #1
		wait 6s
		origin 404
		GET => 404`},
	{section: "9111 §4.3.4", level: must, says: "a 304 makes the stored response fresh, by what it says", script: `
		origin 200 | Cache-Control: max-age=5 | ETag: "a"
		GET => 200 #1
		wait 6s
		origin 304 | Cache-Control: max-age=10 | ETag: "a"
		GET => 200 #1
		wait 9s
		GET => 200 #1 | Age: 9
		asked 2
		wait 1s
		GET => 200 #1
		asked 3`},
	{section: "9111 §4.3.4", level: must, says: "a 304 with a strong entity tag that is none of ours is not used", script: `
		origin 200 | Cache-Control: max-age=5 | ETag: "a"
		GET => 200 #1
		wait 6s
		origin 304 | Cache-Control: max-age=5 | ETag: "z"
		GET => 502
		seen | !If-None-Match
		asked 3`},
	{section: "9111 §4.3.4", level: must, says: "a 304 that says no-store or private ends the keeping", script: `
		origin 200 | Cache-Control: max-age=5 | ETag: "a"
		GET => 200 #1
		wait 6s
		origin 304 | Cache-Control: no-store | ETag: "a"
		GET => 200 #1
		origin 200 | Cache-Control: max-age=5
		GET => 200 #3
		seen | !If-None-Match`},
	{section: "9111 §4.3.4", level: may, says: "a 304 with another Vary ends the keeping: what was selected by is not known any more", script: `
		origin 200 | Cache-Control: max-age=5 | Vary: Foo | ETag: "a"
		GET | Foo: 1 => 200 #1
		wait 6s
		origin 304 | Cache-Control: max-age=60 | Vary: Bar | ETag: "a"
		GET | Foo: 1 => 200 #1
		origin 200 | Cache-Control: max-age=60
		GET | Foo: 1 => 200 #3`},
	{section: "9111 §4.3.4", level: must, says: "every stored response with the 304's strong entity tag is updated", script: `
		origin 200 | Cache-Control: max-age=5 | Vary: Foo | ETag: "a"
		GET | Foo: 1 => 200 #1
		wait 6s
		origin 304 | Cache-Control: max-age=60 | Vary: Foo | ETag: "a" | X-New: 1
		GET | Foo: 2 => 200 #1 | X-New: 1
		GET | Foo: 1 => 200 #1 | X-New: 1
		asked 2`},
	{section: "9111 §4.3.5", level: should, says: "a 200 to HEAD with the stored validators and length updates what is stored for GET", script: `
		origin 200 | Cache-Control: max-age=5 | ETag: "a" | X-Old: 1
		GET => 200 #1
		wait 6s
		origin 200 | Cache-Control: max-age=60 | ETag: "a" | Content-Length: 2 | X-New: 2
		HEAD => 200
		GET => 200 #1 | X-Old: 1 | X-New: 2
		asked 2`},
	{section: "9111 §4.3.5", level: should, says: "one with others makes it stale: the tag", script: `
		origin 200 | Cache-Control: max-age=60 | ETag: "a"
		GET => 200 #1
		origin 200 | Cache-Control: max-age=60 | ETag: "b"
		HEAD | Cache-Control: no-cache => 200
		GET => 200 #3`},
	{section: "9111 §4.3.5", level: should, says: "one with others makes it stale: the length", script: `
		origin 200 | Cache-Control: max-age=60 | ETag: "a"
		GET => 200 #1
		origin 200 | Cache-Control: max-age=60 | ETag: "a" | Content-Length: 99
		HEAD | Cache-Control: no-cache => 200
		origin 200 | Cache-Control: max-age=60
		GET => 200 #3`},
	{section: "9111 §4.3.5", level: should, says: "one with others makes it stale: Last-Modified", script: `
		origin 200 | Cache-Control: max-age=60 | Last-Modified: Fri, 31 Dec 1999 00:00:00 GMT
		GET => 200 #1
		origin 200 | Cache-Control: max-age=60 | Last-Modified: Fri, 31 Dec 1999 00:00:01 GMT
		HEAD | Cache-Control: no-cache => 200
		GET => 200 #3`},

	{section: "9111 §4.4", level: must, says: "an unsafe method that succeeds invalidates its target: POST, PUT, DELETE, PATCH", script: `
		origin 200 | Cache-Control: max-age=60
		GET => 200 #1
		POST => 200 #2
		GET => 200 #3
		PUT => 200 #4
		GET => 200 #5
		DELETE => 200 #6
		GET => 200 #7
		PATCH => 200 #8
		wait 1s
		GET => 200 #9
		GET => 200 #9`},
	{section: "9111 §4.4", level: must, says: "and so does one that is not known", script: `
		origin 200 | Cache-Control: max-age=60
		GET => 200 #1
		M-SEARCH => 200 #2
		GET => 200 #3`},
	{section: "9111 §4.4", level: must, says: "safe methods do not", script: `
		origin 200 | Cache-Control: max-age=60
		GET => 200 #1
		OPTIONS => 200 #2
		HEAD => 200
		GET => 200 #1`},
	{section: "9111 §4.4", level: must, says: "a redirect is no error", script: `
		origin 200 | Cache-Control: max-age=60
		GET => 200 #1
		origin 303 | Location: /other
		POST => 303 #2
		origin 200 | Cache-Control: max-age=60
		GET => 200 #3`},
	{section: "9111 §4.4", level: may, says: "an error invalidates nothing", script: `
		origin 200 | Cache-Control: max-age=60
		GET => 200 #1
		origin 400
		POST => 400 #2
		origin 500
		POST => 500 #3
		GET => 200 #1`},
	{section: "9111 §4.4", level: may, says: "Location and Content-Location of the same origin are invalidated too", script: `
		origin 200 | Cache-Control: max-age=60
		GET /b?x=1 => 200 #1
		GET /c => 200 #2
		GET /d/e => 200 #3
		origin 201 | Location: /b?x=1 | Content-Location: http://example.com/c
		POST => 201 #4
		origin 200 | Cache-Control: max-age=60
		GET /b?x=1 => 200 #5
		GET /c => 200 #6
		origin 200 | Location: e
		POST /d/f => 200 #7
		origin 200 | Cache-Control: max-age=60
		GET /d/e => 200 #8`},
	{section: "9111 §4.4", level: must, says: "those of another origin are not", script: `
		origin 200 | Cache-Control: max-age=60
		GET /b => 200 #1
		origin 200 | Location: http://other.example/b | Content-Location: http://example.com:81/b
		POST => 200 #2
		origin 200 | Location: https://example.com/b
		POST => 200 #3
		GET /b => 200 #1`},
	{section: "9111 §4.4", level: must, says: "all variants go", script: `
		origin 200 | Cache-Control: max-age=60 | Vary: Foo
		GET | Foo: 1 => 200 #1
		GET | Foo: 2 => 200 #2
		DELETE => 200 #3
		GET | Foo: 1 => 200 #4
		GET | Foo: 2 => 200 #5`},
	{section: "9111 §4.4", level: must, says: "what was under way before the change is not kept", by: "TestChangeSpoilsTheFlight"},
}
