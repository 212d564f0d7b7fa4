package logs

import (
	"bytes"
	"net/netip"
	"strings"
	"testing"

	"edgesim/results"
	"edgesim/results/logs/logtest"
)

// In the steady state, when every string has been met, a line of any form costs
// no allocation.
func TestLinesOfOtherFormsDoNotAllocate(t *testing.T) {
	var log bytes.Buffer
	if err := logtest.Write(&log, 5, 50, 1); err != nil {
		t.Fatal(err)
	}
	_, rows := lineFields(log.String())
	all := forms(t, log.String())
	all["nginx"] = func() (string, string) { return "nginx", combinedLog(rows) }
	for _, name := range []string{"JSON", "real-time JSON", "raw", "plain with commas", "plain with spaces", "real-time", "nginx"} {
		format, text := all[name]()
		f, err := Options{Format: format}.format()
		if err != nil {
			t.Fatal(err)
		}
		if f == nil {
			f = detect([]byte(text))
		}
		d, err := f.new(newJob(Options{Names: names()}, 0))
		if err != nil {
			t.Fatal(err)
		}
		d.begin(&file{path: "x", format: f}, "")
		list := [][]byte{}
		for line := range strings.Lines(text) {
			list = append(list, []byte(strings.TrimRight(line, "\n")))
		}
		var r results.Record
		if n := testing.AllocsPerRun(20, func() {
			for _, line := range list {
				r = unknown
				if err := d.line(line, &r); err != nil {
					t.Fatal(err)
				}
			}
		}); n > 0 {
			t.Errorf("%s: %v allocations for %d lines", name, n, len(list))
		}
	}
}

// TestSampleResults pins what the samples' requests ended as, line by line
// (section 3.4).
func TestSampleResults(t *testing.T) {
	for name, want := range map[string]string{
		"aws_docs_standard_2019.log":       "Hit Hit Hit Error Error Error",
		"dpetzold_cloudfront-multiple.log": "Hit Hit Hit Error Error Error",
		"linz_basemaps_fixture_2020.log":   "Hit Miss RefreshHit",
	} {
		n := names()
		recs, _ := read(t, Options{Names: n}, sample(t, name))
		var got []string
		for i := range recs {
			got = append(got, recs[i].Result.String())
			if recs[i].ResultType() != recs[i].Result || recs[i].Distribution == results.NoDistribution {
				t.Errorf("%s: record %d is %+v", name, i, recs[i])
			}
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
}

// TestSamplesInOtherForms: the samples of CloudFront's, written anew in its other
// forms, are the same requests.
func TestSamplesInOtherForms(t *testing.T) {
	for _, name := range []string{"aws_docs_standard_2019.log", "dpetzold_cloudfront-multiple.log"} {
		log := strings.ReplaceAll(sample(t, name), "\t\n", "\n")
		n := names()
		want, _ := read(t, Options{Names: n, Everything: true}, log)
		for form, of := range forms(t, log) {
			format, text := of()
			got, _ := read(t, Options{Names: n, Everything: true, Format: format}, text)
			sameRecords(t, name+" as "+form, n, want, got)
		}
	}
}

// TestLocate: a viewer's country is what the log says, else what the database
// does; the U.S. state is the database's, where both mean the same country.
func TestLocate(t *testing.T) {
	locate := func(addr netip.Addr) ([2]byte, results.State) {
		if addr == netip.MustParseAddr("192.0.2.1") {
			return [2]byte{'U', 'S'}, results.StateOf("CA")
		}
		return [2]byte{}, results.NoState
	}
	for _, c := range []struct{ addr, country, wantCountry, wantState string }{
		{"192.0.2.1", "", "US", "CA"}, {"192.0.2.1", "-", "US", "CA"}, {"192.0.2.1", "US", "US", "CA"}, {"192.0.2.1", "CA", "CA", "-"},
		{"192.0.2.2", "", "\x00\x00", "-"}, {"192.0.2.2", "DE", "DE", "-"}, {"-", "US", "US", "-"},
	} {
		log := `{"timestamp":"1790000000","c-ip":"` + c.addr + `","c-country":"` + c.country + `"}`
		recs, _ := read(t, Options{Locate: locate}, log)
		if got := string(recs[0].Country[:]); got != c.wantCountry || recs[0].State.String() != c.wantState {
			t.Errorf("%s of %q is in %q, %s, want %q, %s", c.addr, c.country, got, recs[0].State, c.wantCountry, c.wantState)
		}
	}
	recs, _ := read(t, Options{Locate: locate, Format: "nginx"}, strings.Replace(combinedLine, "192.0.2.7", "192.0.2.1", 1))
	if string(recs[0].Country[:]) != "US" || recs[0].State.String() != "CA" {
		t.Errorf("nginx: %q, %s", recs[0].Country, recs[0].State)
	}
}
