package behavior

import "bytes"

// A key with gzip or brotli tells apart which of the two a viewer takes, not how
// it says so: Accept-Encoding enters the key, and goes to the origin, in one of
// few forms.
var (
	takesGzip     = []byte("gzip")
	takesBrotli   = []byte("br")
	takesBoth     = []byte("br,gzip")
	takesIdentity = []byte("identity")
)

// normalises reports whether the key holds Accept-Encoding in its few forms. One
// that lists the field itself holds it as it came.
func (k *Key) normalises() bool {
	if !k.Gzip && !k.Brotli {
		return false
	}
	for _, name := range k.Headers {
		if lowerName(name) == "accept-encoding" {
			return false
		}
	}
	return true
}

// NormalisesEncoding reports whether keys and origins get AcceptEncoding instead
// of the viewer's field.
func (r *Rule) NormalisesEncoding() bool { return r.normalises }

// Compresses reports whether the edge compresses responses.
func (r *Rule) Compresses() bool { return r.Compress && r.normalises && r.TTL.Max > 0 }

// AcceptEncoding is the form that an Accept-Encoding field takes in the key:
// "br,gzip", "br", "gzip", or nil where the viewer takes neither of those that
// the key has. It does not allocate, and what it returns must not be written to.
func (r *Rule) AcceptEncoding(field []byte) []byte {
	gzip, brotli := codings(field)
	gzip, brotli = gzip && r.Key.Gzip, brotli && r.Key.Brotli
	switch {
	case gzip && brotli:
		return takesBoth
	case brotli:
		return takesBrotli
	case gzip:
		return takesGzip
	}
	return nil
}

// ForwardedEncoding is the Accept-Encoding that goes to the origin: the form in
// the key; "identity" where the viewer takes none of the key's; nil, for no
// field, where it sent none.
func (r *Rule) ForwardedEncoding(field []byte) []byte {
	if form := r.AcceptEncoding(field); form != nil || field == nil {
		return form
	}
	return takesIdentity
}

// codings reads which of gzip and brotli a list takes (RFC 9110 §12.5.3). A
// coding of weight 0 is refused; "*" is not taken for either: who names neither
// may not know them, and an unencoded response is right for everyone.
func codings(list []byte) (gzip, brotli bool) {
	for len(list) > 0 {
		var member []byte
		member, list = cutByte(list, ',')
		name, weight := cutByte(member, ';')
		switch name = trimSpace(name); {
		case bytes.EqualFold(name, takesGzip), bytes.EqualFold(name, xGzip): // RFC 9110 §8.4.1.3
			gzip = !refused(weight)
		case bytes.EqualFold(name, takesBrotli):
			brotli = !refused(weight)
		}
	}
	return gzip, brotli
}

var xGzip = []byte("x-gzip")

// refused reports whether a weight is zero, or none that can be read (RFC 9110
// §12.4.2).
func refused(weight []byte) bool {
	weight = trimSpace(weight)
	if len(weight) == 0 {
		return false
	}
	if len(weight) < 3 || weight[0]|0x20 != 'q' || weight[1] != '=' {
		return true
	}
	more := false
	for i, c := range weight[2:] {
		switch {
		case c == '.' && i == 1:
		case c < '0' || c > '9' || i == 0 && c > '1':
			return true
		case c != '0':
			more = true
		}
	}
	return !more
}

func cutByte(s []byte, sep byte) (before, after []byte) {
	if i := bytes.IndexByte(s, sep); i >= 0 {
		return s[:i], s[i+1:]
	}
	return s, nil
}

func trimSpace(s []byte) []byte { return bytes.Trim(s, " \t") }
