package live

import (
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"edgesim/results"
	"edgesim/sim/scenario"
	"edgesim/sim/virtual"
)

// Around the world, with nothing far, every place does in both worlds the same:
// edge locations, regional caches, shield and origins, to the byte.
func TestTheSimulatorForetellsEveryPlace(t *testing.T) {
	if raceEnabled {
		t.Skip("takes minutes with the race detector")
	}
	s, err := scenario.Load("world", append(sure, "duration=5s", "network.loopback=true")...)
	if err != nil {
		t.Fatal(err)
	}
	var played []results.TierFigures
	var epoch time.Time
	synctest.Test(t, func(t *testing.T) {
		epoch = time.Now().Add(headStart)
		res, err := Run(t.Context(), Config{Scenario: s, Dir: filepath.Join(t.TempDir(), "played"), Sockets: &pipes{}})
		if err != nil {
			t.Fatal(err)
		}
		played = res.Summary.Tiers
		time.Sleep(time.Minute) // helpers of fasthttp wind down
	})
	told, err := virtual.Run(t.Context(), virtual.Config{Scenario: s, Dir: filepath.Join(t.TempDir(), "told"), Epoch: epoch})
	if err != nil {
		t.Fatal(err)
	}
	if len(played) != 15 || len(told.Summary.Tiers) != 15 {
		t.Fatalf("%d places played, %d foretold", len(played), len(told.Summary.Tiers))
	}
	for i, p := range played {
		if f := told.Summary.Tiers[i]; p != f {
			t.Errorf("played   %+v\nforetold %+v", p, f)
		}
	}
}
