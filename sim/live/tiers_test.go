package live

import (
	"context"
	"net/http"
	"testing"
	"time"

	"edgesim/results"
	"edgesim/sim/scenario"
)

// The built-in scenario's tiers stand between its edge and its origin, and the
// records are the edge's alone.
func TestTiersStandBetween(t *testing.T) {
	s, err := scenario.Load("tiers", "edge.mode=standard")
	if err != nil {
		t.Fatal(err)
	}
	crowd, err := s.Crowd()
	if err != nil {
		t.Fatal(err)
	}
	rec := results.NewRecorder(0)
	st, err := setUp(s, crowd, results.NewNames(time.Now()), rec, time.Now(), loopback{})
	if err != nil {
		t.Fatal(err)
	}
	path := string(crowd.Catalog.AppendPath(nil, 0))
	for _, want := range []string{"Miss", "Hit"} {
		req, _ := http.NewRequest("GET", "http://"+st.addrs[0]+path, nil)
		req.Host = "www.example.com"
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		if via := len(res.Header.Values("Via")); via != 3 || res.Header.Get("X-Cache") != want+" from edgesim" {
			t.Errorf("%s, %d edges: %v", res.Header.Get("X-Cache"), via, res.Header)
		}
	}
	http.DefaultClient.CloseIdleConnections()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	if err := st.tearDown(ctx); err != nil {
		t.Error(err)
	}
	n := 0
	rec.Flush()
	go rec.Close()
	rec.Take(func(b []results.Record) { n += len(b) })
	if n != 2 {
		t.Errorf("%d records of 2 requests", n)
	}
}
