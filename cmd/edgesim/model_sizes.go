package main

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"edgesim/sim/unit"
	"edgesim/workloads"
)

// objectSizes reads median=10KB,p99=1MB,….
func objectSizes(spec string) (m workloads.SizeModel, err error) {
	for _, part := range strings.Split(spec, ",") {
		key, value, _ := strings.Cut(strings.TrimSpace(part), "=")
		if err := setObjectSize(&m, key, value); err != nil {
			return m, err
		}
	}
	if m.Median == 0 {
		return m, errors.New("median is missing; right is as median=10KB,p99=1MB")
	}
	return m, nil
}

func setObjectSize(m *workloads.SizeModel, key, value string) (err error) {
	sizes := map[string]*int64{"median": &m.Median, "p99": &m.P99, "min": &m.Min, "max": &m.Max, "tail-from": &m.TailFrom}
	numbers := map[string]*float64{"sigma": &m.Sigma, "tail-index": &m.TailIndex}
	switch {
	case sizes[key] != nil:
		var s unit.Size
		s, err = unit.ParseSize(value)
		*sizes[key] = int64(s)
	case numbers[key] != nil:
		if *numbers[key], err = strconv.ParseFloat(value, 64); err != nil {
			err = fmt.Errorf("%s=%q is no number", key, value)
		}
	case key == "tail-share":
		var s unit.Share
		s, err = unit.ParseShare(value)
		m.TailShare = float64(s)
	default:
		err = fmt.Errorf("there is no %q; right are median, p99, sigma, min, max, tail-share, tail-from, tail-index", key)
	}
	return err
}
