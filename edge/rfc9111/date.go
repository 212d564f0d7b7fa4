package rfc9111

import "time"

// ParseDate reads an HTTP date (RFC 9110 §5.6.7) in any of its three forms, as
// Unix seconds. Names are matched without regard to case and UTC counts as GMT
// (RFC 9111 §4.2); any other zone, and a day that its month does not have, is
// no date. The name of the weekday need not be the right one. Two-digit years
// mean 1970 to 2069.
func ParseDate(value []byte) (unix int64, ok bool) { return parseDate(value, 0) }

// ParseDateAt is ParseDate with two-digit years by the book: a date more than
// 50 years after now, in Unix nanoseconds, is of the century before.
func ParseDateAt(value []byte, now int64) (unix int64, ok bool) { return parseDate(value, now) }

func parseDate(value []byte, now int64) (int64, bool) {
	value = trimSpace(value)
	r := dateReader{s: value}
	switch {
	case len(value) > 3 && value[3] == ',':
		r.imf()
	case len(value) > 3 && value[3] == ' ':
		r.asctime()
	default:
		r.rfc850()
	}
	if r.bad || len(r.s) != 0 || !r.valid() {
		return 0, false
	}
	if r.shortYear {
		return r.century(now), true
	}
	return r.unix(), true
}

// dateReader eats a date from the left; bad once anything was not as it should.
type dateReader struct {
	s                                      []byte
	bad                                    bool
	shortYear                              bool
	year, month, day, hour, minute, second int
}

// imf reads "Sun, 06 Nov 1994 08:49:37 GMT".
func (r *dateReader) imf() {
	r.name(weekdays[:], 3)
	r.lit(", ")
	r.day = r.digits(2)
	r.lit(" ")
	r.month = 1 + r.name(months[:], 3)
	r.lit(" ")
	r.year = r.digits(4)
	r.lit(" ")
	r.clock()
	r.zone()
}

// rfc850 reads "Sunday, 06-Nov-94 08:49:37 GMT".
func (r *dateReader) rfc850() {
	r.name(weekdays[:], 0)
	r.lit(", ")
	r.day = r.digits(2)
	r.lit("-")
	r.month = 1 + r.name(months[:], 3)
	r.lit("-")
	r.year = r.digits(2)
	r.shortYear = true
	r.lit(" ")
	r.clock()
	r.zone()
}

// asctime reads "Sun Nov  6 08:49:37 1994", always UTC.
func (r *dateReader) asctime() {
	r.name(weekdays[:], 3)
	r.lit(" ")
	r.month = 1 + r.name(months[:], 3)
	r.lit(" ")
	if len(r.s) > 0 && r.s[0] == ' ' {
		r.lit(" ")
		r.day = r.digits(1)
	} else {
		r.day = r.digits(2)
	}
	r.lit(" ")
	r.clock()
	r.lit(" ")
	r.year = r.digits(4)
}

func (r *dateReader) clock() {
	r.hour = r.digits(2)
	r.lit(":")
	r.minute = r.digits(2)
	r.lit(":")
	r.second = r.digits(2)
}

func (r *dateReader) zone() {
	r.lit(" ")
	r.name(zones[:], 3)
}

func (r *dateReader) lit(want string) {
	if len(r.s) < len(want) || string(r.s[:len(want)]) != want {
		r.bad = true
		return
	}
	r.s = r.s[len(want):]
}

func (r *dateReader) digits(n int) (v int) {
	if len(r.s) < n {
		r.bad = true
		return 0
	}
	for _, b := range r.s[:n] {
		if b < '0' || b > '9' {
			r.bad = true
			return 0
		}
		v = v*10 + int(b-'0')
	}
	r.s = r.s[n:]
	return v
}

// name reads one of the names, its first n letters or, with n 0, all of it.
func (r *dateReader) name(names []string, n int) int {
	for i, name := range names {
		if n > 0 {
			name = name[:n]
		}
		if len(r.s) >= len(name) && equalFold(r.s[:len(name)], name) {
			r.s = r.s[len(name):]
			return i
		}
	}
	r.bad = true
	return 0
}

func (r *dateReader) valid() bool {
	return r.hour < 24 && r.minute < 60 && r.second <= 60 && // 60: a leap second
		r.day >= 1 && r.day <= daysIn(r.year, r.month)
}

func (r *dateReader) unix() int64 {
	return time.Date(r.year, time.Month(r.month), r.day, r.hour, r.minute, r.second, 0, time.UTC).Unix()
}

// century finds the year that two digits mean.
func (r *dateReader) century(now int64) int64 {
	if now == 0 {
		r.year += 1900
		if r.year < 1970 {
			r.year += 100
		}
		return r.unix()
	}
	limit := time.Unix(0, now).UTC().AddDate(50, 0, 0)
	r.year += limit.Year() / 100 * 100
	for r.unix() > limit.Unix() {
		r.year -= 100
	}
	return r.unix()
}

func daysIn(year, month int) int {
	switch month {
	case 4, 6, 9, 11:
		return 30
	case 2:
		if year%4 == 0 && (year%100 != 0 || year%400 == 0) {
			return 29
		}
		return 28
	}
	return 31
}

// equalFold compares without regard to ASCII case; name is in mixed case.
func equalFold(s []byte, name string) bool {
	if len(s) != len(name) {
		return false
	}
	for i, b := range s {
		if lowerByte(b) != lowerByte(name[i]) {
			return false
		}
	}
	return true
}

var (
	weekdays = [...]string{"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"}
	months   = [...]string{"January", "February", "March", "April", "May", "June", "July",
		"August", "September", "October", "November", "December"}
	zones = [...]string{"GMT", "UTC"}
)
