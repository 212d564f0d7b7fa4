package logs

import (
	"bytes"
	"net/netip"
	"time"
)

// parseInt reads a whole number of at most 18 digits.
func parseInt(b []byte) (n int64, ok bool) {
	digits := b
	if len(b) > 0 && b[0] == '-' {
		digits = b[1:]
	}
	if len(digits) == 0 || len(digits) > 18 {
		return 0, false
	}
	for _, c := range digits {
		if c -= '0'; c > 9 {
			return 0, false
		}
		n = n*10 + int64(c)
	}
	if len(digits) < len(b) {
		n = -n
	}
	return n, true
}

// secondsMost is the longest time that is believed: a year, in seconds.
const secondsMost = 366 * 24 * 3600

// parseSeconds reads seconds with up to nine decimals as nanoseconds.
func parseSeconds(b []byte) (ns int64, ok bool) {
	i := 0
	for i < len(b) && i < 10 && b[i]-'0' <= 9 {
		ns = ns*10 + int64(b[i]-'0')
		i++
	}
	if i == 0 || ns > secondsMost {
		return 0, false
	}
	ns *= 1e9
	if i == len(b) {
		return ns, true
	}
	if b[i] != '.' {
		return 0, false
	}
	unit := int64(1e8)
	for _, c := range b[i+1:] {
		if c -= '0'; c > 9 {
			return 0, false
		}
		ns += int64(c) * unit
		unit /= 10
	}
	return ns, true
}

// parseAddr reads an address as results.Record has it.
func parseAddr(b []byte) (addr [16]byte, ok bool) {
	if addr, ok = parseIPv4(b); ok {
		return addr, true
	}
	a, err := netip.ParseAddr(text(b))
	if err != nil || a.Zone() != "" {
		return [16]byte{}, false
	}
	return a.As16(), true
}

// parseIPv4 reads four numbers with points between them.
func parseIPv4(b []byte) (addr [16]byte, ok bool) {
	addr[10], addr[11] = 0xff, 0xff
	part, digits, value := 12, 0, 0
	for _, c := range b {
		if c == '.' {
			if digits == 0 || part == 15 {
				return [16]byte{}, false
			}
			addr[part] = byte(value)
			part, digits, value = part+1, 0, 0
			continue
		}
		if c -= '0'; c > 9 || digits == 3 {
			return [16]byte{}, false
		}
		value = value*10 + int(c)
		digits++
		if value > 255 {
			return [16]byte{}, false
		}
	}
	if digits == 0 || part != 15 {
		return [16]byte{}, false
	}
	addr[15] = byte(value)
	return addr, true
}

// days reads dates, and knows the last one by heart.
type days struct {
	last  [10]byte
	start int64 // of the last day, in seconds since 1970
}

// at is the start of a day as YYYY-MM-DD, UTC, in seconds since 1970.
func (d *days) at(b []byte) (int64, bool) {
	if len(b) != 10 {
		return 0, false
	}
	if [10]byte(b) == d.last {
		return d.start, true
	}
	t, err := time.Parse(time.DateOnly, text(b))
	if err != nil {
		return 0, false
	}
	d.last, d.start = [10]byte(b), t.Unix()
	return d.start, true
}

// parseClock reads HH:MM:SS as seconds of a day. A leap second counts as the
// one before it.
func parseClock(b []byte) (int64, bool) {
	if len(b) != 8 || b[2] != ':' || b[5] != ':' {
		return 0, false
	}
	h, ok1 := two(b[0], b[1])
	m, ok2 := two(b[3], b[4])
	s, ok3 := two(b[6], b[7])
	if !ok1 || !ok2 || !ok3 || h > 23 || m > 59 || s > 60 {
		return 0, false
	}
	return h*3600 + m*60 + min(s, 59), true
}

func two(a, b byte) (int64, bool) {
	a, b = a-'0', b-'0'
	return int64(a)*10 + int64(b), a <= 9 && b <= 9
}

// epochMost is the last moment that is believed, in seconds since 1970: the
// last that nanoseconds can say.
const epochMost = 9_200_000_000

// parseEpoch reads seconds since 1970 with up to nine decimals as nanoseconds.
func parseEpoch(b []byte) (ns int64, ok bool) {
	whole, decimals, _ := bytes.Cut(b, []byte{'.'})
	s, ok := parseInt(whole)
	if !ok || s <= 0 || s > epochMost {
		return 0, false
	}
	unit := int64(1e8)
	for _, c := range decimals {
		if c -= '0'; c > 9 {
			return 0, false
		}
		ns += int64(c) * unit
		unit /= 10
	}
	return s*1e9 + ns, true
}
