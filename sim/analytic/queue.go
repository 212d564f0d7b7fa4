package analytic

import (
	"fmt"
	"math"
)

// Origin is a queue: requests wait for one of several servers, first come first
// served.
type Origin struct {
	Servers int     // at least 1: how many requests are served at a time
	Rate    float64 // requests per second
	Service float64 // mean seconds of service
	// ArrivalsCV2 and ServiceCV2 are squared coefficients of variation: 1 for a
	// Poisson process and exponential times, 0 for even and constant ones.
	ArrivalsCV2, ServiceCV2 float64
}

// Queue is what an Origin does.
type Queue struct {
	Utilization float64 // of its servers; from 1 on the queue grows without end
	WaitShare   float64 // of requests that wait (Erlang C, for Poisson arrivals and exponential service)
	Wait        float64 // mean seconds until service begins, of all requests; +Inf when overloaded
	Time        float64 // mean seconds until the answer
	Waiting     float64 // mean number that waits (Little)
	Busy        float64 // mean number in service, the offered load in Erlang
}

// Queue solves the origin: exactly for M/M/k, and by A. O. Allen and J. C.
// Cunneen's formula for others, Wq ≈ C/(kµ(1−ρ))·(c_a²+c_s²)/2 (A. O. Allen,
// Probability, statistics, and queueing theory, 2nd ed., 1990), which for M/G/1 is
// Pollaczek and Khinchine's and exact.
func (o Origin) Queue() (Queue, error) {
	switch {
	case o.Servers < 1:
		return Queue{}, fmt.Errorf("%d servers; right is at least 1", o.Servers)
	case !(o.Rate >= 0) || math.IsInf(o.Rate, 1):
		return Queue{}, fmt.Errorf("rate %v; right is requests per second, from 0", o.Rate)
	case !(o.Service > 0) || math.IsInf(o.Service, 1):
		return Queue{}, fmt.Errorf("service time %v; right is seconds, above 0", o.Service)
	case !(o.ArrivalsCV2 >= 0 && o.ServiceCV2 >= 0):
		return Queue{}, fmt.Errorf("squared coefficients of variation %v and %v; right are numbers from 0", o.ArrivalsCV2, o.ServiceCV2)
	}
	k, load := float64(o.Servers), o.Rate*o.Service
	q := Queue{Utilization: load / k, Busy: min(load, k)}
	if q.Utilization >= 1 {
		q.WaitShare, q.Wait, q.Time, q.Waiting = 1, math.Inf(1), math.Inf(1), math.Inf(1)
		return q, nil
	}
	q.WaitShare = ErlangC(o.Servers, load)
	q.Wait = q.WaitShare * o.Service / (k * (1 - q.Utilization)) * (o.ArrivalsCV2 + o.ServiceCV2) / 2
	q.Time = q.Wait + o.Service
	q.Waiting = o.Rate * q.Wait
	return q, nil
}

// ErlangC is the probability to wait in M/M/k under a load in Erlang: below
// servers, else 1 (A. K. Erlang 1917). It comes from Erlang's B by its recursion in
// the number of servers, which neither overflows nor cancels.
func ErlangC(servers int, load float64) float64 {
	k := float64(servers)
	if load >= k {
		return 1
	}
	if load <= 0 {
		return 0
	}
	b := 1.0
	for n := 1; n <= servers; n++ {
		b = load * b / (float64(n) + load*b)
	}
	return b / (1 - load/k*(1-b))
}

// TimedOut is the share of requests that wait longer than so many seconds, and
// get an error where that is the origin's limit: P(W > t) = C·e^{−kµ(1−ρ)t} for
// exponential service; without an end to the queue it is 1. For other service times
// the decay is taken slower by (c_a²+c_s²)/2, as the mean wait is longer.
func (o Origin) TimedOut(after float64) (float64, error) {
	q, err := o.Queue()
	if err != nil {
		return 0, err
	}
	spread := (o.ArrivalsCV2 + o.ServiceCV2) / 2
	switch {
	case q.Utilization >= 1:
		return 1, nil
	case !(after >= 0):
		return 0, fmt.Errorf("a time-out of %v s; right is from 0", after)
	case spread == 0:
		return 0, nil
	}
	return q.WaitShare * math.Exp(-float64(o.Servers)*(1-q.Utilization)*after/(o.Service*spread)), nil
}

// Shared is the mean time of a transfer of so many bytes over a link of bandwidth
// bytes per second that all transfers share evenly (M/G/1 processor sharing):
// S/(B(1−ρ)), whatever the distribution of sizes (L. Kleinrock 1967). load is the
// bytes per second asked of the link. +Inf when it is overloaded.
func Shared(bytes, bandwidth, load float64) (float64, error) {
	if !(bytes >= 0 && bandwidth > 0 && load >= 0) {
		return 0, fmt.Errorf("%v bytes over %v bytes per second with %v asked for; right are numbers from 0, and a bandwidth above 0", bytes, bandwidth, load)
	}
	if load >= bandwidth {
		return math.Inf(1), nil
	}
	return bytes / (bandwidth - load), nil
}

// Part is a share of requests with a distribution of times.
type Part struct {
	Share float64
	Below func(seconds float64) float64 // share of its times up to that
}

// Constant is the distribution of a time that is always the same.
func Constant(time float64) func(float64) float64 {
	return func(t float64) float64 {
		if t >= time {
			return 1
		}
		return 0
	}
}

// Exponential is the distribution of base plus an exponential time of that mean.
func Exponential(base, mean float64) func(float64) float64 {
	return func(t float64) float64 {
		if t < base {
			return 0
		}
		return -math.Expm1(-(t - base) / mean)
	}
}

// Percentile is the time that the share p of all requests stays below, in a
// mixture of parts: percentiles of parts cannot be averaged. +Inf where so few end
// at all.
func Percentile(parts []Part, p float64) (float64, error) {
	sum := 0.0
	for _, part := range parts {
		sum += part.Share
	}
	if !(p > 0 && p < 1) || !(sum > 0) {
		return 0, fmt.Errorf("percentile %v of shares of %v; right is between 0 and 1, of shares above 0", p, sum)
	}
	return rising(func(t float64) float64 {
		below := 0.0
		for _, part := range parts {
			below += part.Share * part.Below(t)
		}
		return below / sum
	}, p, 1e-9), nil
}
