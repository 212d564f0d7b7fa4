package plan

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"edgesim/results/plot"
	"edgesim/results/price"
	"edgesim/sim/objective"
	"edgesim/sim/sweep"

	"pgregory.net/rapid"
)

func target(t interface {
	Helper()
	Fatal(...any)
}, text string) objective.Target {
	t.Helper()
	g, err := objective.Parse(text, objective.Quantities())
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// curve is a world whose hit ratio is capacity/(capacity+half), wavering by sd.
func curve(half, sd float64) Trial {
	return func(_ context.Context, c sweep.Cell, seed uint64) (sweep.Values, *sweep.Monthly, error) {
		rng := rand.New(rand.NewPCG(seed, uint64(c.Capacity)))
		x := float64(c.Capacity)
		hit := x/(x+half) + sd*rng.NormFloat64()
		return sweep.Values{"hit": hit, "ttfb-p99": 0.2 * (1 - hit)},
			&sweep.Monthly{BytesOut: 1e15, Requests: 1e9, OriginBytes: 1e15 * (1 - hit), OriginRequests: 1e9 * (1 - hit)}, nil
	}
}

func config(t testing.TB, trial Trial, targets ...string) Config {
	c := Config{Policies: []string{"lru"}, Seeds: []uint64{1, 2, 3, 4, 5}, Jobs: 2, Least: 1 << 16, Most: 1 << 40, Precision: 0.05, Trial: trial}
	for _, text := range targets {
		c.Targets = append(c.Targets, target(t, text))
	}
	return c
}

func TestTargets(t *testing.T) {
	for text, want := range map[string]float64{
		"byte-hit>=0.95": 0.95, "hit>=90%": 0.9, "ttfb-p99<=80ms": 0.08, "origin-rate<=200/s": 200,
		"origin-bandwidth<=1Gbit/s": 125e6, "origin-bandwidth<=100MB/s": 1e8, "errors <= 1%": 0.01,
	} {
		if g := target(t, text); g.Value != want {
			t.Errorf("%s is %v, want %v", text, g.Value, want)
		}
	}
	for text, want := range map[string]string{
		"hit":           "write it as",
		"hit=0.9":       "write it as",
		"=":             "write it as",
		"hit<=0.9":      "the target is >=",
		"ttfb-p99>=1ms": "the target is <=",
		"speed>=1":      `no quantity "speed": there are hit, byte-hit`,
		"hit>=95":       "", // what unit.ParseShare says, or the bound
		"ttfb-p99<=80":  "duration",
	} {
		_, err := objective.Parse(text, objective.Quantities())
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: error %v, want %q in it", text, err, want)
		}
	}
}

// Without chance the answer is known: hit h takes half·h/(1−h).
func TestTheAnswerIsTheSmallestWithinThePrecision(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		half := math.Exp(rapid.Float64Range(math.Log(1e6), math.Log(1e10)).Draw(t, "half"))
		hit := rapid.Float64Range(0.2, 0.95).Draw(t, "hit")
		c := config2(t, curve(half, 0), hit)
		if guess := rapid.Int64Range(0, 1<<41).Draw(t, "guess"); guess > 0 {
			c.Guess = func(string) int64 { return guess }
		}
		r, err := Run(context.Background(), c)
		if err != nil {
			t.Fatal(err)
		}
		exact := half * hit / (1 - hit)
		a := r.Answers[0]
		if !a.Reached || float64(a.Capacity) < exact*0.999999 || float64(a.Capacity) > exact*1.0501 {
			t.Fatalf("capacity %d, exact %.0f", a.Capacity, exact)
		}
		if a.Below == nil || float64(a.Below.Capacity) >= exact {
			t.Fatalf("below: %+v", a.Below)
		}
	})
}

