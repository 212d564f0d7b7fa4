package logs

import (
	"path/filepath"
	"testing"

	"edgesim/results"
	"edgesim/results/accesslog"
)

// The field that a run's log has behind CloudFront's leads back to what it was made
// from; a word that is none of its is told and spoils no line.
func TestTTLClassOfOurLogs(t *testing.T) {
	n := names()
	path := filepath.Join(t.TempDir(), "access.log.gz")
	l, err := accesslog.CreateOurs(path, n)
	if err != nil {
		t.Fatal(err)
	}
	for class := range results.TTLClasses {
		l.Add([]results.Record{{At: 1e18, Method: results.GET, TTL: class, URL: n.Strings.Of("/a"), Edge: results.Unnamed, Distribution: results.NoDistribution}})
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	var got heard
	o := Options{Files: []string{path}, Names: names()}
	d, err := Read(t.Context(), o, got.sink(o.Names))
	if err != nil || d.Malformed > 0 || len(got.recs) != int(results.TTLClasses) {
		t.Fatalf("%d records, %v, %v", len(got.recs), d.First, err)
	}
	for class := range results.TTLClasses {
		if got.recs[class].TTL != class {
			t.Errorf("%v leads back to %v", class, got.recs[class].TTL)
		}
	}
	recs, d := read(t, Options{}, "#Fields: date time cs-uri-stem x-edgesim-ttl-class\n2026-01-01\t00:00:00\t/a\tnews\n")
	if len(recs) != 1 || recs[0].TTL != results.TTLUnknown || len(d.strangers) != 1 {
		t.Errorf("another word: %+v, %v", recs, d.strangers)
	}
}
