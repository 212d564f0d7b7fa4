package curve

import (
	"context"
	"fmt"
	"testing"
)

// BenchmarkCells is what a request costs from numbering it to counting it, with one
// cell of a policy and with twelve, the capacity of the one among theirs.
func BenchmarkCells(b *testing.B) {
	reqs := zipfTrace(200_000, 1_000_000, 1, true, 0, 5)
	set := workingSet(reqs)
	for _, spec := range []string{"lru", "fifo", "clock", "sieve", "s3fifo", "arc", "wtinylfu"} {
		one, twelve := []Cell{{spec, set >> 3}}, []Cell{}
		for i := range 12 {
			twelve = append(twelve, Cell{spec, set >> i})
		}
		for _, cells := range [][]Cell{one, twelve} {
			b.Run(fmt.Sprintf("%s/%d", spec, len(cells)), func(b *testing.B) {
				ratio := 0.0
				for b.Loop() {
					results, _, err := Play(context.Background(), read(reqs), cells, Config{Jobs: 1})
					if err != nil {
						b.Fatal(err)
					}
					ratio = results[len(cells)/4].MissRatio()
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(len(reqs)), "ns/request")
				b.ReportMetric(ratio, "miss-ratio")
			})
		}
	}
}
