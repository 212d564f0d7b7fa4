package main

import (
	"bytes"
	"fmt"
	"io"
	"math"
	"path/filepath"

	"edgesim/results"
	"edgesim/results/plot"
)

// draw fills the folder with plots: JSON, SVG and PNG of each.
func (m *modelled) draw(e *env, dir string) error {
	figures, err := m.figures()
	if err != nil {
		return err
	}
	for _, f := range figures {
		if err := writeFigure(dir, f); err != nil {
			return err
		}
		fmt.Fprintf(e.stderr, "edgesim model: drew %s\n", filepath.Join(dir, f.Name+".svg"))
	}
	return nil
}

// writeFigure writes a figure as data and as pictures.
func writeFigure(dir string, f *plot.Figure) error {
	path := filepath.Join(dir, f.Name)
	if err := results.WriteJSON(path+".json", f); err != nil {
		return err
	}
	size, err := plot.ParseSize(plot.SizeNames()[0])
	if err != nil {
		return err
	}
	for _, format := range []string{"svg", "png"} {
		var out bytes.Buffer
		if err := plot.Render(&out, f, format, size); err != nil {
			return err
		}
		err := results.WriteFile(path+"."+format, func(w io.Writer) error {
			_, err := out.WriteTo(w)
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// points are how many capacities a line has.
const points = 64

// figures are lines between the smallest and the largest capacity.
func (m *modelled) figures() ([]*plot.Figure, error) {
	low, high := m.capacities[0], m.capacities[len(m.capacities)-1]
	if low == high {
		low, high = low/8, min(high*8, max(high, m.weighs()))
	}
	var at []float64
	for k := range points {
		at = append(at, low*math.Pow(high/low, float64(k)/(points-1)))
	}
	x := plot.Axis{Label: "Capacity", Scale: plot.Log, Unit: plot.Octets}
	if m.unit {
		x = plot.Axis{Label: "Capacity, objects", Scale: plot.Log, Unit: plot.Counts}
	}
	percent := plot.Axis{Label: "Share of requests", Unit: plot.Percents, Max: 100}
	all := []*plot.Figure{
		{Name: "model_hit", Title: "Hit ratio by formula", X: x, Y: percent, About: "Requests answered without asking an origin, against the cache's capacity, in the steady state of independent requests."},
		{Name: "model_byte_hit", Title: "Byte hit ratio by formula", X: x, Y: percent, About: "Bytes that no origin had to send, against the cache's capacity, in the steady state of independent requests."},
	}
	all[1].Y.Label = "Share of bytes"
	if m.timed {
		all = append(all, &plot.Figure{Name: "model_origin", Title: "Origin requests by formula", X: x, Y: plot.Axis{Label: "Requests", Unit: plot.PerSecond},
			About: "Misses and refreshes that the origin answers each second, against the cache's capacity, in the steady state of independent requests."})
	}
	for place, model := range m.models {
		answers, err := m.curve(model, at)
		if err != nil {
			return nil, err
		}
		lines := make([]plot.Line, len(all))
		for i := range lines {
			lines[i] = plot.Line{Label: model.Spec, Color: plot.ColorAt("", place)}
		}
		for _, a := range answers {
			for i, y := range []float64{100 * (a.Hit + a.Delayed), 100 * a.ByteHit, a.OriginRequests}[:len(all)] {
				lines[i].X = append(lines[i].X, a.Capacity)
				lines[i].Y = append(lines[i].Y, y)
			}
		}
		for i := range lines {
			all[i].Series = append(all[i].Series, lines[i])
		}
	}
	all[0].Series = append(all[0].Series, m.dots(func(c playedCache) float64 { return 100 * c.Hit })...)
	all[1].Series = append(all[1].Series, m.dots(func(c playedCache) float64 { return 100 * c.ByteHit })...)
	for _, f := range all {
		f.Subtitle = m.about
		if m.own > 0 && m.own >= low && m.own <= high {
			f.Marks = append(f.Marks, plot.Mark{Label: "the scenario's " + m.capacity(m.own), X: m.own, Axis: "x"})
		}
	}
	return all, nil
}
