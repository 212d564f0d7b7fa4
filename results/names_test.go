package results

import (
	"fmt"
	"sync"
	"testing"
	"time"
)

// TestNamesGrowWhileTheyAreRead is for the race detector, and holds that an id
// keeps its number while its description follows.
func TestNamesGrowWhileTheyAreRead(t *testing.T) {
	n := NewNames(time.Unix(0, 0))
	var readers sync.WaitGroup
	stop := make(chan struct{})
	readers.Go(func() {
		for i := uint16(0); ; i++ {
			select {
			case <-stop:
				return
			default:
				r := Record{Distribution: i % 200, Origin: i % 200}
				if d := n.DistributionOf(&r); d.ID != "" && d.ID != fmt.Sprint("E", r.Distribution) {
					t.Errorf("number %d is %q", r.Distribution, d.ID)
				}
				n.OriginOf(&r)
			}
		}
	})
	for round := range 3 {
		for i := range 200 {
			at, err := n.PlaceDistribution(Distribution{ID: fmt.Sprint("E", i), Friendly: fmt.Sprint(round)})
			if err != nil || int(at) != i {
				t.Fatalf("E%d has number %d, %v", i, at, err)
			}
			if at, _ := n.PlaceOrigin(fmt.Sprint("o", i)); int(at) != i {
				t.Fatalf("o%d has number %d", i, at)
			}
		}
	}
	close(stop)
	readers.Wait()
	if d := n.DistributionOf(&Record{Distribution: 7}); d.Friendly != "2" {
		t.Errorf("E7 is described as of round %q", d.Friendly)
	}
}

func TestNamesEndWhereTheirNumbersDo(t *testing.T) {
	n := NewNames(time.Unix(0, 0))
	n.Behaviors = make([]string, NoDistribution)
	if _, err := n.PlaceBehavior("one more"); err == nil {
		t.Error("the 65,536th behavior has the number that means none")
	}
}
