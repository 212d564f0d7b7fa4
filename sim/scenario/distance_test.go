package scenario

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"edgesim/sim/network"
	"edgesim/workloads"
)

func TestParseSaysWhatIsWrongWithLocations(t *testing.T) {
	const two = "edge={capacity: 1MiB, locations: [{code: FRA1}, {code: IAD1}]}"
	for set, want := range map[string]string{
		"edge.locations=[{capacity: 1MiB}]":                                   `missing: want the code of an edge location, as FRA56-P1`,
		"edge.locations=[{code: FRA_1!}]":                                     `"FRA_1!": want letters, digits and - only, as FRA56-P1`,
		"edge.locations=[{code: FRA1}, {code: FRA1}]":                         `"FRA1" is in the list already`,
		"edge.locations=[{code: FRA1}, {code: POP2}]":                         `"POP2" begins with no airport of an edge location's, as FRA56-P1 does: which viewers or edges are near it? (edgesim scenarios locations lists them)`,
		"edge.locations=[{code: FRA1, capacity: 1KiB}]":                       `1KiB: want at least 64KiB`,
		"edge.locations=[{code: FRA1, policy: lruu}]":                         `unknown policy "lruu"…`,
		"edge.locations=[{code: POP1, place: mars}]":                          `"mars" is no place: want an edge location's code or airport, as FRA56-P1 or FRA, an AWS region, as eu-central-1, or latitude,longitude, as 50.11,8.68`,
		"edge={location: FRA1, locations: [{code: FRA2}]}":                    `there are locations already: want one of the two`,
		"edge={shards: 9, locations: [{code: FRA1, capacity: 64KiB}]}":        `64KiB: edge.shards 9 would hold less than 16KiB each`,
		"edge={max_object: 1MiB, locations: [{code: FRA1, capacity: 64KiB}]}": `64KiB: want no less than edge.max_object, 1MiB`,
		"edge.tiers=[{layer: regional, locations: [FRA1, FRA1]}]":             `"FRA1" is in the list already`,
		"edge.tiers=[{layer: regional, locations: [FRA1, REC2]}]":             `"REC2" begins with no airport…`,
		"edge.tiers=[{layer: shield, locations: [FRA1, IAD1]}]":               `a shield has one location: it is what all others ask`,
		"edge.tiers=[{layer: regional, location: FRA1, locations: [FRA1]}]":   `there are locations already: want one of the two`,
		"edge.tiers=[{layer: regional, policy: lruu}]":                        `unknown policy "lruu"…`,
		"origins.a.location=atlantis":                                         `"atlantis" is no place…`,
		"origins.c={url: 'http://x', location: FRA}":                          `a real server has none: what it does is its own affair`,
		"network.routing=anycast":                                             `unknown routing "anycast": want nearest, latency or table`,
		"network.routing=table":                                               `routing: table and a table of {country: code} go together`,
		"network={routing: table, table: {DE: FRA1}}":                         `no edge location has the code "FRA1"; there is FRA56-P1`,
		"network={routing: table, table: {de: FRA56-P1}}":                     `"de" is no country: want two capital letters, as DE`,
		"network.stretch=0.9":                                                 `0.9: want 1 to 100`,
		"network.fibre=300000":                                                `300000: want km/s, up to the speed of light, 299792`,
		"network.overhead=0.5ms":                                              `500µs: want no less than local, 1ms`,
		"network.sigma=1":                                                     `of which bandwidth? Viewers' is unlimited`,
		"network.tls=1.1":                                                     `unknown version "1.1": want none, 1.2 or 1.3`,
		"network.last_mile={median: 9ms, p99: 8ms}":                           `median 9ms, p99 8ms: want a median above 0 and a p99 not below it`,
		"network.mobile_last_mile={p99: 8ms}":                                 `median 0s, p99 8ms: want a median above 0 and a p99 not below it`,
		"workload.viewers.countries={DE: 1, XX: 1}":                           `"XX" is no country: want two capital letters, as DE`,
		"workload.viewers.countries={DE: -1}":                                 `-1: want a weight of 0 or more`,
		"workload.viewers.countries={DE: 0}":                                  `nobody is anywhere: want a weight above 0`,
	} {
		_, err := Parse("f.yaml", []byte(small), set)
		begin, more := strings.CutSuffix(want, "…")
		if err == nil || !strings.Contains(err.Error(), ": "+begin) || !more && !strings.HasSuffix(err.Error(), want) {
			t.Errorf("--set %s:\n got %v\nwant … %s", set, err, want)
		}
	}
	text := broken(t, "  capacity: 1MiB", "  capacity: 1MiB\n  locations:\n    - code: FRA1\n    - code: POP2")
	if _, err := Parse("f.yaml", []byte(text)); err == nil || !strings.HasPrefix(err.Error(), `f.yaml:6:13: edge.locations[1].code: "POP2" begins`) {
		t.Error(err)
	}
	if s := mustParse(t, small, two, "edge.locations.IAD1.capacity=2MiB"); s.Edge.Locations[1].Capacity != 2<<20 || s.Edge.Locations[0].Policy != "s3fifo" || s.Edge.Location != "" {
		t.Errorf("%+v", s.Edge)
	}
}

