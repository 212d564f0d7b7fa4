package live

import (
	"bytes"
	"sync"
	"time"

	"github.com/valyala/fasthttp"
)

// dateField is the Date field, written anew once a second.
type dateField struct {
	mu     sync.Mutex
	second int64
	text   []byte
}

// appendTo appends the IMF-fixdate (RFC 9110 §5.6.7) of t.
func (d *dateField) appendTo(dst []byte, t time.Time) []byte {
	d.mu.Lock()
	defer d.mu.Unlock()
	if sec := t.Unix(); sec != d.second || d.text == nil {
		d.second, d.text = sec, fasthttp.AppendHTTPDate(d.text[:0], t)
	}
	return append(dst, d.text...)
}

var (
	fieldDate = []byte("Date")
	standIn   = []byte("Dat-")
)

// setDate sets the Date field. fasthttp drops a Date that a handler sets, for
// it means to send its own; its own is kept by a goroutine that outlives the
// server and knows nothing of a synctest bubble's time. So the field is set
// under another name and renamed where it lies.
func setDate(h *fasthttp.ResponseHeader, value []byte) {
	h.SetCanonical(standIn, value)
	for name := range h.All() {
		if bytes.Equal(name, standIn) {
			copy(name, fieldDate)
			return
		}
	}
}
