package sweep

import (
	"encoding/csv"
	"fmt"
	"io"
	"strconv"
	"strings"

	"edgesim/sim/objective"
	"edgesim/sim/unit"
)

// WriteTable prints the rows, at most 80 columns wide. objects says that
// capacities are numbers of objects.
func (r *Result) WriteTable(w io.Writer, objects bool) error {
	var b strings.Builder
	list := r.shown()
	fmt.Fprintf(&b, "%-12s %9s", "policy", "capacity")
	for _, q := range list {
		fmt.Fprintf(&b, " %*s", wide(q), heads[q.Name])
	}
	b.WriteByte('\n')
	for _, row := range r.Rows {
		fmt.Fprintf(&b, "%-12s %9s", row.Policy, Capacity(row.Capacity, objects))
		for _, q := range list {
			fmt.Fprintf(&b, " %*s", wide(q), row.Figures[q.Name].Show(q))
		}
		b.WriteByte('\n')
	}
	r.formulaTable(&b, objects)
	fmt.Fprintf(&b, "\n%s\n", r.words())
	_, err := io.WriteString(w, b.String())
	return err
}

// formulaTable is what the formulas say beside what was played.
func (r *Result) formulaTable(b *strings.Builder, objects bool) {
	if r.Formula == nil {
		return
	}
	fmt.Fprintf(b, "\nBy formula, in %%:\n%-12s %9s %9s %9s %9s %9s\n", "policy", "capacity", "hit", "apart", "byte hit", "apart")
	for _, row := range r.Rows {
		if row.Formula == nil {
			continue
		}
		fmt.Fprintf(b, "%-12s %9s", row.Policy, Capacity(row.Capacity, objects))
		for _, name := range formulaQuantities {
			v := row.Formula[name]
			fmt.Fprintf(b, " %9.2f %+9.2f", 100*v, 100*(v-row.Figures[name].Mean))
		}
		b.WriteByte('\n')
	}
}

// formulaQuantities are those that formulas say something of, as objective names them.
var formulaQuantities = []string{"hit", "byte-hit"}

// shown are the known quantities that fit 80 columns.
func (r *Result) shown() (list []objective.Quantity) {
	for _, q := range r.Quantities {
		if _, is := heads[q.Name]; is {
			list = append(list, q)
		}
	}
	return list
}

// heads are what stands over the table's columns.
var heads = map[string]string{"hit": "hit %", "byte-hit": "byte hit %", "ttfb-p99": "TTFB p99 ms", "origin-rate": "origin/s"}

func wide(q objective.Quantity) int {
	if q.Unit == objective.Share {
		return 13
	}
	return 14
}

// Show is an estimate under its column's head, without the unit.
func (e Estimate) Show(q objective.Quantity) string {
	f := 1.0
	switch q.Unit {
	case objective.Share:
		f = 100
	case objective.Seconds:
		f = 1000
	}
	n := objective.Digits(f * e.Mean)
	if q.Unit == objective.Share {
		n = 2
	}
	s := strconv.FormatFloat(f*e.Mean, 'f', n, 64)
	if e.Doubt == nil {
		return s
	}
	return s + " ± " + strconv.FormatFloat(f**e.Doubt, 'f', n, 64)
}

// Capacity is a capacity as people read it: in the largest unit that keeps three
// digits, or in objects.
func Capacity(c int64, objects bool) string {
	if objects {
		return strconv.FormatInt(c, 10)
	}
	if s := unit.Size(c).String(); len(s) <= 7 && (c < 1024 || strings.HasSuffix(s, "B")) {
		return s
	}
	names := []string{"B", "KiB", "MiB", "GiB", "TiB", "PiB"}
	v, i := float64(c), 0
	for v >= 1024 && i < len(names)-1 {
		v, i = v/1024, i+1
	}
	return strconv.FormatFloat(v, 'g', 3, 64) + names[i]
}

func (r *Result) words() string {
	s := "One replica: there is no interval; --replicas 3 or more gives one."
	if r.Replicas > 1 {
		s = fmt.Sprintf("%d replicas of a seed each; ± is half of a 95 %% interval.", r.Replicas)
	}
	if r.Partial {
		s += "\nInterrupted: rows or replicas are missing."
	}
	return s
}

// WriteCSV writes every known quantity of every row, in seconds, bytes and
// shares, with half of its interval behind it, empty where there is none.
func (r *Result) WriteCSV(w io.Writer) error {
	c := csv.NewWriter(w)
	head := []string{"policy", "capacity", "replicas"}
	for _, q := range r.Quantities {
		name := strings.ReplaceAll(q.Name, "-", "_")
		head = append(head, name, name+"_doubt")
	}
	if r.Formula != nil {
		head = append(head, "formula_hit", "formula_byte_hit")
	}
	if err := c.Write(head); err != nil {
		return err
	}
	for _, row := range r.Rows {
		line := []string{row.Policy, strconv.FormatInt(row.Capacity, 10), strconv.Itoa(row.Replicas)}
		for _, q := range r.Quantities {
			e := row.Figures[q.Name]
			doubt := ""
			if e.Doubt != nil {
				doubt = number(*e.Doubt)
			}
			line = append(line, number(e.Mean), doubt)
		}
		if r.Formula != nil {
			for _, name := range formulaQuantities {
				v, ok := row.Formula[name]
				if line = append(line, ""); ok {
					line[len(line)-1] = number(v)
				}
			}
		}
		if err := c.Write(line); err != nil {
			return err
		}
	}
	c.Flush()
	return c.Error()
}

func number(v float64) string { return strconv.FormatFloat(v, 'g', 8, 64) }
