package edge

import "edgesim/edge/behavior"

// freshness are the rows of RFC 9111 §4.2, §5.1 and §5.3: how long a response is
// fresh, and how old.
var freshness = []rule{
	{section: "9111 §1.2.2", level: must, says: "a number of seconds beyond 2^31 counts as 2^31", script: `
		origin 200 | Cache-Control: max-age=99999999999999999999
		GET /a => 200 #1
		wait 30h
		GET /a => 200 #1
		origin 200 | Cache-Control: max-age=2147483648
		GET /b => 200 #2
		GET /b => 200 #2
		origin 200 | Cache-Control: max-age=18446744073709551616
		GET /c => 200 #3
		GET /c => 200 #3`},
	{section: "9111 §4.2", level: must, says: "a response is not reused once its age reaches its lifetime", script: `
		origin 200 | Cache-Control: max-age=5
		GET => 200 #1
		wait 4s
		GET => 200 #1
		wait 1s
		GET => 200 #2`},
	{section: "9111 §4.2", level: must, says: "dates in all three forms, names in any case", script: `
		origin 200 | Expires: Sat, 01 Jan 2000 00:10:00 GMT
		GET /imf => 200 #1
		GET /imf => 200 #1
		origin 200 | Expires: Saturday, 01-Jan-00 00:10:00 GMT
		GET /850 => 200 #2
		GET /850 => 200 #2
		origin 200 | Expires: Sat Jan  1 00:10:00 2000
		GET /asc => 200 #3
		GET /asc => 200 #3
		origin 200 | Expires: sAT, 01 jAN 2000 00:10:00 gmt
		GET /case => 200 #4
		GET /case => 200 #4`},
	{section: "9111 §4.2", level: should, says: "a date in another zone is no date, but UTC is GMT", script: `
		origin 200 | Expires: Sat, 01 Jan 2000 00:10:00 AEST
		GET /aest => 200 #1
		GET /aest => 200 #2
		origin 200 | Expires: Sat, 01 Jan 2000 00:10:00 UTC
		GET /utc => 200 #3
		GET /utc => 200 #3`},
	{section: "9111 §4.2.1", level: must, says: "s-maxage before max-age before Expires", script: `
		origin 200 | Cache-Control: max-age=5 | Expires: {+60s}
		GET /short => 200 #1
		wait 6s
		GET /short => 200 #2
		origin 200 | Cache-Control: max-age=60 | Expires: {-60s}
		GET /long => 200 #3
		GET /long => 200 #3`},
	{section: "9111 §4.2.1", level: must, says: "Expires counts from the response's own Date", script: `
		origin 200 | Date: {-60s} | Expires: {+10s}
		GET => 200 #1
		wait 9s
		GET => 200 #1
		wait 1s
		GET => 200 #2`},
	{section: "9111 §4.2.1", level: must, says: "Expires of a response without Date counts from when it came", script: `
		origin 200 | undated | Expires: {+10s}
		GET => 200 #1
		wait 9s
		GET => 200 #1
		wait 1s
		GET => 200 #2`},
	{section: "9111 §4.2.1", level: should, says: "of directives and fields given twice the first counts", script: `
		origin 200 | Cache-Control: max-age=5, max-age=60
		GET /line => 200 #1
		wait 6s
		GET /line => 200 #2
		origin 200 | Cache-Control: max-age=5 | Cache-Control: max-age=60
		GET /lines => 200 #3
		wait 6s
		GET /lines => 200 #4
		origin 200 | Expires: {+5s} | Expires: {+60s}
		GET /expires => 200 #5
		wait 6s
		GET /expires => 200 #6`},
	{section: "9111 §4.2.1", level: should, says: "a response with freshness that cannot be read is stale", script: `
		origin 200 | Cache-Control: max-age=abc
		GET /letters => 200 #1
		GET /letters => 200 #2
		origin 200 | Cache-Control: max-age=-60
		GET /negative => 200 #3
		GET /negative => 200 #4
		origin 200 | Cache-Control: max-age=60.5
		GET /fraction => 200 #5
		GET /fraction => 200 #6
		origin 200 | Cache-Control: max-age='60'
		GET /quotes => 200 #7
		GET /quotes => 200 #8
		origin 200 | Cache-Control: max-age =60
		GET /space => 200 #9
		GET /space => 200 #10`},
	{section: "9111 §4.2.2", level: must, says: "no heuristics beside explicit freshness", script: `
		origin 200 | Cache-Control: max-age=0 | Last-Modified: {-1000h}
		GET /a => 200 #1
		GET /a => 200 #2
		origin 200 | Expires: 0 | Last-Modified: {-1000h}
		GET /b => 200 #3
		GET /b => 200 #4`},
	{section: "9111 §4.2.2", level: should, says: "with Last-Modified the lifetime is a tenth of the time since", script: `
		origin 200 | Last-Modified: {-100s}
		GET => 200 #1
		wait 9s
		GET => 200 #1
		wait 2s
		GET => 200 #2`},
	{section: "9111 §4.2.2", level: may, says: "a heuristic lifetime is a day at the most", script: `
		origin 200 | Last-Modified: {-10000h}
		GET => 200 #1
		wait 23h59m
		GET => 200 #1
		wait 2m
		GET => 200 #2`},
	{section: "9111 §4.2.2", level: must, says: "without Last-Modified there is nothing to reckon with", script: `
		origin 200
		GET => 200 #1
		GET => 200 #2`},
	{section: "9111 §4.2.3", level: must, says: "Age is generated, in whole seconds since the response was made", script: `
		origin 200 | Cache-Control: max-age=60
		GET => 200 #1
		GET => 200 #1 | Age: 0
		wait 7s
		GET => 200 #1 | Age: 7`},
	{section: "9111 §4.2.3", level: must, says: "an Age that came counts, with the time the response was under way", script: `
		origin 200 | Cache-Control: max-age=60 | Age: 50 | after 5s
		GET => 200 #1
		GET => 200 #1 | Age: 55
		wait 4s
		GET => 200 #1 | Age: 59
		wait 1s
		GET => 200 #2`},
	{section: "9111 §4.2.3", level: must, says: "an old Date makes a response as old, though it has no Age", script: `
		origin 200 | Cache-Control: max-age=60 | Date: {-50s}
		GET => 200 #1
		GET => 200 #1 | Age: 50
		wait 10s
		GET => 200 #2`},
	{section: "9111 §4.2.3", level: must, says: "a Date in the future makes nothing younger than new", script: `
		origin 200 | Cache-Control: max-age=5 | Date: {+1h}
		GET => 200 #1
		wait 4s
		GET => 200 #1 | Age: 4
		wait 1s
		GET => 200 #2`},
	{section: "9111 §4.2.4", level: must, says: "a stale response is not used unasked", script: `
		origin 200 | Cache-Control: max-age=5 | ETag: "a"
		GET => 200 #1
		wait 6s
		origin 503
		GET => 503
		origin close
		GET => 502`},
	{section: "9111 §4.2.4", level: may, says: "a behavior can allow stale responses while the origin fails",
		with: func(b *behavior.Behavior) { b.StaleOnError = behavior.Forever }, script: `
		origin 200 | Cache-Control: max-age=5
		GET => 200 #1
		wait 6s
		origin close
		GET => 200 #1 | Cache-Status ~ detail=stale-if-error`},

	{section: "9111 §5.1", level: must, says: "a response that came with an Age is sent with one", script: `
		origin 200 | Cache-Control: max-age=60 | Age: 7
		GET => 200 #1 | Age: 7`},
	{section: "9111 §5.1", level: should, says: "of a list of Ages the first counts", script: `
		origin 200 | Cache-Control: max-age=60 | Age: 0, 100
		GET /fresh => 200 #1
		GET /fresh => 200 #1
		origin 200 | Cache-Control: max-age=60 | Age: 100 | Age: 0
		GET /stale => 200 #2
		GET /stale => 200 #3
		origin 200 | Cache-Control: max-age=60 | Age: 0 | Age: 100
		GET /lines => 200 #4
		GET /lines => 200 #4`},
	{section: "9111 §5.1", level: should, says: "an Age that is no number is ignored", script: `
		origin 200 | Cache-Control: max-age=60 | Age: abc
		GET /letters => 200 #1
		GET /letters => 200 #1
		origin 200 | Cache-Control: max-age=60 | Age: -100
		GET /negative => 200 #2
		GET /negative => 200 #2
		origin 200 | Cache-Control: max-age=60 | Age: 100.0
		GET /fraction => 200 #3
		GET /fraction => 200 #3
		origin 200 | Cache-Control: max-age=60 | Age: 100;x=1
		GET /parameter => 200 #4
		GET /parameter => 200 #4`},
	{section: "9111 §5.1", level: must, says: "an Age beyond 2^31 is that of something old", script: `
		origin 200 | Cache-Control: max-age=60 | Age: 2147483649
		GET => 200 #1
		GET => 200 #2
		origin 200 | Cache-Control: max-age=60 | Age: 99999999999999999999
		GET => 200 #3
		GET => 200 #4`},
	{section: "9111 §5.3", level: must, says: "Expires that is no date, 0 above all, is past", script: `
		origin 200 | Expires: 0
		GET /zero => 200 #1
		GET /zero => 200 #2
		origin 200 | Expires: tomorrow
		GET /word => 200 #3
		GET /word => 200 #4
		origin 200 | Expires: Sat, 31 Feb 2001 00:00:00 GMT
		GET /day => 200 #5
		GET /day => 200 #6`},
	{section: "9111 §5.3", level: must, says: "Expires in the past, or now, is stale", script: `
		origin 200 | Expires: {-10s}
		GET => 200 #1
		GET => 200 #2
		origin 200 | Expires: {+0s}
		GET => 200 #3
		GET => 200 #4`},
	{section: "9111 §5.3", level: must, says: "Expires is ignored beside max-age and s-maxage", script: `
		origin 200 | Expires: {-10s} | Cache-Control: s-maxage=60
		GET => 200 #1
		GET => 200 #1`},
	{section: "9111 §5.3", level: may, says: "Expires far in the future is far in the future", script: `
		origin 200 | Expires: Fri, 31 Dec 9999 23:59:59 GMT
		GET => 200 #1
		wait 30h
		GET => 200 #1`},
	{section: "9110 §5.6.7", level: must, says: "a two-digit year more than 50 years ahead is of the century before", script: `
		origin 200 | Expires: Friday, 01-Jan-51 00:00:00 GMT
		GET => 200 #1
		GET => 200 #2
		origin 200 | Expires: Friday, 01-Jan-49 00:00:00 GMT
		GET => 200 #3
		GET => 200 #3`},
	{section: "9110 §6.6.1", level: must, says: "a response without Date gets the time it came, and is kept with it", script: `
		origin 200 | undated | Cache-Control: max-age=60
		GET => 200 #1 | Date: {+0s}
		wait 7s
		GET => 200 #1 | Date: {-7s} | Age: 7`},
}
