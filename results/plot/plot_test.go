package plot

import (
	"bytes"
	"encoding/xml"
	"errors"
	"flag"
	"image/png"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"edgesim/results"
)

var update = flag.Bool("update", false, "write the goldens anew")

// cut leaves out the warm-up's records for a kind that does not want them.
func cut(k Kind, o Options, recs []results.Record) []results.Record {
	if k.Whole {
		return recs
	}
	var kept []results.Record
	for _, r := range recs {
		if !o.warm(&r) {
			kept = append(kept, r)
		}
	}
	return kept
}

func svgOf(t testing.TB, k Kind, o Options, recs []results.Record) []byte {
	t.Helper()
	d := k.New(o)
	d.Add(cut(k, o, recs))
	var out bytes.Buffer
	if err := Render(&out, k.Figure(d), "svg", Slide()); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestGoldens(t *testing.T) {
	recs, o := synthetic()
	for _, k := range Kinds() {
		t.Run(k.Name, func(t *testing.T) {
			got := svgOf(t, k, o, recs)
			golden := filepath.Join("testdata", k.Name+".svg")
			if *update {
				if err := os.WriteFile(golden, got, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(got, want) {
				t.Errorf("%s differs from %s; look at both, then run with -update", k.Name, golden)
			}
		})
	}
}

// An SVG is well-formed, carries a name, falls back to fonts that are
// everywhere and fetches nothing.
func TestSVGStandsAlone(t *testing.T) {
	recs, o := synthetic()
	o.Title = "<script>&\"\x00\x1b\u202e" + strings.Repeat("long", 50)
	for _, k := range Kinds() {
		svg := string(svgOf(t, k, o, recs))
		dec := xml.NewDecoder(strings.NewReader(svg))
		for {
			if _, err := dec.Token(); errors.Is(err, io.EOF) {
				break
			} else if err != nil {
				t.Fatalf("%s: %v", k.Name, err)
			}
		}
		for _, want := range []string{"<title>" + k.Title + "</title>", `role="img"`, "sans-serif", `width="1280"`} {
			if !strings.Contains(svg, want) {
				t.Errorf("%s: the SVG lacks %q", k.Name, want)
			}
		}
		if regexp.MustCompile(`href|url\(|@import|font-family:Lib`).MatchString(svg) {
			t.Errorf("%s: the SVG refers to something outside", k.Name)
		}
	}
}

func TestPNGIsASlide(t *testing.T) {
	recs, o := synthetic()
	k, err := Find("hit_ratio")
	if err != nil {
		t.Fatal(err)
	}
	d := k.New(o)
	d.Add(recs)
	var out bytes.Buffer
	if err := Render(&out, k.Figure(d), "png", Slide()); err != nil {
		t.Fatal(err)
	}
	img, err := png.Decode(&out)
	if err != nil {
		t.Fatal(err)
	}
	if b := img.Bounds(); b.Dx() != 1920 || b.Dy() != 1080 {
		t.Errorf("PNG of %d by %d pixels, want 1920 by 1080", b.Dx(), b.Dy())
	}
}

func TestWithoutRecordsAPlotSaysSo(t *testing.T) {
	for _, k := range Kinds() {
		d := k.New(Options{})
		if d.Figure().Lack == "" {
			t.Errorf("%s: a figure without records does not say so", k.Name)
		}
		if svg := string(svgOf(t, k, Options{}, nil)); !strings.Contains(svg, ">no requests") {
			t.Errorf("%s: the empty plot does not say that there were no requests", k.Name)
		}
	}
}

func TestRenderRefusesOtherFormats(t *testing.T) {
	recs, o := synthetic()
	k := Kinds()[0]
	d := k.New(o)
	d.Add(recs)
	err := Render(io.Discard, k.Figure(d), "gif", Slide())
	if err == nil || !strings.Contains(err.Error(), "svg, png, pdf") {
		t.Errorf("error %v does not name the formats there are", err)
	}
}

// The order in which records come does not change a plot, but for what_if, which is
// of how far apart they are.
func TestOrderOfRecordsDoesNotMatter(t *testing.T) {
	recs, o := synthetic()
	turned := make([]results.Record, 0, len(recs))
	for i := range recs {
		turned = append(turned, recs[len(recs)-1-i])
	}
	for _, k := range Kinds() {
		if k.Name != "what_if" && !bytes.Equal(svgOf(t, k, o, recs), svgOf(t, k, o, turned)) {
			t.Errorf("%s depends on the order of records", k.Name)
		}
	}
}

func anyRecord(t *rapid.T) results.Record {
	return results.Record{
		At:          rapid.Int64().Draw(t, "at"),
		TTFB:        rapid.Int64Range(-1<<62, 1<<62).Draw(t, "ttfb"),
		Total:       rapid.Int64Range(-5, 1<<50).Draw(t, "total"),
		Object:      rapid.Uint64Range(0, 50).Draw(t, "object"),
		BodyBytes:   rapid.Int64Range(-5, 1<<40).Draw(t, "body"),
		BytesOut:    rapid.Int64Range(-5, 1<<40).Draw(t, "out"),
		OriginBytes: rapid.Int64Range(-5, 1<<40).Draw(t, "origin"),
		OriginAsked: rapid.Uint16().Draw(t, "asked"),
		Response:    results.Result(rapid.Uint8().Draw(t, "response")),
		Result:      results.Result(rapid.Uint8().Draw(t, "result")),
		Flags:       results.Flags(rapid.Uint16().Draw(t, "flags")),
	}
}

// Whatever the records hold, every plot is drawn: well-formed, no coordinate
// is NaN or infinite, no log axis sees a zero.
func TestAnyRecordsMakeAPlot(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		recs := rapid.SliceOfN(rapid.Custom(anyRecord), 0, 8).Draw(rt, "records")
		o := Options{
			Length: time.Duration(rapid.Int64Range(0, 1<<60).Draw(rt, "length")),
			Warmup: time.Duration(rapid.Int64Range(0, 1<<40).Draw(rt, "warmup")),
		}
		for _, k := range Kinds() {
			d := k.New(o)
			d.Add(recs)
			var out bytes.Buffer
			if err := Render(&out, k.Figure(d), "svg", Slide()); err != nil {
				rt.Fatalf("%s: %v", k.Name, err)
			}
			if bad := regexp.MustCompile(`[",(M L]-?(NaN|\+?Inf)[",) L]`).FindString(out.String()); bad != "" {
				rt.Fatalf("%s: the SVG has a coordinate %q", k.Name, bad)
			}
		}
	})
}

// Plots keep no more memory per record and allocate nothing for it, once
// objects and time buckets are known.
func BenchmarkAdd(b *testing.B) {
	recs, o := synthetic()
	for _, k := range Kinds() {
		b.Run(k.Name, func(b *testing.B) {
			d := k.New(o)
			d.Add(recs)
			b.ReportAllocs()
			for b.Loop() {
				d.Add(recs)
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(len(recs)), "ns/record")
		})
	}
}

func BenchmarkRender(b *testing.B) {
	recs, o := synthetic()
	for _, k := range Kinds() {
		for _, format := range Formats() {
			b.Run(k.Name+"/"+format, func(b *testing.B) {
				d := k.New(o)
				d.Add(recs)
				b.ReportAllocs()
				for b.Loop() {
					if err := Render(io.Discard, k.Figure(d), format, Slide()); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}
