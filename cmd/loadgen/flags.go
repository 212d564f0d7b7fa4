package main

import (
	"strings"

	"github.com/spf13/pflag"

	"edgesim/sim/unit"
	"edgesim/workloads"
)

// popularFlags are those that say which objects are asked for.
func (o *options) popularFlags(f *pflag.FlagSet) {
	f.StringVar(&o.Popularity, "popularity", "zipf", "workload: which objects are asked for, as zipf+onehits:share=10%;\nof "+strings.Join(workloads.PopularityNames(), ", "))
}

// replayFlags are those of a trace or a log that is played again.
func (o *options) replayFlags(f *pflag.FlagSet) {
	f.StringVar(&o.Trace, "trace", "", "workload: what stands in a trace or an access log, in its own times or at --rate")
	f.Float64Var(&o.Speed, "speed", 1, "with --trace: so much faster than in the file")
	f.StringVar(&o.Format, "format", "", "with --trace: the file's format, where it cannot be told")
	f.StringVar(&o.Columns, "columns", "", "with --trace: which column is what, as time=1,id=2,size=3")
	f.BoolVar(&o.SkipBad, "skip-bad", false, "with --trace: pass over lines that are no request, and count them")
	f.BoolVar(&o.OwnHosts, "own-hosts", false, "with --trace: send the log's own Host names")
}

// shapeFlags say how the rate changes with time.
func (o *options) shapeFlags(f *pflag.FlagSet) {
	f.StringArrayVar(&o.Shapes, "shape", nil, "what the rate is multiplied by as time goes ("+strings.Join(workloads.ShapeNames(), ", ")+
		"),\nas crowd:at=10s,peak=5; may be repeated")
}

// wireFlags say how requests go over the wire.
func (o *options) wireFlags(f *pflag.FlagSet) {
	f.BoolVar(&o.Insecure, "insecure", false, "https: take any certificate")
	f.StringVar(&o.CA, "ca", "", "https: trust the authorities in this PEM `FILE`, in place of the system's")
	f.BoolVar(&o.NoKeepAlive, "no-keepalive", false, "a new connection for every request")
	f.StringArrayVar(&o.Resolve, "resolve", nil, "`HOST:PORT:ADDR`: this host is at that address; * for HOST is any;\nmay be repeated")
	f.StringArrayVar(&o.ConnectTo, "connect-to", nil, "`HOST:PORT:HOST:PORT`: connect to the second in place of the first;\nan empty part is any, or the same; may be repeated")
	f.StringVar(&o.Slow, "slow", "", "`SHARE:RATE`: so many viewers read bodies so slowly, as 5%:100KB/s")
	f.StringVar(&o.Think, "think", "", "with --closed: mean `TIME` from an answer to the next request, exponential,\nor constant:TIME")
	f.Var(&o.Conditionals, "conditionals", "share of requests that ask whether a copy is still good, as 10%")
	f.StringArrayVarP(&o.Headers, "header", "H", nil, "send this field with every request, as 'Name: value'; may be repeated")
	f.StringVar(&o.Method, "method", "", "of every request, as POST (default GET, or the workload's)")
	f.Var(&o.Body, "body", "content of every POST, PUT or PATCH, as 4KiB")
}

// measureFlags say what is measured, shown and kept.
func (o *options) measureFlags(f *pflag.FlagSet) {
	f.StringVar(&o.CSV, "csv", "", "write a line for every second to this `FILE`: rates, errors, hits, times")
	f.StringArrayVar(&o.slo, "slo", nil, "what must be kept, as 'ttfb-p99<=50ms', 'hit>=0.9' or 'errors<=0.1%';\nmay be repeated")
	o.find.trial = unit.Duration(defaultTrial)
	f.StringArrayVar(&o.find.texts, "find-max", nil, "search for the highest rate with this objective, from --rate on;\nmay be repeated")
	f.Var(&o.find.trial, "trial", "of --find-max: how long each rate is tried")
	f.StringVar(&o.Metrics, "metrics", "", "while the run lasts, serve /metrics for Prometheus at this address, as :9100,\nwhich means this machine only (default none)")
	f.BoolVar(&o.Records, "records", false, "keep every record in the run folder, for edgesim merge")
	f.Var(&o.Share, "share", "play this share of the schedule, as 2/4, where other processes play the others;\nneeds --out and keeps records")
	f.Var(&o.StartAt, "start-at", "begin at this `TIME`, as 2026-03-01T12:00:00Z, as the processes of other shares do")
}
