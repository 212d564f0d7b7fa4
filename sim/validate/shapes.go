package validate

import (
	"edgesim/results"
	"edgesim/results/plot"
)

// shapes are the distributions of one world's times, over all repetitions.
type shapes struct {
	names    []string
	kinds    []plot.Kind
	drawings []plot.Drawing
}

// newShapes makes empty drawings of every plot of times.
func newShapes() *shapes {
	s := &shapes{}
	for _, name := range []string{"first_byte", "latency_spectrum"} {
		k, err := plot.Find(name)
		if err != nil {
			panic("validate: " + err.Error())
		}
		s.names, s.kinds = append(s.names, name), append(s.kinds, k)
		s.drawings = append(s.drawings, k.New(plot.Options{}))
	}
	return s
}

// add takes what viewers saw, but for the warm-up.
func (s *shapes) add(recs []results.Record, warmup int64) {
	for len(recs) > 0 {
		n := 0
		for n < len(recs) && recs[n].At >= warmup {
			n++
		}
		for _, d := range s.drawings {
			d.Add(recs[:n])
		}
		recs = recs[min(n+1, len(recs)):]
	}
}

// overlays lays each plot of one world over the other's.
func overlays(live, virtual *shapes) (list []*plot.Figure, err error) {
	for i, k := range live.kinds {
		f, err := plot.Overlay([]*plot.Figure{k.Figure(live.drawings[i]), k.Figure(virtual.drawings[i])}, []string{"live", "virtual"})
		if err != nil {
			return nil, err
		}
		list = append(list, f)
	}
	return list, nil
}
