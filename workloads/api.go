package workloads

import (
	"math"
	"math/rand/v2"
)

// API is what programs ask for: each request by itself, some of which change
// something. The shares of the methods are those of the preset; of the others
// PUT, PATCH, DELETE and OPTIONS have a quarter each. What is sent along is
// lognormal. How much of what is read may be cached is the types' cache_control.
func init() {
	traffic.register(TrafficKind{
		Name:  "api",
		Usage: "each request by itself, with methods that change something and send content",
		Params: []Param{
			{Name: "post", Usage: "of the requests, POST", Unit: Share, Default: 0.15, Low: 0, High: 1},
			{Name: "other", Usage: "of the requests, PUT, PATCH, DELETE or OPTIONS", Unit: Share, Default: 0.05, Low: 0, High: 1},
			{Name: "body", Usage: "content of half of the POST, PUT and PATCH requests, or less", Unit: Bytes, Default: 600, Low: 0, High: 1 << 30},
			{Name: "sigma", Usage: "standard deviation of the logarithm of that", Default: 1, Low: 0, High: 5},
		},
		New: func(c TrafficConfig, p Params) (Source, error) {
			if p["post"]+p["other"] > 1 {
				return nil, wrong("post and other", p["post"]+p["other"], "100% together at most")
			}
			inner, err := NewSynthetic(SyntheticConfig(c))
			return &api{source: inner, rng: rand.NewPCG(c.Seed, streamCourse), post: p["post"], other: p["other"], body: p["body"], sigma: p["sigma"]}, err
		},
	})
}

// api is a Source of independent requests, some with other methods.
type api struct {
	source      Source
	rng         *rand.PCG
	post, other float64
	body, sigma float64
}

// Read implements Source.
func (a *api) Read(reqs []Request) (int, error) {
	n, err := a.source.Read(reqs)
	for i := range reqs[:n] {
		if method := a.method(); method != GET {
			a.turn(&reqs[i], method)
		}
	}
	return n, err
}

var otherMethods = [4]Method{PUT, PATCH, DELETE, OPTIONS}

// method is GET, or one of the others by their shares.
func (a *api) method() Method {
	switch u := unit64(a.rng.Uint64()); {
	case u < a.post:
		return POST
	case u < a.post+a.other:
		return otherMethods[below(a.rng.Uint64(), 4)]
	}
	return GET
}

// turn makes the request one of that method: what it asked for of a response that
// may be kept it does not.
func (a *api) turn(r *Request, method Method) {
	r.Method, r.Range, r.Conditional = method, Range{}, false
	if method == POST || method == PUT || method == PATCH {
		size := a.body * math.Exp(a.sigma*normalQuantile(open(a.rng.Uint64())))
		r.Body = uint32(min(math.Round(size), math.MaxUint32))
	}
}
