package plot

import (
	"encoding/json"
	"math"
	"testing"

	"pgregory.net/rapid"

	"edgesim/results"
)

// What is written as JSON comes back; what JSON has no number for, as NaN.
func TestNumbersComeBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in := Numbers(rapid.SliceOf(rapid.Float64()).Draw(t, "numbers"))
		in = append(in, math.NaN(), math.Inf(1), math.Inf(-1), 1<<53, -0.5)
		b, err := json.Marshal(in)
		if err != nil {
			t.Fatal(err)
		}
		var out Numbers
		if err := json.Unmarshal(b, &out); err != nil {
			t.Fatal(err)
		}
		if len(out) != len(in) {
			t.Fatalf("%d numbers of %d", len(out), len(in))
		}
		for i, v := range in {
			if lost := math.IsNaN(v) || math.IsInf(v, 0); lost != math.IsNaN(out[i]) || !lost && out[i] != v {
				t.Fatalf("%v became %v", v, out[i])
			}
		}
	})
}

func TestAFigureComesBack(t *testing.T) {
	f := Figure{
		Name: "n", Title: "t", Subtitle: "s", About: "a", Step: 60, Lack: "",
		X:      Axis{Label: "time", Scale: Time, Min: 1, Max: 2},
		Y:      Axis{Label: "requests", Scale: Log, Unit: Counts, Names: []string{"x"}},
		Series: []Line{{Label: "l", Note: "1 %", Color: "Hit", Dash: []float64{3, 1}, Form: AsBand, X: Numbers{1, 2}, Y: Numbers{1, 2}, Y2: Numbers{0, 0}}},
		Strip:  &Strip{Title: "kept", Series: []Line{{Label: "k", X: Numbers{1}, Y: Numbers{2}}}},
		Spans:  []Span{{"warm-up", 0, 1}},
		Marks:  []Mark{{"peak", 1, 2, ""}},
	}
	first, err := json.Marshal(f)
	if err != nil {
		t.Fatal(err)
	}
	var back Figure
	if err := json.Unmarshal(first, &back); err != nil {
		t.Fatal(err)
	}
	second, err := json.Marshal(back)
	if err != nil || string(first) != string(second) {
		t.Errorf("%s became %s (%v)", first, second, err)
	}
}

// A result type has one colour and one dash, by whatever name a line asks.
func TestColorsByName(t *testing.T) {
	for r := results.Result(0); r < results.Results; r++ {
		if ColorOf(r.Label()) != ResultColor(r) || len(DashOf(r.Label())) != len(resultDashes[r]) {
			t.Errorf("%s has another colour or dash by its name", r.Label())
		}
	}
	if ColorOf("ink") != Ink || ColorOf("") != Gray || ColorOf("mauve") != Gray || DashOf("ink") != nil {
		t.Error("colours by name are not what they are called")
	}
}
