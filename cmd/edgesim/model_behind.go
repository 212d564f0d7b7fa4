package main

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"

	"edgesim/sim/analytic"
	"edgesim/sim/scenario"
	"edgesim/sim/unit"
)

// modelTier is a level of caches behind the edges.
type modelTier struct {
	Name string // regional, shield, or what place it has
	analytic.Level
}

// modelOrigin is an origin that serves so many requests at a time.
type modelOrigin struct {
	Name   string
	number int // analytic.Conduct's
	analytic.Serving
	timeout float64 // seconds to the first byte, of which requests get an error
}

// beyond is what is behind the edges, for one policy and capacity of theirs.
type beyond struct {
	tiers   []tierLine
	origins []originLine
}

type tierLine struct {
	Tier      string          `json:"tier"`
	Caches    int             `json:"caches"`
	Capacity  float64         `json:"capacity"` // of each
	Corrected analytic.Passed `json:"corrected"`
	Naive     analytic.Passed `json:"naive"`
}

type originLine struct {
	Origin  string   `json:"origin"`
	Servers int      `json:"servers"`
	Service float64  `json:"mean_service_s"`
	CV2     float64  `json:"service_cv2"`
	Rate    float64  `json:"requests_per_s"`
	Busy    float64  `json:"utilization"`
	Waits   float64  `json:"waiting_share"`
	Wait    *float64 `json:"mean_wait_s"` // of all requests; null: the queue grows without end
	Time    *float64 `json:"mean_time_s"` // until the last byte; null as well
	Late    float64  `json:"late_share"`  // of requests whose service begins after the time-out
}

// tiersOf are the tiers of a scenario.
func tiersOf(s *scenario.Scenario) (all []modelTier) {
	for _, t := range s.Edge.Tiers {
		all = append(all, modelTier{t.Layer, analytic.Level{Caches: len(t.EveryLocation()), Capacity: float64(t.Capacity)}})
	}
	return all
}

// originNames are the scenario's origins in the order of their numbers.
func originNames(s *scenario.Scenario) []string { return slices.Sorted(maps.Keys(s.Origins)) }

// originsOf are the origins of a scenario that can be busy.
func originsOf(s *scenario.Scenario) (all []modelOrigin) {
	names := originNames(s)
	for _, c := range s.OriginConfigs() {
		if c.Concurrency > 0 {
			all = append(all, modelOrigin{c.Name, slices.Index(names, c.Name), analytic.Serving{
				Servers: c.Concurrency, FirstByte: c.FirstByte.Mean().Seconds(), FirstByteCV2: c.FirstByte.CV2(), Bandwidth: c.Bandwidth,
			}, cmp.Or(s.Origins[c.Name].ReadTimeout.Std().Seconds(), defaultTimeout)})
		}
	}
	slices.SortFunc(all, func(a, b modelOrigin) int { return a.number - b.number })
	return all
}

// readBehind reads --tiers and --origin, which replace a scenario's.
func (o *modelOptions) readBehind(m *modelled, ofScenario bool) error {
	if o.tiers != "" {
		list, err := parseCapacities(o.tiers, m.unit)
		if err != nil {
			return usagef("--tiers: %v", err)
		}
		m.behind = nil
		for i, c := range list {
			size := float64(c.size)
			if size == 0 {
				size = c.share * m.weighs()
			}
			m.behind = append(m.behind, modelTier{"tier " + strconv.Itoa(i+1), analytic.Level{Caches: 1, Capacity: size}})
		}
	}
	if o.origin == "" {
		return nil
	}
	if ofScenario {
		return usagef("--origin says what the scenario does already; right is without it, or --set of sweep")
	}
	if !m.timed {
		return usagef("--origin: requests wait in time, and the trace has none; right is with --rate")
	}
	served, err := parseOrigin(o.origin)
	if err != nil {
		return usagef("--origin: %v", err)
	}
	m.origins = []modelOrigin{served}
	return nil
}

