package main

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"edgesim/results"
	"edgesim/sim/curve"
	"edgesim/sim/unit"
)

// writeText prints the curves as tables of at most 80 columns: a row for each
// capacity, a column for each policy, the best of a row starred.
func (m *measured) writeText(w io.Writer) error {
	var b strings.Builder
	m.head(&b)
	sizes := m.sizes()
	m.table(&b, "Miss ratio of requests, %"+m.starred(), sizes, m.columns(m.requests, func(size int64) float64 { v, _ := m.wanted.config.Curve.At(size); return v }), false)
	if !m.wanted.config.IgnoreSize {
		m.table(&b, "Miss ratio of bytes, %"+m.starred(), sizes, m.columns(m.bytes, func(size int64) float64 { _, v := m.wanted.config.Curve.At(size); return v }), true)
	}
	m.foot(&b, sizes)
	_, err := io.WriteString(w, b.String())
	return err
}

func (m *measured) head(b *strings.Builder) {
	t := m.totals
	fmt.Fprintf(b, "%s requests for %s objects", commas(t.Requests), commas(t.Objects))
	if !m.wanted.config.IgnoreSize {
		fmt.Fprintf(b, " of %s, the largest %s", nearly(t.WorkingSet), nearly(t.Largest))
	}
	b.WriteString("\n")
	left := m.wanted.config.Warmup
	if left > 0 {
		fmt.Fprintf(b, "%s first requests are warm-up, and not counted\n", commas(left))
	}
	if m.sample != nil {
		fmt.Fprintf(b, "sampled: %s of the objects (%.3g %%, of large ones more); objects and their bytes are estimates\n± is a 95 %% interval, by the differences of ten parts of the sample\n",
			commas(int64(m.sample.Objects)), 100*m.sample.Rate)
	}
	if m.shards > 0 {
		fmt.Fprintf(b, "played in %d shards of the objects, each in caches of its part\n± is a 95 %% interval, by the differences of the shards and what they have in common\n", m.shards)
	}
	if m.short != "" {
		fmt.Fprintf(b, "partial: %s\n", m.short)
	} else if played := left + t.Counted; m.partial != nil && played < t.Requests {
		fmt.Fprintf(b, "partial: broken off when %s of them had been played\n", commas(played))
	} else if m.partial != nil {
		b.WriteString("partial: the reading was broken off\n")
	}
}

// sizes are the capacities, in their order.
func (m *measured) sizes() (sizes []int64) {
	for _, r := range m.results {
		sizes = append(sizes, r.Capacity)
	}
	return uniq(sizes)
}

func (m *measured) starred() string {
	if len(m.wanted.specs) > 1 {
		return "; * the best without foresight"
	}
	return ""
}

// requests is the miss ratio of result i, and its interval.
func (m *measured) requests(i int) (at, low, high float64) {
	if m.estimates != nil {
		e := m.estimates[i]
		return e.MissRatio, e.Low, e.High
	}
	v := m.results[i].MissRatio()
	return v, v, v
}

// bytes is the byte miss ratio of result i, and its interval.
func (m *measured) bytes(i int) (at, low, high float64) {
	if m.estimates != nil {
		e := m.estimates[i]
		return e.ByteMissRatio, e.ByteLow, e.ByteHigh
	}
	v := m.results[i].ByteMissRatio()
	return v, v, v
}

const (
	sizeColumn   = 12
	policyColumn = 11
)

// column is a policy's ratios by capacity, in percent as they are printed.
type column struct {
	name string
	wide int
	at   map[int64]string
}

// columns are one for each policy and, with --all-sizes, the stack's.
func (m *measured) columns(ratio func(i int) (at, low, high float64), stack func(size int64) float64) (all []column) {
	if m.wanted.config.Curve != nil {
		all = append(all, column{stackName, policyColumn, map[int64]string{}})
		for _, size := range m.sizes() {
			all[0].at[size] = fmt.Sprintf("%.2f ", 100*stack(size))
		}
	}
	best := map[int64]float64{}
	for i, r := range m.results {
		v, _, _ := ratio(i)
		if least, ok := best[r.Capacity]; !ok && curve.Online(r.Policy) || ok && v < least && curve.Online(r.Policy) {
			best[r.Capacity] = v
		}
	}
	for i, r := range m.results {
		at := slices.IndexFunc(all, func(c column) bool { return c.name == r.Policy })
		if at < 0 {
			at = len(all)
			all = append(all, column{r.Policy, max(policyColumn, len(r.Policy)+2), map[int64]string{}})
		}
		v, low, high := ratio(i)
		text := fmt.Sprintf("%.2f", 100*v)
		if m.estimates != nil {
			text += fmt.Sprintf(" ±%.2f", 50*(high-low))
		}
		if least, ok := best[r.Capacity]; ok && v == least && curve.Online(r.Policy) && len(m.wanted.specs) > 1 {
			text += "*"
		} else {
			text += " "
		}
		all[at].at[r.Capacity] = text
		all[at].wide = max(all[at].wide, len([]rune(text))+1)
	}
	return all
}

func (m *measured) table(b *strings.Builder, title string, sizes []int64, all []column, bytes bool) {
	fmt.Fprintf(b, "\n%s\n", title)
	if m.formulas != nil {
		all = append(all, m.formulas.columns(m, bytes)...)
	}
	for _, part := range besides(all) {
		fmt.Fprintf(b, "%*s", sizeColumn, "capacity")
		for _, c := range part {
			fmt.Fprintf(b, "%*s", c.wide, c.name)
		}
		b.WriteString("\n")
		for _, size := range sizes {
			fmt.Fprintf(b, "%*s", sizeColumn, m.capacity(size))
			for _, c := range part {
				fmt.Fprintf(b, "%*s", c.wide, c.at[size])
			}
			b.WriteString("\n")
		}
	}
}

