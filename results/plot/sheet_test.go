package plot

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/recorder"
	"pgregory.net/rapid"
)

// values is what a series may hold, however it came there.
func values(t *rapid.T, name string) Numbers {
	odd := rapid.SampledFrom([]float64{math.NaN(), math.Inf(1), math.Inf(-1), 0, -1, 1, 100, 1e-320, 1e308, -1e308})
	return rapid.SliceOfN(rapid.OneOf(odd, rapid.Float64Range(-1e3, 1e6)), 0, 6).Draw(t, name)
}

func anyLine(t *rapid.T) Line {
	return Line{
		Label: rapid.String().Draw(t, "label"), Note: rapid.String().Draw(t, "note"),
		Color: rapid.SampledFrom([]string{"", "Hit", "Miss", "ink", "mauve"}).Draw(t, "color"),
		Dash:  rapid.SliceOfN(rapid.Float64(), 0, 3).Draw(t, "dash"),
		Form:  rapid.SampledFrom([]string{"", AsLine, AsStep, AsPoints, AsBars, AsStack, AsBand, "cloud"}).Draw(t, "form"),
		X:     values(t, "x"), Y: values(t, "y"), Y2: values(t, "y2"),
	}
}

func anyAxis(t *rapid.T, scales ...string) Axis {
	a := Axis{
		Label: rapid.String().Draw(t, "axis"), Scale: rapid.SampledFrom(scales).Draw(t, "scale"),
		Unit:  rapid.SampledFrom([]string{"", Percents, Octets, OctetsRate, Milliseconds, PerSecond, Counts, Dollars}).Draw(t, "unit"),
		Names: rapid.SliceOfN(rapid.String(), 0, 40).Draw(t, "names"),
	}
	if rapid.Bool().Draw(t, "ranged") {
		a.Min, a.Max = values(t, "min").first(), values(t, "max").first()
	}
	return a
}

func (n Numbers) first() float64 {
	if len(n) == 0 {
		return 0
	}
	return n[0]
}

func anyFigure(t *rapid.T) Figure {
	f := Figure{
		Name: "any", Title: rapid.String().Draw(t, "title"), Subtitle: rapid.String().Draw(t, "subtitle"),
		X:      anyAxis(t, "", Linear, Log, Elapsed, Time, Nines, Category, Columns),
		Y:      anyAxis(t, "", Linear, Log),
		Step:   values(t, "step").first(),
		Series: rapid.SliceOfN(rapid.Custom(anyLine), 0, 4).Draw(t, "series"),
		Lack:   rapid.SampledFrom([]string{"", "", "", "nothing"}).Draw(t, "lack"),
	}
	if rapid.Bool().Draw(t, "strip") {
		f.Strip = &Strip{Title: rapid.String().Draw(t, "strip title"), Series: rapid.SliceOfN(rapid.Custom(anyLine), 0, 2).Draw(t, "strip series")}
	}
	for _, v := range values(t, "spans") {
		f.Spans = append(f.Spans, Span{"warm-up", v, values(t, "to").first()})
		f.Marks = append(f.Marks, Mark{"mark", v, values(t, "y").first(), rapid.SampledFrom([]string{"", "x", "y", "z"}).Draw(t, "axis")})
	}
	return f
}

// checkInside fails where anything is drawn outside the paper, or nowhere.
func checkInside(t interface{ Fatalf(string, ...any) }, f *Figure, size Size) {
	var c recorder.Canvas
	wide, high := size.sheet()
	f.paint(draw.NewCanvas(&c, wide, high))
	for _, a := range c.Actions {
		var path vg.Path
		switch a := a.(type) {
		case *recorder.Stroke:
			path = a.Path
		case *recorder.Fill:
			path = a.Path
		}
		for _, p := range path {
			const slack = 3 // half a pen
			if p.Type != vg.CloseComp && !(p.Pos.X >= -slack && p.Pos.X <= wide+slack && p.Pos.Y >= -slack && p.Pos.Y <= high+slack) {
				t.Fatalf("a line goes to %v on paper of %v by %v", p.Pos, wide, high)
			}
		}
	}
}

