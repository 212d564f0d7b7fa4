package live

import (
	"context"
	"io"
	"net/http"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"edgesim/results"
	"edgesim/sim/scenario"
)

// around is a scenario of two edge locations, each with a regional cache near,
// and a shield.
func around(t *testing.T, sets ...string) *scenario.Scenario {
	t.Helper()
	s, err := scenario.Load("tiers", append([]string{
		"edge={mode: standard, capacity: 8MiB, locations: [{code: FRA56-P1, policy: lru}, {code: NRT57-P2, capacity: 16MiB}], tiers: [{layer: regional, locations: [SIN50-P7, DUB50-P7]}, {layer: shield, location: IAD50-P9}]}",
		"workload.viewers.countries={DE: 1, JP: 1}",
	}, sets...)...)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// Each location has a cache of its own and asks the nearer regional cache; the
// tiers count what they were asked.
func TestLocationsAskTheNearestTier(t *testing.T) {
	s := around(t, "warmup=0s")
	crowd, err := s.Crowd()
	if err != nil {
		t.Fatal(err)
	}
	names, rec := results.NewNames(time.Now()), results.NewRecorder(0)
	st, err := setUp(s, crowd, names, rec, time.Now(), loopback{})
	if err != nil {
		t.Fatal(err)
	}
	var takers sync.WaitGroup
	st.count(&takers)
	path := string(crowd.Catalog.AppendPath(nil, 0))
	for _, x := range []struct {
		edge      int
		pop, want string
	}{
		{0, "FRA56-P1", "Miss"}, {0, "FRA56-P1", "Hit"}, {1, "NRT57-P2", "Hit"}, {1, "NRT57-P2", "Hit"}, // the third from the shield
	} {
		req, _ := http.NewRequest("GET", "http://"+st.addrs[x.edge]+path, nil)
		req.Host = "www.example.com"
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		io.Copy(io.Discard, res.Body)
		res.Body.Close()
		if res.Header.Get("X-Cache") != x.want+" from edgesim" || res.Header.Get("X-Amz-Cf-Pop") != x.pop {
			t.Errorf("%s, want a %s of %s", res.Header, x.want, x.pop)
		}
	}
	http.DefaultClient.CloseIdleConnections()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	if err := st.tearDown(ctx); err != nil {
		t.Error(err)
	}
	st.counted()
	takers.Wait()
	figures, lost := st.tierFigures()
	if len(figures) != 3 || lost != 0 {
		t.Fatalf("%d tiers, %d records lost", len(figures), lost)
	}
	for i, want := range []results.TierFigures{
		{Layer: "regional", Location: "SIN50-P7", Requests: 1, Answered: results.Answered{Shield: 1}},
		{Layer: "regional", Location: "DUB50-P7", Requests: 1, OriginRequests: 1, Answered: results.Answered{Origin: 1}},
		{Layer: "shield", Location: "IAD50-P9", Requests: 2, Hits: 1, OriginRequests: 1, Answered: results.Answered{Shield: 1, Origin: 1}},
	} {
		f := figures[i]
		if f.Layer != want.Layer || f.Location != want.Location || f.Requests != want.Requests || f.Hits != want.Hits || f.OriginRequests != want.OriginRequests || f.Answered != want.Answered {
			t.Errorf("got  %+v\nwant %+v", f, want)
		}
	}
	var by [2]int
	go rec.Close()
	rec.Take(func(recs []results.Record) {
		for _, r := range recs {
			by[r.Edge]++
		}
	})
	if by != [2]int{2, 2} || names.EveryEdge()[1].City != "Tokyo" {
		t.Errorf("records by location: %v of %+v", by, names.EveryEdge())
	}
}

// A run sends viewers to their location, and its summary has every place.
func TestARunAroundTheWorld(t *testing.T) {
	s := around(t, "duration=2s", "warmup=500ms", "workload.rate=300/s", "workload.connections=16", "network.routing=latency")
	dir := filepath.Join(t.TempDir(), "run")
	res, err := Run(context.Background(), Config{Scenario: s, Dir: dir, AccessLog: true, Verify: true})
	if err != nil {
		t.Fatal(err)
	}
	sum, asked, toOrigin := res.Summary, map[string]int64{}, int64(0)
	for _, f := range sum.Tiers {
		asked[f.Layer] += f.Requests
		if f.Layer == "edge" {
			toOrigin += f.OriginRequests
		}
	}
	if len(sum.Tiers) != 6 || asked["edge"] != sum.Requests || asked["origin"] != sum.OriginRequests || toOrigin != sum.OriginRequests || asked["shield"] == 0 || res.Wrong != 0 {
		t.Errorf("%d requests, %d to origins, %d wrong: %+v", sum.Requests, sum.OriginRequests, res.Wrong, sum.Tiers)
	}
	if even := float64(sum.Tiers[0].Requests) / float64(sum.Requests); even < 0.3 || even > 0.7 {
		t.Errorf("half of the viewers are in Germany, and %.0f %% of the requests went to Frankfurt", 100*even)
	}
	if w := strings.Join(sum.Warnings, "\n"); strings.Count(w, "are on this machine") != 1 {
		t.Errorf("the warnings do not tell once that nothing is far:\n%s", w)
	}
	if table, err := filepath.Glob(filepath.Join(dir, "reports", "tiers.csv")); err != nil || len(table) != 1 {
		t.Error("no tiers.csv")
	}
}
