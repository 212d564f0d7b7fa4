package fit

import (
	"math"

	"edgesim/workloads/trace/stat"
)

// Popularity is how unlike each other objects are.
type Popularity struct {
	Zipf       *stat.Zipf  `json:"zipf"`                 // nil: too few objects that were asked for again
	Mandelbrot *Mandelbrot `json:"mandelbrot,omitempty"` // where the head is flatter than Zipf's law
	Population uint64      `json:"population"`           // objects there are, asked for or not, by Zipf's law
	Once       Estimate    `json:"once"`                 // share of the objects that were asked for once
	OneHits    Estimate    `json:"one_hits"`             // share of requests for objects asked for once, beyond what Zipf's law has
}

// popularity is what the counts tell, and the law that stands for it.
func (g *group) popularity() (p Popularity, l law) {
	once, n := 0.0, 0.0
	for _, c := range g.counts {
		if c.Requests == 1 {
			once += float64(c.Objects)
		}
		n += float64(c.Objects)
	}
	share := once / max(n, 1)
	p.Once = around(share, math.Sqrt(share*(1-share)/max(n, 1)))
	l, p.Zipf = lawOf(g.counts)
	p.Mandelbrot = fitMandelbrot(g.counts)
	ranks := l.ladder()
	p.Population, p.OneHits = ranks.population(g.asked, g.objects, g.once)
	return p, l
}