// Any figure is drawn in any size: without a panic, on the paper, in numbers.
func TestAnyFigureIsDrawnOnThePaper(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := rapid.Custom(anyFigure).Draw(t, "figure")
		size := sizes[rapid.IntRange(0, len(sizes)-1).Draw(t, "size")].size
		checkInside(t, &f, size)
		var svg bytes.Buffer
		if err := Render(&svg, &f, "svg", size); err != nil {
			t.Fatal(err)
		}
		if bad := regexp.MustCompile(`[",(M L]-?(NaN|\+?Inf)[",) L]`).FindString(svg.String()); bad != "" {
			t.Fatalf("the SVG has a coordinate %q", bad)
		}
		if rapid.IntRange(0, 9).Draw(t, "pdf") > 0 {
			return // one in ten: it takes longer than the rest
		}
		if err := Render(io.Discard, &f, "pdf", size); err != nil {
			t.Fatal(err)
		}
	})
}

// forms are figures of every form and scale, for goldens and galleries.
func forms() []*Figure {
	n := 49
	line := func(label, color, form string, f func(i float64) float64) Line {
		l := Line{Label: label, Color: color, Dash: DashOf(color), Form: form}
		for i := range n {
			l.X, l.Y = append(l.X, 1_795_651_200+3600*float64(i)), append(l.Y, f(float64(i)))
		}
		return l
	}
	wave := func(a, b float64) func(float64) float64 {
		return func(i float64) float64 { return a + b*math.Sin(i/4) }
	}
	clock := Axis{Label: "time", Scale: Time}
	gap := line("Miss", "Miss", "", wave(40, 20))
	gap.Y[20], gap.Y[22] = math.NaN(), math.NaN()
	f := []*Figure{
		{Name: "form_lines", Title: "Lines with a gap over two days", X: clock, Step: 3600,
			Y: Axis{Label: "share of requests", Unit: Percents, Max: 100}, Series: []Line{line("Hit", "Hit", "", wave(70, 20)), gap},
			Marks: []Mark{{"target 60 %", 0, 60, "y"}, {"deploy", 1_795_651_200 + 30*3600, 0, "x"}, {"peak", 1_795_651_200 + 6*3600, 90, ""}}},
		{Name: "form_steps", Title: "Steps of bytes", X: clock, Step: 3600,
			Y: Axis{Label: "bytes", Unit: Octets}, Series: []Line{line("all", "blue", AsStep, wave(3e9, 2e9))}},
		{Name: "form_stack", Title: "A stack of three", X: clock, Step: 3600, Y: Axis{Label: "requests"}, Series: []Line{
			line("2xx", "blue", AsStack, wave(3000, 2000)), line("3xx", "sky", AsStack, wave(800, -500)), line("5xx", "purple", AsStack, wave(300, 200))}},
		{Name: "form_bars_upright", Title: "Bars over time", X: clock, Step: 3600, Y: Axis{Label: "requests"}, Series: []Line{line("requests", "blue", AsBars, wave(3000, 2000))}},
		{Name: "form_log", Title: "Bytes on a log axis, with zeros", X: clock, Step: 3600, Y: Axis{Label: "bytes (log scale)", Unit: Octets, Scale: Log},
			Series: []Line{line("all", "ink", "", func(i float64) float64 { return max(0, math.Pow(10, i/4)-20) })}},
	}
	names := Axis{Label: "object", Scale: Category}
	top := Line{Label: "requests", Color: "blue", Form: AsBars}
	var hits, misses Line
	for i := range 30 {
		names.Names = append(names.Names, fmt.Sprintf("/a/long/path/%s/of-an-object-%d.jpg", strings.Repeat("deep/", i%12), i))
		top.X, top.Y = append(top.X, float64(i)), append(top.Y, 9000/float64(i+1))
	}
	hits, misses = top, top
	hits.Label, hits.Color, hits.Form = "hits", "Hit", AsStack
	misses.Label, misses.Color, misses.Form = "misses", "Miss", AsStack
	beside := top
	beside.Label, beside.Dash = "before", []float64{10, 4}
	few := Axis{Scale: Category, Names: []string{"Desktop", "Mobile", "Smart-TV"}}
	share := Line{Label: "share", Color: "green", Form: AsBars, X: Numbers{0, 1, 2}, Y: Numbers{62.5, 37.4, 0.1}}
	return append(f,
		&Figure{Name: "form_bars", Title: "Thirty objects, as many as find room", X: names, Y: Axis{Label: "requests", Unit: Counts}, Series: []Line{top}},
		&Figure{Name: "form_bars_stacked", Title: "Stacked bars", X: names, Y: Axis{Label: "requests", Unit: Counts}, Series: []Line{hits, misses}},
		&Figure{Name: "form_bars_beside", Title: "Two runs' bars", X: names, Y: Axis{Label: "requests", Unit: Counts}, Series: []Line{top, beside}},
		&Figure{Name: "form_bars_few", Title: "Three bars", X: few, Y: Axis{Label: "share of requests", Unit: Percents}, Series: []Line{share}},
		cells(),
		&Figure{Name: "form_nothing", Title: "Nothing", Lack: "no requests"})
}

