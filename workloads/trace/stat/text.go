package stat

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"
)

// number is a whole number with commas between its thousands.
func number(n int64) string {
	text := strconv.FormatInt(n, 10)
	for at := len(text) - 3; at > 0; at -= 3 {
		text = text[:at] + "," + text[at:]
	}
	return text
}

func percent(share float64) string { return fmt.Sprintf("%.2f %%", 100*share) }

// octets is a number of bytes in the unit of 1024 that suits it.
func octets(n int64) string {
	v := float64(n)
	for _, unit := range []string{"B", "KiB", "MiB", "GiB", "TiB", "PiB"} {
		if v < 1024 || unit == "PiB" {
			return strings.TrimSuffix(fmt.Sprintf("%.4g", v), ".0") + " " + unit
		}
		v /= 1024
	}
	panic("stat: no unit")
}

// length is how long a window is.
func (w Windows) length() string {
	if w.Unit != "s" {
		return number(int64(w.Width)) + " requests"
	}
	return lasting(w.Width)
}

// lasting is a time in words.
func lasting(seconds float64) string {
	d := time.Duration(seconds * 1e9)
	switch {
	case d >= 48*time.Hour:
		return fmt.Sprintf("%.1f days", d.Hours()/24)
	case d >= time.Minute:
		return d.Round(time.Second).String()
	}
	return fmt.Sprintf("%.4g s", seconds)
}

// Write prints the result for a terminal of 80 columns.
func (r *Result) Write(w io.Writer) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	row := func(name, format string, args ...any) { fmt.Fprintf(t, name+"\t"+format+"\n", args...) }
	row("requests", "%s", number(r.Requests))
	row("objects", "%s", number(r.Objects))
	if r.Sizes {
		row("bytes asked for", "%s", octets(r.Bytes))
		row("working set", "%s", octets(r.Unique))
	}
	if r.Times {
		row("time", "%s, %.4g requests/s", lasting(r.Span), r.Rate)
	}
	row("asked for once", "%s of objects, %s of requests", percent(r.OnceObjects), percent(r.OnceRequests))
	row("asked for again", "%s of requests: the most hits that any cache can have", percent(r.Reuse.Share))
	if r.Sizes {
		row("in another size", "%s of requests (%s)", percent(r.ResizedShare), number(r.Resized))
	}
	if r.Back > 0 {
		row("out of order", "%s requests are earlier than one before them", number(r.Back))
	}
	r.writeZipf(row)
	if err := t.Flush(); err != nil {
		return err
	}
	if err := r.writeQuantiles(w); err != nil {
		return err
	}
	return r.writeTop(w)
}

func (r *Result) writeZipf(row func(name, format string, args ...any)) {
	z := r.Zipf
	if z == nil {
		row("Zipf's law", "no fit: fewer than %d objects that were asked for again", fitObjects)
		return
	}
	row("Zipf's law", "exponent %.3f, 95 %% interval %.3f to %.3f", z.Alpha, z.Low, z.High)
	row("", "from the %s objects asked for at least %s times,", number(z.Objects), number(z.Least))
	row("", "%s of requests", percent(z.Share))
	verdict := "fits"
	if !z.Good {
		verdict = "a poor fit"
	}
	row("", "%s: observed and fitted shares are up to %s apart", verdict, percent(z.Distance))
}

func (r *Result) writeQuantiles(w io.Writer) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprint(t, "\n\tmean\tp1\tp10\tp50\tp90\tp99\tmax\t\n")
	row := func(name string, q *Quantiles, show func(int64) string) {
		if q == nil {
			return
		}
		fmt.Fprintf(t, "%s\t", name)
		for _, v := range []int64{int64(q.Mean), q.P1, q.P10, q.P50, q.P90, q.P99, q.Max} {
			fmt.Fprintf(t, "%s\t", show(v))
		}
		fmt.Fprintln(t)
	}
	row("size of objects", r.ObjectSizes, brief(1024))
	row("size of requests", r.RequestSizes, brief(1024))
	row("reuse, requests", r.Reuse.Requests, brief(1000))
	row("reuse, objects", r.Reuse.Objects, brief(1000))
	row("reuse, bytes", r.Reuse.Bytes, brief(1024))
	if err := t.Flush(); err != nil {
		return err
	}
	_, err := fmt.Fprintf(w, "\nK, M and G of bytes are powers of 1024; reuse: the least LRU cache that hits,\n%s\n", r.Reuse.basis())
	return err
}

// brief is a number in three digits and a letter for thousands, or 1024s.
func brief(thousand float64) func(int64) string {
	return func(n int64) string {
		v := float64(n)
		for _, letter := range []string{"", "K", "M", "G", "T", "P"} {
			if v < thousand*0.9995 || letter == "P" {
				if letter == "" {
					return strconv.FormatInt(n, 10)
				}
				if v >= 999.5 { // of 1024s, which %.3g would write with an exponent
					return fmt.Sprintf("%.0f", v) + letter
				}
				return fmt.Sprintf("%.3g", v) + letter
			}
			v /= thousand
		}
		panic("stat: no letter")
	}
}

func (r *Result) writeTop(w io.Writer) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	if len(r.Shares) > 0 {
		r.writeShares(t)
	}
	fmt.Fprint(t, "\nobject\trequests\tshare\t")
	if r.Sizes {
		fmt.Fprint(t, "size\t")
	}
	fmt.Fprintln(t)
	for _, p := range r.Top {
		fmt.Fprintf(t, "%d\t%s\t%s\t", p.ID, number(p.Requests), percent(p.Share))
		if r.Sizes {
			fmt.Fprintf(t, "%s\t", octets(p.Size))
		}
		fmt.Fprintln(t)
	}
	return t.Flush()
}

func (r *Result) writeShares(t io.Writer) {
	fmt.Fprint(t, "\nmost popular\tobjects\trequests\t")
	if r.Sizes {
		fmt.Fprint(t, "bytes\t")
	}
	fmt.Fprintln(t)
	for _, s := range r.Shares {
		fmt.Fprintf(t, "%g %%\t%s\t%s\t", 100*s.Of, number(s.Objects), percent(s.Requests))
		if r.Sizes {
			fmt.Fprintf(t, "%s\t", percent(s.Bytes))
		}
		fmt.Fprintln(t)
	}
}
