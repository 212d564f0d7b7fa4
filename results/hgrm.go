package results

import (
	"bufio"
	"fmt"
	"io"
)

const (
	// ticksPerHalf is how many lines a percentile file has for every halving of
	// the distance to 100 %, as HdrHistogram's own tools write it.
	ticksPerHalf = 5
	subBuckets   = 2048 // of an HdrHistogram with three digits
)

// WritePercentiles writes HdrHistogram's percentile file (.hgrm), as its Java
// original prints it and its plotters read it, with times in milliseconds:
//
//	   Value     Percentile TotalCount 1/(1-Percentile)
//
//	   0.250 0.500000000000        512           2.00
//	...
//	#[Mean    =        0.301, StdDeviation   =        0.100]
//	#[Max     =        0.900, Total count    =         1024]
//	#[Buckets =           23, SubBuckets     =         2048]
func (h *Histogram) WritePercentiles(w io.Writer) error {
	out := bufio.NewWriter(w)
	fmt.Fprintf(out, "%12s %14s %10s %14s\n\n", "Value", "Percentile", "TotalCount", "1/(1-Percentile)")
	for _, b := range h.whole().CumulativeDistributionWithTicks(ticksPerHalf) {
		ms := min(float64(b.ValueAt)/1000, h.Max())
		fmt.Fprintf(out, "%12.3f %2.12f %10d", ms, b.Quantile/100, b.Count)
		if b.Quantile < 100 {
			fmt.Fprintf(out, " %14.2f", 100/(100-b.Quantile))
		}
		out.WriteByte('\n')
	}
	fmt.Fprintf(out, "#[Mean    = %12.3f, StdDeviation   = %12.3f]\n", h.Mean(), h.whole().StdDev()/1000)
	fmt.Fprintf(out, "#[Max     = %12.3f, Total count    = %12d]\n", h.Max(), h.Count())
	fmt.Fprintf(out, "#[Buckets = %12d, SubBuckets     = %12d]\n", buckets(), subBuckets)
	return out.Flush()
}

// buckets is how many times the sub-buckets' range doubles to hold the longest
// time.
func buckets() int {
	n := 1
	for reach := int64(subBuckets); reach <= histogramMost; reach *= 2 {
		n++
	}
	return n
}
