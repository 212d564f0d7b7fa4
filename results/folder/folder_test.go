package folder

import (
	"bytes"
	"encoding/csv"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"edgesim/results"
)

func build(t *testing.T, opt Options, recs []results.Record, end End) *results.Summary {
	t.Helper()
	b, err := New(opt)
	if err != nil {
		t.Fatal(err)
	}
	for batch := range slices.Chunk(recs, 512) {
		b.Add(batch)
	}
	s, err := b.Finish(end)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// rows reads a report's CSV: what follows the empty line after the preamble.
func rows(t *testing.T, dir, report string) []map[string]string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, results.ReportsDir, report+".csv"))
	if err != nil {
		t.Fatal(err)
	}
	_, body, found := strings.Cut(string(text), "\n\n")
	if !found {
		t.Fatalf("%s.csv has no empty line after a preamble", report)
	}
	all, err := csv.NewReader(strings.NewReader(body)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var out []map[string]string
	for _, row := range all[1:] {
		m := map[string]string{}
		for i, name := range all[0] {
			m[name] = row[i]
		}
		out = append(out, m)
	}
	return out
}

func number(t *testing.T, s string) int64 {
	t.Helper()
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// A run makes every file of the contract; a second run of the same records
// makes the same bytes, however plots are drawn side by side. PNGs take long:
// one of them has a test of its own.
func TestARunMakesAWholeFolder(t *testing.T) {
	recs, names := synthetic(1)
	dir, again := filepath.Join(t.TempDir(), "runs", "one"), t.TempDir()
	build(t, options(dir, names), recs, End{Ended: runStart.Add(runLength)})
	build(t, options(again, names), recs, End{Ended: runStart.Add(runLength)})
	wholeFolder(t, dir)
	sameFiles(t, dir, again)
}

func TestPlotsAreDrawnInEveryFormat(t *testing.T) {
	dir := t.TempDir()
	opt := options(dir, results.NewNames(runStart))
	opt.Formats = nil
	b, err := New(opt)
	if err != nil {
		t.Fatal(err)
	}
	b.plots = b.plots[:1]
	if _, err := b.Finish(End{}); err != nil {
		t.Fatal(err)
	}
	m, err := results.ReadManifest(dir)
	if err != nil || !slices.Contains(m.Files, "plots/hit_ratio.svg") || !slices.Contains(m.Files, "plots/hit_ratio.png") {
		t.Errorf("files %q, %v; want the hit ratio as SVG and PNG", m.Files, err)
	}
}

func wholeFolder(t *testing.T, dir string) {
	t.Helper()
	m, err := results.ReadManifest(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"manifest.json", "summary.json", "index.html", "reports/cache_statistics.csv",
		"reports/popular_objects.csv", "reports/summary.csv", "plots/hit_ratio.svg",
		"plots/latency_spectrum.svg", "plots/first_byte.svg", "plots/rank_frequency.svg", "plots/origin_offload.svg",
		"latency/ttfb.hgrm", "latency/total.Hit.hgrm"} {
		if !slices.Contains(m.Files, want) {
			t.Errorf("the manifest does not list %s", want)
		}
	}
	for _, path := range m.Files {
		if info, err := os.Stat(filepath.Join(dir, path)); err != nil || info.Size() == 0 {
			t.Errorf("listed file %s: %v, or empty", path, err)
		}
	}
	if m.Partial || !m.Ended.Equal(runStart.Add(runLength)) || m.Length != 20 || m.Warmup != 3 {
		t.Errorf("manifest: partial %v, ended %v, length %v, warm-up %v", m.Partial, m.Ended, m.Length, m.Warmup)
	}
	noTemporaries(t, dir)
}

func noTemporaries(t *testing.T, dir string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, _ os.DirEntry, err error) error {
		if strings.HasSuffix(path, ".tmp") {
			t.Errorf("temporary file left: %s", path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// The summary, the reports and the records agree, and none of them counts the
// warm-up.
func TestSummaryIsTheSumOfTheReports(t *testing.T) {
	dir := t.TempDir()
	recs, names := synthetic(2)
	opt := options(dir, names)
	opt.Plots = false
	s := build(t, opt, recs, End{})

	var requests, hits, bytesOut, origin, warm, viewers, errors int64
	for _, r := range recs {
		switch {
		case r.Vantage == results.AtClient && r.At >= runWarmup.Nanoseconds():
			viewers++
			if r.Failed() {
				errors++
			}
		case r.Vantage == results.AtClient:
		case r.At < runWarmup.Nanoseconds():
			warm++
		default:
			requests++
			bytesOut += r.BytesOut
			origin += int64(r.OriginAsked)
			if r.Response == results.Hit {
				hits++
			}
		}
	}
	got := []int64{s.Requests, s.BytesOut, s.OriginRequests, s.WarmupRequests, s.ViewerRequests, s.Errors, s.ByResult["Hit"].Requests}
	want := []int64{requests, bytesOut, origin, warm, viewers, errors, hits}
	if !slices.Equal(got, want) {
		t.Errorf("summary has %v, the records %v", got, want)
	}

	sums := map[string]int64{}
	for _, row := range rows(t, dir, "cache_statistics") {
		for _, column := range []string{"RequestCount", "HitCount", "TotalBytes"} {
			sums[row["DistributionID"]+column] += number(t, row[column])
		}
	}
	if sums["ALLRequestCount"] != requests || sums["ALLHitCount"] != hits || sums["ALLTotalBytes"] != bytesOut {
		t.Errorf("cache statistics of ALL sum to %v; want requests %d, hits %d, bytes %d", sums, requests, hits, bytesOut)
	}
	if sums["EIMAGESRequestCount"]+sums["EDOWNLOADRequestCount"] != requests {
		t.Errorf("the distributions' requests do not sum to the whole: %v", sums)
	}
	for _, row := range rows(t, dir, "summary") {
		if row["Result"] == "All" && number(t, row["RequestCount"]) != requests {
			t.Errorf("summary.csv counts %s requests, the records %d", row["RequestCount"], requests)
		}
	}
}

// The latency in the summary is the client's, not the edge's.
func TestLatencyComesFromItsVantage(t *testing.T) {
	dir := t.TempDir()
	_, names := synthetic(1)
	recs := []results.Record{
		{At: 4e9, Vantage: results.AtEdge, Response: results.Hit, TTFB: 1e6, Total: 2e6, Status: 200},
		{At: 4e9, Vantage: results.AtClient, Response: results.Hit, TTFB: 7e6, Total: 9e6, Status: 200},
	}
	opt := options(dir, names)
	opt.Plots = false
	s := build(t, opt, recs, End{})
	if s.Requests != 1 || s.ViewerRequests != 1 || s.Latency.TTFB.Max != 7 || s.Latency.Total.Max != 9 {
		t.Errorf("requests %d, viewers' %d, ttfb %v, total %v; want 1, 1, 7, 9",
			s.Requests, s.ViewerRequests, s.Latency.TTFB.Max, s.Latency.Total.Max)
	}
}

func TestAPartialRunIsMarked(t *testing.T) {
	dir := t.TempDir()
	recs, names := synthetic(3)
	opt := options(dir, names)
	opt.Plots = false
	b, err := New(opt)
	if err != nil {
		t.Fatal(err)
	}
	if m, err := results.ReadManifest(dir); err != nil || !m.Partial {
		t.Errorf("before its end a run's manifest is %+v, %v; want it marked partial", m, err)
	}
	b.Add(recs[:len(recs)/2])
	s, err := b.Finish(End{Ended: runStart.Add(10 * time.Second), Partial: true, Warnings: []string{"interrupted by the user"}})
	if err != nil {
		t.Fatal(err)
	}
	m, err := results.ReadManifest(dir)
	if err != nil || !m.Partial || !s.Partial || !slices.Contains(m.Warnings, "interrupted by the user") {
		t.Errorf("manifest %+v, %v; summary partial %v", m, err, s.Partial)
	}
	if s.Duration < 6 || s.Duration > 8 {
		t.Errorf("half of the run, less the warm-up, lasted %v s; want about 7", s.Duration)
	}
	page, err := os.ReadFile(filepath.Join(dir, results.IndexFile))
	if err != nil || !bytes.Contains(page, []byte("Partial run")) {
		t.Errorf("the page does not say that the run is partial (%v)", err)
	}
}

// A run that ends before anything was measured still leaves a whole folder.
func TestARunWithoutRecords(t *testing.T) {
	dir := t.TempDir()
	opt := options(dir, results.NewNames(runStart))
	opt.Plots = false
	s := build(t, opt, nil, End{Partial: true})
	if s.Requests != 0 || len(s.Warnings) == 0 {
		t.Errorf("%d requests, warnings %q", s.Requests, s.Warnings)
	}
	if _, err := os.Stat(filepath.Join(dir, results.IndexFile)); err != nil {
		t.Error(err)
	}
}

func TestASecondRunIsRefused(t *testing.T) {
	dir := t.TempDir()
	recs, names := synthetic(1)
	opt := options(dir, names)
	opt.Plots = false
	build(t, opt, recs, End{})
	before, err := os.ReadFile(filepath.Join(dir, results.SummaryFile))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := New(opt); err == nil || !strings.Contains(err.Error(), "another run") || !strings.Contains(err.Error(), dir) {
		t.Errorf("error %v; want one that names the folder and says that it holds another run", err)
	}
	if after, err := os.ReadFile(filepath.Join(dir, results.SummaryFile)); err != nil || !bytes.Equal(before, after) {
		t.Errorf("the refused run changed the first one's summary (%v)", err)
	}
	opt.Overwrite = true
	build(t, opt, nil, End{})
	if _, err := os.Stat(filepath.Join(dir, results.LatencyDir, "ttfb.Hit.hgrm")); !os.IsNotExist(err) {
		t.Errorf("the first run's histogram is still there: %v", err)
	}
}

func TestAnUnusableFolderIsAnError(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	names := results.NewNames(runStart)
	if _, err := New(options(filepath.Join(file, "run"), names)); err == nil || !strings.Contains(err.Error(), file) {
		t.Errorf("error %v; want one that names %s", err, file)
	}
}

// When a part of the folder cannot be written, Finish says which and leaves no
// half file, and the manifest still says partial.
func TestAFailureLeavesNoHalfFile(t *testing.T) {
	dir := t.TempDir()
	recs, names := synthetic(1)
	b, err := New(options(dir, names))
	if err != nil {
		t.Fatal(err)
	}
	b.Add(recs)
	plots := filepath.Join(dir, results.PlotsDir)
	if err := os.Remove(plots); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(plots, nil, 0o644); err != nil { // no folder any more: nothing can be written into it
		t.Fatal(err)
	}
	if _, err = b.Finish(End{}); err == nil || !strings.Contains(err.Error(), plots) {
		t.Errorf("error %v; want one that names %s", err, plots)
	}
	noTemporaries(t, dir)
	if m, err := results.ReadManifest(dir); err != nil || !m.Partial {
		t.Errorf("manifest %+v, %v; want it marked partial", m, err)
	}
}

func TestOptionsAreChecked(t *testing.T) {
	names := results.NewNames(runStart)
	for field, o := range map[string]Options{
		"Dir":         {Names: names},
		"Names":       {Dir: "x"},
		"Length":      {Dir: "x", Names: names, Length: -1},
		"Warmup":      {Dir: "x", Names: names, Length: time.Second, Warmup: time.Second},
		"Grain":       {Dir: "x", Names: names, Grain: -1},
		"Formats":     {Dir: "x", Names: names, Formats: []string{"gif"}},
		"TrafficFrom": {Dir: "x", Names: names, TrafficFrom: results.Vantages},
	} {
		if _, err := New(o); err == nil || !strings.Contains(err.Error(), field) {
			t.Errorf("error %v does not name %s", err, field)
		}
	}
}

// Whatever the length, a run has few enough buckets to draw.
func TestGrainSuitsTheLength(t *testing.T) {
	for length, want := range map[time.Duration]time.Duration{
		0: time.Hour, 20 * time.Second: time.Second, 4 * time.Minute: time.Second, 5 * time.Minute: 2 * time.Second,
		time.Hour: 15 * time.Second, 24 * time.Hour: 10 * time.Minute, 60 * 24 * time.Hour: 6 * time.Hour,
		2400 * 24 * time.Hour: 11 * 24 * time.Hour,
	} {
		if got := grainFor(length); got != want {
			t.Errorf("grain for %v is %v, want %v", length, got, want)
		}
	}
}

// Reports of sixty days have hours, and buckets of which those of plots are made.
func TestReportsOfSixtyDaysHaveHours(t *testing.T) {
	const day = 24 * time.Hour
	for length, want := range map[time.Duration]time.Duration{
		0: time.Hour, 20 * time.Second: time.Second, 2 * day: 15 * time.Minute, 10 * day: time.Hour, 14 * day: time.Hour,
		60 * day: time.Hour, mostHours: time.Hour, mostHours + 1: 12 * time.Hour, 365 * day: 2 * day,
	} {
		got := reportGrain(length)
		if got != want {
			t.Errorf("reports of %v are by %v, want %v", length, got, want)
		}
		if plots := grainFor(length); plots%got != 0 {
			t.Errorf("plots of %v are by %v, which is no multiple of the reports' %v", length, plots, got)
		}
	}
}

func sameFiles(t *testing.T, x, y string) {
	t.Helper()
	m, err := results.ReadManifest(x)
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range m.Files {
		a, errA := os.ReadFile(filepath.Join(x, path))
		b, errB := os.ReadFile(filepath.Join(y, path))
		if errA != nil || errB != nil || !bytes.Equal(a, b) {
			t.Errorf("%s differs (%v, %v)", path, errA, errB)
		}
	}
}

func TestManyTakers(t *testing.T) {
	recs, names := synthetic(5)
	opt := options(t.TempDir(), names)
	opt.Plots = false
	b, err := New(opt)
	if err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	for part := range slices.Chunk(recs, len(recs)/4+1) {
		all.Go(func() {
			for batch := range slices.Chunk(part, 100) {
				b.Add(batch)
				b.Snapshot()
			}
		})
	}
	all.Wait()
	p := b.Snapshot()
	if p.Requests != uint64(len(recs)/2) || p.Hits == 0 || p.Hits >= p.Requests || p.Errors == 0 || p.TTFBp99 <= 0 {
		t.Errorf("progress %+v of %d records", p, len(recs))
	}
	s, err := b.Finish(End{})
	if err != nil {
		t.Fatal(err)
	}
	if s.Requests+s.WarmupRequests != int64(len(recs)/2) {
		t.Errorf("%d requests and %d of the warm-up; want %d in all", s.Requests, s.WarmupRequests, len(recs)/2)
	}
}

func BenchmarkAdd(b *testing.B) {
	recs, names := synthetic(1)
	opt := options(b.TempDir(), names)
	builder, err := New(opt)
	if err != nil {
		b.Fatal(err)
	}
	builder.Add(recs)
	b.ReportAllocs()
	for b.Loop() {
		builder.Add(recs)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(len(recs)), "ns/record")
}

// Views that are filled at the same time leave the same folder.
func TestViewsFilledAtOnceAreTheSame(t *testing.T) {
	recs, names := synthetic(5)
	var want map[string][]byte
	for _, atOnce := range []bool{false, true} {
		dir := filepath.Join(t.TempDir(), "run")
		o := options(dir, names)
		o.AtOnce, o.Plots, o.TrafficFrom, o.LatencyFrom = atOnce, false, results.NoVantage, results.NoVantage
		b, err := New(o)
		if err != nil {
			t.Fatal(err)
		}
		for i := 0; i < len(recs); i += 1000 {
			b.Add(recs[i:min(i+1000, len(recs))])
			b.Snapshot()
		}
		if _, err := b.Finish(End{Ended: runStart.Add(runLength)}); err != nil {
			t.Fatal(err)
		}
		got := map[string][]byte{}
		for _, pattern := range []string{"reports/*.csv", "latency/*", "summary.json"} {
			paths, _ := filepath.Glob(filepath.Join(dir, pattern))
			for _, path := range paths {
				if got[filepath.Base(path)], err = os.ReadFile(path); err != nil {
					t.Fatal(err)
				}
			}
		}
		if want == nil {
			want = got
		}
		for name, text := range want {
			if !bytes.Equal(got[name], text) {
				t.Errorf("%s differs where views are filled at once", name)
			}
		}
	}
}
