package page

import (
	"cmp"
	"fmt"
	"slices"

	"edgesim/results"
	"edgesim/results/report"
)

// heading is what stands above and beside the reports: who and what the page is
// of, and its headline figures, as people read them.
type heading struct {
	Name     string   `json:"name"`
	Facts    []string `json:"facts"`
	Partial  bool     `json:"partial,omitempty"`
	Unsound  string   `json:"unsound,omitempty"` // why
	Warnings []string `json:"warnings,omitempty"`
	Tiles    []Tile   `json:"tiles,omitempty"`
	Answers  []answer `json:"answers,omitempty"`
}

// Tile is one headline figure.
type Tile struct {
	Title  string `json:"title"`
	Figure string `json:"figure"`
	More   string `json:"more,omitempty"`
	Bad    bool   `json:"bad,omitempty"`
}

// FirstByte is how long viewers waited for the first byte of one result type.
type FirstByte struct {
	Result   string  // "Hit"; "All" is all together
	P50, P99 float64 // ms
	Share    float64 // of all requests, 0 to 1
}

func (f FirstByte) color() string {
	if f.Result == "All" {
		return "ink"
	}
	return variable(f.Result, 0)
}

// answer is the first byte of one result type.
type answer struct {
	Name  string `json:"name"`
	Color string `json:"color"` // a variable of the style sheet
	P50   string `json:"p50"`
	P99   string `json:"p99"`
	Share string `json:"share"`
}

func headOf(p Page) heading {
	h := heading{Name: p.Manifest.Name, Facts: facts(p), Partial: p.Manifest.Partial, Warnings: warnings(p)}
	h.Tiles = p.Tiles
	for _, f := range p.First {
		h.Answers = append(h.Answers, answerOf(f.Result, f.color(), f.Share, results.Figures{P50: f.P50, P99: f.P99}))
	}
	if p.Summary != nil {
		h.Partial = h.Partial || p.Summary.Partial
		h.Unsound = p.Summary.UnsoundReason
		h.Tiles, h.Answers = tiles(p.Summary), answers(p.Summary)
	}
	return h
}

func facts(p Page) []string {
	var all []string
	m := p.Manifest
	logged := p.Summary != nil && p.Summary.Logged
	switch {
	case logged:
		all = append(all, "access log")
	case m.Mode != "":
		all = append(all, m.Mode+" run", fmt.Sprintf("seed %d", m.Seed))
	}
	if s := p.Summary; logged && s.Requests > 0 {
		all = append(all, seconds(s.Duration))
	} else if s != nil && !logged && s.Duration > 0 {
		measured := seconds(s.Duration) + " measured"
		if s.Warmup > 0 {
			measured += " after " + seconds(s.Warmup) + " of warm-up"
		}
		all = append(all, measured)
	}
	if !m.Started.IsZero() {
		all = append(all, map[bool]string{true: "read "}[logged]+moment(m.Started))
	}
	if m.Program.Name != "" {
		all = append(all, m.Program.Name+" "+m.Program.Version)
	}
	if m.Machine.OS != "" && !logged {
		all = append(all, machine(m.Machine))
	}
	return all
}

func machine(m results.Machine) string {
	s := fmt.Sprintf("%s/%s, %d CPUs", m.OS, m.Arch, m.CPUs)
	if m.CPU != "" {
		s += ", " + m.CPU
	}
	if m.Memory > 0 {
		s += ", " + size(m.Memory)
	}
	return s
}

func tiles(s *results.Summary) []Tile {
	share := func(part float64) string { return shareOfAny(part, s.Requests) }
	bytes := size(s.BodyBytes) + " of bodies to viewers"
	if s.Logged {
		bytes = size(s.BytesOut) + " to viewers"
	}
	return []Tile{
		{Title: "Requests", Figure: count(s.Requests), More: pace(s)},
		{Title: "Hit ratio", Figure: share(s.HitRatio), More: "refresh hits " + share(s.RefreshHitRatio)},
		{Title: "Byte hit ratio", Figure: share(s.ByteHitRatio), More: bytes},
		{Title: "Origin offload", Figure: share(s.OriginOffload.Requests),
			More: count(s.OriginRequests) + " origin requests; of bytes " + share(s.OriginOffload.Bytes)},
		{Title: "Errors", Figure: count(s.Errors), More: troubles(s), Bad: s.Errors > 0},
		{Title: "Objects", Figure: count(s.Objects.Distinct),
			More: count(s.Objects.OneHitWonders) + " asked for once, " + share(s.Objects.OneHitShare)},
	}
}

// shareOfAny is a share of requests; of none there is no share.
func shareOfAny(part float64, requests int64) string {
	if requests == 0 {
		return "–"
	}
	return percent(part)
}

// pace is how fast requests came. A log had no schedule.
func pace(s *results.Summary) string {
	if s.Logged {
		if s.Duration <= 0 || s.Requests == 0 {
			return ""
		}
		return mean(float64(s.Requests)/s.Duration) + " on average"
	}
	text := rate(s.Rate.Achieved) + " of " + rate(s.Rate.Scheduled) + " scheduled"
	if s.WarmupRequests > 0 {
		text += "; " + count(s.WarmupRequests) + " in the warm-up left out"
	}
	return text
}

// kindsShown is how many kinds of failure a figure's line has, the most frequent.
const kindsShown = 3