func TestGoldensOfForms(t *testing.T) {
	for _, f := range forms() {
		var got bytes.Buffer
		if err := Render(&got, f, "svg", Slide()); err != nil {
			t.Fatal(err)
		}
		golden := filepath.Join("testdata", f.Name+".svg")
		if *update {
			if err := os.WriteFile(golden, got.Bytes(), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		if want, err := os.ReadFile(golden); err != nil || !bytes.Equal(got.Bytes(), want) {
			t.Errorf("%s differs from %s (%v); look at both, then run with -update", f.Name, golden, err)
		}
	}
}

// A PDF is the same bytes every time, embeds its letters and holds no moment of
// the clock.
func TestAPDFIsTheSameEveryTime(t *testing.T) {
	f := forms()[0]
	f.Title = "α − β ± 𝛾"
	var first, second bytes.Buffer
	for _, out := range []*bytes.Buffer{&first, &second} {
		if err := Render(out, f, "pdf", Slide()); err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(first.Bytes(), second.Bytes()) {
		t.Error("two PDFs of one figure differ")
	}
	for _, want := range []string{"%PDF-1.", "/FontFile2", "CreationDate (D:19700101000000"} {
		if !bytes.Contains(first.Bytes(), []byte(want)) {
			t.Errorf("the PDF lacks %q", want)
		}
	}
}

func TestSizes(t *testing.T) {
	for _, c := range []struct {
		text        string
		wide, high  vg.Length // points
		dpi         int
		complaining string
	}{
		{"16x9", 960, 540, 144, ""},
		{"160mmx90mm", 160 * vg.Millimeter, 90 * vg.Millimeter, 300, ""},
		{"6.5x4in", 468, 288, 300, ""},
		{"1200x675px", 900, 506.25, 96, ""},
		{"1200pxx675px", 900, 506.25, 96, ""},
		{"poster", 0, 0, 0, "is unknown"},
		{"10x10mm", 0, 0, 0, "not within"},
		{"1e9x1mm", 0, 0, 0, "is unknown"},
		{"1.2.3x400px", 0, 0, 0, "not within"},
		{"99999x99999px", 0, 0, 0, "not within"},
	} {
		s, err := ParseSize(c.text)
		if c.complaining != "" {
			if err == nil || !strings.Contains(err.Error(), c.complaining) || !strings.Contains(err.Error(), "landscape") {
				t.Errorf("%s: %v, want it %s and what is right", c.text, err, c.complaining)
			}
			continue
		}
		near := func(a, b vg.Length) bool { return math.Abs(float64(a-b)) < 1e-6 }
		if err != nil || !near(s.Width, c.wide) || !near(s.Height, c.high) || s.DPI != c.dpi {
			t.Errorf("%s: %+v, %v", c.text, s, err)
		}
	}
}

// A PNG has the very pixels that were asked for, and letters of half a page are
// no smaller than 8 points.
func TestPixelsAndLetters(t *testing.T) {
	size, err := ParseSize("1203x677px")
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := Render(&out, forms()[0], "png", size); err != nil {
		t.Fatal(err)
	}
	head := out.Bytes()[16:24] // IHDR's width and height
	if w, h := int(head[2])<<8|int(head[3]), int(head[6])<<8|int(head[7]); w != 1203 || h != 677 {
		t.Errorf("PNG of %d by %d pixels", w, h)
	}
	page, _ := ParseSize("page")
	if least := noteSize * page.scale(); least < 8 {
		t.Errorf("letters of %s points on half a page", strconv.FormatFloat(least, 'f', 1, 64))
	}
}

// Names at the ends of lines keep apart and inside, and their order.
func TestEndsKeepApart(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var ends []ending
		for _, y := range rapid.SliceOfN(rapid.Float64Range(0, 200), 1, mostEnds).Draw(t, "ends") {
			ends = append(ends, ending{y: vg.Length(y)})
		}
		slices.SortFunc(ends, func(a, b ending) int { return cmp.Compare(b.y, a.y) })
		spread(ends, 8, 200)
		for i, e := range ends {
			if e.y < 8-1e-9 || e.y > 200+1e-9 || i > 0 && ends[i-1].y-e.y < endHigh-1e-9 {
				t.Fatalf("ends at %v", ends)
			}
		}
	})
}
