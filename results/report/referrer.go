package report

import (
	"net/netip"
	"net/url"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/idna"
)

// mostHost is how long a domain may be (RFC 1035, section 2.3.4), in bytes.
const mostHost = 253

// referrerHost is the domain that a Referer names: the host of its URL in lower
// case, without port, user and the root's dot; "www." stays. An address in
// brackets stays in them, in its shortest form. A domain in other letters than
// ASCII is given in the form that DNS has it in (xn--…). A text without a scheme
// counts as a domain where it looks like one. "" where there is none: about:,
// data:, junk.
func referrerHost(referrer string) string {
	host, full := authority(strings.TrimSpace(referrer))
	if at := strings.LastIndexByte(host, '@'); at >= 0 {
		host = host[at+1:]
	}
	if strings.HasPrefix(host, "[") {
		return addressHost(host)
	}
	if at := strings.LastIndexByte(host, ':'); at >= 0 && digits(host[at+1:]) {
		host = host[:at]
	}
	host = strings.TrimSuffix(toASCII(host), ".")
	if !isDomain(host) || !full && !strings.Contains(host, ".") {
		return ""
	}
	return host
}

// authority is what stands between "//" and the path; full says that there was a
// scheme or "//" before it.
func authority(s string) (host string, full bool) {
	if at := strings.Index(s, "//"); at == 0 || at > 0 && isScheme(s[:at]) {
		s, full = s[at+2:], true
	}
	if at := strings.IndexAny(s, `/?#\`); at >= 0 {
		s = s[:at]
	}
	return s, full
}

// isScheme tells whether s is a URL's scheme with its colon (RFC 3986, section 3.1).
func isScheme(s string) bool {
	name, colon := strings.CutSuffix(s, ":")
	for i, c := range []byte(name) {
		letter := c|0x20 >= 'a' && c|0x20 <= 'z'
		if !letter && (i == 0 || (c < '0' || c > '9') && c != '+' && c != '-' && c != '.') {
			return false
		}
	}
	return colon && name != ""
}

func digits(s string) bool { return strings.Trim(s, "0123456789") == "" }

// addressHost is an IPv6 address in brackets, with or without a port.
func addressHost(host string) string {
	text, port, closed := strings.Cut(host[1:], "]")
	addr, err := netip.ParseAddr(text)
	if err != nil || !closed || !addr.Is6() || port != "" && (port[0] != ':' || !digits(port[1:])) {
		return ""
	}
	return "[" + addr.WithZone("").String() + "]"
}

// toASCII is the host in lower case, and in the letters of DNS.
func toASCII(host string) string {
	if strings.Contains(host, "%") {
		if plain, err := url.PathUnescape(host); err == nil {
			host = plain
		}
	}
	if isASCII(host) {
		return strings.ToLower(host)
	}
	ascii, err := idna.Lookup.ToASCII(host)
	if err != nil || !utf8.ValidString(host) {
		return ""
	}
	return strings.ToLower(ascii)
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}

// isDomain wants labels of letters, digits, '-' and '_', none of them empty.
func isDomain(host string) bool {
	if host == "" || len(host) > mostHost {
		return false
	}
	dot := true // before the first label
	for _, c := range []byte(host) {
		if c == '.' && dot {
			return false
		}
		dot = c == '.'
		if !dot && (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-' && c != '_' {
			return false
		}
	}
	return !dot
}
