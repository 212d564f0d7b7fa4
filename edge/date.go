package edge

import (
	"time"

	"github.com/valyala/fasthttp"
)

// setDate sends a Date of our choice: the origin's, as a cache must. fasthttp
// drops a Date that a handler sets, so the field is added under another name
// and renamed where it lies. It must be the first field added, for speed.
func setDate(h *fasthttp.ResponseHeader, value []byte) {
	h.AddBytesKV(standIn, value)
	for name := range h.All() {
		if len(name) == len(nameDate) && string(name) == string(standIn) {
			copy(name, nameDate)
			return
		}
	}
}

var (
	nameDate = []byte("Date")
	standIn  = []byte("Dat-")
)

// appendDate appends an HTTP date (RFC 9110 §5.6.7).
func appendDate(dst []byte, unix int64) []byte {
	return time.Unix(unix, 0).UTC().AppendFormat(dst, "Mon, 02 Jan 2006 15:04:05 GMT")
}
