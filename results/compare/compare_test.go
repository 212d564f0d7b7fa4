package compare

import (
	"bytes"
	"flag"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"edgesim/results"
)

var update = flag.Bool("update", false, "write the golden files anew")

// run is a run of a seed with a hit ratio in percent and a first-byte p99 in ms.
func run(name string, seed uint64, hit, p99 float64) Run {
	s := &results.Summary{
		Requests: 1000, Duration: 10, HitRatio: hit / 100, ByteHitRatio: 0.5, OriginRequests: int64(1000 - 10*hit), OriginBytes: 12_345_678, BytesOut: 1e9,
		Rate:     results.Rate{Achieved: 100},
		Latency:  results.Latency{TTFB: results.Figures{Count: 1000, Mean: p99 / 4, P50: 1, P90: 20, P99: p99, P999: 3 * p99}},
		ByResult: map[string]results.ResultFigures{},
	}
	m := &results.Manifest{Mode: "virtual", Seed: seed, Scenario: "name: x\nseed: " + fmt.Sprint(seed) + "\n", Length: 10, Started: time.Unix(int64(seed), 0)}
	return Run{name, s, m}
}

// sleep is Student's own example (Biometrika 6, 1908): ten patients, two drugs.
var sleep = [2][]float64{
	{.7, -1.6, -.2, -1.2, -.1, 3.4, 3.7, .8, 0, 2},
	{1.9, .8, 1.1, .1, -.1, 4.4, 5.5, 1.6, 4.6, 3.4},
}

func TestDifferencesAgainstPublishedOnes(t *testing.T) {
	for _, c := range []struct {
		what               string
		d                  Difference
		mean, low, high, p float64
	}{
		{"Welch", difference(sleep[0], sleep[1], 0.95), 1.58, -0.2054832, 3.3654832, 0.07939414},
		{"paired", pairedDifference(sleep[0], sleep[1], 0.95), 1.58, 0.7001142, 2.4598858, 0.00283289},
	} {
		for _, v := range [][2]float64{{c.d.Mean, c.mean}, {*c.d.Low, c.low}, {*c.d.High, c.high}, {*c.d.P, c.p}} {
			if math.Abs(v[0]-v[1]) > 1e-6 {
				t.Errorf("%s: %v, published %v", c.what, v[0], v[1])
			}
		}
	}
}

// TestIntervalsHoldWhatTheySay: of samples of the same distribution, about one
// interval of a difference in twenty leaves 0 out, with two runs to a side, three,
// or one against four.
func TestIntervalsHoldWhatTheySay(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	draw := func(n int) (v []float64) {
		for range n {
			v = append(v, 10+rng.NormFloat64())
		}
		return v
	}
	for _, n := range [][2]int{{2, 2}, {3, 3}, {5, 3}, {1, 4}, {6, 1}} {
		const times = 4000
		missed := 0
		for range times {
			if d := difference(draw(n[0]), draw(n[1]), 0.95); *d.Low > 0 || *d.High < 0 {
				missed++
			}
		}
		if part := float64(missed) / times; part > 0.065 {
			t.Errorf("%d runs against %d: 0 lies outside of %.3f of the intervals", n[0], n[1], part)
		}
	}
	missed := 0
	for range 4000 {
		if e := estimate(draw(4), 0.9); *e.Low > 10 || *e.High < 10 {
			missed++
		}
	}
	if part := float64(missed) / 4000; math.Abs(part-0.1) > 0.02 {
		t.Errorf("the mean lies outside of %.3f of the intervals of 90 %%", part)
	}
}

