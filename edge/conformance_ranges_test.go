package edge

import "edgesim/edge/behavior"

// ranging are the rows of RFC 9110 §13.1.5, §14 and §15.3.7, and of RFC 9111
// §3.3 and §3.4: parts of representations.
var ranging = []rule{
	{section: "9110 §13.1.5", level: must, says: "If-Range with an entity tag: strong comparison, else the whole answers", script: `
		origin 200 | Cache-Control: max-age=60 | ETag: "a" | body 0123456789
		GET => 200
		GET | Range: bytes=0-1 | If-Range: "a" => 206 "01"
		GET | Range: bytes=0-1 | If-Range: "b" => 200 "0123456789"
		GET | Range: bytes=0-1 | If-Range: W/"a" => 200 "0123456789"
		asked 1`},
	{section: "9110 §13.1.5", level: must, says: "If-Range with a date: the exact Last-Modified, and only where that is strong", script: `
		origin 200 | Cache-Control: max-age=60 | Last-Modified: {-1h} | body 0123456789
		GET /old => 200
		GET /old | Range: bytes=0-1 | If-Range: {-1h} => 206 "01"
		GET /old | Range: bytes=0-1 | If-Range: {-2h} => 200 "0123456789"
		GET /old | Range: bytes=0-1 | If-Range: yesterday => 200 "0123456789"
		origin 200 | Cache-Control: max-age=60 | Last-Modified: {-1s} | body 0123456789
		GET /new => 200
		GET /new | Range: bytes=0-1 | If-Range: {-1s} => 200 "0123456789"`},
	{section: "9110 §13.2.2", level: must, says: "conditions come before the range", script: `
		origin 200 | Cache-Control: max-age=60 | ETag: "a" | body 0123456789
		GET => 200
		GET | Range: bytes=0-1 | If-None-Match: "a" => 304
		GET | Range: bytes=0-1 | If-None-Match: "b" => 206 "01"`},
	{section: "9110 §14.1", level: must, says: "a range unit that is not known is passed over; the name's case does not count", script: `
		origin 200 | Cache-Control: max-age=60 | body 0123456789
		GET => 200
		GET | Range: lines=0-1 => 200 "0123456789" | !Content-Range
		GET | Range: Bytes=0-1 => 206 "01"`},
	{section: "9110 §14.1.1", level: must, says: "a set with an invalid range is invalid, and passed over", script: `
		origin 200 | Cache-Control: max-age=60 | body 0123456789
		GET => 200
		GET | Range: bytes=5-4 => 200 "0123456789"
		GET | Range: bytes=0-1,5-4 => 200 "0123456789"
		GET | Range: bytes=a-b => 200 "0123456789"
		GET | Range: bytes= => 200 "0123456789"
		GET | Range: bytes=-1-2 => 200 "0123456789"`},
	{section: "9110 §14.1.2", level: must, says: "first and last position, to the end, the last so many, and beyond the end", script: `
		origin 200 | Cache-Control: max-age=60 | body 0123456789
		GET => 200
		GET | Range: bytes=0-0 => 206 "0" | Content-Range: bytes 0-0/10 | Content-Length: 1
		GET | Range: bytes=8- => 206 "89" | Content-Range: bytes 8-9/10
		GET | Range: bytes=-2 => 206 "89" | Content-Range: bytes 8-9/10
		GET | Range: bytes=-20 => 206 "0123456789" | Content-Range: bytes 0-9/10
		GET | Range: bytes=8-99999999999999999999 => 206 "89" | Content-Range: bytes 8-9/10
		asked 1`},
	{section: "9110 §14.2", level: must, says: "Range is passed over with any method but GET", script: `
		origin 200 | Cache-Control: max-age=60 | body 0123456789
		GET => 200
		HEAD | Range: bytes=0-1 => 200 | Content-Length: 10 | !Content-Range`},
	{section: "9110 §14.2", level: must, says: "Range is passed over where the answer without it is no 200", script: `
		origin 404 | Cache-Control: max-age=60 | body 0123456789
		GET => 404
		GET | Range: bytes=0-1 => 404 "0123456789"
		asked 1`},
	{section: "9110 §14.2", level: should, says: "many small or overlapping ranges are joined or passed over", by: "TestManyRangesStayWithinABound"},
	{section: "9110 §14.3", level: may, says: "Accept-Ranges goes to viewers as it came", script: `
		origin 200 | Cache-Control: max-age=60 | Accept-Ranges: bytes
		GET => 200 #1
		GET => 200 #1 | Accept-Ranges: bytes`},
	{section: "9110 §14.4", level: must, says: "a Content-Range that is invalid, or of other bytes than were asked for, is not used", by: "TestStubbornOrigin"},
	{section: "9110 §14.6", level: must, says: "several ranges come as multipart/byteranges, each part with its Content-Range and Content-Type", by: "TestSeveralRanges"},
	{section: "9110 §15.3.7", level: must, says: "a 206 has the fields that a 200 would have had: Date, Cache-Control, ETag, Expires, Vary", script: `
		origin 200 | Cache-Control: max-age=60 | ETag: "a" | Expires: {+1h} | Vary: X | Content-Location: /b | body 0123456789
		GET => 200
		GET | Range: bytes=0-1 => 206 "01" | Cache-Control: max-age=60 | ETag: "a" | Vary: X | Content-Location: /b | Date ~ GMT | Expires ~ GMT`},
	{section: "9110 §15.3.7.1", level: must, says: "a 206 with one range has Content-Range", script: `
		origin 200 | Cache-Control: max-age=60 | body 0123456789
		GET => 200
		GET | Range: bytes=2-3 => 206 "23" | Content-Range: bytes 2-3/10`},
	{section: "9110 §15.3.7.2", level: must, says: "a 206 with several parts has no Content-Range of its own", by: "TestSeveralRanges"},
	{section: "9110 §15.3.7.2", level: may, says: "ranges that overlap or nearly touch are sent as one", script: `
		origin 200 | Cache-Control: max-age=60 | body 0123456789
		GET => 200
		GET | Range: bytes=0-2,2-4 => 206 "01234" | Content-Range: bytes 0-4/10
		GET | Range: bytes=0-0,9-9 => 206 "0123456789" | Content-Range: bytes 0-9/10`},
	{section: "9110 §15.3.7.2", level: must, says: "one range that is left of several is no multipart", script: `
		origin 200 | Cache-Control: max-age=60 | Content-Type: text/plain | body 0123456789
		GET => 200
		GET | Range: bytes=0-1,20-30 => 206 "01" | Content-Type: text/plain`},
	{section: "9110 §15.5.17", level: should, says: "416 where no range can be satisfied, with the length in Content-Range", script: `
		origin 200 | Cache-Control: max-age=60 | body 0123456789
		GET => 200
		GET | Range: bytes=10- => 416 | Content-Range: bytes */10
		GET | Range: bytes=-0 => 416 | Content-Range: bytes */10
		GET | Range: bytes=20-30,40- => 416 | Content-Range: bytes */10
		asked 1`},
	{section: "9110 §15.5.17", level: must, says: "an origin's 416 answers for its range alone and is not kept", script: `
		origin 416 | Cache-Control: max-age=60 | Content-Range: bytes */10
		GET | Range: bytes=20- => 416 | Content-Range: bytes */10
		origin 200 | Cache-Control: max-age=60 | body 0123456789
		GET => 200 "0123456789"`},

	{section: "9111 §3.3", level: may, says: "a 206 is kept and answers for what lies in it", script: `
		origin 206 | Cache-Control: max-age=60 | ETag: "a" | Content-Range: bytes 2-6/10 | body 23456
		GET | Range: bytes=2-6 => 206 "23456"
		GET | Range: bytes=2-6 => 206 "23456" | Content-Range: bytes 2-6/10 | Cache-Status ~ hit
		GET | Range: bytes=3-4 => 206 "34" | Content-Range: bytes 3-4/10
		asked 1`},
	{section: "9111 §3.3", level: may, says: "one without a validator, too", script: `
		origin 206 | Cache-Control: max-age=60 | Content-Range: bytes 2-6/10 | body 23456
		GET | Range: bytes=2-6 => 206 "23456"
		GET | Range: bytes=3-4 => 206 "34" | Content-Range: bytes 3-4/10
		asked 1`},
	{section: "9111 §3.3", level: may, says: "and one for the last bytes", script: `
		origin 206 | Cache-Control: max-age=60 | ETag: "a" | Content-Range: bytes 7-9/10 | body 789
		GET | Range: bytes=-3 => 206 "789"
		GET | Range: bytes=-2 => 206 "89" | Content-Range: bytes 8-9/10
		GET | Range: bytes=7-8 => 206 "78"
		asked 1`},
	{section: "9111 §3.3", level: must, says: "it does not answer for what lies outside of it", script: `
		origin 206 | Cache-Control: max-age=60 | ETag: "a" | Content-Range: bytes 2-6/10 | body 23456
		GET | Range: bytes=2-6 => 206 "23456"
		origin 206 | Cache-Control: max-age=60 | ETag: "a" | Content-Range: bytes 7-9/10 | body 789
		GET | Range: bytes=7-9 => 206 "789"
		asked 2`},
	{section: "9111 §3.3", level: must, says: "it is not kept where a 200 would not be", script: `
		origin 206 | Cache-Control: no-store | ETag: "a" | Content-Range: bytes 2-6/10 | body 23456
		GET | Range: bytes=2-6 => 206 "23456"
		origin 206 | Cache-Control: max-age=60 | ETag: "a" | Content-Range: bytes 2-6/10 | body 2345x
		GET | Range: bytes=2-6 => 206 "2345x"`},
	{section: "9111 §3.3", level: must, says: "it is as fresh as a 200 would be, and is validated after", script: `
		origin 206 | Cache-Control: max-age=5 | ETag: "a" | Content-Range: bytes 2-6/10 | body 23456
		GET | Range: bytes=2-6 => 206 "23456"
		wait 6s
		origin 304 | Cache-Control: max-age=5 | ETag: "a"
		GET | Range: bytes=2-6 => 206 "23456"
		seen | If-None-Match: "a"
		GET | Range: bytes=2-6 => 206 "23456"
		asked 2`},
	{section: "9111 §3.3", level: may, says: "an incomplete response is completed by asking for what is missing", by: "TestPartialContentIsCompleted"},
	{section: "9111 §3.4", level: must, says: "parts are combined only where they share a strong validator", by: "TestPartsWithoutValidator"},
	{section: "9111 §3.4", level: must, says: "and never with those of another one", by: "TestObjectThatChangesBetweenSlices"},
	{section: "9111 §3.4", level: may, says: "parts are combined to a whole, which answers requests for all of it", by: "TestPartialContentIsCompleted"},
	{section: "9111 §3.4", level: must, says: "what is combined has the fields of the latest part", by: "TestPartialContentIsCompleted"},
	{section: "9111 §3.4", level: may, says: "a behavior can have ranges fetch the whole instead", script: `
		origin 200 | Cache-Control: max-age=60 | body 0123456789
		GET | Range: bytes=2-6 => 206 "23456"
		seen | !Range
		GET => 200 "0123456789"
		asked 1`, with: func(b *behavior.Behavior) { b.Slice = 0 }},
}
