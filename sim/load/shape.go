package load

import (
	"errors"
	"fmt"
	"strings"

	"edgesim/workloads"
)

// mostRate is the most requests per second that a schedule in whole nanoseconds can
// tell apart.
const mostRate = 1e9

// checkArrivals says what is wrong with when requests are to be sent.
func (o *Options) checkArrivals() error {
	if err := workloads.CheckArrivals(o.Arrivals); err != nil {
		return fmt.Errorf("--arrivals: %w", err)
	}
	for _, spec := range o.Shapes {
		if err := workloads.CheckShape(spec); err != nil {
			return fmt.Errorf("--shape: %w", err)
		}
	}
	switch {
	case o.Closed && len(o.Shapes) > 0:
		return errors.New("--shape with --closed: a closed loop has no rate that could change; give one of them")
	case o.given("find-max") && (len(o.Shapes) > 0 || len(o.Rate.Stages) > 0):
		return errors.New("--find-max holds one rate at a time; right is without --shape and stages")
	case o.Rate.Peak() > mostRate:
		return fmt.Errorf("--rate %v; right is at most %.0f/s, one each nanosecond", o.Rate, mostRate)
	case o.Trace != "" && (len(o.Shapes) > 0 || len(o.Rate.Stages) > 0):
		return errors.New("--trace has times of its own, or one --rate; right is without --shape and stages")
	}
	return nil
}

// rateShape is how the rate changes with time.
func (o *Options) rateShape(v *workloads.Viewers) (*workloads.Shape, error) {
	cfg := workloads.ShapeConfig{Viewers: v, Stages: o.Rate.Stages, Length: o.Duration.Std()}
	shape, err := workloads.NewShape(cfg, o.Shapes...)
	if err != nil {
		return nil, fmt.Errorf("--shape: %w", err)
	}
	return shape, nil
}

// quoted are the shapes as a list of YAML.
func (o *Options) quoted() string {
	var list []string
	for _, spec := range o.Shapes {
		list = append(list, fmt.Sprintf("%q", spec))
	}
	return "[" + strings.Join(list, ", ") + "]"
}
