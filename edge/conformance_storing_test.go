package edge

// storing are the rows of RFC 9111 §3: what may be kept.
var storing = []rule{
	{section: "9111 §5.2.2.5", level: must, says: "no-store keeps a response out of the cache", script: `
		origin 200 | Cache-Control: no-store, max-age=60 | ETag: "a"
		GET => 200 #1
		GET => 200 #2
		seen | !If-None-Match`},
}