// defaultTimeout is how long an edge waits for a first byte, in seconds: CloudFront's
// origin response timeout.
const defaultTimeout = 30

// parseOrigin reads servers=64,service=50ms,cv2=1,timeout=30s.
func parseOrigin(text string) (modelOrigin, error) {
	s := modelOrigin{Name: "origin", Serving: analytic.Serving{FirstByteCV2: 1}, timeout: defaultTimeout}
	for _, part := range strings.Split(text, ",") {
		key, value, _ := strings.Cut(strings.TrimSpace(part), "=")
		var err error
		switch key {
		case "servers":
			s.Servers, err = strconv.Atoi(value)
			if err != nil || s.Servers < 1 || s.Servers > mostServers {
				return s, fmt.Errorf("servers=%s; right is a number from 1 to %d", value, mostServers)
			}
		case "service", "timeout":
			var d unit.Duration
			if err = d.Set(value); err != nil || d <= 0 {
				return s, fmt.Errorf("%s=%s; right is a time, as 50ms", key, value)
			}
			*map[string]*float64{"service": &s.FirstByte, "timeout": &s.timeout}[key] = d.Std().Seconds()
		case "cv2":
			s.FirstByteCV2, err = strconv.ParseFloat(value, 64)
			if err != nil || !(s.FirstByteCV2 >= 0 && s.FirstByteCV2 <= 1e6) {
				return s, fmt.Errorf("cv2=%s; right is the variance of the service time over its mean squared, from 0 (always the same)", value)
			}
		default:
			return s, fmt.Errorf("there is no %q; right are servers, service, cv2, timeout, as servers=64,service=50ms,cv2=1,timeout=30s", key)
		}
	}
	if s.Servers == 0 || s.FirstByte == 0 {
		return s, fmt.Errorf("%q has not both of servers and service; right is as servers=64,service=50ms", text)
	}
	return s, nil
}

const mostServers = 1_000_000

// lookBeyond finds what is behind the edges, of which c is one.
func (m *modelled) lookBeyond(c *analytic.Cache) (b beyond, err error) {
	if !m.looksBehind(c.Capacity) {
		return b, nil
	}
	asked, edges := c.Asked(), float64(m.edges)
	if len(m.behind) > 0 {
		bands, err := m.levels(c)
		if err != nil {
			return b, err
		}
		for i, band := range bands {
			t := m.behind[i]
			b.tiers = append(b.tiers, tierLine{t.Name, t.Caches, t.Capacity, band.Corrected, band.Naive})
		}
		// Refreshes go on to the origin, for each edge; misses as the last tier has them.
		missed := bands[len(bands)-1].Corrected.Origins
		asked = c.Refreshes()
		for i := range asked {
			if asked[i].Requests *= edges; i < len(missed) {
				asked[i] = missed[i].Plus(asked[i], 1)
			}
		}
		edges = 1
	}
	for _, o := range m.origins {
		load := analytic.Asked{}
		if o.number < len(asked) {
			load = load.Plus(asked[o.number], edges)
		}
		line, err := o.under(load)
		if err != nil {
			return b, err
		}
		b.origins = append(b.origins, line)
	}
	return b, nil
}

// looksBehind reports whether it is told what is behind edges of that capacity: of a
// scenario's own, where none were asked for.
func (m *modelled) looksBehind(capacity float64) bool {
	return m.chosen || m.own == 0 || capacity == m.own
}

// levels are the tiers behind edges that are all as c.
func (m *modelled) levels(c *analytic.Cache) ([]analytic.Band, error) {
	edges := slices.Repeat([]*analytic.Cache{c}, m.edges)
	var levels []analytic.Level
	for _, t := range m.behind {
		levels = append(levels, t.Level)
	}
	return analytic.Tiers(edges, levels...)
}

