package rfc9111

import (
	"strings"
	"testing"
	"time"
)

func TestParseDate(t *testing.T) {
	const when = 784111777 // Sun, 06 Nov 1994 08:49:37 GMT, the example of RFC 9110 §5.6.7
	for _, row := range []struct {
		rule, text string
		want       int64
		ok         bool
	}{
		{"IMF-fixdate", "Sun, 06 Nov 1994 08:49:37 GMT", when, true},
		{"RFC 850", "Sunday, 06-Nov-94 08:49:37 GMT", when, true},
		{"asctime", "Sun Nov  6 08:49:37 1994", when, true},
		{"asctime, two digits", "Wed Nov 16 08:49:37 1994", when + 10*86400, true},
		{"space around", " Sun, 06 Nov 1994 08:49:37 GMT\t", when, true},
		{"§4.2: case of names", "sUN, 06 nOV 1994 08:49:37 gmt", when, true},
		{"§4.2: UTC", "Sun, 06 Nov 1994 08:49:37 UTC", when, true},
		{"§4.2: other zones", "Sun, 06 Nov 1994 08:49:37 EST", 0, false},
		{"§4.2: offsets", "Sun, 06 Nov 1994 08:49:37 +0000", 0, false},
		{"a weekday that is wrong", "Mon, 06 Nov 1994 08:49:37 GMT", when, true},
		{"a weekday that is none", "Xyz, 06 Nov 1994 08:49:37 GMT", 0, false},
		{"leap second", "Sat, 31 Dec 2016 23:59:60 GMT", 1483228800, true},
		{"second 61", "Sat, 31 Dec 2016 23:59:61 GMT", 0, false},
		{"leap day", "Thu, 29 Feb 2024 00:00:00 GMT", 1709164800, true},
		{"no leap day", "Wed, 29 Feb 2023 00:00:00 GMT", 0, false},
		{"no leap day in 2100", "Mon, 29 Feb 2100 00:00:00 GMT", 0, false},
		{"31 April", "Thu, 31 Apr 2025 00:00:00 GMT", 0, false},
		{"day 0", "Thu, 00 Apr 2025 00:00:00 GMT", 0, false},
		{"hour 24", "Sun, 06 Nov 1994 24:00:00 GMT", 0, false},
		{"one digit", "Sun, 6 Nov 1994 08:49:37 GMT", 0, false},
		{"one digit of hour", "Sun, 06 Nov 1994 8:49:37 GMT", 0, false},
		{"no zone", "Sun, 06 Nov 1994 08:49:37", 0, false},
		{"more behind", "Sun, 06 Nov 1994 08:49:37 GMT, x", 0, false},
		{"far future", "Fri, 31 Dec 9999 23:59:59 GMT", 253402300799, true},
		{"before 1970", "Thu, 01 Jan 1931 00:00:00 GMT", -1230768000, true},
		{"two digits, 2069", "Tuesday, 01-Jan-69 00:00:00 GMT", 3124224000, true},
		{"two digits, 1970", "Thursday, 01-Jan-70 00:00:00 GMT", 0, true},
		{"§5.3: Expires 0", "0", 0, false},
		{"empty", "", 0, false},
	} {
		if got, ok := ParseDate([]byte(row.text)); got != row.want || ok != row.ok {
			t.Errorf("%s: ParseDate(%q) = %d, %v, want %d, %v", row.rule, row.text, got, ok, row.want, row.ok)
		}
	}
}

// RFC 9110 §5.6.7: more than 50 years ahead means the century before.
func TestTwoDigitYears(t *testing.T) {
	now := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC).UnixNano()
	for text, year := range map[string]int{
		"Monday, 23-Nov-76 12:00:00 GMT": 2076,
		"Monday, 23-Nov-76 12:00:01 GMT": 1976,
		"Monday, 01-Jan-77 00:00:00 GMT": 1977,
		"Monday, 01-Jan-00 00:00:00 GMT": 2000,
		"Monday, 01-Jan-99 00:00:00 GMT": 1999,
	} {
		got, ok := ParseDateAt([]byte(text), now)
		if y := time.Unix(got, 0).UTC().Year(); !ok || y != year {
			t.Errorf("%s: %d, %v, want %d", text, y, ok, year)
		}
	}
}

// plainDate reads a date with the standard library, which is laxer: only what
// it would write the same way, but for case, is surely a date.
func plainDate(s string) (unix int64, sure bool) {
	for _, layout := range []string{time.RFC1123, time.RFC850, time.ANSIC} {
		d, err := time.Parse(layout, s)
		if err != nil || !strings.EqualFold(d.Format(layout), s) {
			continue
		}
		utc := layout == time.ANSIC || strings.HasSuffix(s, " GMT") || strings.HasSuffix(s, " UTC")
		if utc && d.Year() != 1969 { // two digits: 69 is 1969 to the library
			return d.Unix(), true
		}
	}
	return 0, false
}

func FuzzParseDateEqualsTimeParse(f *testing.F) {
	f.Add("Sun, 06 Nov 1994 08:49:37 GMT")
	f.Add("Sunday, 06-Nov-94 08:49:37 GMT")
	f.Add("Sun Nov  6 08:49:37 1994")
	f.Fuzz(func(t *testing.T, s string) {
		got, ok := ParseDate([]byte(s))
		if want, sure := plainDate(s); sure && (!ok || got != want) {
			t.Fatalf("ParseDate(%q) = %d, %v, want %d", s, got, ok, want)
		}
		if ok && !sameDate(s, got) {
			t.Fatalf("ParseDate(%q) = %d, which is %v", s, got, time.Unix(got, 0).UTC())
		}
	})
}

// sameDate reports whether s has the clock of a moment in it, or the next
// minute's first second as a leap second.
func sameDate(s string, unix int64) bool {
	d := time.Unix(unix, 0).UTC()
	return strings.Contains(s, d.Format("15:04:05")) ||
		strings.Contains(s, d.Add(-time.Second).Format("15:04")+":60")
}

// Every second can be written and read back.
func FuzzParseDateReadsWhatIsWritten(f *testing.F) {
	f.Add(int64(784111777))
	f.Fuzz(func(t *testing.T, unix int64) {
		d := time.Unix(unix%253402300799, 0).UTC()
		if d.Year() < 0 {
			return
		}
		for _, layout := range []string{"Mon, 02 Jan 2006 15:04:05 GMT", time.ANSIC} {
			if got, ok := ParseDate([]byte(d.Format(layout))); !ok || got != d.Unix() {
				t.Fatalf("%q = %d, %v, want %d", d.Format(layout), got, ok, d.Unix())
			}
		}
	})
}
