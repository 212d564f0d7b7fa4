package policy

import "unsafe"

func init() {
	k := Kind{
		Name:  "qlru",
		Title: "q-LRU",
		Paper: "V. Martina, M. Garetto, E. Leonardi, A unified approach to the performance analysis of caching systems, INFOCOM 2014",
		Params: []Param{
			{Name: "q", Usage: "probability that an object is admitted", Default: 0.1, Lowest: 1e-6, Most: 1},
		},
		SlotBytes: int(unsafe.Sizeof(link{})),
	}
	k.New = func(c Config) Policy {
		return &qlru{lru{order: newList()}, coin{c.chance("qlru"), k.Get(c, "q")}}
	}
	register(k)
}

// qlru is LRU that admits a missed object with probability q, whatever its size:
// an object that is asked for once seldom pushes anything out, and the popular ones
// have many chances. Under independent requests an object asked for at rate λ is
// found with probability
//
//	q(1−e^{−λT}) / (e^{−λT} + q(1−e^{−λT}))
//
// where T is the time an object stays without being asked for; as q goes to 0 the
// cache keeps the most popular, and takes ever longer to learn them.
type qlru struct {
	lru
	coin
}