func (o *modelOrigin) under(load analytic.Asked) (originLine, error) {
	at := o.Of(load)
	line := originLine{Origin: o.Name, Servers: o.Servers, Service: at.Service, CV2: at.ServiceCV2, Rate: at.Rate}
	if at.Service == 0 { // it answers at once, however many ask
		line.Wait, line.Time = new(float64), new(float64)
		return line, nil
	}
	q, err := at.Queue()
	if err != nil {
		return line, fmt.Errorf("origin %s: %w", o.Name, err)
	}
	line.Busy, line.Waits = q.Utilization, q.WaitShare
	if line.Late, err = at.TimedOut(o.timeout); err != nil {
		return line, fmt.Errorf("origin %s: %w", o.Name, err)
	}
	if !math.IsInf(q.Wait, 1) {
		line.Wait, line.Time = &q.Wait, &q.Time
	}
	return line, nil
}

// behindText tells what is behind the edges, for one of the models.
func (m *modelled) behindText(b *strings.Builder, model int) {
	from := model * len(m.capacities)
	var rows []int
	for j, capacity := range m.capacities {
		if m.looksBehind(capacity) {
			rows = append(rows, from+j)
		}
	}
	if len(m.behind) > 0 {
		fmt.Fprintf(b, "\nTiers behind them\n%10s  %-22s %14s %14s %14s\n", "capacity", "tier", "asked", "hit %", "passes on")
		for _, at := range rows {
			for _, t := range m.beyond[at].tiers {
				fmt.Fprintf(b, "%10s  %-22s %14s %14s %14s\n", m.capacity(m.answers[at].Capacity), clipped(m.tierName(t), 22),
					m.between(t.Naive.Asked, t.Corrected.Asked), hitBand(t), m.between(t.Naive.Passes, t.Corrected.Passes))
			}
		}
	}
	if len(m.origins) > 0 {
		fmt.Fprintf(b, "\nOrigins\n%10s  %-12s %9s %7s %7s %9s %9s %7s\n", "capacity", "origin", "asked", "busy %", "wait %", "mean wait", "mean time", "late %")
		for _, at := range rows {
			for _, o := range m.beyond[at].origins {
				fmt.Fprintf(b, "%10s  %-12s %9s %7.2f %7.2f %9s %9s %7.2f\n", m.capacity(m.answers[at].Capacity), clipped(o.Origin, 12),
					significant(o.Rate)+"/s", 100*o.Busy, 100*o.Waits, endless(o.Wait), endless(o.Time), 100*o.Late)
			}
		}
	}
}

// hitBand is the two hit ratios between which a tier's lies.
func hitBand(t tierLine) string {
	low, high := fmt.Sprintf("%.2f", 100*t.Corrected.Hit), fmt.Sprintf("%.2f", 100*t.Naive.Hit)
	if low == high {
		return low
	}
	return low + " to " + high
}

func (m *modelled) tierName(t tierLine) string {
	if t.Caches == 1 {
		return t.Tier + ", " + m.capacity(t.Capacity)
	}
	return fmt.Sprintf("%s, %d x %s", t.Tier, t.Caches, m.capacity(t.Capacity))
}

// between is two loads of an origin or tier, or one where both are the same.
func (m *modelled) between(low, high float64) string {
	per, factor := "/s", 1.0
	if !m.timed {
		per, factor = " %", 100
	}
	a, b := significant(factor*low), significant(factor*high)
	if a == b {
		return a + per
	}
	return a + " to " + b
}

func endless(seconds *float64) string {
	if seconds == nil {
		return "endless"
	}
	if *seconds < 1e-7 {
		return "0ms"
	}
	return shortTime(*seconds)
}

// behindFoot says how what is behind was found.
func (m *modelled) behindFoot(b *strings.Builder) {
	if len(m.behind) > 0 {
		b.WriteString("Tiers are LRU and keep what passes. Of their two hit ratios the lower remembers\nwhen a cache could ask again, the higher takes misses for independent; refreshes\nare left out.\n")
	}
	if len(m.origins) > 0 {
		b.WriteString("Origins are asked by all edges, with tiers at the lower hit ratio, and for\nrefreshes, too; late is what waits longer than the edge does.\n")
	}
}
