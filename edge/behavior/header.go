package behavior

import (
	"fmt"
	"strings"
)

// Header is a field that the edge sets in requests to an origin.
type Header struct {
	Name, Value string
}

// CloudFront's bounds of the fields that an origin is sent on purpose, in
// bytes.
const (
	longestHeaderName  = 256
	longestHeaderValue = 1783
	longestHeaders     = 10240
)

// ownFields are those that an intermediary writes itself or whose meaning a
// constant would break: connection, framing, conditions, ranges.
var ownFields = map[string]bool{
	"connection": true, "content-length": true, "cookie": true, "expect": true, "host": true,
	"if-match": true, "if-modified-since": true, "if-none-match": true, "if-range": true, "if-unmodified-since": true,
	"keep-alive": true, "max-forwards": true, "proxy-authenticate": true, "proxy-authorization": true,
	"proxy-connection": true, "range": true, "te": true, "trailer": true, "transfer-encoding": true,
	"upgrade": true, "via": true, "x-forwarded-for": true,
}

// CheckOriginHeaders finds what cannot stand among the fields that an origin
// gets with every request.
func CheckOriginHeaders(list []Header) error {
	total, seen := 0, map[string]bool{}
	for _, h := range list {
		name := strings.ToLower(h.Name)
		switch {
		case !isFieldName(h.Name):
			return fmt.Errorf("header %q is no field name", h.Name)
		case ownFields[name]:
			return fmt.Errorf("header %q is the edge's own to write", h.Name)
		case seen[name]:
			return fmt.Errorf("header %q is given twice", h.Name)
		case len(h.Name) > longestHeaderName || len(h.Value) > longestHeaderValue:
			return fmt.Errorf("header %q is too long: at most %d bytes of name and %d of value are allowed",
				h.Name, longestHeaderName, longestHeaderValue)
		case !isFieldValue(h.Value):
			return fmt.Errorf("header %q: its value %q has control characters, or blanks at an end", h.Name, h.Value)
		}
		seen[name] = true
		if total += len(h.Name) + len(h.Value); total > longestHeaders {
			return fmt.Errorf("the headers have more than %d bytes together", longestHeaders)
		}
	}
	return nil
}

// isFieldValue reports whether s may stand after a field name (RFC 9110 §5.5).
func isFieldValue(s string) bool {
	for i := range len(s) {
		if s[i] < ' ' && s[i] != '\t' || s[i] == 0x7f {
			return false
		}
	}
	return strings.Trim(s, " \t") == s
}

// FailoverStatuses are those that an origin group may count as failing, as
// CloudFront lists them.
var FailoverStatuses = []int{400, 403, 404, 416, 429, 500, 502, 503, 504}
