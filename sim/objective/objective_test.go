package objective

import (
	"strings"
	"testing"

	"edgesim/results"
)

func summary() *results.Summary {
	f := results.Figures{Count: 10, Mean: 3, P50: 2, P90: 8, P99: 40, P999: 49.5, Max: 50}
	return &results.Summary{
		ViewerRequests: 1000, Requests: 1000, HitRatio: 0.9, ByteHitRatio: 0.75, ErrorRatio: 0.001,
		Rate:     results.Rate{Achieved: 4000},
		Latency:  results.Latency{TTFB: f, Total: f},
		ByResult: map[string]results.ResultFigures{"Hit": {Requests: 900}, "Miss": {Requests: 99}},
	}
}

func TestPromisesAreJudged(t *testing.T) {
	for _, c := range []struct {
		text string
		kept bool
		want float64 // measured; below 0: not known
	}{
		{"hit>=0.9", true, 0.9}, {"hit>=90.1%", false, 0.9}, {"byte-hit>=75%", true, 0.75},
		{"errors<=0.1%", true, 0.001}, {"errors<=0.09%", false, 0.001},
		{"ttfb-p99<=40ms", true, 0.040}, {"ttfb-p99<=39.9ms", false, 0.040}, {"ttfb-p99.9 <= 50ms", true, 0.0495},
		{"total-max<=50ms", true, 0.05}, {"total-mean<=2.9ms", false, 0.003},
		{"rate>=4000/s", true, 4000}, {"rate>=5000", false, 4000},
		{"service-p50<=1h", false, -1}, // of no request: not known, and so not kept
	} {
		targets, err := ParseAll([]string{c.text})
		if err != nil {
			t.Errorf("%s: %v", c.text, err)
			continue
		}
		got := Judge(targets, summary())[0]
		if got.Kept != c.kept || (got.Measured == nil) != (c.want < 0) || got.Measured != nil && *got.Measured != c.want {
			t.Errorf("%s: %+v; right is kept %v, measured %v", c.text, got, c.kept, c.want)
		}
	}
}

func TestPromisesThatCannotBeRead(t *testing.T) {
	for text, want := range map[string]string{
		"":                "QUANTITY>=VALUE",
		"hit":             "QUANTITY>=VALUE",
		"hit=0.9":         "QUANTITY>=VALUE",
		"hit<=0.9":        "more is better",
		"ttfb-p99>=5ms":   "less is better",
		"ttfb-p98<=5ms":   `no quantity "ttfb-p98"`,
		"ttfb-p99<=5":     "no unit",
		"hit>=150%":       "more than the whole",
		"errors<=lots":    "number",
		"origin-rate<=5":  `no quantity "origin-rate"`, // a run's summary does not tell peaks
		"ttfb-p99<=-10ms": "negative",
	} {
		if _, err := ParseAll([]string{text}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v; right is an error with %q", text, err, want)
		}
	}
}

// Figures that are the load generator's own decide nothing; a hit ratio that no
// response told is not 0.
func TestWhatIsNotKnownIsNotKept(t *testing.T) {
	targets, err := ParseAll([]string{"hit>=1%", "errors<=50%"})
	if err != nil {
		t.Fatal(err)
	}
	unsound := summary()
	unsound.Unsound = true
	list := Judge(targets, unsound)
	unsound.Objectives = list
	if !list[0].Kept || *list[0].Measured != 0.9 || !strings.Contains(Missed(unsound), "unsound") {
		t.Errorf("an unsound run: %+v, %q", list, Missed(unsound))
	}
	untold := summary()
	untold.ByResult = map[string]results.ResultFigures{"unclassified": {Requests: 1000}}
	if list = Judge(targets, untold); list[0].Measured != nil || list[0].Kept || !list[1].Kept {
		t.Errorf("a server that does not tell: %+v", list)
	}
	untold.Objectives = list
	if got := Missed(untold); got != "an objective was missed: hit>=1%" {
		t.Errorf("missed: %q", got)
	}
	var b strings.Builder
	if err := WriteTable(&b, list); err != nil {
		t.Fatal(err)
	}
	const want = "objective          measured  kept\n" +
		"hit>=1%           not known  no\n" +
		"errors<=50%          0.10 %  yes\n"
	if b.String() != want {
		t.Errorf("the table is\n%s\nright is\n%s", b.String(), want)
	}
}

// FuzzPromiseReadsBackAsItWasShown: what is taken is of a known quantity, and
// reads again as the same promise.
func FuzzPromiseReadsBackAsItWasShown(f *testing.F) {
	for _, seed := range []string{"hit>=0.9", "ttfb-p99<=50ms", "errors <= 0.1%", "rate>=5000/s", "hit>=", "<=", "ttfb-p99.9<=1.5s"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		a, err := Parse(text, Measured())
		if err != nil {
			return
		}
		b, err := Parse(a.String(), Measured())
		if err != nil || a != b {
			t.Fatalf("%q is shown as %q, which reads as %+v, %v; right is %+v", text, a, b, err, a)
		}
	})
}
