package fit

import "testing"

func TestSeedsOfATrace(t *testing.T) {
	for _, c := range []struct {
		requests int64
		near     bool
		want     uint64
	}{{100, true, 12}, {100, false, 150}, {2017, false, 150}, {20_000, false, 60}, {200_000, false, 12}, {0, false, 150}} {
		if got := seedsFor(c.requests, c.near); got != c.want {
			t.Errorf("%d requests, near %v: %d seeds, want %d", c.requests, c.near, got, c.want)
		}
	}
}

// Nearness on average comes first, of requests and of bytes, until it is near.
func TestTheBetterTrial(t *testing.T) {
	trial := func(mean, byteMean, most float64) *Trial {
		return &Trial{Distance: Distance{Mean: mean, ByteMean: byteMean, Max: most}}
	}
	for _, c := range []struct {
		what string
		a, b *Trial
		want bool
	}{
		{"nearer on average", trial(0.02, 0.01, 0.09), trial(0.03, 0, 0.05), true},
		{"farther in bytes", trial(0.01, 0.04, 0.01), trial(0.03, 0, 0.05), false},
		{"both near, less at most", trial(0.009, 0, 0.02), trial(0.001, 0, 0.03), true},
		{"both near, more at most", trial(0.001, 0, 0.03), trial(0.009, 0, 0.02), false},
		{"alike", trial(0.02, 0, 0.03), trial(0.02, 0, 0.03), false},
	} {
		if got := c.a.better(c.b, Near); got != c.want {
			t.Errorf("%s: %v", c.what, got)
		}
	}
}
