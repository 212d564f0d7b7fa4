package prometheus

import (
	"bytes"
	"testing"
)

// Samples of a metric lie together, below its kind (Prometheus, "Exposition formats").
func TestMetricsHaveTheirKinds(t *testing.T) {
	const page = `a_seconds_bucket{result="Hit",le="0.1"} 2
a_seconds_bucket{result="Hit",le="+Inf"} 3
a_seconds_sum{result="Hit"} 0.5
a_seconds_count{result="Hit"} 3
b_total{path="a b} c_total 7"} 1
in_flight 4
b_total{path="\"le=\""} 2
pause_seconds{quantile="0.5"} 0.01
pause_seconds_sum 1
pause_seconds_count 9
open_count 5
a_seconds_bucket{result="Miss",le="+Inf"} 1
`
	const want = `# TYPE a_seconds histogram
a_seconds_bucket{result="Hit",le="0.1"} 2
a_seconds_bucket{result="Hit",le="+Inf"} 3
a_seconds_sum{result="Hit"} 0.5
a_seconds_count{result="Hit"} 3
a_seconds_bucket{result="Miss",le="+Inf"} 1
# TYPE b_total counter
b_total{path="a b} c_total 7"} 1
b_total{path="\"le=\""} 2
# TYPE in_flight gauge
in_flight 4
# TYPE pause_seconds summary
pause_seconds{quantile="0.5"} 0.01
pause_seconds_sum 1
pause_seconds_count 9
# TYPE open_count gauge
open_count 5
`
	var got bytes.Buffer
	if err := Typed(&got, []byte(page)); err != nil || got.String() != want {
		t.Errorf("%v\n%s\nwant\n%s", err, got.String(), want)
	}
	again := bytes.Clone(got.Bytes())
	if got.Reset(); Typed(&got, again) != nil || got.String() != want {
		t.Errorf("typed twice:\n%s", got.String())
	}
}
