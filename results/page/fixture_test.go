package page

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"edgesim/results/plot"
	"edgesim/results/report"
)

// fixture is what the script's own tests (script/test) hold it to: numbers as
// reports show them, and tables cut and made coarser as cut does it.
type fixture struct {
	Shown []shownNumber `json:"shown"`
	Table dataTable     `json:"table"`
	Cuts  []cutCase     `json:"cuts"`
	Drawn []drawnCase   `json:"drawn"`
}

// drawnCase is the table's charts, as results/plot has them, where it was measured from
// and to a moment.
type drawnCase struct {
	Measured []float64       `json:"measured"`
	Grain    float64         `json:"grain"`
	Lines    [][2][]*float64 `json:"lines"` // x and y of each chart's first series
}

type shownNumber struct {
	Unit string  `json:"unit"`
	N    float64 `json:"n"`
	Text string  `json:"text"`
}

type cutCase struct {
	From  float64 `json:"from"`
	To    float64 `json:"to"`
	Grain float64 `json:"grain"`
	Rows  [][]any `json:"rows"`
}

func fixtureOf() fixture {
	rnd := rand.New(rand.NewPCG(1, 2))
	f := fixture{Table: tableOf(twoRegions())}
	for _, unit := range []report.Unit{report.Count, report.Bytes, report.Percent, report.Millis, report.Number} {
		numbers := []float64{0, 1, 0.125, 3.125, 0.375, 0.0625, 9.995, 99.95, 999.5, 1023.5, 1024, 1536, 123456.5, 1e6, 12345678, 5 << 30, 0.1}
		for range 60 {
			numbers = append(numbers, rnd.ExpFloat64()*float64(uint64(1)<<rnd.IntN(42)))
		}
		for _, n := range numbers {
			if unit == report.Count {
				n = float64(int64(n))
			}
			f.Shown = append(f.Shown, shownNumber{unitNames[unit], n, report.Column{Unit: unit}.Show(report.Cell{Num: n})})
		}
	}
	t := twoRegions().Table
	first := t.Rows[0][t.MomentColumn()].Num
	for _, v := range [][3]float64{{first, first + 48*3600, 3600}, {first, first + 48*3600, 86400}, {first + 5*3600, first + 30*3600, 6 * 3600},
		{first, first + 48*3600, 5400}, {first + 100*3600, first + 101*3600, 3600}} {
		f.Cuts = append(f.Cuts, cutCase{v[0], v[1], v[2], plainRows(cut(t, v[0], v[1], v[2]))})
	}
	for _, part := range [][3]float64{{1800, 47*3600 + 900, 3600}, {600, 47*3600 + 899, 3600}, {3600 * 9, 36 * 3600, 86400}, {1800, 47.5 * 3600, 6 * 3600}} {
		f.Drawn = append(f.Drawn, drawnOf(t, first+part[0], first+part[1], part[2]))
	}
	return f
}

func drawnOf(t *report.Table, from, to, grain float64) drawnCase {
	one := *t
	one.Preamble = append(slices.Clone(t.Preamble), [2]string{"MeasuredFromUTC", secondsToMoment(from)}, [2]string{"MeasuredToUTC", secondsToMoment(to)})
	coarse := cut(&one, 0, math.Inf(1), grain)
	d := drawnCase{Measured: []float64{from, to}, Grain: grain}
	for _, c := range t.Charts {
		l := plot.FromTable(coarse, c).Series[0]
		d.Lines = append(d.Lines, [2][]*float64{numbers(l.X), numbers(l.Y)})
	}
	return d
}

// numbers are those of a line; null where there is none.
func numbers(line plot.Numbers) []*float64 {
	all := make([]*float64, len(line))
	for i, n := range line {
		if !math.IsNaN(n) {
			all[i] = &n
		}
	}
	return all
}

// twoRegions is a table of two keys over time.
func twoRegions() Table {
	t := overTime("ALL", "EU", 1)
	other := overTime("ALL", "US", 0.5)
	t.Rows = append(t.Rows, other.Rows...)
	return t
}

func plainRows(t *report.Table) [][]any {
	rows := [][]any{}
	for _, row := range t.Rows {
		var cells []any
		for i, c := range t.Columns {
			switch {
			case c.Unit == report.Text:
				cells = append(cells, row[i].Text)
			case c.Unit != report.Moment && row[i].Text != "":
				cells = append(cells, nil)
			default:
				cells = append(cells, row[i].Num)
			}
		}
		rows = append(rows, cells)
	}
	return rows
}

func TestTheScriptsFixture(t *testing.T) {
	got, err := json.MarshalIndent(fixtureOf(), "", " ")
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join("testdata", "fixture.json")
	if *update {
		if err := os.WriteFile(path, append(got, '\n'), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if string(want) != string(got)+"\n" {
		t.Errorf("%s is not what the reports say: run with -update, then the script's tests", path)
	}
}
