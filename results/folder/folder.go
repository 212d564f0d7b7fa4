// Package folder makes a run folder out of records: manifest, summary,
// reports, plots, latency histograms and the page that shows them all. It
// knows which records which part wants and how the warm-up is cut; it must
// never know where the records came from, nor what time it is: moments come in
// through Options and End.
package folder

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"edgesim/results"
	"edgesim/results/plot"
	"edgesim/results/report"
)

// Options say what a run folder is made of.
type Options struct {
	// Dir is the run folder; it is made when missing. One that holds another
	// run already is refused, unless Overwrite is set: then that run's files
	// are removed.
	Dir       string
	Overwrite bool

	// Manifest is the run's manifest as far as it is known when the run
	// begins: name, mode, scenario, seed, command, program, machine, start.
	// The rest is filled in here.
	Manifest results.Manifest

	// Names gives meaning to the records' numbers.
	Names *results.Names

	// Length is the planned length of the run, warm-up included; 0 when it is
	// not known, as for a trace.
	Length time.Duration

	// Warmup is the part of Length that figures, reports and latencies leave
	// out: records with At < Warmup; 0 leaves out none.
	Warmup time.Duration

	// Grain is the width of a time bucket; 0 chooses one that gives plots at most
	// 240 buckets and is no finer than a second, or an hour when Length is not
	// known. Reports of up to sixty days, and a warm-up, then have hours in any case.
	Grain time.Duration

	// TrafficFrom is the vantage of the records that tell what the cache did,
	// LatencyFrom of those that tell what viewers waited. They may be the same;
	// NoVantage takes every record.
	TrafficFrom, LatencyFrom results.Vantage

	// Verify is whether the player compared bodies with what they should be.
	Verify bool

	// Groups says that the summary has viewers' figures by status, content class and
	// distribution, too.
	Groups bool

	// Records says that every record is kept, for runs that are to be put together.
	Records bool

	// Query is whether URLs in reports carry their query string: where it is
	// part of the cache key.
	Query bool

	// Reports say how reports count, where that is not said above: range,
	// distribution, bounded memory, grouping. Names, Grain, Query and Version are
	// filled in here.
	Reports report.Options

	// Kinds are the reports that are made; none means all.
	Kinds []report.Kind

	// Logged says that the records are from a log, on the clock of their epoch and
	// not of a run: its length is from the first to the last of them, and plots of
	// a run's course are left out (the reports have theirs).
	Logged bool

	// AtOnce is whether the views of a batch are filled at the same time, on several
	// processors, where a batch is large enough. It is for who makes records as fast
	// as views take them, and would disturb a measurement.
	AtOnce bool

	// Plots is whether plots are drawn; without them a folder is made faster.
	Plots bool

	// Formats are the formats that plots are drawn in, as plot.Formats lists
	// them; none means SVG and PNG. The page wants "svg" among them. A PNG takes
	// about a quarter of a second of one core. Their figures are kept as JSON in
	// any case, so that they can be drawn again in any format and size.
	Formats []string
}

// End is what is known only when a run is over.
type End struct {
	Ended    time.Time    // UTC
	Partial  bool         // the run was interrupted
	Short    bool         // the workload ended well before the planned length
	Rate     results.Rate // requests a second; a field of 0 is computed from the records
	Dropped  uint64       // records that were lost on the way here
	Warnings []string     // doubts about the figures, in a sentence each

	// Tiers are what the tiers between edge locations and origins did, warm-up left
	// out, the nearest to viewers first; whoever ran them has counted.
	Tiers []results.TierFigures

	Shares    []results.ShareFigures // of workers that played the run together; nil: there were none
	Troubles  []results.Trouble      // of which the summary takes examples of what failed
	Generator *results.Generator     // how the load generator kept its schedule; nil: there was none
	Unsound   string                 // why the figures are the generator's own; "": they are not
	// Kept are histograms that are kept beside the records, by name.
	Kept map[string]*results.Histogram

	// Judge says what the finished figures keep of what was promised; nil: nothing was.
	Judge     func(*results.Summary) []results.Objective
	Intervals *results.Intervals // what is kept as interval logs; nil: there are none

	// Summary is of an earlier run whose tables were absorbed, where no records came
	// that another could be made from; nil: there is none.
	Summary *results.Summary
}

// Progress is how far a run has come, for a progress line. It includes the
// warm-up.
type Progress struct {
	Requests uint64        // as the cache saw them
	Hits     uint64        // of Requests
	Errors   uint64        // as viewers saw them
	TTFBp99  time.Duration // 99th percentile of the time to first byte so far; 0 before any
}

// A Builder is a run folder being made. Its methods may be called from several
// goroutines.
type Builder struct {
	opt  Options
	made []string // folders that were not there before, the outermost first

	mu       sync.Mutex
	summary  *results.SummaryView
	reports  *report.Set
	demand   *results.Demand // without the warm-up; nil where memory is bounded
	reuse    *report.Reuse
	crowds   [parts]*results.Crowds // by part; nil where no record was
	filter   *report.Filter
	leftOut  int64
	absorbed bool // tables of earlier reports are among what there is
	plots    []plotView
	ttfb     *results.Histogram // of the warm-up's requests
	progress Progress
	finished bool

	intervals *results.Intervals // nil: there are none
	records   *recorded          // nil: none are kept
}

type plotView struct {
	kind    plot.Kind
	view    plot.Drawing
	crowded results.Crowded // the view, where it takes crowds
}

