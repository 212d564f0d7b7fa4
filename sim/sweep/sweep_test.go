package sweep

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"

	"pgregory.net/rapid"

	"edgesim/results"
	"edgesim/results/plot"
	"edgesim/sim/objective"
	"edgesim/sim/scenario"
)

// made is a trial whose hit ratio grows by the logarithm of the capacity and
// wavers with the seed.
func made(_ context.Context, c Cell, seed uint64) (Values, error) {
	waver := rand.New(rand.NewPCG(seed, 1)).NormFloat64() * 0.01
	hit := 0.1*math.Log10(float64(c.Capacity)) + waver
	if c.Policy == "lru" {
		hit -= 0.05
	}
	return Values{"hit": hit, "byte-hit": hit / 2, "ttfb-p99": 1 - hit, "origin-rate": 1000 * (1 - hit)}, nil
}

func grid() Config {
	return Config{Cells: Grid([]string{"lru", "sieve"}, []int64{1e6, 1e7, 1e8}), Seeds: []uint64{1, 2, 3, 4, 5}, Jobs: 1, Trial: made}
}

func TestGridIsEveryPolicyAtEveryCapacityOnce(t *testing.T) {
	got := Grid([]string{"b", "a"}, []int64{3, 1, 3})
	if want := []Cell{{"b", 1}, {"b", 3}, {"a", 1}, {"a", 3}}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}

func TestJobsChangeNothing(t *testing.T) {
	one := grid()
	many := grid()
	many.Jobs = 7
	a, err := Run(t.Context(), one)
	if err != nil {
		t.Fatal(err)
	}
	b, err := Run(t.Context(), many)
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(a.Rows, b.Rows) {
		t.Error("the rows depend on the number of jobs")
	}
}

// The interval of five normal values holds their mean in 95 of 100 cases.
func TestIntervalsHoldTheTruth(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 3))
	held := 0
	const tries = 4000
	for range tries {
		x := make([]float64, 5)
		for i := range x {
			x[i] = 7 + 2*rng.NormFloat64()
		}
		if e := EstimateOf(x); math.Abs(e.Mean-7) <= *e.Doubt {
			held++
		}
	}
	if share := float64(held) / tries; share < 0.94 || share > 0.96 {
		t.Errorf("%.3f of the intervals hold the truth, want 0.95", share)
	}
}

func TestOneReplicaHasNoInterval(t *testing.T) {
	if e := EstimateOf([]float64{3}); e.Mean != 3 || e.Doubt != nil {
		t.Errorf("%+v", e)
	}
}

func TestAFailedTrialIsNamed(t *testing.T) {
	c := grid()
	c.Trial = func(ctx context.Context, cell Cell, seed uint64) (Values, error) {
		if cell.Capacity == 1e7 && seed == 2 {
			return nil, errors.New("no memory")
		}
		return made(ctx, cell, seed)
	}
	_, err := Run(t.Context(), c)
	if err == nil || err.Error() != "lru at 10000000, seed 2: no memory" {
		t.Errorf("error %v", err)
	}
}

func TestInterruptedKeepsWhatIsWhole(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	c := grid()
	var n atomic.Int64
	c.Trial = func(inner context.Context, cell Cell, seed uint64) (Values, error) {
		if n.Add(1) == 8 {
			cancel()
			return nil, inner.Err()
		}
		return made(inner, cell, seed)
	}
	r, err := Run(ctx, c)
	if err != nil || !r.Partial || len(r.Rows) != 6 || r.Rows[0].Replicas != 2 || r.Rows[1].Replicas != 1 {
		t.Fatalf("%v, %+v; want a replica of all cells and two of the first", err, r)
	}
	var b strings.Builder
	if err := r.WriteTable(&b, false); err != nil || !strings.Contains(b.String(), "Interrupted") {
		t.Errorf("%v; the table does not say that it was interrupted:\n%s", err, b.String())
	}
}

func TestTablesFitATerminal(t *testing.T) {
	for _, seeds := range [][]uint64{{1}, {1, 2, 3}} {
		c := grid()
		c.Seeds = seeds
		r, err := Run(t.Context(), c)
		if err != nil {
			t.Fatal(err)
		}
		var b strings.Builder
		if err := r.WriteTable(&b, false); err != nil {
			t.Fatal(err)
		}
		for _, line := range strings.Split(b.String(), "\n") {
			if len([]rune(line)) > 80 {
				t.Errorf("%d columns: %q", len([]rune(line)), line)
			}
		}
		t.Logf("\n%s", b.String())
	}
}

