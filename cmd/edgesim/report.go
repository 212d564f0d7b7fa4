package main

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/pflag"
	"golang.org/x/term"

	"edgesim/results"
	"edgesim/results/folder"
	"edgesim/results/logs"
	"edgesim/results/places"
	"edgesim/results/report"
	"edgesim/sim/fleet"
	"edgesim/sim/unit"
)

var reportCommand = command{
	name:     "report",
	synopsis: "LOG|RUN... [flags]",
	about:    "make CloudFront's reports from access logs or run folders",
	long: `LOG is an access log, a folder of them, a pattern (quoted) or "-": CloudFront's
standard logs of every age, its newer forms (JSON, Parquet, real-time), nginx,
Apache and others by --format; gzip or not, in any order. RUN is the folder of a
run. Reports go to stdout as tables; with --out a folder is made of them, with
CSV files, plots and a page (index.html) to look at.

Hours are shown up to 14 days, days beyond (files always have hours), unless
--granularity says which.
Times are UTC. A date alone means the whole of that day.

Examples:
  edgesim report 'logs/*.gz' --out week
  edgesim report access.log --from 2026-11-01 --to 2026-11-07 --granularity day
  edgesim report results/runs/quickstart-20261126-101500
  edgesim report big/ --bounded 10000 --reports popular_objects,top_referrers
  edgesim report access.log --reports cost --prices ours.yaml
  edgesim report 'logs/*.gz' --reports what_if --cache-size 64GiB --rows 0
  zcat site.gz | edgesim report - --format nginx --json
  edgesim report 'logs/*.gz' --nats nats://10.0.0.1:4222 --out month

With --nats workers read the logs (edgesim worker), in pieces of about 64 MiB of
text, and the reports are the same; a log from a pipe is read here only.

Exit status: 0 done, also where the logs have no request, or none of the range:
that is said; 1 reading or writing failed, not one line could be read, or it was
interrupted (what was read is reported and marked partial); 2 wrong usage, or no
log among the files.
`,
	prepare: func(f *pflag.FlagSet) action {
		var o reportOptions
		f.StringVar(&o.distribution, "distribution", "", "only this distribution, by its ID (default all)")
		f.StringVar(&o.from, "from", "", "only what ended at or after this time: 2026-11-01, 2026-11-01T15:00:00Z")
		f.StringVar(&o.to, "to", "", "only what ended before this time, or on this day or an earlier one")
		f.StringVar(&o.grain, "granularity", "", "width of time buckets: hour or day")
		f.StringVar(&o.out, "out", "", "make a folder of this name, with CSV files, plots and index.html")
		f.StringVar(&o.reports, "reports", "", "names of reports, \"cloudfront\" (the console's five) or \"all\"\n(default cloudfront, with --out all)")
		f.StringVar(&o.format, "format", "", "of the logs, where it cannot be told: "+formatList())
		f.BoolVar(&o.query, "query", false, "the query string is part of an object's URL")
		f.IntVar(&o.bounded, "bounded", 0, "count objects and referrers with so many counters, as a sketch with a stated\nerror, in bounded memory (default all, exactly)")
		f.BoolVar(&o.approximate, "approximate", false, "count objects and referrers as CloudFront does, by lists over ten minutes")
		f.Var(&o.cacheSize, "cache-size", "bytes that each edge location's cache has, marked in the curve of what other sizes\nwould do (default what the run's scenario says)")
		f.StringVar(&o.geo, "geo", "", "database in MaxMind's format (.mmdb), for viewers' locations")
		f.StringVar(&o.prices, "prices", "", "YAML file of prices, of the form of results/price/list.yaml, for the cost report;\nwhat it leaves out stays as there")
		f.StringVar(&o.location, "viewer-location", "", "cache statistics of viewers on one continent: "+strings.Join(places.Continents(), ", "))
		f.BoolVar(&o.states, "states", false, "viewers' locations are U.S. states, not countries")
		f.BoolVar(&o.versions, "browser-versions", false, "browsers and operating systems by name and version")
		f.IntVar(&o.rows, "rows", 24, "rows of a table that are printed; 0: all (files have all)")
		f.IntVar(&o.workers, "workers", 0, "goroutines that parse (default one per processor)")
		f.BoolVar(&o.json, "json", false, "print the tables as JSON")
		o.nats.Add(f, true)
		o.nats.AddShared(f)
		return o.run
	},
}

// reportOptions are the flags.
type reportOptions struct {
	distribution, from, to, grain string
	out, reports, format, geo     string
	prices                        string
	query, approximate, states    bool
	versions, json                bool
	location                      string
	bounded, rows, workers        int
	cacheSize                     unit.Size
	nats                          fleet.Flags
}