// byKind tells how many requests failed in which way; nothing of an earlier version's
// run, which does not say.
func byKind(list []results.Trouble) string {
	list = slices.Clone(list)
	slices.SortStableFunc(list, func(a, b results.Trouble) int { return cmp.Compare(b.Count, a.Count) })
	text, more := "", ""
	for i, t := range list {
		if i == kindsShown {
			more = " and others"
			break
		}
		text += [...]string{": ", ", "}[min(i, 1)] + count(t.Count) + " " + t.Kind.String()
	}
	return text + more
}

func troubles(s *results.Summary) string {
	text := "none"
	if s.Errors > 0 {
		text = percent(s.ErrorRatio) + " of requests" + byKind(s.Troubles)
	}
	if s.Aborted > 0 {
		text += "; " + count(s.Aborted) + " viewers hung up"
	}
	if s.Verified > 0 {
		text += "; " + count(s.Verified) + " bodies verified"
	}
	if s.Unverified > 0 {
		text += ", " + count(s.Unverified) + " wrong"
	}
	return text
}

// shown are the result types in the order in which people look for them.
var shown = []results.Result{results.Hit, results.RefreshHit, results.Miss, results.Error,
	results.Redirect, results.LimitExceeded, results.CapacityExceeded, results.LambdaExecutionError,
	results.NoResult}

// answers lists the result types that viewers got a first byte of.
func answers(s *results.Summary) []answer {
	var all []answer
	for _, r := range shown {
		f, ok := s.ByResult[r.Label()]
		if ok && f.Latency.TTFB.Count > 0 {
			all = append(all, answerOf(r.Label(), variable(r.Label(), 0), f.Share, f.Latency.TTFB))
		}
	}
	if len(all) > 1 {
		all = append(all, answerOf("All", "ink", 1, s.Latency.TTFB))
	}
	return all
}

func answerOf(name, color string, share float64, ttfb results.Figures) answer {
	return answer{Name: name, Color: color, P50: millis(ttfb.P50), P99: millis(ttfb.P99), Share: percent(share)}
}

// warnings are those of manifest and summary, each once.
func warnings(p Page) []string {
	var all []string
	if p.Summary != nil {
		all = append(all, p.Summary.Warnings...)
	}
	all = append(all, p.Manifest.Warnings...)
	var once []string
	for _, w := range all {
		if !slices.Contains(once, w) {
			once = append(once, w)
		}
	}
	return once
}

// withOverview are the page's tabs, the overview first: the one given, with the
// distributions beside, or one of our own.
func withOverview(p Page) []Tab {
	first, rest := Tab{Name: Overview, Title: "Overview"}, p.Tabs
	for i, t := range p.Tabs {
		if t.Name == Overview {
			first, rest = t, slices.Delete(slices.Clone(p.Tabs), i, i+1)
			break
		}
	}
	first = withoutNotes(first, warnings(p))
	if p.Summary != nil && len(p.Summary.Distributions) > 0 {
		first = withTable(first, Table{Table: distributions(p.Summary),
			About: "Hits, bytes and times of each distribution. A distribution answers to its domain and its aliases, from one cache."})
	}
	return append([]Tab{first}, rest...)
}

// withoutNotes is the tab without notes that stand above it as warnings.
func withoutNotes(t Tab, said []string) Tab {
	t.Scopes = slices.Clone(t.Scopes)
	for i, s := range t.Scopes {
		t.Scopes[i].Tables = slices.Clone(s.Tables)
		for j, table := range s.Tables {
			short := *table.Table
			short.Notes = slices.DeleteFunc(slices.Clone(short.Notes), func(n string) bool { return slices.Contains(said, n) })
			t.Scopes[i].Tables[j].Table = &short
		}
	}
	return t
}

// withTable is the tab with one more table in its first scope.
func withTable(t Tab, table Table) Tab {
	t.Scopes = slices.Clone(t.Scopes)
	if len(t.Scopes) == 0 {
		t.Scopes = []Scope{{}}
	}
	t.Scopes[0].Tables = append(slices.Clone(t.Scopes[0].Tables), table)
	return t
}

// distributions is the summary's block of distributions as a table.
func distributions(s *results.Summary) *report.Table {
	t := &report.Table{
		Name: "distributions", Title: "Distributions",
		Columns: []report.Column{
			{Name: "Distribution"},
			{Name: "Names it answers to"},
			{Name: "Requests", Unit: report.Count},
			{Name: "Hit %", Unit: report.Percent},
			{Name: "Byte hit %", Unit: report.Percent},
			{Name: "Bytes", Unit: report.Bytes},
			{Name: "Origin requests", Unit: report.Count, Wide: true},
			{Name: "TTFB p50", Unit: report.Millis, Wide: true},
			{Name: "TTFB p99", Unit: report.Millis, Wide: true},
		},
	}
	for _, d := range s.Distributions {
		t.Rows = append(t.Rows, distribution(d))
	}
	return t
}

func distribution(d results.DistributionFigures) []report.Cell {
	name := d.Name
	if name == "" {
		name = d.ID
	}
	names := d.Domain
	for _, a := range d.Aliases {
		names += " " + a
	}
	num := func(n float64) report.Cell { return report.Cell{Num: n} }
	ms := func(n float64) report.Cell {
		if d.TTFB.Count == 0 {
			return report.Cell{Text: "–"}
		}
		return num(n)
	}
	return []report.Cell{{Text: name}, {Text: names}, num(float64(d.Requests)), num(100 * d.HitRatio),
		num(100 * d.ByteHitRatio), num(float64(d.BytesOut)), num(float64(d.OriginRequests)),
		ms(d.TTFB.P50), ms(d.TTFB.P99)}
}
