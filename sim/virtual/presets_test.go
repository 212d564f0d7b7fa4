package virtual

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"slices"
	"testing"
	"text/tabwriter"

	"edgesim/results"
	"edgesim/sim/scenario"
	"edgesim/workloads"
)

var update = flag.Bool("update", false, "write testdata anew")

// presetFigures are what a preset comes to: shares of requests but for those of objects,
// and sizes in bytes of what requests ask for, whole.
type presetFigures struct {
	requests, distinct, once     int // objects that were asked for, and those once
	methods                      [results.Methods]int
	ranged, aborted, conditional int
	external, embedded           int // led to by a page from outside, by one of the site
	classes, sections            map[string]int
	sizes                        []int64 // by request, in order of size
	mean                         float64
	hits, byteHits               float64 // of the second half of the run
}

const (
	presetRun  = "120s" // of which half is warm-up
	presetRate = "500/s"
)

// figuresOf plays a preset in virtual time on an edge of 1 GiB.
func figuresOf(t *testing.T, name string) *presetFigures {
	t.Helper()
	s, err := scenario.OfPreset(name, "www.example.com", "duration="+presetRun, "warmup=60s", "workload.rate="+presetRate,
		"edge.capacity=1GiB", "edge.shards=1", "edge.mode=cloudfront", "distributions.0.default.methods=[GET,HEAD,OPTIONS,PUT,POST,PATCH,DELETE]")
	if err != nil {
		t.Fatal(err)
	}
	crowd, err := s.Crowd()
	if err != nil {
		t.Fatal(err)
	}
	reqs, err := workloads.ReadAll(crowd.Source, 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	f := &presetFigures{requests: len(reqs), classes: map[string]int{}, sections: map[string]int{}}
	f.count(crowd.Catalog, reqs)
	var view hitting
	if _, err := Records(t.Context(), Config{Scenario: s}, &view); err != nil {
		t.Fatal(err)
	}
	f.hits, f.byteHits = view.hits/view.all, view.hitBytes/view.bytes
	return f
}

// hitting counts hits of what is not warm-up, as summaries do.
type hitting struct{ all, hits, bytes, hitBytes float64 }

func (h *hitting) Add(recs []results.Record) {
	for i := range recs {
		if r := &recs[i]; !r.Flags.Has(results.Warm) {
			h.all++
			h.bytes += float64(r.BytesOut)
			if r.Result == results.Hit || r.Result == results.RefreshHit {
				h.hits++
				h.hitBytes += float64(r.BytesOut)
			}
		}
	}
}

func (f *presetFigures) count(c *workloads.Catalog, reqs []workloads.Request) {
	asked := map[uint64]int{}
	one := func(to *int, yes bool) {
		if yes {
			*to++
		}
	}
	for i := range reqs {
		r := &reqs[i]
		asked[r.Object]++
		o := c.Object(r.Object)
		f.methods[methodOf(r)]++
		f.classes[c.Classes()[o.Class]]++
		f.sections[c.Sections()[o.Section].Name]++
		f.sizes = append(f.sizes, o.Size)
		f.mean += float64(o.Size) / float64(len(reqs))
		one(&f.ranged, r.Range.Length > 0)
		one(&f.aborted, r.Abort > 0)
		one(&f.conditional, r.Conditional)
		one(&f.external, r.Referrer > 0)
		one(&f.embedded, r.From > 0)
	}
	f.distinct = len(asked)
	for _, n := range asked {
		one(&f.once, n == 1)
	}
	slices.Sort(f.sizes)
}

func (f *presetFigures) quantile(q float64) float64 {
	return float64(f.sizes[int(q*float64(len(f.sizes)))])
}

func (f *presetFigures) share(n int) float64 { return float64(n) / float64(f.requests) }

// rows are the figures by name.
func (f *presetFigures) rows() (list []figure) {
	add := func(name string, value float64, form string) { list = append(list, figure{name, value, form}) }
	share := func(name string, n int) { add(name, f.share(n), "%.4f") }
	add("requests", float64(f.requests), "%.0f")
	share("distinct", f.distinct)
	add("asked for once", float64(f.once)/float64(f.distinct), "%.4f")
	share("of section once", f.sections["once"])
	share("GET", f.methods[results.GET])
	share("POST", f.methods[results.POST])
	share("others", f.methods[results.PUT]+f.methods[results.PATCH]+f.methods[results.DELETE]+f.methods[results.OPTIONS])
	share("ranges", f.ranged)
	share("given up", f.aborted)
	share("conditional", f.conditional)
	share("from outside", f.external)
	share("from a page", f.embedded)
	add("size mean", f.mean, "%.0f")
	add("size p50", f.quantile(0.5), "%.0f")
	add("size p99", f.quantile(0.99), "%.0f")
	add("hit ratio", f.hits, "%.4f")
	add("byte hit ratio", f.byteHits, "%.4f")
	return list
}

type figure struct {
	name  string
	value float64
	form  string // for fmt
}

// The figures of every preset, from one seed, are a table that is read like code
// when it changes; and those of which docs/workloads.md speaks, and its sources, lie
// where it says.
func TestPresetsComeToTheirFigures(t *testing.T) {
	ranges := map[string]map[string][2]float64{ // of one run: what is popular in it moves them
		"web": {"of section once": {0.04, 0.07}, "ranges": {0.008, 0.012}, "given up": {0.005, 0.009}, "conditional": {0.075, 0.085},
			"from a page": {0.88, 0.96}, "GET": {1, 1}, "size p50": {4e3, 20e3}, "size mean": {15e3, 60e3}, "hit ratio": {0.3, 0.95}},
		"images": {"of section once": {0.19, 0.21}, "ranges": {0, 0}, "given up": {0.002, 0.004}, "GET": {1, 1},
			"size p50": {18e3, 33e3}, "size mean": {30e3, 55e3}, "from outside": {0.75, 0.85}},
		"vod": {"of section once": {0.04, 0.06}, "ranges": {0, 0}, "given up": {0, 0}, "GET": {1, 1}, "from outside": {0.9, 1}},
		"download": {"of section once": {0.007, 0.013}, "ranges": {0.38, 0.52}, "given up": {0.05, 0.07}, "GET": {1, 1},
			"from outside": {0.5, 0.7}},
		"api": {"of section once": {0.14, 0.16}, "GET": {0.79, 0.81}, "POST": {0.14, 0.16}, "others": {0.045, 0.055}, "ranges": {0, 0},
			"given up": {0.001, 0.003}, "from outside": {0, 0}, "from a page": {0, 0}, "size p50": {1.2e3, 1.8e3}, "size mean": {2.6e3, 3.7e3}},
		"news": {"of section once": {0.008, 0.012}, "ranges": {0.008, 0.012}, "given up": {0.012, 0.018}, "hit ratio": {0.85, 1}, "from outside": {0.6, 0.75}},
	}
	var columns [][]figure
	var names []string
	for _, p := range scenario.Presets() {
		f := figuresOf(t, p.Name)
		rows := f.rows()
		names, columns = append(names, p.Name), append(columns, rows)
		for name, between := range ranges[p.Name] {
			at := slices.IndexFunc(rows, func(r figure) bool { return r.name == name })
			if v := rows[at].value; v < between[0] || v > between[1] {
				t.Errorf("%s: %s is %g, want %g to %g", p.Name, name, v, between[0], between[1])
			}
		}
	}
	var b bytes.Buffer
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprint(w, presetRate+" for "+presetRun)
	for _, name := range names {
		fmt.Fprint(w, "\t"+name)
	}
	fmt.Fprintln(w, "\t")
	for i, row := range columns[0] {
		fmt.Fprint(w, row.name)
		for _, column := range columns {
			fmt.Fprintf(w, "\t"+row.form, column[i].value)
		}
		fmt.Fprintln(w, "\t")
	}
	w.Flush()
	sameAs(t, "testdata/presets.txt", b.Bytes())
}

func sameAs(t *testing.T, file string, got []byte) {
	t.Helper()
	if *update {
		if err := os.WriteFile(file, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil || !bytes.Equal(want, got) {
		t.Errorf("%v; not as %s has it (-update writes it anew):\n%s", err, file, got)
	}
}
