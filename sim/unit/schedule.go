package unit

import (
	"fmt"
	"math"
	"strings"
)

// Schedule is a rate that may change with time. Written 5000/s it is that all
// along. Written in stages, as 1000/s..20000/s:30s,20000/s:2m, it goes in a straight
// line from one rate to another, or stays where it is, for the time given, stage
// after stage; after the last it stays at that one's last rate.
type Schedule struct {
	Rate   Rate    // all along; with stages, the mean over them
	Stages []Stage // empty: none
}

// Stage is a stretch of a Schedule.
type Stage struct {
	From, To Rate     // alike: no ramp
	For      Duration // above 0
}

const stageExample = "1000/s..20000/s:30s,20000/s:2m"

// Steady is a rate that does not change.
func Steady(r Rate) Schedule { return Schedule{Rate: r} }

// ParseSchedule reads a rate, or stages with commas between them.
func ParseSchedule(text string) (Schedule, error) {
	if !strings.ContainsAny(text, ":,") && !strings.Contains(text, "..") {
		r, err := ParseRate(text)
		return Schedule{Rate: r}, err
	}
	var s Schedule
	for part := range strings.SplitSeq(text, ",") {
		stage, err := parseStage(strings.TrimSpace(part))
		if err != nil {
			return Schedule{}, err
		}
		s.Stages = append(s.Stages, stage)
	}
	return s.withMean(text)
}

func parseStage(text string) (s Stage, err error) {
	rates, length, ok := strings.Cut(text, ":")
	if !ok {
		return s, fmt.Errorf("stage %q: nothing says how long; write stages as %s", text, stageExample)
	}
	from, to, ramp := strings.Cut(rates, "..")
	if ramp {
		if number, unit := split(from); unit == "" { // 1000..20000/m is per minute at both ends
			_, unit = split(to)
			from = number + unit
		}
	} else {
		to = from
	}
	for _, end := range []struct {
		text string
		into *Rate
	}{{from, &s.From}, {to, &s.To}} {
		if err := end.into.Set(end.text); err != nil {
			return s, fmt.Errorf("stage %q: %w", text, err)
		}
	}
	if err := s.For.Set(length); err != nil {
		return s, fmt.Errorf("stage %q: %w", text, err)
	}
	if s.For <= 0 {
		return s, fmt.Errorf("stage %q: it lasts no time; write stages as %s", text, stageExample)
	}
	return s, nil
}

// withMean fills in the mean, and refuses what has none.
func (s Schedule) withMean(text string) (Schedule, error) {
	length, requests := Duration(0), 0.0
	for _, stage := range s.Stages {
		if stage.For > math.MaxInt64-length {
			return Schedule{}, fmt.Errorf("rate %q: the stages last too long together; the most is %v", text, Duration(math.MaxInt64))
		}
		length += stage.For
	}
	for _, stage := range s.Stages { // each by its share of the time, so that no sum is beyond a float64
		requests += (float64(stage.From)/2 + float64(stage.To)/2) * (float64(stage.For) / float64(length))
	}
	if !(requests > 0) || math.IsInf(requests, 0) {
		return Schedule{}, fmt.Errorf("rate %q: stages of 0/s, or beyond all numbers; write them as %s", text, stageExample)
	}
	s.Rate = Rate(requests)
	return s, nil
}

// Length is how long the stages last together; 0 without stages.
func (s Schedule) Length() (sum Duration) {
	for _, stage := range s.Stages {
		sum += stage.For
	}
	return sum
}

// Peak is the highest rate.
func (s Schedule) Peak() Rate {
	peak := s.Rate
	for _, stage := range s.Stages {
		peak = max(peak, stage.From, stage.To)
	}
	return peak
}

// Times is the schedule with every rate multiplied.
func (s Schedule) Times(factor float64) Schedule {
	by := Rate(factor)
	made := Schedule{Rate: s.Rate * by}
	for _, stage := range s.Stages {
		made.Stages = append(made.Stages, Stage{stage.From * by, stage.To * by, stage.For})
	}
	return made
}

// String is the schedule as ParseSchedule reads it.
func (s Schedule) String() string {
	if len(s.Stages) == 0 {
		return s.Rate.String()
	}
	var parts []string
	for _, stage := range s.Stages {
		rates := stage.From.String()
		if stage.To != stage.From {
			rates += ".." + stage.To.String()
		}
		parts = append(parts, rates+":"+stage.For.String())
	}
	return strings.Join(parts, ",")
}

// Set reads text into s, as a flag does.
func (s *Schedule) Set(text string) error {
	v, err := ParseSchedule(text)
	if err == nil {
		*s = v
	}
	return err
}

// Type is the word for a schedule in a command's help.
func (*Schedule) Type() string { return "rate" }

// MarshalText implements encoding.TextMarshaler.
func (s Schedule) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText implements encoding.TextUnmarshaler.
func (s *Schedule) UnmarshalText(text []byte) error { return s.Set(string(text)) }
