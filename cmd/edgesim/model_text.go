package main

import (
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"

	"edgesim/sim/analytic"
)

// writeText prints a table of at most 80 columns for each model.
func (m *modelled) writeText(w io.Writer) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%s objects", significant(m.objects()))
	if !m.unit {
		fmt.Fprintf(&b, " of %s", nearly(int64(m.bytes())))
	}
	if b.WriteByte(':'); b.Len()+len(m.about) < columns {
		fmt.Fprintf(&b, " %s\n", m.about)
	} else {
		fmt.Fprintf(&b, "\n  %s\n", m.about)
	}
	for i, model := range m.models {
		fmt.Fprintf(&b, "\n%s\n%10s %7s %8s %8s %8s %7s  %9s %9s\n", model.Spec,
			"capacity", "hit %", "bytes %", "delayed", "refresh", "miss %", "origin", "remembers")
		for j := range m.capacities {
			m.row(&b, i*len(m.capacities)+j)
		}
		m.behindText(&b, i)
	}
	m.besideText(&b)
	m.foot(&b)
	_, err := io.WriteString(w, b.String())
	return err
}

func (m *modelled) row(b *strings.Builder, at int) {
	a := m.answers[at]
	fmt.Fprintf(b, "%10s %7.2f %8.2f %8.3f %8.2f %7.2f  %9s %9s\n",
		m.capacity(a.Capacity), 100*a.Hit, 100*a.ByteHit, 100*a.Delayed, 100*a.Refresh, 100*a.Miss,
		m.origin(a), m.remembers(a))
}

// origin is what the origin is asked for: requests a second, or of all requests
// where there is no time.
func (m *modelled) origin(a analytic.Answer) string {
	if !m.timed {
		return fmt.Sprintf("%.2f %%", 100*(a.Miss+a.Refresh))
	}
	return significant(a.OriginRequests) + "/s"
}

func (m *modelled) remembers(a analytic.Answer) string {
	switch {
	case a.Time == 0:
		return "-"
	case !m.timed:
		return significant(a.Time) + " r"
	}
	return shortTime(a.Time)
}

func (m *modelled) capacity(c float64) string {
	if m.unit {
		return significant(c)
	}
	return nearly(int64(c))
}

func (m *modelled) foot(b *strings.Builder) {
	b.WriteString("\nShares are of requests, and under \"bytes %\" of bytes that no origin had to send.\n")
	if m.own > 0 {
		fmt.Fprintf(b, "The scenario's own capacity is %s; with what an edge keeps beside bodies\nall objects weigh %s.\n", m.capacity(m.own), m.capacity(m.weighs()))
	}
	if !m.timed {
		m.behindFoot(b)
		b.WriteString("The trace has no times: the cache remembers so many requests (r).\n")
		return
	}
	m.behindFoot(b)
	at, most := -1, 0.0
	for i, warm := range m.warm {
		if !math.IsNaN(warm) && warm > most {
			at, most = i, warm
		}
	}
	if at >= 0 {
		fmt.Fprintf(b, "An empty cache is warm (misses within a tenth of what they end at) after up to\n%s, by %s at %s.\n",
			shortTime(most), m.answers[at].Model, m.capacity(m.answers[at].Capacity))
	}
}

// shortTime is a number of seconds in three digits.
func shortTime(seconds float64) string {
	switch {
	case seconds >= 1e10:
		return "ages"
	case seconds < 0.0995:
		return strconv.FormatFloat(seconds*1000, 'g', 3, 64) + "ms"
	case seconds < 100:
		return fmt.Sprintf("%.3gs", seconds)
	case seconds < 3600:
		return fmt.Sprintf("%.3gmin", seconds/60)
	case seconds < 86400:
		return fmt.Sprintf("%.3gh", seconds/3600)
	}
	return significant(seconds/86400) + "d"
}

// significant is a number in at most four digits and a letter.
func significant(v float64) string {
	for _, u := range []struct {
		from float64
		name string
	}{{1e15, "P"}, {1e12, "T"}, {1e9, "G"}, {1e6, "M"}, {1e5, "k"}} {
		if v >= u.from {
			div := math.Pow(10, math.Floor(math.Log10(u.from)/3)*3)
			return strconv.FormatFloat(v/div, 'g', 4, 64) + u.name
		}
	}
	if v >= 1000 {
		return strconv.FormatFloat(v, 'f', 0, 64)
	}
	return strconv.FormatFloat(v, 'g', 4, 64)
}

// modelJSON is what --json prints.
type modelJSON struct {
	About    string        `json:"about"`
	Objects  float64       `json:"objects"`
	Bytes    float64       `json:"bytes"` // of all objects; their number where they have no sizes
	Rate     float64       `json:"requests_per_s"`
	Edges    int           `json:"edges"` // the rate and the capacities are of each
	Unit     bool          `json:"capacities_are_objects"`
	Time     string        `json:"time_unit"` // "s", or "request" where the trace has no times
	Capacity float64       `json:"scenario_capacity,omitempty"`
	Answers  []modelLine   `json:"answers"`
	Played   []playedCache `json:"played,omitempty"` // of --beside
}

type modelLine struct {
	analytic.Answer
	WarmUp  *float64     `json:"warm_up_s"` // null: unknown
	Tiers   []tierLine   `json:"tiers,omitempty"`
	Origins []originLine `json:"origins,omitempty"`
}

func (m *modelled) asJSON() modelJSON {
	j := modelJSON{
		About: m.about, Objects: m.objects(), Bytes: m.bytes(), Rate: m.requestRate(), Edges: m.edges,
		Unit: m.unit, Time: "s", Capacity: m.own, Played: m.played,
	}
	if !m.timed {
		j.Time = "request"
	}
	for i, a := range m.answers {
		line := modelLine{Answer: a, Tiers: m.beyond[i].tiers, Origins: m.beyond[i].origins}
		if !math.IsNaN(m.warm[i]) {
			line.WarmUp = &m.warm[i]
		}
		j.Answers = append(j.Answers, line)
	}
	return j
}
