package results

import (
	"bufio"
	"fmt"
	"io"
	"strconv"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// intervalColumns are those of the time series, before errors by kind and
// percentiles.
const intervalColumns = "second,time,warmup,measured_s,scheduled,sent,done,bytes,hit_ratio,errors"

var intervalQuantiles = []struct {
	name string
	q    float64
}{{"p50", 0.5}, {"p90", 0.9}, {"p99", 0.99}, {"p999", 0.999}}

// WriteCSV writes a line for every interval, with its errors in all and by kind:
// error_ and the Fault's label. second is its beginning since the
// epoch; time the same in RFC 3339; warmup is 1 where it begins in the warm-up;
// hit_ratio is empty where no answer told its result type, and times, in
// milliseconds, where there was none. measured_s is how much of
// the interval was of the run's time, in seconds: all but in the last, and 0 where
// answers came after its end.
func (v *Intervals) WriteCSV(w io.Writer, epoch time.Time) error {
	out := bufio.NewWriter(w)
	out.WriteString(intervalColumns)
	for f := NoFault + 1; f < Faults; f++ {
		fmt.Fprintf(out, ",error_%s", f.Label())
	}
	for m := range Metrics {
		for _, q := range intervalQuantiles {
			fmt.Fprintf(out, ",%s_%s_ms", m, q.name)
		}
		fmt.Fprintf(out, ",%s_max_ms", m)
	}
	out.WriteByte('\n')
	keys := v.keys()
	for n := range v.counts {
		var sums intervalTimes
		for m := range Metrics {
			sums[m] = NewHistogram()
		}
		for ; len(keys) > 0 && keys[0].at == int64(n); keys = keys[1:] {
			for m := range Metrics {
				v.shut[keys[0]][m].unpack(sums[m])
			}
		}
		v.writeLine(out, n, &sums, epoch)
	}
	return out.Flush()
}

func (v *Intervals) writeLine(out *bufio.Writer, n int, times *intervalTimes, epoch time.Time) {
	c, at := &v.counts[n], time.Duration(int64(n)*v.width)
	warm := 0
	if at.Nanoseconds() < v.warmup {
		warm = 1
	}
	fmt.Fprintf(out, "%d,%s,%d,%s,%d,%d,%d,%d,", int(at.Seconds()),
		epoch.Add(at).UTC().Format("2006-01-02T15:04:05.000Z07:00"), warm,
		strconv.FormatFloat(v.measured(int64(n)).Seconds(), 'f', -1, 64), c.Scheduled, c.Sent, c.Done, c.Bytes)
	if c.Told > 0 {
		fmt.Fprintf(out, "%.6f", float64(c.Hits)/float64(c.Told))
	}
	fmt.Fprintf(out, ",%d", c.Faults.Total())
	for _, n := range c.Faults[NoFault+1:] {
		fmt.Fprintf(out, ",%d", n)
	}
	for _, h := range times {
		for _, q := range intervalQuantiles {
			writeMillis(out, h, h.Quantile(q.q))
		}
		writeMillis(out, h, h.Max())
	}
	out.WriteByte('\n')
}

func writeMillis(out *bufio.Writer, h *Histogram, ms float64) {
	out.WriteByte(',')
	if h.Count() > 0 {
		fmt.Fprintf(out, "%.3f", ms)
	}
}

// logMost is the longest time of an interval log, in its unit: nanoseconds, which
// HdrHistogram's tools take for granted.
const logMost = histogramMost * histogramUnit

// WriteLog writes HdrHistogram's interval log (.hlog, format 1.3) of a metric,
// without the warm-up: for every interval a line of all requests that ended in it,
// and one for each result type, with its name as the tag. Values are nanoseconds,
// to three digits; of a few microseconds, to the microsecond.
func (v *Intervals) WriteLog(w io.Writer, m Metric, epoch time.Time) error {
	out := bufio.NewWriter(w)
	log := hdrhistogram.NewHistogramLogWriter(out)
	fmt.Fprintf(out, "#[%s, nanoseconds, by the moment of the last byte]\n", m)
	begun := epoch.UnixMilli()
	// Every write goes into a bufio.Writer, which keeps its first error.
	_ = log.OutputLogFormatVersion()
	_ = log.OutputStartTime(begun)
	_ = log.OutputLegend()
	h := hdrhistogram.New(1, logMost, histogramDigits)
	line := func(from *Histogram, at int64, tag string) error {
		if from.Count() == 0 {
			return nil
		}
		h.Reset()
		h.SetTag(tag)
		h.SetStartTimeMs(begun + at*v.width/1e6)
		h.SetEndTimeMs(begun + (at*v.width+v.lasted(at))/1e6)
		from.into(h)
		return log.OutputIntervalHistogram(h)
	}
	if err := v.eachInterval(m, line); err != nil {
		return err
	}
	return out.Flush()
}

// eachInterval gives the histograms of a metric of every interval, all together
// first, then those of each result type.
func (v *Intervals) eachInterval(m Metric, line func(h *Histogram, at int64, tag string) error) error {
	keys := v.keys()
	for len(keys) > 0 {
		at, all := keys[0].at, NewHistogram()
		var results []*Histogram
		var tags []string
		for ; len(keys) > 0 && keys[0].at == at; keys = keys[1:] {
			if keys[0].warm {
				continue
			}
			h := NewHistogram()
			v.shut[keys[0]][m].unpack(h)
			results, tags = append(results, h), append(tags, keys[0].result.Label())
			all.Merge(h)
		}
		if err := line(all, at, ""); err != nil {
			return err
		}
		for i, h := range results {
			if err := line(h, at, tags[i]); err != nil {
				return err
			}
		}
	}
	return nil
}

// into records the counts in a histogram of nanoseconds.
func (h *Histogram) into(to *hdrhistogram.Histogram) {
	for i, page := range h.pages {
		if page == nil {
			continue
		}
		for j, n := range page {
			if n == 0 {
				continue
			}
			ns := min(binMicros(i<<histogramPageBits|j)*histogramUnit, logMost)
			if err := to.RecordValues(ns, n); err != nil {
				panic("results: an interval log's histogram refuses a clamped value: " + err.Error())
			}
		}
	}
}

// WriteLogs writes the interval logs of every metric into the folder dir.
func (v *Intervals) WriteLogs(dir string, epoch time.Time) error {
	for m := range Metrics {
		err := WriteFile(dir+"/"+m.String()+".hlog", func(w io.Writer) error { return v.WriteLog(w, m, epoch) })
		if err != nil {
			return err
		}
	}
	return nil
}
