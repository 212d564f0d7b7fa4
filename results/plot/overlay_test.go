package plot

import (
	"math"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func overTime(from float64, y ...float64) *Figure {
	f := &Figure{Name: "requests", X: Axis{Label: "time", Scale: Time}, Y: Axis{Label: "requests", Unit: Counts}, Step: 60}
	l := Line{Label: "Requests", Color: "blue", Form: AsStack, Y: y}
	for i := range y {
		l.X = append(l.X, from+60*float64(i))
	}
	f.Series = []Line{l}
	return f
}

func TestRunsOfOneMomentAreComparedAsTheyAre(t *testing.T) {
	f, err := Overlay([]*Figure{overTime(600, 1, 2), overTime(660, 3, 4)}, []string{"with-lru", "with-sieve"})
	if err != nil {
		t.Fatal(err)
	}
	if f.X.Scale != Time || !slices.Equal(f.Series[1].X, Numbers{660, 720}) || f.Subtitle != "with-lru and with-sieve" {
		t.Errorf("%s axis, %v, %q", f.X.Scale, f.Series[1].X, f.Subtitle)
	}
	a, b := f.Series[0], f.Series[1]
	if a.Color != b.Color || len(a.Dash) > 0 || len(b.Dash) == 0 || a.Form != AsLine {
		t.Errorf("%+v and %+v: want one colour, solid and dashed lines", a, b)
	}
	if a.Label != "Requests · with-lru" || b.Label != "Requests · with-sieve" {
		t.Errorf("labels %q and %q do not say whose they are", a.Label, b.Label)
	}
}

func TestRunsOfOtherMomentsAreComparedFromTheirBeginning(t *testing.T) {
	f, err := Overlay([]*Figure{overTime(600, 1, 2), overTime(90_000, 3, 4, 5)}, []string{"a", "b"})
	if err != nil {
		t.Fatal(err)
	}
	if f.X.Scale != Elapsed || !slices.Equal(f.Series[1].X, Numbers{0, 60, 120}) || !slices.Equal(f.Series[0].X, Numbers{0, 60}) {
		t.Errorf("%s axis, %v and %v", f.X.Scale, f.Series[0].X, f.Series[1].X)
	}
	checkInside(t, f, Slide())
}

// Sums of buckets of another width are drawn as of the widest; what is no sum stays.
func TestSumsOfOtherBucketsAreBroughtTogether(t *testing.T) {
	narrow, wide := overTime(600, 3000, 3100, math.NaN()), overTime(600, 6100)
	narrow.Step, narrow.Y.Max = 30, 3100
	for _, sums := range []bool{true, false} {
		narrow.Sums, wide.Sums = sums, sums
		f, err := Overlay([]*Figure{narrow, wide}, []string{"a", "b"})
		if err != nil {
			t.Fatal(err)
		}
		want, subtitle, most := Numbers{6000, 6200}, "a and b  ·  per minute", 6200.0
		if !sums {
			want, subtitle, most = Numbers{3000, 3100}, "a and b", 3100
		}
		if got := f.Series[0].Y; !slices.Equal(got[:2], want) || !math.IsNaN(got[2]) || f.Series[1].Y[0] != 6100 || f.Subtitle != subtitle || f.Y.Max != most || f.Step != 60 {
			t.Errorf("%v: %v and %v, %q, up to %v", sums, got, f.Series[1].Y, f.Subtitle, f.Y.Max)
		}
	}
	if narrow.Series[0].Y[0] != 3000 {
		t.Error("the figure itself was changed")
	}
}

func TestOtherAxesAreRefused(t *testing.T) {
	bytes, log, lacking := overTime(0, 1), overTime(0, 1), &Figure{Name: "requests", Lack: "no requests"}
	bytes.Y.Unit = Octets
	log.Y.Scale = Log
	other := overTime(0, 1)
	other.Name = "bytes"
	for _, c := range []struct {
		f    *Figure
		says string
	}{{bytes, `the Y axes are "count" and "B"`}, {log, `"log count"`}, {other, `they are plots "requests" and "bytes"`}, {lacking, ""}} {
		f, err := Overlay([]*Figure{overTime(0, 1), c.f}, []string{"a", "b"})
		switch {
		case c.says == "" && (err != nil || !strings.Contains(f.Subtitle, "b: no requests") || f.Lack != ""):
			t.Errorf("a run without requests: %v", err)
		case c.says != "" && (err == nil || !strings.Contains(err.Error(), c.says) || !strings.Contains(err.Error(), "of a and of b")):
			t.Errorf("%v, want it to say: %s", err, c.says)
		}
	}
	if _, err := Overlay(slices.Repeat([]*Figure{overTime(0, 1)}, 9), make([]string, 9)); err == nil {
		t.Error("nine runs in one figure")
	}
}

// Bars stand beside those of the same name, whatever their place in the runs.
func TestBarsMeetByName(t *testing.T) {
	bars := func(names ...string) *Figure {
		f := &Figure{Name: "top", X: Axis{Scale: Category, Names: names}}
		l := Line{Label: "Requests", Form: AsBars}
		for i := range names {
			l.X, l.Y = append(l.X, float64(i)), append(l.Y, float64(10*i))
		}
		f.Series = []Line{l}
		return f
	}
	f, err := Overlay([]*Figure{bars("/a", "/b"), bars("/b", "/c")}, []string{"x", "y"})
	if err != nil || !slices.Equal(f.X.Names, []string{"/a", "/b", "/c"}) || !slices.Equal(f.Series[1].X, Numbers{1, 2}) {
		t.Errorf("%v over %q (%v)", f.Series[1].X, f.X.Names, err)
	}
}

// Any figure can be laid over itself, and is drawn.
func TestAnyFigureOverItself(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := rapid.Custom(anyFigure).Draw(t, "figure")
		o, err := Overlay([]*Figure{&f, &f}, []string{"a", "b"})
		if err != nil {
			t.Fatal(err)
		}
		if e := o.extentY(); !e.empty() && math.IsNaN(e.low) {
			t.Fatal("a range that is none")
		}
		checkInside(t, o, Slide())
	})
}
