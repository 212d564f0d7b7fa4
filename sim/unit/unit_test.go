package unit

import (
	"encoding"
	"encoding/json"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestParseSize(t *testing.T) {
	for text, want := range map[string]Size{
		"0": 0, "4096": 4096, "4096B": 4096, "64MiB": 64 << 20, "1GB": 1e9, "1kB": 1000, "1KB": 1000,
		"1.5KiB": 1536, "0.5GB": 5e8, " 64 MiB ": 64 << 20, "9223372036854775807": math.MaxInt64,
		"7EiB": 7 * EiB, "2PB": 2e15, "3TiB": 3 * TiB, "007": 7,
		"35.2MiB": 36909875, "0.3KiB": 307, "0.0005kB": 1, "0.0004kB": 0,
	} {
		if got, err := ParseSize(text); err != nil || got != want {
			t.Errorf("ParseSize(%q) = %d, %v; want %d", text, got, err, want)
		}
	}
}

func TestParseDuration(t *testing.T) {
	for text, want := range map[string]time.Duration{
		"0": 0, "0s": 0, "30s": 30 * time.Second, "60d": 60 * 24 * time.Hour, "1w": 7 * 24 * time.Hour,
		"1h30m": 90 * time.Minute, "1.5s": 1500 * time.Millisecond, "250ms": 250 * time.Millisecond,
		"3us": 3 * time.Microsecond, "3µs": 3 * time.Microsecond, "3μs": 3 * time.Microsecond, "7ns": 7,
		"1d 12h": 36 * time.Hour, "106751d": 106751 * 24 * time.Hour, "0.000000001s": 1,
	} {
		if got, err := ParseDuration(text); err != nil || got.Std() != want {
			t.Errorf("ParseDuration(%q) = %v, %v; want %v", text, got, err, want)
		}
	}
}

func TestParseRate(t *testing.T) {
	for text, want := range map[string]Rate{
		"0": 0, "5000": 5000, "5000/s": 5000, "90/m": 1.5, "36/h": 0.01, "86400/d": 1, "2.5 /s": 2.5,
	} {
		if got, err := ParseRate(text); err != nil || got != want {
			t.Errorf("ParseRate(%q) = %v, %v; want %v", text, float64(got), err, float64(want))
		}
	}
}

func TestParseShare(t *testing.T) {
	for text, want := range map[string]Share{
		"0": 0, "1": 1, "100%": 1, "5%": 0.05, "0.05": 0.05, "0.1%": 0.001, "33.3 %": 0.333,
	} {
		if got, err := ParseShare(text); err != nil || got != want {
			t.Errorf("ParseShare(%q) = %v, %v; want %v", text, float64(got), err, float64(want))
		}
	}
}

func TestErrorsSayWhatWouldBeRight(t *testing.T) {
	size := func(s string) error { _, err := ParseSize(s); return err }
	duration := func(s string) error { _, err := ParseDuration(s); return err }
	rate := func(s string) error { _, err := ParseRate(s); return err }
	share := func(s string) error { _, err := ParseShare(s); return err }
	for _, c := range []struct {
		parse func(string) error
		text  string
		want  string
	}{
		{size, "64mb", `size "64mb": unknown unit "mb"; write 64MB (10^6 bytes) or 64MiB (2^20 bytes)`},
		{size, "64M", `write 64MB (10^6 bytes) or 64MiB (2^20 bytes)`},
		{size, "64 apples", `unknown unit "apples"; write it as 4096, 64MiB or 1GB`},
		{size, "-1", "cannot be negative"},
		{size, "", "nothing there"},
		{size, "MiB", "does not begin with a number"},
		{size, "1.5B", "not a whole number of bytes"},
		{size, "8EiB", "too large"},
		{size, "1e9", `unknown unit "e9"`},
		{size, "1.", "does not begin with a number"},
		{size, "NaN", "does not begin with a number"},
		{duration, "30", `no unit after 30; write 30s for seconds, 30m for minutes`},
		{duration, "30 sec", `unknown unit "sec"`},
		{duration, "-5s", "cannot be negative"},
		{duration, "200000d", "too long; the most is 106751d"},
		{duration, "0.5ns", "finer than a nanosecond"},
		{duration, "1h.5m", "no number before"},
		{duration, "1h30", "no unit after 30"},
		{rate, "5000/sec", `unknown unit "/sec"; write 5000/s`},
		{rate, "-5", "cannot be negative"},
		{rate, "NaN", "does not begin with a number"},
		{rate, strings.Repeat("9", 400), "too large"},
		{rate, strings.Repeat("9", 401), "too long"},
		{share, "5", "more than the whole; write 5% for a percentage"},
		{share, "101%", "the most is 100%"},
		{share, "0.5x", `unknown unit "x"`},
		{share, "-0.1", "cannot be negative"},
		{share, "inf", "does not begin with a number"},
	} {
		err := c.parse(c.text)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q: error %v; want one that says %q", c.text, err, c.want)
		}
	}
}

