package edge

// freshness are the rows of RFC 9111 §4.2 and §5: how long a response is fresh.
var freshness = []rule{
	{section: "9111 §4.2", level: must, says: "a fresh response is reused without asking the origin", script: `
		origin 200 | Cache-Control: max-age=5
		GET => 200 #1
		wait 4s
		GET => 200 #1
		asked 1`},
	{section: "9111 §4.2", level: must, says: "a response is not reused once its age reaches its lifetime", script: `
		origin 200 | Cache-Control: max-age=5
		GET => 200 #1
		wait 5s
		GET => 200 #2`},
}
