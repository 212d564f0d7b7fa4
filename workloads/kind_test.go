package workloads

import (
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestASpecHasEverySetting(t *testing.T) {
	known := []Param{
		{Name: "high", Default: 5, Low: 1, High: 100},
		{Name: "for", Unit: Seconds, Default: 6, Low: 1, High: 3600},
		{Name: "share", Unit: Share, Default: 0.1, High: 1},
		{Name: "piece", Unit: Bytes, Default: 1 << 20, High: 1 << 30},
		{Name: "n", Unit: Whole, Default: 1, High: 10},
	}
	kinds := Kinds[int, Params]{what: "thing"}
	kinds.register(Kind[int, Params]{Name: "one", Params: known, New: func(_ int, p Params) (Params, error) { return p, nil }})
	for spec, want := range map[string]Params{
		"one":                                    {"high": 5, "for": 6, "share": 0.1, "piece": 1 << 20, "n": 1},
		"one:for=1m,share=25%,piece=16KiB,n=3":   {"high": 5, "for": 60, "share": 0.25, "piece": 16 << 10, "n": 3},
		"one:high=7.5,for=1500ms,share=0.5,n=10": {"high": 7.5, "for": 1.5, "share": 0.5, "piece": 1 << 20, "n": 10},
	} {
		got, err := kinds.New(spec, 0)
		if err != nil {
			t.Fatalf("%s: %v", spec, err)
		}
		for name, value := range want {
			if got[name] != value {
				t.Errorf("%s: %s is %v, want %v", spec, name, got[name], value)
			}
		}
	}
	for spec, want := range map[string]string{
		"two":             `unknown thing "two"; there is one`,
		"one:high":        "written name=value",
		"one:higher=1":    `did you mean "high"?`,
		"one:high=101":    "high=101: want 1 to 100",
		"one:n=1.5":       "want a whole number",
		"one:high=NaN":    "want 1 to 100",
		"one:for=7":       "for: ",
		"one:n=1,n=2":     "n is given twice",
		"one:high=5x":     "want a number",
		"one:share=2":     "share: ",
		"one:":            "written name=value",
		"one:for=2h":      "want 1s to 1h",
		"one:piece=10GiB": "want 0 to 1GiB",
	} {
		if _, err := kinds.New(spec, 0); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", spec, err, want)
		}
	}
}

// Merging keeps every request and the order of time, whatever the sizes of what
// is read.
func TestMergeKeepsAllInOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 0))
		var sources []Source
		asked := map[Request]int{}
		for i := range rapid.IntRange(1, 5).Draw(t, "sources") {
			var reqs []Request
			at := time.Duration(0)
			for j := range rng.IntN(700) {
				at += time.Duration(rng.IntN(3))
				reqs = append(reqs, Request{At: at, Object: uint64(j), Viewer: uint32(i)})
				asked[reqs[j]]++
			}
			sources = append(sources, FromSlice(reqs))
		}
		m, before := Merge(sources...), Request{}
		for {
			reqs := make([]Request, 1+rng.IntN(300))
			n, err := m.Read(reqs)
			for _, r := range reqs[:n] {
				if r.At < before.At || r.At == before.At && r.Viewer < before.Viewer {
					t.Fatalf("%+v after %+v", r, before)
				}
				before = r
				if asked[r]--; asked[r] == 0 {
					delete(asked, r)
				}
			}
			if err == EOF {
				break
			}
		}
		if len(asked) > 0 {
			t.Fatalf("%d requests are lost or came twice", len(asked))
		}
	})
}