// TestTheAnswerAmongSmallNumbers: of few objects every capacity between is looked
// at; between 2 and 4 is 3.
func TestTheAnswerAmongSmallNumbers(t *testing.T) {
	for exact := int64(1); exact <= 70; exact++ {
		c := config(t, func(_ context.Context, c sweep.Cell, _ uint64) (sweep.Values, *sweep.Monthly, error) {
			hit := 0.0
			if c.Capacity >= exact {
				hit = 1
			}
			return sweep.Values{"hit": hit}, nil, nil
		}, "hit>=0.5")
		c.Least, c.Most, c.Precision = 1, 70, 0.001
		r, err := Run(context.Background(), c)
		if err != nil {
			t.Fatal(err)
		}
		if got := r.Answers[0].Capacity; got != exact {
			t.Errorf("%d is said to be the smallest of 70 that does; it is %d", got, exact)
		}
	}
}

func config2(t *rapid.T, trial Trial, hit float64) Config {
	promise := target(t, fmt.Sprintf("hit>=%v", hit))
	promise.Value = hit
	return Config{Policies: []string{"lru"}, Targets: []objective.Target{promise}, Seeds: []uint64{1}, Jobs: 1,
		Least: 1 << 16, Most: 1 << 42, Precision: 0.05, Trial: trial}
}

// With chance the answer is not below what the mean would name: the whole
// interval keeps the target.
func TestTheAnswerHoldsWithItsInterval(t *testing.T) {
	r, err := Run(t.Context(), config(t, curve(1e8, 0.004), "hit>=0.8", "ttfb-p99<=45ms"))
	if err != nil {
		t.Fatal(err)
	}
	a := r.Answers[0]
	e := a.At.Figures["hit"]
	if !a.Reached || e.Mean-*e.Doubt < 0.8 || a.Capacity < 4e8 || a.Capacity > 6e8 {
		t.Errorf("%+v at %+v", a, e)
	}
}