// besides parts the columns so that each part fits beside the capacities.
func besides(all []column) (parts [][]column) {
	wide := columns
	for _, c := range all {
		if wide += c.wide; wide > columns || len(parts) == 0 {
			wide = sizeColumn + c.wide
			parts = append(parts, nil)
		}
		parts[len(parts)-1] = append(parts[len(parts)-1], c)
	}
	return parts
}

// foot says what no cache could do, and which conventions were counted by.
func (m *measured) foot(b *strings.Builder, sizes []int64) {
	b.WriteString("\n")
	first := slices.IndexFunc(m.results, func(r curve.Result) bool { return r.Unfit > 0 })
	if first >= 0 {
		r := m.results[first]
		fmt.Fprintf(b, "No cache of %s can hold what %.2f %% of requests and %.2f %% of bytes\nare for: it is larger.\n",
			m.capacity(r.Capacity), 100*float64(r.Unfit)/float64(r.Requests), 100*float64(r.UnfitBytes)/float64(r.Bytes))
	}
	if m.totals.Resized > 0 {
		how := "they are hits that keep the size (--resized keep)"
		fmt.Fprintf(b, "%.2f %% of requests are for a known id with another size than first:\n%s.\n",
			100*float64(m.totals.Resized)/float64(m.totals.Requests), how)
	}
}

// capacity is a capacity as people read it.
func (m *measured) capacity(size int64) string {
	if m.wanted.config.IgnoreSize {
		return commas(size)
	}
	return nearly(size)
}

// nearly is a number of bytes with three digits, in units of 1024.
func nearly(size int64) string {
	if s := unit.Size(size).String(); len(s) <= 8 && strings.HasSuffix(s, "iB") {
		return s
	}
	v, units := float64(size), []string{"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"}
	for ; v >= 1000 && len(units) > 1; units = units[1:] {
		v /= 1024
	}
	return fmt.Sprintf("%.3g%s", v, units[0])
}

// commas is a whole number with its thousands apart.
func commas(n int64) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// curveJSON is what --json prints.
type curveJSON struct {
	Files      []string     `json:"files"`
	Format     string       `json:"format"`
	Requests   int64        `json:"requests"`
	Counted    int64        `json:"counted"` // behind the warm-up
	Objects    int64        `json:"objects"`
	WorkingSet int64        `json:"working_set"` // bytes of the distinct objects; objects with --ignore-size
	Largest    int64        `json:"largest"`
	Resized    int64        `json:"resized"`
	IgnoreSize bool         `json:"ignore_size"`
	ResizedNew bool         `json:"resized_new"`
	Partial    bool         `json:"partial"`
	Sampled    int          `json:"sampled,omitempty"`     // objects in the sample; 0: everything was played
	SampleRate float64      `json:"sample_rate,omitempty"` // of small objects
	Shards     int          `json:"shards,omitempty"`      // that were played and added up; 0: none
	Results    []resultJSON `json:"results"`
}

type resultJSON struct {
	Policy        string  `json:"policy"`
	Capacity      int64   `json:"capacity"`
	Requests      int64   `json:"requests"`
	Misses        int64   `json:"misses"`
	MissRatio     float64 `json:"miss_ratio"`
	Bytes         int64   `json:"bytes"`
	MissBytes     int64   `json:"miss_bytes"`
	ByteMissRatio float64 `json:"byte_miss_ratio"`
	Unfit         int64   `json:"unfit"` // requests for objects larger than the capacity
	UnfitBytes    int64   `json:"unfit_bytes"`
	Refused       int64   `json:"refused"` // misses that were not admitted
	RefusedBytes  int64   `json:"refused_bytes"`

	Intervals *intervalsJSON `json:"intervals,omitempty"` // of a sample or shards, 95 %
	Formula   *formulaJSON   `json:"formula,omitempty"`   // what the policy's formula says, where it was asked for and has one
}

type intervalsJSON struct {
	MissRatio     [2]float64 `json:"miss_ratio"`
	ByteMissRatio [2]float64 `json:"byte_miss_ratio"`
}

func (m *measured) writeJSON(w io.Writer) error {
	t, info := m.totals, m.trace.Info()
	out := curveJSON{
		Files: m.names, Format: info.Format, Requests: t.Requests, Counted: t.Counted, Objects: t.Objects, WorkingSet: t.WorkingSet,
		Largest: t.Largest, Resized: t.Resized, IgnoreSize: m.wanted.config.IgnoreSize, ResizedNew: m.wanted.config.ResizedNew, Partial: t.Partial, Shards: m.shards,
	}
	if m.sample != nil {
		out.Sampled, out.SampleRate = m.sample.Objects, m.sample.Rate
	}
	for i, r := range m.results {
		row := resultJSON{
			Policy: r.Policy, Capacity: r.Capacity, Requests: r.Requests, Misses: r.Misses, MissRatio: orZero(r.MissRatio()),
			Bytes: r.Bytes, MissBytes: r.MissBytes, ByteMissRatio: orZero(r.ByteMissRatio()),
			Unfit: r.Unfit, UnfitBytes: r.UnfitBytes, Refused: r.Refused, RefusedBytes: r.RefusedBytes,
		}
		if m.estimates != nil {
			e := m.estimates[i]
			row.Intervals = &intervalsJSON{[2]float64{e.Low, e.High}, [2]float64{e.ByteLow, e.ByteHigh}}
		}
		if m.formulas != nil {
			row.Formula = m.formulas.json(r)
		}
		out.Results = append(out.Results, row)
	}
	return results.EncodeJSON(w, out)
}

// orZero is v, or 0 where it is not a number: a ratio of nothing.
func orZero(v float64) float64 {
	if v != v {
		return 0
	}
	return v
}
