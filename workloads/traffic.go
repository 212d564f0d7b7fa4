package workloads

import "time"

// TrafficConfig is what every kind of traffic is made from.
type TrafficConfig struct {
	Catalog  *Catalog
	Viewers  *Viewers
	Sections []int         // of the catalog: what this traffic asks for; at least one
	Seed     uint64        // of this traffic alone
	Rate     float64       // requests per second, on average; 0: closed loop, every At is 0
	Arrivals string        // spec of one of ArrivalKinds; empty: poisson
	Length   time.Duration // requests are before this time; 0: no such end. It wants a Rate
	Requests uint64        // and they are so many at most; 0: no such end
	Shape    *Shape        // how the rate changes with time, and who asks then; nil: not at all, and anybody

	RangeShare float64 // of requests for one byte range, 0 to 1
	AbortShare float64 // of requests whose viewer hangs up midway, 0 to 1
	HeadShare  float64 // of requests with the method HEAD, 0 to 1

	ConditionalShare float64 // of requests by viewers who have a copy, 0 to 1
}

// TrafficKind is one way in which viewers come to ask for one thing after
// another, as its file registers it.
type TrafficKind = Kind[TrafficConfig, Source]

var traffic = Kinds[TrafficConfig, Source]{what: "traffic"}

// TrafficKinds lists every kind of traffic, by name.
func TrafficKinds() []TrafficKind { return traffic.All() }

// CheckTraffic says what is wrong with a spec of traffic.
func CheckTraffic(spec string) error {
	_, _, err := traffic.Parse(spec)
	return err
}

// NewTraffic makes the traffic that spec names, as independent.
func NewTraffic(spec string, cfg TrafficConfig) (Source, error) { return traffic.New(spec, cfg) }

func init() {
	traffic.register(TrafficKind{
		Name:  "independent",
		Usage: "each request by itself: the independent reference model",
		New: func(c TrafficConfig, _ Params) (Source, error) {
			return NewSynthetic(SyntheticConfig(c))
		},
	})
}