// summaryReport is made from the summary, which knows both streams of records.
const summaryReport = "summary"

// New checks opt, makes the folder and puts a manifest into it that says
// "partial", so that a run that dies leaves a trace of itself.
func New(opt Options) (*Builder, error) {
	if err := opt.check(); err != nil {
		return nil, err
	}
	if len(opt.Formats) == 0 {
		opt.Formats = []string{"svg", "png"}
	}
	plotGrain := opt.Grain
	if opt.Grain == 0 {
		plotGrain = grainFor(opt.Length)
		opt.Grain = reportGrain(opt.Length)
	}
	m := &opt.Manifest
	m.Format = results.ManifestFormat
	m.Length, m.Warmup, m.Grain = opt.Length.Seconds(), opt.Warmup.Seconds(), opt.Grain.Seconds()
	made := missing(opt.Dir)
	if err := prepare(opt); err != nil {
		return nil, err
	}
	kept, err := keepRecords(opt)
	if err != nil {
		return nil, err
	}
	b := &Builder{opt: opt, made: made, records: kept, ttfb: results.NewHistogram(), reuse: &report.Reuse{}}
	if opt.Reports.Bounded == 0 {
		b.demand = &results.Demand{}
	}
	b.summary = results.NewSummary(opt.Names, results.SummaryOptions{
		Name: m.Name, Seed: m.Seed, Warmup: opt.Warmup, Verify: opt.Verify, Logged: opt.Logged, Bounded: opt.Reports.Bounded, Demand: b.demand,
		Groups: opt.Groups,
	})
	ro := opt.Reports
	ro.Names, ro.Grain, ro.Version, ro.Query = opt.Names, opt.Grain, m.Program.Version, opt.Query
	ro.Demand, ro.Reuse = b.demand, b.reuse
	b.filter = report.NewFilter(ro)
	b.reports = report.NewSet(ro, reportKinds(opt.Kinds)...)
	if opt.Plots {
		for _, k := range plot.Kinds() {
			if opt.Logged && k.Whole {
				continue
			}
			view := k.New(plot.Options{
				Names: opt.Names, Title: m.Name, Length: opt.Length, Grain: plotGrain, Warmup: opt.Warmup,
				Times: b.summary.Latencies(), Demand: b.demand, Reuse: b.reuse, CacheSize: opt.Reports.CacheSize,
			})
			crowded, _ := view.(results.Crowded)
			b.plots = append(b.plots, plotView{k, view, crowded})
		}
		inOrder(b.plots)
	}
	return b, nil
}

// reportKinds are those asked for, all where none are, without the summary, which
// the folder makes itself.
func reportKinds(asked []report.Kind) []report.Kind {
	if len(asked) == 0 {
		asked = report.Kinds()
	}
	var kinds []report.Kind
	for _, k := range report.InOrder(asked) {
		if k.Name != summaryReport {
			kinds = append(kinds, k)
		}
	}
	return kinds
}

func (o Options) check() error {
	switch {
	case o.Dir == "":
		return errors.New("folder: Dir is empty; it names the run folder")
	case o.Names == nil:
		return errors.New("folder: Names is nil; records mean nothing without them")
	case o.Length < 0:
		return fmt.Errorf("folder: Length is %v; it must be at least 0", o.Length)
	case o.Warmup < 0 || o.Length > 0 && o.Warmup >= o.Length:
		return fmt.Errorf("folder: Warmup is %v; it must be at least 0 and shorter than the run of %v", o.Warmup, o.Length)
	case o.Grain < 0:
		return fmt.Errorf("folder: Grain is %v; it must be at least 0", o.Grain)
	case o.TrafficFrom >= results.Vantages || o.LatencyFrom >= results.Vantages:
		return fmt.Errorf("folder: TrafficFrom %v or LatencyFrom %v is no vantage", o.TrafficFrom, o.LatencyFrom)
	}
	for _, f := range o.Formats {
		if !slices.Contains(plot.Formats(), f) {
			return fmt.Errorf("folder: Formats has %q; there are %s", f, strings.Join(plot.Formats(), ", "))
		}
	}
	return nil
}

// mostBuckets is how many time buckets a plot of known length has at the most.
const mostBuckets = 240

// mostHours is how long a run may be whose reports are by the hour where its plots
// are not: CloudFront's sixty days, and two of warm-up. Hours can be put together to
// days later, and nothing can be cut to hours.
const mostHours = 62 * 24 * time.Hour

// reportGrain is the width of the time buckets of reports, of which those of plots
// are a multiple.
func reportGrain(length time.Duration) time.Duration {
	if g := grainFor(length); g < time.Hour || length > mostHours {
		return g
	}
	return time.Hour
}

// grains are widths of time buckets that people count in.
var grains = []time.Duration{
	time.Second, 2 * time.Second, 5 * time.Second, 10 * time.Second, 15 * time.Second, 30 * time.Second,
	time.Minute, 2 * time.Minute, 5 * time.Minute, 10 * time.Minute, 15 * time.Minute, 30 * time.Minute,
	time.Hour, 2 * time.Hour, 3 * time.Hour, 6 * time.Hour, 12 * time.Hour, 24 * time.Hour,
}

func grainFor(length time.Duration) time.Duration {
	if length == 0 {
		return time.Hour
	}
	for _, g := range grains {
		if length <= mostBuckets*g {
			return g
		}
	}
	day := 24 * time.Hour
	return (length/mostBuckets/day + 1) * day
}
