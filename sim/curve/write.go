package curve

import (
	"bufio"
	"io"
	"slices"
	"strconv"
	"strings"
)

// Columns are those of a curve's CSV.
var Columns = []string{"policy", "capacity", "requests", "misses", "miss_ratio", "bytes", "miss_bytes", "byte_miss_ratio"}

// WriteCSV writes results as CSV with Columns.
func WriteCSV(w io.Writer, results []Result) error {
	b := bufio.NewWriter(w)
	writeRow(b, Columns)
	for _, r := range results {
		writeRow(b, fields(r))
	}
	return b.Flush()
}

// SampledColumns are Columns and the ends of the intervals of both ratios.
var SampledColumns = append(slices.Clone(Columns), "miss_ratio_low", "miss_ratio_high", "byte_miss_ratio_low", "byte_miss_ratio_high")

// WriteSampledCSV writes estimates as CSV with SampledColumns.
func WriteSampledCSV(w io.Writer, estimates []Estimate, t Totals) error {
	b := bufio.NewWriter(w)
	writeRow(b, SampledColumns)
	for _, e := range estimates {
		writeRow(b, append(fields(e.Result(t)), ratio(e.Low), ratio(e.High), ratio(e.ByteLow), ratio(e.ByteHigh)))
	}
	return b.Flush()
}

func fields(r Result) []string {
	return []string{
		quoted(r.Policy), digits(r.Capacity), digits(r.Requests), digits(r.Misses), ratio(r.MissRatio()),
		digits(r.Bytes), digits(r.MissBytes), ratio(r.ByteMissRatio()),
	}
}

func writeRow(b *bufio.Writer, fields []string) {
	for i, f := range fields {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(f)
	}
	b.WriteByte('\n')
}

func digits(n int64) string { return strconv.FormatInt(n, 10) }

// ratio has six decimals; of nothing it is empty.
func ratio(v float64) string {
	if v != v {
		return ""
	}
	return strconv.FormatFloat(v, 'f', 6, 64)
}

// quoted is a field that may have commas in it.
func quoted(s string) string {
	if strings.ContainsAny(s, ",\"\n") {
		return `"` + strings.ReplaceAll(s, `"`, `""`) + `"`
	}
	return s
}
