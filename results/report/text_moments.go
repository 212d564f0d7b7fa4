package report

import (
	"strings"
	"time"
)

// momentForm is how moments that stand below each other are written on a
// terminal: no more of them than tells them apart. Seconds are left out where all
// are 0. In a column, below a head that tells the range, days alone are dates, and
// within one day the time is enough. What is no moment stays.
func momentForm(moments []string, column bool) func(string) string {
	days, minutes := column, true // whether all begin a day, a minute
	first, one := "", column      // whether all are of the first one's day
	for _, m := range moments {
		if _, err := time.Parse(time.RFC3339, m); err != nil || len(m) != len(rfcMoment) {
			return func(s string) string { return s }
		}
		days = days && m[dateLen:] == "T00:00:00Z"
		minutes = minutes && m[len(rfcMoment)-len("00Z"):] == "00Z"
		if first == "" {
			first = m[:dateLen]
		}
		one = one && m[:dateLen] == first
	}
	from, to := 0, len(rfcMoment)-1
	switch {
	case days:
		to = dateLen
	case one:
		from = dateLen + 1
	}
	if minutes && !days {
		to -= len(":00")
	}
	return func(s string) string { return strings.Replace(s[from:to], "T", " ", 1) }
}

const (
	rfcMoment = "2006-01-02T15:04:05Z"
	dateLen   = len("2006-01-02")
)
