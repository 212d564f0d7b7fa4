package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/pflag"

	"edgesim/workloads"
)

// mostRate is the most requests per second that a schedule in whole nanoseconds can
// tell apart.
const mostRate = 1e9

// timed are the flags that say how the rate changes with time.
type timed struct{ shapes []string }

func (s *timed) flags(f *pflag.FlagSet) {
	f.StringArrayVar(&s.shapes, "shape", nil, "what the rate is multiplied by as time goes ("+strings.Join(workloads.ShapeNames(), ", ")+
		"),\nas crowd:at=10s,peak=5; may be repeated")
}

// checkArrivals says what is wrong with when requests are to be sent.
func (o *options) checkArrivals() error {
	if err := workloads.CheckArrivals(o.arrivals); err != nil {
		return fmt.Errorf("--arrivals: %w", err)
	}
	for _, spec := range o.shapes {
		if err := workloads.CheckShape(spec); err != nil {
			return fmt.Errorf("--shape: %w", err)
		}
	}
	switch {
	case o.closed && len(o.shapes) > 0:
		return errors.New("--shape with --closed: a closed loop has no rate that could change; give one of them")
	case o.given("find-max") && (len(o.shapes) > 0 || len(o.rate.Stages) > 0):
		return errors.New("--find-max holds one rate at a time; right is without --shape and stages")
	case o.rate.Peak() > mostRate:
		return fmt.Errorf("--rate %v; right is at most %.0f/s, one each nanosecond", o.rate, mostRate)
	case o.trace != "" && (len(o.shapes) > 0 || len(o.rate.Stages) > 0):
		return errors.New("--trace has times of its own, or one --rate; right is without --shape and stages")
	}
	return nil
}

// rateShape is how the rate changes with time.
func (o *options) rateShape(v *workloads.Viewers) (*workloads.Shape, error) {
	cfg := workloads.ShapeConfig{Viewers: v, Stages: o.rate.Stages, Length: o.duration.Std()}
	shape, err := workloads.NewShape(cfg, o.shapes...)
	if err != nil {
		return nil, fmt.Errorf("--shape: %w", err)
	}
	return shape, nil
}

// quoted are the shapes as a list of YAML.
func (s *timed) quoted() string {
	var list []string
	for _, spec := range s.shapes {
		list = append(list, fmt.Sprintf("%q", spec))
	}
	return "[" + strings.Join(list, ", ") + "]"
}