func TestWhatNoCapacityReachesIsSaid(t *testing.T) {
	c := config(t, curve(1e8, 0), "hit>=0.8")
	c.Most = 1 << 24
	r, err := Run(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	if a := r.Answers[0]; a.Reached || a.At.Capacity != 1<<24 {
		t.Errorf("%+v", a)
	}
	var b strings.Builder
	if err := r.WriteTable(&b, false); err != nil || !strings.Contains(b.String(), "> 16MiB") {
		t.Errorf("%v\n%s", err, b.String())
	}
}

// Where the least capacity does, it is the answer.
func TestTheLeastCapacityMayDo(t *testing.T) {
	r, err := Run(t.Context(), config(t, curve(1, 0), "hit>=0.8"))
	if err != nil {
		t.Fatal(err)
	}
	if a := r.Answers[0]; !a.Reached || a.Capacity != 1<<16 || a.Below != nil {
		t.Errorf("%+v", a)
	}
}

// TestOneReplicaClaimsNoInterval: an answer says no more than its trials do, and
// its lines fit a terminal with several targets, too.
func TestOneReplicaClaimsNoInterval(t *testing.T) {
	for replicas, want := range map[int]bool{1: false, 3: true} {
		c := config(t, curve(1<<24, 0.001), "hit>=0.9", "ttfb-p99<=80ms")
		c.Seeds = c.Seeds[:replicas]
		r, err := Run(t.Context(), c)
		if err != nil {
			t.Fatal(err)
		}
		text := tableOf(t, r)
		if !strings.Contains(text, "keeps every target") || strings.Contains(text, "whole interval") != want {
			t.Errorf("of %d replicas: %s", replicas, text)
		}
		for line := range strings.Lines(text) {
			if utf8.RuneCountInString(line) > 81 {
				t.Errorf("wider than 80 columns: %s", line)
			}
		}
	}
}

func TestAnUnknownQuantityIsSaid(t *testing.T) {
	_, err := Run(t.Context(), config(t, curve(1e8, 0), "total-p99<=1s"))
	if err == nil || !strings.Contains(err.Error(), "total-p99<=1s: what is played tells no last byte p99") {
		t.Errorf("error %v", err)
	}
}

func TestInterruptedKeepsWholeAnswers(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	c := config(t, nil, "hit>=0.8")
	c.Policies = []string{"lru", "sieve"}
	c.Trial = func(ctx context.Context, cell sweep.Cell, seed uint64) (sweep.Values, *sweep.Monthly, error) {
		if cell.Policy == "sieve" {
			cancel()
			return nil, nil, errors.New("cut off")
		}
		return curve(1e8, 0)(ctx, cell, seed)
	}
	r, err := Run(ctx, c)
	if err != nil || !r.Partial || len(r.Answers) != 1 {
		t.Errorf("%v, %+v", err, r)
	}
}

// A bill worked out by hand: 1 TB from origins at 0.09 a GiB, a million requests
// at 0.4 a thousand, 64 GiB of memory in two locations.
// Trials that fail by themselves leave the other policies' answers as they are: a
// replica less where enough are left, no answer of a policy where not.
func TestFailedTrialsAreLeftOut(t *testing.T) {
	sound := curve(100e6, 0)
	whole, err := Run(context.Background(), config(t, sound, "hit>=0.5"))
	if err != nil {
		t.Fatal(err)
	}
	for name, fails := range map[string]func(c sweep.Cell, seed uint64) bool{
		"one replica": func(c sweep.Cell, seed uint64) bool { return c.Policy == "b" && seed == 2 },
		"all but one": func(c sweep.Cell, seed uint64) bool { return c.Policy == "b" && seed != 2 },
		"all":         func(c sweep.Cell, _ uint64) bool { return c.Policy == "b" },
	} {
		for _, abreast := range []int{1, 3} {
			c := config(t, func(ctx context.Context, c sweep.Cell, seed uint64) (sweep.Values, *sweep.Monthly, error) {
				if fails(c, seed) {
					return nil, nil, sweep.Lost{Cause: errors.New("poison")}
				}
				return sound(ctx, c, seed)
			}, "hit>=0.5")
			c.Policies, c.Abreast, c.Jobs = []string{"a", "b", "c"}, abreast, 2
			r, err := Run(context.Background(), c)
			if err != nil || len(r.Lost) == 0 || r.Lost[0].Cell.Policy != "b" || r.Lost[0].Text != "poison" || r.Partial {
				t.Fatalf("%s: %+v, %v", name, r, err)
			}
			answers := map[string]Answer{}
			for _, a := range r.Answers {
				answers[a.Policy] = a
			}
			for _, policy := range []string{"a", "c"} {
				if answers[policy].Capacity != whole.Answers[0].Capacity {
					t.Errorf("%s: %+v", name, answers[policy])
				}
			}
			b, there := answers["b"]
			if there != (name == "one replica") || there && b.At.Replicas != len(c.Seeds)-1 {
				t.Errorf("%s: %v, %+v", name, there, b.At)
			}
		}
	}
	c := config(t, func(context.Context, sweep.Cell, uint64) (sweep.Values, *sweep.Monthly, error) {
		return nil, nil, sweep.Lost{Cause: errors.New("poison")}
	}, "hit>=0.5")
	if r, err := Run(context.Background(), c); err == nil || !strings.Contains(err.Error(), "poison") {
		t.Errorf("%+v, %v", r, err)
	}
}

func TestCostsByHand(t *testing.T) {
	l := price.Default()
	p := Prices{List: l, Memory: 5, OriginEgress: 0.09, OriginRequests: 0.4, Locations: 2}
	got := p.Of(64<<30, sweep.Monthly{OriginBytes: 1024 * l.Gigabyte, OriginRequests: 1e6})
	if want := (Cost{Origin: 1024*0.09 + 400, Memory: 64 * 5 * 2}); math.Abs(got.Origin-want.Origin) > 1e-9 || got.Memory != want.Memory || got.Viewers != 0 {
		t.Errorf("%+v, want %+v", got, want)
	}
	if got := p.Of(1, sweep.Monthly{BytesOut: 1e15, Requests: 1e9}); got.Viewers < 10_000 {
		t.Errorf("a petabyte to viewers costs %v", got.Viewers)
	}
}

// What people see; set LOOK to a folder for the plots.
func TestTablesAndPlots(t *testing.T) {
	c := config(t, curve(1e8, 0.002), "hit>=0.8", "ttfb-p99<=60ms")
	c.Policies = []string{"lru", "sieve"}
	c.Guess = func(string) int64 { return 3e8 }
	c.Around = 3
	c.Variants = []Variant{{"twice the objects", curve(2e8, 0.002)}, {"half the objects", curve(5e7, 0.002)}}
	c.Prices = &Prices{List: price.Default(), Memory: MemoryPrice, OriginEgress: 0.09, Locations: 3}
	r, err := Run(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	text := tableOf(t, r)
	t.Logf("\n%s", text)
	for _, line := range strings.Split(text, "\n") {
		if len([]rune(line)) > 80 {
			t.Errorf("%d columns: %q", len([]rune(line)), line)
		}
	}
	if a := r.Answers[0]; len(a.Tried) < 7 || a.Tried[0].Capacity > a.Capacity/8 || a.At.Capacity != a.Capacity {
		t.Errorf("tried %d capacities from %d on around %d", len(a.Tried), a.Tried[0].Capacity, a.Capacity)
	}
	if v := r.Answers[0].Variants; len(v) != 2 || v[0].Kept || !v[1].Kept {
		t.Errorf("variants %+v", v)
	}
	size, err := plot.ParseSize("16x9")
	if err != nil {
		t.Fatal(err)
	}
	figures := r.Figures("made up", false)
	if !slices.ContainsFunc(figures, func(f *plot.Figure) bool { return f.Name == "plan_cost" }) || len(figures) != 3 {
		t.Errorf("%d figures", len(figures))
	}
	for _, f := range figures {
		var b strings.Builder
		if err := plot.Render(&b, f, "png", size); err != nil {
			t.Fatal(err)
		}
		if dir := os.Getenv("LOOK"); dir != "" {
			if err := os.WriteFile(filepath.Join(dir, f.Name+".png"), []byte(b.String()), 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// TestWhatNoCacheKeepsIsTold: a target that is missed though everything fits is told
// from one that a larger cache may keep, and one that is kept by the mean alone from
// both.
func TestWhatNoCacheKeepsIsTold(t *testing.T) {
	for _, c := range []struct {
		what       string
		half, sd   float64
		all        int64
		want, none string
	}{
		{"everything fits", 1e12, 0, 1 << 38, "a larger cache changes nothing", "--most"},
		{"not everything fits", 1e12, 0, 1 << 42, "a larger --most may do", "changes nothing"},
		{"nobody knows", 1e12, 0, 0, "at any capacity that was looked at", "All objects"},
		{"by the mean", 1 << 36, 0.1, 1 << 38, "lru keeps them by its mean", "no such words"},
	} {
		cfg := config(t, curve(c.half, c.sd), "hit>=0.85")
		cfg.All = c.all
		r, err := Run(t.Context(), cfg)
		if err != nil {
			t.Fatal(err)
		}
		text := tableOf(t, r)
		if r.Best() != nil || !strings.Contains(text, c.want) || strings.Contains(text, c.none) {
			t.Errorf("%s: want %q and not %q in:\n%s", c.what, c.want, c.none, text)
		}
		narrow(t, text)
	}
}

// TestOneTraceHasNoIntervalOfItsTraffic: replicas of a trace play the same requests.
func TestOneTraceHasNoIntervalOfItsTraffic(t *testing.T) {
	cfg := config(t, curve(1e8, 0), "hit>=0.8")
	cfg.OneTrace = true
	r, err := Run(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	text := tableOf(t, r)
	if strings.Contains(text, "whole interval") || !strings.Contains(text, "Replicas play the same requests") {
		t.Errorf("a trace's interval is taken for its traffic's:\n%s", text)
	}
	narrow(t, text)
}

func narrow(t *testing.T, table string) {
	t.Helper()
	for line := range strings.Lines(table) {
		if n := utf8.RuneCountInString(strings.TrimRight(line, "\n")); n > 80 {
			t.Errorf("a line of %d columns: %s", n, line)
		}
	}
}

// tableOf is the plan as it is printed.
func tableOf(t *testing.T, r *Result) string {
	t.Helper()
	var b strings.Builder
	if err := r.WriteTable(&b, false); err != nil {
		t.Fatal(err)
	}
	return b.String()
}
