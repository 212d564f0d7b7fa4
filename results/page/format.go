package page

import (
	"math"
	"strconv"
	"time"

	"edgesim/results/report"
)

// Numbers are shown as the reports show them.

func show(u report.Unit, n float64) string { return report.Column{Unit: u}.Show(report.Cell{Num: n}) }

func count(n int64) string { return show(report.Count, float64(n)) }

func size(n int64) string { return show(report.Bytes, float64(n)) }

func millis(ms float64) string { return show(report.Millis, ms) + " ms" }

func percent(share float64) string { return strconv.FormatFloat(100*share, 'f', 1, 64) + " %" }

// rate is a number of requests per second: whole ones from 100 on.
func rate(perSecond float64) string {
	if perSecond < 100 {
		return strconv.FormatFloat(perSecond, 'f', 1, 64) + "/s"
	}
	return count(int64(perSecond+0.5)) + "/s"
}

// mean is a rate in the unit that makes it one or more.
func mean(perSecond float64) string {
	switch {
	case perSecond >= 1:
		return rate(perSecond)
	case perSecond*60 >= 1:
		return strconv.FormatFloat(perSecond*60, 'f', 1, 64) + " a minute"
	case perSecond*3600 >= 1:
		return strconv.FormatFloat(perSecond*3600, 'f', 1, 64) + " an hour"
	}
	return strconv.FormatFloat(perSecond*86400, 'f', 1, 64) + " a day"
}

// moment is a wall-clock time, to the second.
func moment(t time.Time) string {
	if t.IsZero() {
		return "unknown"
	}
	return t.UTC().Format("2006-01-02 15:04:05 UTC")
}

// seconds is a length of time, to the tenth: "20 s", "1m30s", "59.9 days".
func seconds(s float64) string {
	if s >= 48*3600 {
		return strconv.FormatFloat(math.Round(s/8640)/10, 'f', -1, 64) + " days"
	}
	if s < 60 {
		return strconv.FormatFloat(math.Round(s*10)/10, 'f', -1, 64) + " s"
	}
	return time.Duration(s * float64(time.Second)).Round(time.Second).String()
}

// secondsToMoment is seconds since 1970 as a report writes a bucket's start.
func secondsToMoment(s float64) string {
	return time.Unix(0, int64(math.Round(s*1e9))).UTC().Format(time.RFC3339Nano)
}