func TestString(t *testing.T) {
	for _, c := range []struct{ got, want string }{
		{Size(0).String(), "0"}, {Size(4096).String(), "4KiB"}, {Size(4000).String(), "4kB"},
		{Size(4097).String(), "4097"}, {Size(1e9).String(), "1GB"}, {Size(math.MinInt64).String(), "-8EiB"},
		{Duration(0).String(), "0s"}, {(60 * Day).String(), "60d"}, {Week.String(), "7d"},
		{Duration(90 * time.Minute).String(), "1h30m"}, {Duration(1500 * time.Millisecond).String(), "1.5s"},
		{Duration(250 * time.Millisecond).String(), "250ms"}, {Duration(-30 * time.Second).String(), "-30s"},
		{Rate(5000).String(), "5000/s"}, {Rate(100.0 / 60).String(), "100/m"}, {Rate(5e6).String(), "5000000/s"},
		{Rate(math.NaN()).String(), "NaN/s"},
		{Share(0.05).String(), "5%"}, {Share(0.07).String(), "7%"}, {Share(1.0 / 3).String(), "0.3333333333333333"},
	} {
		if c.got != c.want {
			t.Errorf("got %s, want %s", c.got, c.want)
		}
	}
}

func TestParseSchedule(t *testing.T) {
	s := Duration(time.Second)
	for text, want := range map[string]Schedule{
		"3000/s": {Rate: 3000}, "60/m": {Rate: 1},
		"1000/s..20000/s:30s,20000/s:2m,5000/s:10s": {Rate: Rate((10500*30 + 20000*120 + 5000*10) / 160.0),
			Stages: []Stage{{1000, 20000, 30 * s}, {20000, 20000, 120 * s}, {5000, 5000, 10 * s}}},
		"60..120/m:1m, 5:1s": {Rate: Rate((1.5*60 + 5) / 61.0), Stages: []Stage{{1, 2, 60 * s}, {5, 5, s}}},
		"0/s..10/s:10s":      {Rate: 5, Stages: []Stage{{0, 10, 10 * s}}},
	} {
		got, err := ParseSchedule(text)
		if err != nil || math.Abs(float64(got.Rate/want.Rate)-1) > 1e-12 || !slices.Equal(got.Stages, want.Stages) {
			t.Errorf("ParseSchedule(%q) = %+v, %v; want %+v", text, got, err, want)
		}
		var back Schedule
		if err := back.Set(got.String()); err != nil || !slices.Equal(back.Stages, got.Stages) || back.Rate != got.Rate {
			t.Errorf("%q is written as %q, which is read as %+v: %v", text, got, back, err)
		}
	}
	for text, want := range map[string]string{
		"1/s..2/s": "nothing says how long", "1/s:0s": "lasts no time", "1/s:10s,": "nothing says how long", "-1/s:1s": "cannot be negative",
		"0/s:10s": "stages of 0/s", "1/s:200000d": "too long", "1/s:90000d,1/s:90000d": "too long together", "1/x..2/s:1s": "unknown unit", "1/s..:1s": "nothing there",
	} {
		if _, err := ParseSchedule(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("ParseSchedule(%q): %v, want %q", text, err, want)
		}
	}
	two, _ := ParseSchedule("1/s..3/s:1m,2/s:1m")
	if two = two.Times(2); two.Peak() != 6 || two.Rate != 4 || two.Length() != 120*s || two.Stages[0].From != 2 {
		t.Errorf("twice as much is %+v with a peak of %v", two, two.Peak())
	}
}