func TestCapacitiesAreRead(t *testing.T) {
	for bytes, want := range map[int64]string{
		1000: "1kB", 1537: "1.5KiB", 1536: "1.5KiB", 36382: "35.5KiB", 8 << 20: "8MiB", 9526210: "9.08MiB", 123456789: "118MiB",
	} {
		if got := Capacity(bytes, false); got != want {
			t.Errorf("%d bytes are %q, want %q", bytes, got, want)
		}
		if got := Capacity(bytes, true); got != strconv.FormatInt(bytes, 10) {
			t.Errorf("%d objects are %q", bytes, got)
		}
	}
}

func TestQuantitiesReadWhatTheyShow(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		q := rapid.SampledFrom(objective.Quantities()).Draw(t, "quantity")
		v := rapid.Float64Range(0.01, 0.99).Draw(t, "value")
		if q.Unit == objective.PerSecond || q.Unit == objective.Rate {
			v *= 1e9
		}
		text := strings.ReplaceAll(q.Unit.Show(v), " ", "")
		if strings.HasSuffix(text, "bit/s") && !strings.ContainsAny(text, "kMGT") {
			return
		}
		got, err := q.Unit.Parse(text)
		if err != nil || math.Abs(got-v) > 0.006*v+5e-5 {
			t.Fatalf("%s: %v is shown as %q and read as %v, %v", q.Name, v, text, got, err)
		}
	})
}

func TestBandwidthsThatAreNone(t *testing.T) {
	for _, text := range []string{"fast", "1", "-1Gbit/s", "NaNGbit/s", "1Gb", "xMB/s"} {
		if v, err := objective.Rate.Parse(text); err == nil {
			t.Errorf("%q is read as %v", text, v)
		}
	}
}

// The busiest second counts, and one that the end of the run cuts short does not.
func TestPeaksAreOfWholeBuckets(t *testing.T) {
	s, err := scenario.Load("quickstart", "duration=4500ms", "warmup=1s")
	if err != nil {
		t.Fatal(err)
	}
	m := NewMeasure(s)
	asked := func(at float64, n int) {
		for range n {
			m.Add([]results.Record{{At: int64(at * 1e9), Status: 200, TTFB: 1e6, Total: 2e6, OriginAsked: 1, OriginBytes: 100,
				Response: results.Miss, Result: results.Miss, Vantage: results.AtSimulator}})
		}
	}
	asked(0.5, 50) // warm-up
	asked(1.2, 3)
	asked(2.9, 7)
	asked(4.2, 40) // in the half second at the end
	v := m.Values()
	if v["origin-rate"] != 7 || v["origin-bandwidth"] != 700 {
		t.Errorf("peak %v/s, %v B/s; want 7 and 700", v["origin-rate"], v["origin-bandwidth"])
	}
}

func TestCSVHasEveryQuantity(t *testing.T) {
	r, err := Run(t.Context(), grid())
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	if err := r.WriteCSV(&b); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(b.String()), "\n")
	if len(lines) != 7 || lines[0] != "policy,capacity,replicas,hit,hit_doubt,byte_hit,byte_hit_doubt,ttfb_p99,ttfb_p99_doubt,origin_rate,origin_rate_doubt" {
		t.Errorf("%d lines, the first %s", len(lines), lines[0])
	}
}

// The plots can be drawn; set LOOK to a folder to see them.
func TestFiguresAreDrawn(t *testing.T) {
	r, err := Run(t.Context(), grid())
	if err != nil {
		t.Fatal(err)
	}
	figures := r.Figures("made up", false)
	if len(figures) != 6 {
		t.Fatalf("%d figures", len(figures))
	}
	cells := figures[4]
	if cells.Name != "heat_hit" || cells.X.Scale != plot.Columns || len(cells.Series) != len(r.policies()) || len(cells.Marks) < len(cells.X.Names) {
		t.Errorf("the cells: %+v", cells)
	}
	for i, row := range r.Rows {
		at := slices.IndexFunc(cells.Series, func(l plot.Line) bool { return l.Label == row.Policy })
		column := slices.Index(cells.Series[at].X, float64(slices.Index(cells.X.Names, plot.ColumnName(row.Capacity, false))))
		if column < 0 || cells.Series[at].Y[column] != 100*row.Figures["hit"].Mean {
			t.Errorf("row %d, %v, is not in its cell: %+v", i, row.Cell, cells.Series[at])
		}
	}
	if onEdge("belady") || !onEdge("s3fifo:small=0.2+bloom") || !onEdge("lru") {
		t.Error("what an edge can run is told wrongly")
	}
	for _, f := range figures {
		var b strings.Builder
		size, err := plot.ParseSize("16x9")
		if err != nil {
			t.Fatal(err)
		}
		if err := plot.Render(&b, f, "png", size); err != nil {
			t.Fatal(err)
		}
		if dir := os.Getenv("LOOK"); dir != "" {
			if err := os.WriteFile(filepath.Join(dir, fmt.Sprint(f.Name, ".png")), []byte(b.String()), 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
}
