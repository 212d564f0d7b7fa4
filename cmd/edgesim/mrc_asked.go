package main

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"edgesim/sim/curve"
	"edgesim/sim/unit"
)

// whole is what only reading a trace to its end tells for sure; -1: it is not
// known yet.
type whole struct{ requests, workingSet int64 }

// capacity is a cache's, as it was asked for: a number, or a share of the bytes of
// all distinct objects.
type capacity struct {
	size  int64
	share float64 // above 0: size is not given
}

const capacityExample = "a list as 1GiB,4GiB or 1%,10%"

func parseCapacities(text string, objects bool) ([]capacity, error) {
	if text == "" {
		return nil, nil
	}
	var all []capacity
	for _, part := range strings.Split(text, ",") {
		c, err := parseCapacity(strings.TrimSpace(part), objects)
		if err != nil {
			return nil, err
		}
		all = append(all, c)
	}
	return all, nil
}

func parseCapacity(text string, objects bool) (c capacity, err error) {
	switch {
	case text == "":
		return c, fmt.Errorf("an empty size; right is %s", capacityExample)
	case strings.HasSuffix(text, "%"):
		share, err := unit.ParseShare(text)
		if err == nil && share <= 0 {
			err = fmt.Errorf("%s of all objects is no cache; right is more than 0%%", text)
		}
		return capacity{share: float64(share)}, err
	case objects:
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return c, fmt.Errorf("%q is no number of objects, which --ignore-size wants; right is one as 10000, or a share as 10%%", text)
		}
		c.size = n
	default:
		size, err := unit.ParseSize(text)
		if err != nil {
			return c, err
		}
		c.size = int64(size)
	}
	if c.size < 1 {
		return c, fmt.Errorf("%s: a cache holds at least 1; right is %s", text, capacityExample)
	}
	return c, nil
}

// policySpecs are the policies named: commas separate them and parameters alike, so
// what has an equals sign and no colon belongs to the one before.
// Of all there are, those that know the future are left out where online is asked
// for, and bounds where bounds is not.
func policySpecs(text string, online, bounds bool) ([]string, error) {
	var specs []string
	for _, part := range strings.Split(text, ",") {
		part = strings.TrimSpace(part)
		switch {
		case part == "all":
			specs = append(specs, slices.DeleteFunc(curve.Names(), func(name string) bool { return online && curve.Foresees([]string{name}) })...)
			if bounds && !online {
				specs = append(specs, curve.Bounds()...)
			}
		case strings.Contains(part, "=") && !strings.Contains(part, ":") && len(specs) > 0:
			specs[len(specs)-1] += "," + part
		default:
			specs = append(specs, part)
		}
	}
	for _, s := range specs {
		if err := curve.Check(s); err != nil {
			return nil, err
		}
	}
	return uniq(specs), nil
}

// uniq is the list without what it has already.
func uniq[T comparable](list []T) []T {
	var once []T
	for _, v := range list {
		if !slices.Contains(once, v) {
			once = append(once, v)
		}
	}
	return once
}

// warmup is how much is left out of the counts.
type warmup struct {
	requests int64
	share    float64
}

func parseWarmup(text string) (w warmup, err error) {
	switch {
	case text == "":
	case strings.HasSuffix(text, "%"):
		share, err := unit.ParseShare(text)
		if err == nil && share >= 1 {
			err = fmt.Errorf("%s leaves nothing to count", text)
		}
		return warmup{share: float64(share)}, err
	default:
		if w.requests, err = strconv.ParseInt(text, 10, 64); err != nil || w.requests < 0 {
			return w, fmt.Errorf("%q: right is a number of requests, as 100000, or a share, as 10%%", text)
		}
	}
	return w, nil
}

func (w warmup) of(requests int64) int64 {
	if w.share > 0 {
		return int64(w.share * float64(requests))
	}
	return w.requests
}

// settled tells whether capacities and warm-up are known.
func (a *wanted) settled(w whole) bool {
	if w.requests < 0 && a.warmup.share > 0 || len(a.sizes) == 0 && w.workingSet < 0 {
		return false
	}
	return w.workingSet >= 0 || !slices.ContainsFunc(a.sizes, func(c capacity) bool { return c.share > 0 })
}

// cells is every pair of policy and capacity, policy by policy, the smallest
// capacity first.
func (a *wanted) cells(w whole) []curve.Cell {
	sizes := curve.Sizes(w.workingSet)
	if len(a.sizes) > 0 {
		sizes = nil
		for _, c := range a.sizes {
			size := c.size
			if c.share > 0 {
				size = max(1, int64(c.share*float64(w.workingSet)))
			}
			sizes = append(sizes, size)
		}
	}
	sizes = slices.Compact(slices.Sorted(slices.Values(sizes)))
	var cells []curve.Cell
	for _, spec := range a.specs {
		for _, size := range sizes {
			cells = append(cells, curve.Cell{Policy: spec, Capacity: size})
		}
	}
	return cells
}
