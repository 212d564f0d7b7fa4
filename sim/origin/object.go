package origin

import (
	"math"
	"strconv"
	"time"
)

// Object is what an origin knows of a thing it serves.
type Object struct {
	Key          uint64        // names the object; its bytes depend on it
	Size         int64         // in bytes
	ContentType  string        // media type; empty means application/octet-stream
	CacheControl string        // its own Cache-Control; empty means the origin's
	ChangeEvery  time.Duration // how long a version lasts; 0: it never changes
}

// Version is the number of o's version at a moment, counted from 0. Objects do
// not change all at once: each has its own phase, drawn from its key.
func Version(o Object, at time.Duration) uint64 {
	if o.ChangeEvery <= 0 || at < 0 {
		return 0
	}
	return uint64((at + phase(o)) / o.ChangeEvery)
}

// LastModified is when the version of o at a moment began, counted like at,
// and negative where that is before the epoch. An object that never changes
// was made within the year that ends a day before the epoch.
func LastModified(o Object, at time.Duration) time.Duration {
	if o.ChangeEvery <= 0 {
		return -day - time.Duration(mix(o.Key+weyl)%uint64(365*day/time.Second))*time.Second
	}
	return time.Duration(Version(o, at))*o.ChangeEvery - phase(o)
}

const day = 24 * time.Hour

func phase(o Object) time.Duration {
	return time.Duration(mix(o.Key+weyl) % uint64(o.ChangeEvery))
}

// AppendETag appends the strong entity tag of (key, version), quotes included:
// the key as 16 hexadecimal digits, a hyphen, the version in decimal. It
// carries all a client needs to verify every byte of the body.
func AppendETag(dst []byte, key, version uint64) []byte {
	const digits = "0123456789abcdef"
	dst = append(dst, '"')
	for shift := 60; shift >= 0; shift -= 4 {
		dst = append(dst, digits[key>>shift&15])
	}
	dst = append(dst, '-')
	dst = strconv.AppendUint(dst, version, 10)
	return append(dst, '"')
}

// ParseETag reads what AppendETag wrote, with or without the mark of a weak
// tag before it.
func ParseETag(tag []byte) (key, version uint64, ok bool) {
	if len(tag) > 2 && tag[0] == 'W' && tag[1] == '/' {
		tag = tag[2:]
	}
	n := len(tag)
	if n < 20 || n > 39 || tag[0] != '"' || tag[n-1] != '"' || tag[17] != '-' {
		return 0, 0, false
	}
	if key, ok = parseHex(tag[1:17]); !ok {
		return 0, 0, false
	}
	version, ok = parseDecimal(tag[18 : n-1])
	return key, version, ok
}

func parseHex(b []byte) (v uint64, ok bool) {
	for _, c := range b {
		switch {
		case c >= '0' && c <= '9':
			v = v<<4 | uint64(c-'0')
		case c >= 'a' && c <= 'f':
			v = v<<4 | uint64(c-'a'+10)
		default:
			return 0, false
		}
	}
	return v, true
}

// parseDecimal accepts only what strconv.AppendUint writes: no leading zeros,
// no overflow.
func parseDecimal(b []byte) (v uint64, ok bool) {
	if len(b) == 0 || b[0] == '0' && len(b) > 1 {
		return 0, false
	}
	for _, c := range b {
		d := uint64(c - '0')
		if c < '0' || c > '9' || v > (math.MaxUint64-d)/10 {
			return 0, false
		}
		v = v*10 + d
	}
	return v, true
}
