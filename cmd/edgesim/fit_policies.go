package main

import (
	"math"
	"runtime"
	"slices"

	"edgesim/sim/curve"
	"edgesim/workloads/fit"
	"edgesim/workloads/trace"
)

// othersTried is at how many sizes the other policies are compared: each has to be
// played at each.
const othersTried = 6

// othersCells are the cells of all other policies, policy after policy.
func (o *fitOptions) othersCells(f *fit.Fit) (cells []curve.Cell) {
	all := f.Capacities()
	for _, name := range o.named {
		for i := range othersTried {
			at := len(all) - 1 - i*len(all)/othersTried*2/3
			cells = append(cells, curve.Cell{Policy: name, Capacity: all[max(at-len(all)/10, 0)]})
		}
	}
	return cells
}

// others plays the trace once more, and the fitted scenario, with other policies. What
// can be read once only, as the standard input and descriptors, is not compared.
func (o *fitOptions) others(e *env, f *fit.Fit) error {
	if len(o.named) == 0 || o.files == nil || slices.Contains(o.files, "-") {
		return nil
	}
	o.records = nil
	t, err := o.open(o.files)
	if err != nil {
		return err
	}
	defer t.Close()
	cells := o.othersCells(f)
	unsized := !t.Info().Sizes
	traced, err := o.play(e, t, cells, unsized)
	if err != nil {
		return err
	}
	made, err := f.Played()
	if err != nil {
		return err
	}
	fitted, err := o.play(e, made, cells, unsized)
	if err != nil {
		return err
	}
	for i, name := range o.named {
		from, to := i*len(cells)/len(o.named), (i+1)*len(cells)/len(o.named)
		f.Others = append(f.Others, fit.Other{Policy: name, Distance: apart(traced[from:to], fitted[from:to])})
	}
	return nil
}

func (o *fitOptions) play(e *env, r trace.Reader, cells []curve.Cell, unsized bool) ([]curve.Result, error) {
	list, _, err := curve.Play(e.ctx, r, cells, curve.Config{IgnoreSize: unsized, Seed: 1, Jobs: runtime.GOMAXPROCS(0)})
	return list, err
}

// apart is the distance of results at the same sizes.
func apart(a, b []curve.Result) (d fit.Distance) {
	for i := range a {
		r := math.Abs(a[i].MissRatio() - b[i].MissRatio())
		bytes := math.Abs(a[i].ByteMissRatio() - b[i].ByteMissRatio())
		d.Mean += r / float64(len(a))
		d.ByteMean += bytes / float64(len(a))
		if r > d.Max {
			d.Max, d.At = r, a[i].Capacity
		}
		if bytes > d.ByteMax {
			d.ByteMax, d.ByteAt = bytes, a[i].Capacity
		}
	}
	return d
}
