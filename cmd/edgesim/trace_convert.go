package main

import (
	"errors"
	"fmt"

	"github.com/spf13/pflag"

	"edgesim/sim/unit"
	"edgesim/workloads/trace"
)

var traceConvertCommand = command{
	name:     "convert",
	synopsis: "TRACE... -o FILE [flags]",
	about:    "write a trace in another format",
	long: `Several TRACEs follow each other; - is the standard input. FILE's name tells the
format and the compression: web.oracleGeneral.zst, web.csv.gz, web.ids.xz; with
-o - it is written to the standard output, in the format of --to.

oracleGeneral has every request's next access. Where TRACE does not tell it, it
is looked for: the requests are kept in a file beside FILE, which is then read
from its end, with a table of objects of at most --memory.

Examples:
  edgesim trace convert web.csv.gz -o web.oracleGeneral.zst
  edgesim trace convert day1.tsv.gz day2.tsv.gz -o both.oracleGeneral
  edgesim trace convert log.csv --columns time=1,id=4,time-unit=ms -o a.csv
  edgesim trace convert big.oracleGeneral.zst --limit 1000 --to csv -o -
`,
	prepare: func(f *pflag.FlagSet) action {
		o := convertOptions{memory: unit.GiB}
		f.StringVarP(&o.out, "out", "o", "", "`FILE` to write")
		f.StringVar(&o.to, "to", "", "`FORMAT` to write: "+formatNames(trace.Writable())+" (default: told by FILE's name)")
		f.Var(&o.memory, "memory", "for the table of objects that next accesses are found with")
		f.BoolVar(&o.json, "json", false, "print as JSON what was written")
		o.add(f)
		return o.run
	},
}

type convertOptions struct {
	traceFlags
	out, to string
	memory  unit.Size
	json    bool
}

func (o *convertOptions) run(e *env, args []string) error {
	if len(args) == 0 {
		return usagef("no trace given; right is as: edgesim trace convert web.csv.gz -o web.oracleGeneral")
	}
	if o.out == "" {
		return usagef("nothing says where to write; right is as: -o web.oracleGeneral.zst")
	}
	t, err := o.open(args)
	if err != nil {
		return err
	}
	defer t.Close()
	w, err := trace.Create(trace.Sink{Path: o.out, Stdout: e.stdout, Format: o.to, Tells: t.Info().Tells, Memory: int64(o.memory)})
	if err != nil {
		return usageError{err}
	}
	if err := fillTrace(e, w, t, t.Info().Requests, o.json); err != nil {
		return err
	}
	sayFaults(e, "trace convert", t.Faults())
	return nil
}

// fillTrace writes all of r and says how much that was.
func fillTrace(e *env, w *trace.Writer, r trace.Reader, total int64, asJSON bool) error {
	if asJSON && w.Path() == "-" {
		return errors.Join(usagef("--json and -o - both want the standard output; right is a FILE"), w.Abort())
	}
	bar := countingTo(e.stderr, r, total)
	err := pour(e.ctx, bar, w.Write)
	if err == nil {
		err = w.Close()
	}
	bar.done()
	if err != nil {
		return errors.Join(err, w.Abort())
	}
	if asJSON {
		return printJSON(e.stdout, struct {
			Path     string `json:"path"`
			Requests int64  `json:"requests"`
		}{w.Path(), w.Requests()})
	}
	fmt.Fprintf(e.stderr, "%s: %d requests\n", w.Path(), w.Requests())
	return nil
}
