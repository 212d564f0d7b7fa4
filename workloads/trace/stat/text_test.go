package stat

import (
	"bytes"
	"flag"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"edgesim/results"
	"edgesim/results/plot"
	"edgesim/workloads"
	"edgesim/workloads/trace"
)

var update = flag.Bool("update", false, "write the goldens anew")

// feed gives a Stat a trace that is drawn.
func feed(t testing.TB, s *Stat, g trace.Generation) {
	t.Helper()
	made, err := trace.Generate(g)
	if err != nil {
		t.Fatal(err)
	}
	reqs := make([]trace.Request, 4096)
	for {
		n, err := made.Read(reqs)
		s.Add(reqs[:n])
		if err == io.EOF {
			return
		}
	}
}

var goldens = []struct {
	name string
	g    trace.Generation
}{
	{"sized", trace.Generation{Objects: 20_000, Requests: 100_000, Zipf: 0.9, Seed: 3, Rate: 5, Size: &workloads.SizeModel{Median: 10_000, P99: 1_000_000}}},
	{"unit", trace.Generation{Objects: 20_000, Requests: 100_000, Zipf: 1.1, Seed: 3}},
	{"tiny", trace.Generation{Objects: 5, Requests: 7, Zipf: 1, Seed: 3}},
}

func resultOf(t testing.TB, g trace.Generation, name string) *Result {
	s := New(Options{Name: name, Tells: trace.Tells{Times: g.Rate > 0, Sizes: g.Size != nil}})
	feed(t, s, g)
	return s.Result()
}

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s is other than it was:\n%s", name, got)
	}
}

// TestGoldenTexts are what a terminal shows, within 80 columns.
func TestGoldenTexts(t *testing.T) {
	for _, c := range goldens {
		var text bytes.Buffer
		r := resultOf(t, c.g, c.name)
		if err := r.Write(&text); err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(text.String()) {
			if n := len([]rune(strings.TrimRight(line, "\n"))); n > 80 {
				t.Errorf("%s: %d columns: %s", c.name, n, line)
			}
		}
		golden(t, c.name+".txt", text.Bytes())
		text.Reset()
		if err := results.EncodeJSON(&text, r); err != nil {
			t.Fatal(err)
		}
		golden(t, c.name+".json", text.Bytes())
	}
}

// TestFiguresAreDrawn draws every figure of every golden trace, and wants words and
// points in it.
func TestFiguresAreDrawn(t *testing.T) {
	for _, c := range goldens {
		r := resultOf(t, c.g, c.name)
		figs := r.Figures()
		if r.Sizes && len(figs) != 6 || !r.Sizes && len(figs) != 4 {
			t.Errorf("%s: %d figures; want 4, with sizes 6", c.name, len(figs))
		}
		for _, f := range figs {
			var out bytes.Buffer
			if err := plot.Render(&out, f, "svg", plot.Slide()); err != nil {
				t.Errorf("%s: %v", f.Name, err)
			}
			if !strings.Contains(out.String(), f.Title) || len(f.Series) == 0 || len(f.Series[0].X) == 0 {
				t.Errorf("%s, %s: nothing in it", c.name, f.Name)
			}
		}
	}
}