// single reports whether one distribution is asked for.
func (o *reportOptions) single() bool { return o.distribution != "" && o.distribution != "ALL" }

func formatList() string {
	var names []string
	for _, f := range logs.Formats() {
		names = append(names, f.Name)
	}
	return strings.Join(names, ", ")
}

// patientHours is how long a range may be that is shown by the hour when nobody
// says how (CloudFront's console allows no more).
const patientHours = 14 * 24 * time.Hour

func (o *reportOptions) run(e *env, args []string) error {
	if len(args) == 0 {
		return usagef("no log and no run given; right is at least one, as: edgesim report access.log.gz")
	}
	ro, err := o.reportOptions()
	if err != nil {
		return err
	}
	if err := o.checkWorkers(e); err != nil {
		return err
	}
	kinds, err := o.kinds()
	if err != nil {
		return err
	}
	in, err := openSources(args, o)
	if err != nil {
		return err
	}
	if err := in.counted(e); err != nil {
		return err
	}
	ro.Names, ro.Began, ro.Ended = in.names, in.began, in.ended
	ro.CacheSize = cmp.Or(int64(o.cacheSize), max(in.capacity, 0))
	if ro.Grain == 0 && in.grain > 0 {
		ro.Grain = in.grain
		if in.bare {
			ro.Grain = common(ro.Grain, time.Hour)
		}
	}
	if err := in.fit(ro); err != nil {
		return err
	}
	if kinds, err = in.able(kinds); err != nil {
		return err
	}
	for _, text := range in.said {
		fmt.Fprintf(e.stderr, "edgesim report: %s\n", text)
	}
	if o.out != "" {
		return o.folder(e, in, ro, kinds)
	}
	return o.print(e, in, ro, kinds)
}

func (o *reportOptions) reportOptions() (report.Options, error) {
	ro := report.Options{
		Distribution: o.distribution, Query: o.query, Bounded: o.bounded, Approximate: o.approximate,
		BrowserVersions: o.versions, States: o.states, ViewerLocation: o.location, Version: results.ThisProgram("edgesim").Version, Generated: time.Now().UTC().Truncate(time.Second),
	}
	var err error
	if ro.From, err = moment(o.from, false); err != nil {
		return ro, usagef("--from %v", err)
	}
	if ro.To, err = moment(o.to, true); err != nil {
		return ro, usagef("--to %v", err)
	}
	switch {
	case !ro.From.IsZero() && !ro.To.IsZero() && !ro.From.Before(ro.To):
		return ro, usagef("--to %s is not after --from %s", o.to, o.from)
	case o.location != "" && o.location != "ALL" && !slices.Contains(places.Continents(), o.location):
		return ro, usagef("--viewer-location %q: right is %s, or ALL", o.location, strings.Join(places.Continents(), ", "))
	case o.bounded > 0 && o.approximate:
		return ro, usagef("--bounded and --approximate are two ways to count; right is one of them")
	case o.bounded < 0:
		return ro, usagef("--bounded %d: right is a number of counters, as 10000, or 0 for all", o.bounded)
	case o.rows < 0:
		return ro, usagef("--rows %d: right is a number of rows, or 0 for all", o.rows)
	case o.workers < 0:
		return ro, usagef("--workers %d: right is a number of goroutines, or 0 for one per processor", o.workers)
	}
	switch o.grain {
	case "":
	case "hour":
		ro.Grain = time.Hour
	case "day":
		ro.Grain = 24 * time.Hour
	default:
		return ro, usagef("--granularity %q: right is hour or day", o.grain)
	}
	ro.Prices, err = priceList(o.prices)
	return ro, err
}

// momentForms are how people write times; the first ones are of a whole day.
var momentForms = []string{time.DateOnly, time.RFC3339, "2006-01-02T15:04:05", "2006-01-02T15:04", "2006-01-02 15:04:05", "2006-01-02 15:04", "2006-01-02T15"}

// moment reads a time; a date alone is the day's begin, or its end.
func moment(text string, end bool) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	for i, form := range momentForms {
		at, err := time.Parse(form, text)
		if err != nil {
			continue
		}
		if i == 0 && end {
			at = at.AddDate(0, 0, 1)
		}
		return at.UTC(), nil
	}
	return time.Time{}, fmt.Errorf("%q: right is a date, as 2026-11-01, or a time, as 2026-11-01T15:00:00Z", text)
}

