package accesslog

import (
	"encoding/base64"
	"encoding/binary"
	"net/netip"
	"strconv"
	"time"

	"edgesim/results"
)

// escaped is 1 for the bytes that stand percent-encoded in a log: controls and
// space, everything beyond ASCII, and the marks that CloudFront lists.
var escaped = func() (set [256]bool) {
	for c := range set {
		set[c] = c <= ' ' || c >= 127
	}
	for _, c := range []byte("<>\"#%{}|\\^~[]`'") {
		set[c] = true
	}
	return set
}()

const hexDigits = "0123456789ABCDEF"

// addText appends s percent-encoded, or a hyphen for nothing. A text that
// arrived percent-encoded is thereby encoded twice, as in CloudFront's logs.
func addText(dst []byte, s string) []byte {
	if s == "" {
		return append(dst, '-')
	}
	plain := 0
	for i := range len(s) {
		if c := s[i]; escaped[c] {
			dst = append(dst, s[plain:i]...)
			dst = append(dst, '%', hexDigits[c>>4], hexDigits[c&15])
			plain = i + 1
		}
	}
	return append(dst, s[plain:]...)
}

func addInt(dst []byte, n int64) []byte { return strconv.AppendInt(dst, n, 10) }

// addKnown appends a number that is -1 when there is none.
func addKnown(dst []byte, n int64) []byte {
	if n < 0 {
		return append(dst, '-')
	}
	return addInt(dst, n)
}

// addPositive appends a number that is 0 when there is none.
func addPositive(dst []byte, n int64) []byte {
	if n <= 0 {
		return append(dst, '-')
	}
	return addInt(dst, n)
}

func addNothing(dst []byte, _ *results.Names, _ *results.Record) []byte { return append(dst, '-') }

// end is the moment the response ended, which is the moment of a log's row.
func end(names *results.Names, r *results.Record) time.Time {
	return names.Epoch.Add(time.Duration(r.End())).UTC()
}

func addDate(dst []byte, names *results.Names, r *results.Record) []byte {
	return end(names, r).AppendFormat(dst, time.DateOnly)
}

func addTime(dst []byte, names *results.Names, r *results.Record) []byte {
	return end(names, r).AppendFormat(dst, time.TimeOnly)
}

// addStatus appends three digits; 000 is a viewer that left before a response.
func addStatus(dst []byte, status uint16) []byte {
	if status > 999 {
		status = 999
	}
	return append(dst, byte('0'+status/100), byte('0'+status/10%10), byte('0'+status%10))
}

// addSeconds appends nanoseconds as seconds with three decimals, rounded to
// the nearest millisecond. Times count from the moment the request came, so
// that a player's own lag is no part of them.
func addSeconds(dst []byte, ns int64) []byte {
	ns = max(ns, 0)
	ms := ns / 1e6
	if ns%1e6 >= 5e5 {
		ms++
	}
	dst = addInt(dst, ms/1000)
	ms %= 1000
	return append(dst, '.', byte('0'+ms/100), byte('0'+ms/10%10), byte('0'+ms%10))
}

func addFirstByte(dst []byte, _ *results.Names, r *results.Record) []byte {
	if r.TTFB == 0 {
		return append(dst, '-')
	}
	return addSeconds(dst, r.TTFB-r.Lag)
}

func addAddr(dst []byte, addr [16]byte) []byte {
	if addr == ([16]byte{}) {
		return append(dst, '-')
	}
	return netip.AddrFrom16(addr).Unmap().AppendTo(dst)
}

// addDetail appends the detailed result type, which repeats the result type
// where there is nothing more to say.
func addDetail(dst []byte, _ *results.Names, r *results.Record) []byte {
	if r.Detail == results.SameAsResult {
		return addText(dst, r.Result.String())
	}
	return addText(dst, r.Detail.String())
}

var tlsNames = [...]string{"", "TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3"}

func addTLS(dst []byte, version uint8) []byte {
	if int(version) < len(tlsNames) {
		return addText(dst, tlsNames[version])
	}
	return appendHex(dst, 0x0300+uint16(version))
}

// addCipher appends a cipher suite in OpenSSL's words, as CloudFront does.
func addCipher(dst []byte, suite uint16) []byte {
	if name, ok := cipherNames[suite]; ok {
		return append(dst, name...)
	}
	if suite == 0 {
		return append(dst, '-')
	}
	return appendHex(dst, suite)
}

func appendHex(dst []byte, n uint16) []byte {
	return append(dst, '0', 'x', hexDigits[n>>12], hexDigits[n>>8&15], hexDigits[n>>4&15], hexDigits[n&15])
}

// cipherNames are the suites that CloudFront offers viewers, by their number
// in the IANA TLS registry.
var cipherNames = map[uint16]string{
	0x000A: "DES-CBC3-SHA",
	0x002F: "AES128-SHA",
	0x0035: "AES256-SHA",
	0x003C: "AES128-SHA256",
	0x009C: "AES128-GCM-SHA256",
	0x009D: "AES256-GCM-SHA384",
	0x1301: "TLS_AES_128_GCM_SHA256",
	0x1302: "TLS_AES_256_GCM_SHA384",
	0x1303: "TLS_CHACHA20_POLY1305_SHA256",
	0xC009: "ECDHE-ECDSA-AES128-SHA",
	0xC00A: "ECDHE-ECDSA-AES256-SHA",
	0xC013: "ECDHE-RSA-AES128-SHA",
	0xC014: "ECDHE-RSA-AES256-SHA",
	0xC023: "ECDHE-ECDSA-AES128-SHA256",
	0xC024: "ECDHE-ECDSA-AES256-SHA384",
	0xC027: "ECDHE-RSA-AES128-SHA256",
	0xC028: "ECDHE-RSA-AES256-SHA384",
	0xC02B: "ECDHE-ECDSA-AES128-GCM-SHA256",
	0xC02C: "ECDHE-ECDSA-AES256-GCM-SHA384",
	0xC02F: "ECDHE-RSA-AES128-GCM-SHA256",
	0xC030: "ECDHE-RSA-AES256-GCM-SHA384",
	0xCCA8: "ECDHE-RSA-CHACHA20-POLY1305",
	0xCCA9: "ECDHE-ECDSA-CHACHA20-POLY1305",
}

// idWords 64-bit words make the 40 bytes, and so the 56 characters in base64,
// of a CloudFront request id.
const idWords = 5

const idStep = 0x9E3779B97F4A7C15 // from one word's number to the next

// AppendRequestID appends the request id (x-edge-request-id, X-Amz-Cf-Id) that
// belongs to a Record.ID: 56 characters of URL-safe base64. Different numbers
// give different ids, since every word is a bijection of the number
// (SplitMix64: Steele, Lea and Flood, OOPSLA 2014).
func AppendRequestID(dst []byte, id uint64) []byte {
	var words [idWords * 8]byte
	for i := range idWords {
		z := id + uint64(i+1)*idStep
		z = (z ^ z>>30) * 0xBF58476D1CE4E5B9
		z = (z ^ z>>27) * 0x94D049BB133111EB
		binary.BigEndian.PutUint64(words[i*8:], z^z>>31)
	}
	return base64.URLEncoding.AppendEncode(dst, words[:])
}

// addTTL appends the class of how long an object might be kept, where that is known.
func addTTL(b []byte, _ *results.Names, r *results.Record) []byte {
	if r.TTL == results.TTLUnknown {
		return append(b, '-')
	}
	return append(b, r.TTL.String()...)
}
