package edge

// conditions are the rows of RFC 9110 §8.8 and §13: validators, and requests that
// depend on them.
var conditions = []rule{
	{section: "9110 §8.8.1", level: must, says: "a weak validator is not taken for a strong one", script: `
		origin 200 | Cache-Control: max-age=60 | ETag: W/"a" | body 0123456789
		GET => 200
		GET | Range: bytes=0-1 | If-Range: W/"a" => 200 "0123456789"
		origin 412
		GET | If-Match: W/"a" => 412`},
	{section: "9110 §8.8.2", level: must, says: "Last-Modified goes to viewers as it came", script: `
		origin 200 | Cache-Control: max-age=60 | Last-Modified: Fri, 31 Dec 1999 00:00:00 GMT
		GET => 200 #1
		GET => 200 #1 | Last-Modified: Fri, 31 Dec 1999 00:00:00 GMT`},
	{section: "9110 §8.8.3", level: must, says: "so does ETag", script: `
		origin 200 | Cache-Control: max-age=60 | ETag: W/"a,b "
		GET => 200 #1
		GET => 200 #1 | ETag: W/"a,b "`},
	{section: "9110 §8.8.3.2", level: must, says: "weak comparison looks at the opaque tags alone", script: `
		origin 200 | Cache-Control: max-age=60 | ETag: W/"a"
		GET /weak => 200 #1
		GET /weak | If-None-Match: "a" => 304
		GET /weak | If-None-Match: W/"a" => 304
		GET /weak | If-None-Match: "A" => 200 #1
		origin 200 | Cache-Control: max-age=60 | ETag: "a"
		GET /strong => 200 #2
		GET /strong | If-None-Match: W/"a" => 304`},
	{section: "9110 §8.8.3.2", level: must, says: "strong comparison wants both strong", script: `
		origin 200 | Cache-Control: max-age=60 | ETag: "a"
		GET => 200 #1
		GET | If-Match: "a" => 200 #1
		origin 412
		GET | If-Match: W/"a" => 412
		origin 200 | Cache-Control: max-age=60 | ETag: W/"a"
		GET /weak => 200 #3
		origin 412
		GET /weak | If-Match: "x", W/"a" => 412`},

	{section: "9110 §8.8.4", level: must, says: "to validate what has an entity tag, the tag is sent", script: `
		origin 200 | Cache-Control: no-cache | ETag: "a"
		GET => 200 #1
		GET => 200 #2
		seen | If-None-Match: "a"`},
	{section: "9110 §8.8.4", level: should, says: "to validate what has Last-Modified alone, that is sent", script: `
		origin 200 | Cache-Control: no-cache | Last-Modified: Fri, 31 Dec 1999 00:00:00 GMT
		GET => 200 #1
		GET => 200 #2
		seen | If-Modified-Since: Fri, 31 Dec 1999 00:00:00 GMT`},

	{section: "9110 §13.1.1", level: may, says: "If-Match that the stored response meets: it answers", script: `
		origin 200 | Cache-Control: max-age=60 | ETag: "a"
		GET => 200 #1
		GET | If-Match: "b", "a" => 200 #1
		GET | If-Match: * => 200 #1
		asked 1`},
	{section: "9110 §13.1.1", level: must, says: "If-Match of an unsafe method is the origin's to judge", by: "TestConditionsOfUnsafeMethodsAreTheOrigins"},
	{section: "9110 §13.1.2", level: must, says: "If-None-Match: a list, over lines, with commas inside tags", script: `
		origin 200 | Cache-Control: max-age=60 | ETag: "a,b"
		GET => 200 #1
		GET | If-None-Match: "x", "a,b" => 304
		GET | If-None-Match: "x","y" , W/"a,b" => 304
		GET | If-None-Match: "x" | If-None-Match: "a,b" => 304
		GET | If-None-Match: "a" | If-None-Match: "b" => 200 #1
		GET | If-None-Match: "a", "b" => 200 #1`},
	{section: "9110 §13.1.2", level: must, says: "If-None-Match: * matches whatever is stored", script: `
		origin 200 | Cache-Control: max-age=60
		GET => 200 #1
		GET | If-None-Match: * => 304`},
	{section: "9110 §13.1.2", level: must, says: "If-None-Match that matches gives 304 to GET and HEAD", script: `
		origin 200 | Cache-Control: max-age=60 | ETag: "a"
		GET => 200 #1
		GET | If-None-Match: "a" => 304
		HEAD | If-None-Match: "a" => 304
		HEAD | If-None-Match: "b" => 200`},
	{section: "9110 §13.1.2", level: may, says: "what is no entity tag matches nothing, nor does what follows it", script: `
		origin 200 | Cache-Control: max-age=60 | ETag: "a"
		GET => 200 #1
		GET | If-None-Match: a => 200 #1
		GET | If-None-Match: w/"a" => 200 #1
		GET | If-None-Match: "a => 200 #1
		GET | If-None-Match: x "a" => 200 #1
		GET | If-None-Match: "b" "a" => 200 #1`},
	{section: "9110 §13.1.3", level: must, says: "If-Modified-Since is ignored beside If-None-Match", script: `
		origin 200 | Cache-Control: max-age=60 | ETag: "a" | Last-Modified: Fri, 31 Dec 1999 00:00:00 GMT
		GET => 200 #1
		GET | If-None-Match: "b" | If-Modified-Since: Fri, 31 Dec 1999 00:00:00 GMT => 200 #1
		GET | If-None-Match: "a" | If-Modified-Since: Thu, 30 Dec 1999 00:00:00 GMT => 304`},
	{section: "9110 §13.1.3", level: must, says: "If-Modified-Since that is no date, or two, is ignored", script: `
		origin 200 | Cache-Control: max-age=60 | Last-Modified: Fri, 31 Dec 1999 00:00:00 GMT
		GET => 200 #1
		GET | If-Modified-Since: yesterday => 200 #1
		GET | If-Modified-Since: Fri, 31 Dec 1999 00:00:00 AEST => 200 #1
		GET | If-Modified-Since: Fri, 31 Dec 1999 00:00:00 GMT | If-Modified-Since: Fri, 31 Dec 1999 00:00:00 GMT => 200 #1`},
	{section: "9110 §13.1.3", level: must, says: "If-Modified-Since in all three forms of a date", script: `
		origin 200 | Cache-Control: max-age=60 | Last-Modified: Fri, 31 Dec 1999 00:00:00 GMT
		GET => 200 #1
		GET | If-Modified-Since: Friday, 31-Dec-99 00:00:00 GMT => 304
		GET | If-Modified-Since: Fri Dec 31 00:00:00 1999 => 304
		GET | If-Modified-Since: Thursday, 30-Dec-99 23:59:59 GMT => 200 #1`},
	{section: "9110 §13.1.4", level: must, says: "If-Unmodified-Since is ignored beside If-Match, and where it is no date", script: `
		origin 200 | Cache-Control: max-age=60 | ETag: "a" | Last-Modified: Fri, 31 Dec 1999 00:00:00 GMT
		GET => 200 #1
		GET | If-Match: "a" | If-Unmodified-Since: Thu, 30 Dec 1999 00:00:00 GMT => 200 #1
		GET | If-Unmodified-Since: yesterday => 200 #1
		asked 1`},
	{section: "9110 §13.2.1", level: must, says: "conditions are ignored where the answer without them is no success", script: `
		origin 404 | Cache-Control: max-age=60 | ETag: "a" | Last-Modified: Fri, 31 Dec 1999 00:00:00 GMT
		GET => 404 #1
		GET | If-None-Match: "a" => 404 #1
		GET | If-Modified-Since: {+0s} => 404 #1
		GET | If-None-Match: * => 404 #1`},
	{section: "9110 §13.2.1", level: must, says: "conditions mean nothing with methods that select no representation", script: `
		origin 200 | Cache-Control: max-age=60 | ETag: "a"
		GET => 200 #1
		OPTIONS | If-None-Match: "a" => 200 #2`},
	{section: "9110 §13.2.1", level: must, says: "conditions of unsafe methods go to the origin, none is judged", script: `
		origin 200 | Cache-Control: max-age=60 | ETag: "a"
		GET => 200 #1
		origin 412
		PUT | If-None-Match: "a" => 412
		seen | If-None-Match: "a"
		PUT | If-Match: "b" => 412
		seen | If-Match: "b"
		GET | If-None-Match: "a" => 304`},
	{section: "9110 §13.2.1", level: may, says: "a condition is judged on any success, not on 200 alone", script: `
		origin 203 | Cache-Control: max-age=60 | ETag: "a"
		GET => 203 #1
		GET | If-None-Match: "a" => 304`},
	{section: "9110 §13.2.2", level: must, says: "on a miss the fetched response answers the viewer's condition", script: `
		origin 200 | Cache-Control: max-age=60 | ETag: "a"
		GET | If-None-Match: "a" => 304 | Cache-Status ~ fwd-status=200
		seen | !If-None-Match
		GET => 200 #1`},
	{section: "9110 §13.2.2", level: must, says: "If-Match is judged before If-None-Match", script: `
		origin 200 | Cache-Control: max-age=60 | ETag: "a"
		GET => 200 #1
		GET | If-Match: "a" | If-None-Match: "a" => 304
		origin 412
		GET | If-Match: "b" | If-None-Match: "a" => 412`},
	{section: "9110 §13.2.2", level: must, says: "after a renewal too", script: `
		origin 200 | Cache-Control: max-age=5 | ETag: "a"
		GET => 200 #1
		wait 6s
		origin 304 | ETag: "a"
		GET | If-None-Match: "a" => 304
		GET | If-None-Match: "b" => 200 #1`},
	{section: "9110 §15.4.5", level: must, says: "a 304 has Cache-Control, Content-Location, Date, ETag, Expires and Vary as the 200 has them", script: `
		origin 200 | Cache-Control: max-age=60 | ETag: "a" | Content-Location: /b | Expires: Sat, 01 Jan 2000 01:00:00 GMT | Vary: Foo
		GET => 200 #1
		wait 1s
		GET | If-None-Match: "a" => 304 | Cache-Control: max-age=60 | ETag: "a" | Content-Location: /b | Expires: Sat, 01 Jan 2000 01:00:00 GMT | Vary: Foo | Date: {-1s} | Age: 1`},
	{section: "9110 §15.4.5", level: should, says: "and leaves out what describes a content that it does not have", script: `
		origin 200 | Cache-Control: max-age=60 | ETag: "a" | Content-Type: text/x | Content-Language: de | Content-Encoding: x | Last-Modified: Fri, 31 Dec 1999 00:00:00 GMT
		GET => 200 #1
		GET | If-None-Match: "a" => 304 | !Content-Type | !Content-Language | !Content-Encoding | !Last-Modified
		origin 200 | Cache-Control: max-age=60 | Last-Modified: Fri, 31 Dec 1999 00:00:00 GMT
		GET /b => 200 #2
		GET /b | If-Modified-Since: {+0s} => 304 | Last-Modified: Fri, 31 Dec 1999 00:00:00 GMT`},
	{section: "9110 §15.4.5", level: must, says: "a 304 that nobody asked for is an error of the origin", by: "TestUnasked304"},
}