// reads is any quantity as text packages and flags see it.
type reads[T any] interface {
	*T
	encoding.TextUnmarshaler
	Set(string) error
	Type() string
}

// sameBack writes v as a flag and as JSON do, and reads both back.
func sameBack[T comparable, P reads[T]](t interface{ Fatalf(string, ...any) }, v T, text string) {
	var flag, decoded T
	if err := P(&flag).Set(text); err != nil || flag != v {
		t.Fatalf("%s %v written as %q reads back as %v: %v", P(&flag).Type(), v, text, flag, err)
	}
	data, err := json.Marshal(v)
	if err != nil {
		t.Fatalf("marshalling %v: %v", v, err)
	}
	if err := json.Unmarshal(data, &decoded); err != nil || decoded != v {
		t.Fatalf("%v written as %s reads back as %v: %v", v, data, decoded, err)
	}
}

func TestWrittenReadsBackTheSame(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		whole := rapid.OneOf(rapid.Int64Min(0), rapid.Int64Range(0, 1e6),
			rapid.Map(rapid.Int64Range(0, 1e6), func(n int64) int64 { return n * 1e9 }))
		s := Size(whole.Draw(t, "size"))
		sameBack(t, s, s.String())
		d := Duration(whole.Draw(t, "duration"))
		sameBack(t, d, d.String())
		r := Rate(rapid.Float64Range(0, math.MaxFloat64).Draw(t, "rate"))
		sameBack(t, r, r.String())
		p := Share(rapid.Float64Range(0, 1).Draw(t, "share"))
		sameBack(t, p, p.String())
	})
}

func TestABadTextLeavesTheValueAlone(t *testing.T) {
	s, d, r, p := Size(7), Duration(7), Rate(7), Share(0.7)
	for _, err := range []error{s.Set("x"), d.UnmarshalText([]byte("x")), r.Set("x"), p.UnmarshalText(nil)} {
		if err == nil {
			t.Error("a bad text was read without an error")
		}
	}
	if s != 7 || d != 7 || r != 7 || p != 0.7 {
		t.Errorf("values changed: %v %v %v %v", s, d, r, p)
	}
}

// FuzzWhatIsReadIsSane: whatever text a quantity accepts, the value is within
// its bounds and its own spelling reads back as the same.
func FuzzWhatIsReadIsSane(f *testing.F) {
	for _, s := range []string{"64MiB", "1h30m", "100/m", "5%", "0.05", "9223372036854775807", "1d12h", "1/s..2/s:3s,4:5m", "-1", ".5s", "µs"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if v, err := ParseSize(text); err == nil {
			inside(t, text, v >= 0)
			sameBack(t, v, v.String())
		}
		if v, err := ParseDuration(text); err == nil {
			inside(t, text, v >= 0)
			sameBack(t, v, v.String())
		}
		if v, err := ParseRate(text); err == nil {
			inside(t, text, v >= 0 && !math.IsInf(float64(v), 0))
			sameBack(t, v, v.String())
		}
		if v, err := ParseSchedule(text); err == nil {
			inside(t, text, v.Rate >= 0 && !math.IsInf(float64(v.Rate), 0) && v.Peak() >= v.Rate*(1-1e-9) && v.Length() >= 0)
			var back Schedule
			if err := back.Set(v.String()); err != nil || back.Rate != v.Rate || !slices.Equal(back.Stages, v.Stages) {
				t.Fatalf("%q is written as %q, which reads as %+v: %v", text, v, back, err)
			}
		}
		if v, err := ParseShare(text); err == nil {
			inside(t, text, v >= 0 && v <= 1)
			sameBack(t, v, v.String())
		}
	})
}

func inside(t *testing.T, text string, ok bool) {
	if !ok {
		t.Fatalf("%q was read as a value out of bounds", text)
	}
}