// kinds are the reports that are asked for.
func (o *reportOptions) kinds() ([]report.Kind, error) {
	asked := cmp.Or(o.reports, map[bool]string{true: "all", false: "cloudfront"}[o.out != ""])
	var kinds []report.Kind
	for _, name := range strings.Split(asked, ",") {
		switch name {
		case "all", "cloudfront":
			for _, k := range report.Kinds() {
				if k.Group != report.Run && (name == "all" || k.Group == report.CloudFront) {
					kinds = append(kinds, k)
				}
			}
		default:
			k, err := report.Find(name)
			if err != nil {
				return nil, usagef("--reports: %v; or cloudfront, or all", err)
			}
			kinds = append(kinds, k)
		}
	}
	return report.InOrder(kinds), nil
}

// print reads everything and prints the tables.
func (o *reportOptions) print(e *env, in *sources, ro report.Options, kinds []report.Kind) error {
	set := report.NewSet(ro, kinds...)
	to := taker{records: set.Add}
	if set.TakesDigests() {
		to.sums = set
	}
	doubts, readErr := in.read(e, o, to)
	if readErr != nil && !partial(readErr) {
		return readErr
	}
	err := in.absorb(func(t *report.Table) error {
		if !set.Prints(t.Name) {
			return nil
		}
		return set.Absorb(t)
	})
	if err != nil {
		return err
	}
	if ro.Grain == 0 && set.Length() > patientHours {
		set.Coarsen(24 * time.Hour)
	}
	tell(e.stderr, doubts, o.uncovered(doubts, set.LeftOut()))
	if err := o.printTables(e, set); err != nil {
		return err
	}
	if err := in.printShares(e, o); err != nil {
		return err
	}
	return cmp.Or(interrupted(readErr), unread(doubts))
}

func (o *reportOptions) printTables(e *env, set *report.Set) error {
	width := columns
	if f, ok := e.stdout.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		if w, _, err := term.GetSize(int(f.Fd())); err == nil {
			width = max(w, 40)
		}
	}
	first := true
	for _, k := range set.Kinds() {
		for _, t := range set.Tables(k.Name, "") {
			var err error
			switch {
			case o.json && first:
				_, err = io.WriteString(e.stdout, "[\n")
			case o.json:
				_, err = io.WriteString(e.stdout, ",\n")
			case !first:
				_, err = io.WriteString(e.stdout, "\n\n")
			}
			if err == nil && o.json {
				err = report.WriteJSON(e.stdout, t)
			} else if err == nil {
				err = report.WriteText(e.stdout, t.Head(o.rows), width)
			}
			if err != nil {
				return fmt.Errorf("printing report %s: %w", t.Name, err)
			}
			first = false
		}
	}
	if o.json {
		_, err := io.WriteString(e.stdout, "]\n")
		return err
	}
	return nil
}

// folder reads everything into a folder.
func (o *reportOptions) folder(e *env, in *sources, ro report.Options, kinds []report.Kind) error {
	b, err := folder.New(folder.Options{
		Dir: o.out, Names: in.names, Grain: ro.Grain, Query: o.query, Reports: ro, Kinds: kinds, Logged: true, Plots: true,
		Manifest: results.Manifest{
			Name: filepath.Base(filepath.Clean(o.out)), Mode: "log", Started: ro.Generated, Command: e.command(),
			Program: results.ThisProgram("edgesim"), Machine: results.ThisMachine(),
		},
	})
	if err != nil {
		return usagef("--out: %v", err)
	}
	if err := in.absorb(b.Absorb); err != nil {
		return errors.Join(err, b.Discard())
	}
	doubts, readErr := in.read(e, o, taker{records: b.Add})
	if readErr != nil && !partial(readErr) {
		return errors.Join(readErr, b.Discard())
	}
	uncovered := o.uncovered(doubts, b.LeftOut())
	tell(e.stderr, doubts, uncovered)
	end := folder.End{Ended: time.Now().UTC(), Partial: readErr != nil, Warnings: append(warnings(doubts), in.said...)}
	if uncovered != "" {
		end.Warnings = append(end.Warnings, uncovered)
	}
	if err := in.summarize(&end, o); err != nil {
		return errors.Join(err, b.Discard())
	}
	s, err := b.Finish(end)
	if err != nil {
		return err
	}
	switch {
	case o.json:
		err = results.EncodeJSON(e.stdout, s)
	case len(in.files) == 0 && len(in.kept) > 1:
		_, err = fmt.Fprintf(e.stdout, "The reports of %d run folders are put together.\n  look at         %s\n", len(in.kept), filepath.Join(o.out, results.IndexFile))
	default:
		err = folder.Headline(e.stdout, s, o.out)
	}
	return errors.Join(err, cmp.Or(interrupted(readErr), unread(doubts)))
}