func viewersOf(t testing.TB, s *Scenario) *workloads.Viewers {
	t.Helper()
	v, err := workloads.NewViewers(s.ViewersConfig())
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestNetworkConfig(t *testing.T) {
	s := mustLoad(t, "./example.yaml")
	v := viewersOf(t, s)
	c, err := s.NetworkConfig(v)
	if err != nil {
		t.Fatal(err)
	}
	m, err := network.New(c)
	if err != nil {
		t.Fatal(err)
	}
	if m.Edges() != 6 || m.Name(m.Up(0)) != "FRA50-P2" || m.Name(m.Up(1)) != "IAD50-P2" || m.Name(m.Up(m.Up(0))) != "IAD50-P9" || m.Up(5) != network.Origin {
		t.Errorf("%d edges", m.Edges())
	}
	// From the matrix: Frankfurt to us-east-1, where the bucket is, took 89 ms.
	if got := m.ToOrigin(0, 0); s.OriginNames()[0] != "bucket" || got != 89*time.Millisecond {
		t.Errorf("%v to %s", got, s.OriginNames()[0])
	}
	codes := map[string]int{}
	for i := range v.Count() {
		codes[v.Countries()[v.CountryIndex(i)]]++
		if got := v.Viewer(i).Country; string(got[:]) != v.Countries()[v.CountryIndex(i)] {
			t.Fatalf("viewer %d is in %s and in %s", i, got, v.Countries()[v.CountryIndex(i)])
		}
	}
	if codes["DE"] != 10_000 || codes["US"] != 8000 || codes["JP"] != 2000 {
		t.Error(codes)
	}
}

// A scenario that is written and read back has no more distances than before.
func TestWhoSetsDistances(t *testing.T) {
	for set, want := range map[string]bool{
		"seed=1": false, "edge.location=NRT57-P2": false, "edge.tiers=[{layer: shield}]": false, "network.loopback=true": false,
		"network.tls=1.2": true, "origins.a.location=FRA": true, "edge={capacity: 1MiB, locations: [{code: FRA1}]}": true,
		"edge.tiers=[{layer: regional, locations: [FRA1]}]": true,
		"network={loopback: true, stretch: 2}":              false,
	} {
		s := mustParse(t, small, set)
		if again := mustParse(t, s.Text()); s.SetsDistances() != want || again.SetsDistances() != want {
			t.Errorf("%s: %v, read back %v, want %v", set, s.SetsDistances(), again.SetsDistances(), want)
		}
	}
}

func TestAMatrixThatCannotBeRead(t *testing.T) {
	file := filepath.Join(t.TempDir(), "rtt.csv")
	if err := os.WriteFile(file, []byte("from,to,ms\nFRA,IAD,-1\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := Load("tiers", "network.matrix="+file)
	if want := "--set network.matrix=" + file + ": network.matrix: " + file + `:2: "-1": want a round trip in milliseconds, 0 to 60000`; !isError(err, want) {
		t.Errorf("got %v, want %s", err, want)
	}
	s := mustParse(t, small, "network.matrix="+file)
	_, err = s.NetworkConfig(viewersOf(t, s))
	if want := "network.matrix: " + file + `:2: "-1": want a round trip in milliseconds, 0 to 60000`; !isError(err, want) {
		t.Errorf("got %v, want %s", err, want)
	}
}
