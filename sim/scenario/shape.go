package scenario

import (
	"cmp"
	"math/rand/v2"
	"time"

	"edgesim/workloads"
)

// fastest is the most requests that a schedule in whole nanoseconds can tell apart,
// per second.
const fastest = 1e9

// shapeOf is how a stream's rate changes with time.
func (s *Scenario) shapeOf(stream *Stream, v *workloads.Viewers) (*workloads.Shape, error) {
	w := &s.Workload
	if w.Closed {
		return nil, nil
	}
	specs := w.Shape
	if len(stream.Shape) > 0 {
		specs = stream.Shape
	}
	return workloads.NewShape(workloads.ShapeConfig{Viewers: v, Stages: w.Rate.Stages, Length: s.Duration.Std()}, specs...)
}

// MeanRate is how many requests come per second, on average over the whole
// duration: the rate where it stays as it is. A closed loop has none, 0.
func (s *Scenario) MeanRate() float64 {
	return s.rateBy(func(shape *workloads.Shape, until time.Duration) float64 { return shape.Mean(until) })
}

// PeakRate is the highest rate that comes up. Streams whose heights are not at the
// same time make it a bound.
func (s *Scenario) PeakRate() float64 {
	return s.rateBy(func(shape *workloads.Shape, until time.Duration) float64 { return shape.Peak(until) })
}

func (s *Scenario) rateBy(factor func(*workloads.Shape, time.Duration) float64) float64 {
	if s.Workload.Closed {
		return 0
	}
	v, err := s.Viewers()
	if err != nil {
		panic("scenario: a checked scenario has no viewers: " + err.Error())
	}
	sum, streams := 0.0, s.streams()
	for i := range streams {
		shape, err := s.shapeOf(&streams[i], v)
		if err != nil {
			panic("scenario: a checked shape cannot be made: " + err.Error())
		}
		sum += s.shareOf(i, streams) * factor(shape, s.Duration.Std())
	}
	return float64(s.Workload.Rate.Rate) * sum
}

// streams are the workload's, or the one that it has where it says nothing.
func (s *Scenario) streams() []Stream {
	if len(s.Workload.Streams) == 0 {
		return []Stream{{Kind: "independent"}}
	}
	return s.Workload.Streams
}

// shareOf is a stream's share of the requests.
func (s *Scenario) shareOf(i int, streams []Stream) float64 {
	sum := 0.0
	for _, stream := range streams {
		sum += float64(stream.Share)
	}
	if sum == 0 {
		return 1 / float64(len(streams))
	}
	return float64(streams[i].Share) / sum
}

// checkTimes finds what is wrong with when requests come.
func (s *Scenario) checkTimes() *fault {
	w, src := &s.Workload, s.source
	if w.Rate.Peak() > fastest {
		return src.fault(at{"workload", "rate"}, "%v: want at most 1000000000/s, one each nanosecond", w.Rate)
	}
	if w.Replay != nil && len(w.Rate.Stages) > 0 {
		return src.fault(at{"workload", "rate"}, "a replay has the times of its file, or one rate: want no stages")
	}
	if w.Replay != nil && len(w.Shape) > 0 {
		return src.fault(at{"workload", "shape"}, "a replay has the times of its file, or one rate: leave one of the two out")
	}
	if f := s.checkArrivals(at{"workload", "arrivals"}, w.Arrivals, 1); f != nil {
		return f
	}
	if f := s.checkShape(at{"workload", "shape"}, w.Shape); f != nil {
		return f
	}
	for i, stream := range w.Streams {
		where := at{"workload", "streams", i}
		if f := s.checkArrivals(where.then("arrivals"), cmp.Or(stream.Arrivals, w.Arrivals), s.shareOf(i, w.Streams)); f != nil {
			return f
		}
		if f := s.checkShape(where.then("shape"), stream.Shape); f != nil {
			return f
		}
	}
	return nil
}

// checkArrivals makes them as they will be, as some rates are too low for some.
func (s *Scenario) checkArrivals(where at, spec string, share float64) *fault {
	err := workloads.CheckArrivals(spec)
	if rate := float64(s.Workload.Rate.Rate) * share; err == nil && rate > 0 {
		_, err = workloads.NewArrivals(spec, workloads.ArrivalConfig{Rate: rate, RNG: rand.NewPCG(0, 0)})
	}
	if err != nil {
		return s.source.fault(where, "%v", err)
	}
	return nil
}

func (s *Scenario) checkShape(where at, specs []string) *fault {
	if len(specs) > 0 && s.Workload.Closed {
		return s.source.fault(where, "a closed loop has no rate that could change: leave one of the two out")
	}
	for i, spec := range specs {
		if err := workloads.CheckShape(spec); err != nil {
			return s.source.fault(where.then(i), "%v", err)
		}
	}
	if _, err := workloads.NewShape(workloads.ShapeConfig{}, specs...); err != nil {
		return s.source.fault(where, "%v", err)
	}
	return nil
}
