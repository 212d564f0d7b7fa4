package plot

import (
	"math"
	"time"

	"gonum.org/v1/plot"
)

// calendar are the steps of a time axis in UTC, finest first, with how a mark is
// written: within a day by the clock, from days on by the date.
var calendar = []struct {
	step   time.Duration
	layout string
}{
	{time.Second, "15:04:05"}, {2 * time.Second, "15:04:05"}, {5 * time.Second, "15:04:05"},
	{10 * time.Second, "15:04:05"}, {15 * time.Second, "15:04:05"}, {30 * time.Second, "15:04:05"},
	{time.Minute, "15:04"}, {2 * time.Minute, "15:04"}, {5 * time.Minute, "15:04"},
	{10 * time.Minute, "15:04"}, {15 * time.Minute, "15:04"}, {30 * time.Minute, "15:04"},
	{time.Hour, "15:04"}, {2 * time.Hour, "15:04"}, {3 * time.Hour, "15:04"}, {6 * time.Hour, "15:04"}, {12 * time.Hour, "15:04"},
	{day, "Jan 2"}, {2 * day, "Jan 2"}, {5 * day, "Jan 2"}, {7 * day, "Jan 2"}, {14 * day, "Jan 2"}, {28 * day, "Jan 2"},
	{91 * day, "Jan 2006"}, {365 * day, "2006"}, {3653 * day, "2006"}, {36525 * day, "2006"},
}

const day = 24 * time.Hour

// mostMarks is how many marks a time axis has at the most.
const mostMarks = 10

// latest bounds moments, in seconds either way of 1970, so that each is a date.
const latest = 2.5e11

// clockAxis makes a an axis of moments over e, in seconds since 1970. Its label
// says the day where the marks do not.
func clockAxis(a *plot.Axis, e extent, title string) {
	if e.empty() {
		e = extent{0, 60}
	}
	e.low, e.high = max(e.low, -latest), min(e.high, latest)
	if e.high-e.low < 1 {
		e.high = e.low + 1
	}
	a.Min, a.Max = e.low, e.low+(e.high-e.low)*1.015
	a.Label.Text = title
	a.Tick.Marker = clockMarks(a, e)
}

// clockMarks marks the clock's own steps within e, and puts the day, or the
// year, into the axis' label.
func clockMarks(a *plot.Axis, e extent) ticks {
	c := calendar[len(calendar)-1]
	for _, finer := range calendar {
		if (e.high-e.low)/finer.step.Seconds() <= mostMarks {
			c = finer
			break
		}
	}
	first, last := moment(e.low), moment(e.high)
	if c.step < day {
		a.Label.Text = join(a.Label.Text, first.Format("2 January 2006")+", UTC")
	} else {
		a.Label.Text = join(a.Label.Text, years(first, last)+", UTC")
	}
	var marks ticks
	step := c.step.Seconds()
	for i := math.Ceil(e.low / step); i*step <= e.high && len(marks) < 4*mostMarks; i++ {
		t := moment(i * step)
		label := t.Format(c.layout)
		if c.step < day && t.Equal(t.Truncate(day)) && len(marks) > 0 {
			label = t.Format("Jan 2") // a new day begins
		}
		marks = append(marks, plot.Tick{Value: i * step, Label: label})
	}
	return marks
}

func moment(seconds float64) time.Time {
	return time.Unix(int64(math.Round(seconds)), 0).UTC()
}

// years is the years that two moments lie in: "2026", "2026 to 2027".
func years(first, last time.Time) string {
	if first.Year() == last.Year() {
		return first.Format("2006")
	}
	return first.Format("2006") + " to " + last.Format("2006")
}

func join(title, more string) string {
	if title == "" {
		return more
	}
	return title + " (" + more + ")"
}
