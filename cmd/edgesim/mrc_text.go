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
	names, sizes := m.axes()
	m.table(&b, "Miss ratio of requests, %", names, sizes, curve.Result.MissRatio)
	if !m.wanted.config.IgnoreSize {
		m.table(&b, "Miss ratio of bytes, %", names, sizes, curve.Result.ByteMissRatio)
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
	if left := t.Requests - t.Counted; left > 0 {
		fmt.Fprintf(b, "%s first requests are warm-up, and not counted\n", commas(left))
	}
	if m.partial != nil {
		b.WriteString("partial: the reading was broken off\n")
	}
}

// axes are the policies and the capacities, in their order.
func (m *measured) axes() (names []string, sizes []int64) {
	for _, r := range m.results {
		names, sizes = append(names, r.Policy), append(sizes, r.Capacity)
	}
	return uniq(names), uniq(sizes)
}

const (
	sizeColumn   = 12
	policyColumn = 11
)

func (m *measured) table(b *strings.Builder, title string, names []string, sizes []int64, ratio func(curve.Result) float64) {
	best := map[int64]float64{}
	at := map[string]map[int64]float64{}
	for _, r := range m.results {
		v := ratio(r)
		if at[r.Policy] == nil {
			at[r.Policy] = map[int64]float64{}
		}
		at[r.Policy][r.Capacity] = v
		if least, ok := best[r.Capacity]; !ok || v < least {
			best[r.Capacity] = v
		}
	}
	fmt.Fprintf(b, "\n%s\n", title)
	for _, part := range columnsOf(names) {
		fmt.Fprintf(b, "%*s", sizeColumn, "capacity")
		for _, name := range part {
			fmt.Fprintf(b, "%*s", width(name), name)
		}
		b.WriteString("\n")
		for _, size := range sizes {
			fmt.Fprintf(b, "%*s", sizeColumn, m.capacity(size))
			for _, name := range part {
				star := " "
				if v := at[name][size]; v == best[size] && len(names) > 1 {
					star = "*"
				}
				fmt.Fprintf(b, "%*.2f%s", width(name)-1, 100*at[name][size], star)
			}
			b.WriteString("\n")
		}
	}
}

func width(name string) int { return max(policyColumn, len(name)+2) }

// columnsOf parts the policies so that each part fits beside the capacities.
func columnsOf(names []string) (parts [][]string) {
	wide := columns
	for _, name := range names {
		if wide += width(name); wide > columns || len(parts) == 0 {
			wide = sizeColumn + width(name)
			parts = append(parts, nil)
		}
		last := len(parts) - 1
		parts[last] = append(parts[last], name)
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
}

func (m *measured) writeJSON(w io.Writer) error {
	t, info := m.totals, m.trace.Info()
	out := curveJSON{
		Files: info.Files, Format: info.Format, Requests: t.Requests, Counted: t.Counted, Objects: t.Objects, WorkingSet: t.WorkingSet,
		Largest: t.Largest, Resized: t.Resized, IgnoreSize: m.wanted.config.IgnoreSize, ResizedNew: m.wanted.config.ResizedNew, Partial: t.Partial,
	}
	for _, r := range m.results {
		out.Results = append(out.Results, resultJSON{
			r.Policy, r.Capacity, r.Requests, r.Misses, orZero(r.MissRatio()), r.Bytes, r.MissBytes, orZero(r.ByteMissRatio()),
			r.Unfit, r.UnfitBytes, r.Refused, r.RefusedBytes,
		})
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