func compared(t *testing.T, a, b []Run) *Report {
	t.Helper()
	r, err := Compare(a, b, 0.95)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func (r *Report) says(name string) string {
	for _, row := range r.Rows {
		if row.Name == name {
			return row.Says
		}
	}
	return "no such row"
}

func TestVerdicts(t *testing.T) {
	low := []Run{run("a1", 1, 70, 100), run("a2", 2, 70.2, 90), run("a3", 3, 69.9, 110)}
	high := []Run{run("b1", 11, 75, 101), run("b2", 12, 75.3, 92), run("b3", 13, 74.8, 109)}
	r := compared(t, low, high)
	if r.Paired || r.says("hit_ratio") != Better || r.says("origin_requests") != Better || r.says("latency_ms.ttfb.p99") != Chance || r.says("byte_hit_ratio") != Same {
		t.Errorf("%+v", r)
	}
	if r = compared(t, high, low); r.says("hit_ratio") != Worse || !strings.HasPrefix(r.Verdict[0], "B is worse in hit ratio (-5.00 points") {
		t.Errorf("%s: %v", r.says("hit_ratio"), r.Verdict)
	}
	if r = compared(t, low[:1], high[:1]); r.says("hit_ratio") != Unknown || !strings.Contains(r.Warnings[0], "correlated") || !strings.Contains(r.Verdict[0], "too few runs") {
		t.Errorf("one against one: %v %v", r.Verdict, r.Warnings)
	}
	if r = compared(t, low[:1], high); r.says("hit_ratio") != Better {
		t.Errorf("one against three: %s", r.says("hit_ratio"))
	}
	if r = compared(t, low, low); r.says("hit_ratio") != Same || r.Verdict[0] != "Every figure is the same." {
		t.Errorf("against themselves: %v", r.Verdict)
	}
	if r = compared(t, low, []Run{run("c1", 4, 70.1, 95), run("c2", 5, 70, 105)}); len(r.Verdict) != 1 || !strings.HasPrefix(r.Verdict[0], "No figure of") {
		t.Errorf("like runs: %v", r.Verdict)
	}
}

// TestPairsShowWhatSeedsHide: seeds differ by ten points, sides by half of one.
func TestPairsShowWhatSeedsHide(t *testing.T) {
	var a, b []Run
	for seed := range uint64(4) {
		hit := 50 + 10*float64(seed)
		a = append(a, run(fmt.Sprint("a", seed), seed, hit, 100))
		b = append(b, run(fmt.Sprint("b", seed), seed, hit+0.5+0.05*float64(seed%2), 100))
	}
	slices.Reverse(b) // the order of folders does not matter
	r := compared(t, a, b)
	if !r.Paired || r.says("hit_ratio") != Better || r.A[0] != "a0" || r.B[0] != "b3" {
		t.Errorf("paired: %v %s %v %v", r.Paired, r.says("hit_ratio"), r.A, r.B)
	}
	b[0].Manifest.Seed = 99
	if r = compared(t, a, b); r.Paired || r.says("hit_ratio") != Chance {
		t.Errorf("not paired: %v %s", r.Paired, r.says("hit_ratio"))
	}
}

func TestDoubts(t *testing.T) {
	a := []Run{run("a1", 1, 70, 100), run("again", 1, 70, 100), run("a2", 2, 71, 100)}
	b := []Run{run("b1", 3, 70, 100), run("b2", 4, 71, 100)}
	b[0].Manifest.Mode, b[1].Manifest.Length, b[1].Summary.Partial, b[1].Manifest.Scenario = "live", 20, true, "name: y\n"
	r := compared(t, a, b)
	all := strings.Join(r.Warnings, "\n")
	for _, want := range []string{
		"again is the run a1 again and left out", "different modes: live, virtual", "different lengths: 10 s, 20 s", "b2 was interrupted", "b1, b2 are of different scenarios",
	} {
		if !strings.Contains(all, want) {
			t.Errorf("no word of %q in:\n%s", want, all)
		}
	}
	if len(r.A) != 2 {
		t.Errorf("runs of A: %v", r.A)
	}
	if _, err := Compare(a, nil, 0.95); err == nil {
		t.Error("a side without runs")
	}
	if _, err := Compare(a, b, 1); err == nil {
		t.Error("a confidence of 1")
	}
}

// TestMoreDoubts: the same run on both sides, shares and generators that fell behind.
func TestMoreDoubts(t *testing.T) {
	a, b := run("a", 1, 70, 100), run("b", 1, 70, 100)
	b.Manifest.Scenario = strings.Replace(b.Manifest.Scenario, "name: x", "name: y", 1)
	b.Manifest.Share, b.Manifest.Unsound = "2/4", true
	all := strings.Join(compared(t, []Run{a}, []Run{b}).Warnings, "\n")
	for _, want := range []string{"different names: x, y;", "b is only the share 2/4", "b: the load generator did not keep"} {
		if !strings.Contains(all, want) {
			t.Errorf("no word of %q in:\n%s", want, all)
		}
	}
	again := run("again", 1, 70, 100)
	again.Manifest.Started = time.Unix(99, 0) // a virtual run is the same whenever it is made
	if all = strings.Join(compared(t, []Run{a}, []Run{again}).Warnings, "\n"); !strings.Contains(all, "a and again are the same run") {
		t.Errorf("not told to be the same:\n%s", all)
	}
	again.Manifest.Program.Commit = "of another program"
	if all = strings.Join(compared(t, []Run{a}, []Run{again}).Warnings, "\n"); strings.Contains(all, "the same run") {
		t.Errorf("told to be the same:\n%s", all)
	}
}

func TestSettingsThatDiffer(t *testing.T) {
	of := func(text string) Run { return Run{Manifest: &results.Manifest{Scenario: text}} }
	for _, c := range []struct {
		a, b string
		want []Setting
	}{
		{"name: x\nseed: 1\nrate: 5/s\n", "name: y\nabout: other\nseed: 2\nrate: 5/s\n", nil},
		{"edge:\n  policy: lru\n  capacity: 1GiB\n", "edge:\n  capacity: 1GiB\n  policy: sieve\n", []Setting{{"edge.policy", "lru", "sieve"}}},
		{"a: [1, 2]\n", "a: [1]\nb: yes\n", []Setting{{"a.1", "2", ""}, {"b", "", "yes"}}},
		{"a: [{name: n, x: 1}]\n", "a: [{name: m, x: 1}]\n", []Setting{{"a.0.name", "n", "m"}}},
		{"", "a: 1\n", nil},
		{"\tno: [yaml", "a: 1\n", nil},
	} {
		if got := settings(of(c.a), of(c.b)); !slices.Equal(got, c.want) {
			t.Errorf("%q against %q: %v, want %v", c.a, c.b, got, c.want)
		}
	}
}

// TestWhatIsRoundedOffIsNoDifference: the same values in another order have another
// mean, in the last digit.
func TestWhatIsRoundedOffIsNoDifference(t *testing.T) {
	a, b := []float64{0.1, 0.2, 0.3}, []float64{0.3, 0.2, 0.1}
	if d := pairedDifference(a, b, 0.95); d.Mean != 0 || *d.Relative != 0 {
		t.Errorf("%v", d)
	}
	if d := difference([]float64{1, 1}, []float64{1 + 1e-9, 1 + 1e-9}, 0.95); d.Mean == 0 {
		t.Error("a difference in the ninth digit is one")
	}
}

func TestText(t *testing.T) {
	a := []Run{run("a1", 1, 70, 100), run("a2", 2, 70.2, 90), run("a3", 3, 69.9, 110)}
	b := []Run{run("b1", 11, 75, 201), run("b2", 12, 75.3, 202), run("b3", 13, 74.8, 209)}
	b[0].Manifest.Scenario += "edge:\n  policy: sieve\n"
	a[0].Manifest.Scenario += "edge:\n  policy: lru\n  hosts: [www.example.com, a-name-that-is-far-too-long.example.com]\n"
	var out bytes.Buffer
	if err := compared(t, a, b).WriteText(&out); err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(out.String()) {
		if n := len([]rune(strings.TrimRight(line, "\n"))); n > columns {
			t.Errorf("a line of %d columns: %s", n, line)
		}
	}
	if *update {
		if err := os.WriteFile("testdata/text.txt", out.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile("testdata/text.txt")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(out.Bytes(), want) {
		t.Errorf("got:\n%s\nwant:\n%s", out.Bytes(), want)
	}
}

func TestLongNames(t *testing.T) {
	long := strings.Repeat("x", 100)
	for _, names := range [][]string{{long}, {long, long}, {"a", "b"}, {strings.Repeat("a", 30), strings.Repeat("b", 30), strings.Repeat("c", 30)}} {
		if n := len([]rune("A  " + listed(names))); n > columns {
			t.Errorf("%d columns for %v", n, names)
		}
	}
}
