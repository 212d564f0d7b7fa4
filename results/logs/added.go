package logs

import (
	"strings"
	"time"

	"edgesim/results"
)

// added is what records tell beside what an Adder makes of them.
type added struct {
	From  int64      `json:"from"`            // the end of the first and the last, in ns since 1970
	To    int64      `json:"to"`              //
	Early int64      `json:"early,omitempty"` // from before CloudFront was
	Hosts []nameHost `json:"hosts,omitempty"` // that distributions may be called by, in their order
	begun bool
	known []knownHosts // by distribution
}

// knownHosts is what Hosts has of a distribution.
type knownHosts struct {
	n     int
	first string
	last  results.Sym // that was looked at; 0: none of this table of strings
}

// nameHost is a host that a distribution was asked for by.
type nameHost struct {
	Distribution uint16 `json:"distribution"` // the extract's own number
	Host         string `json:"host"`
}

// addUp adds records up.
func (x *extraction) addUp(recs []results.Record) {
	for i := range recs {
		x.added.add(&recs[i], x.names)
	}
	x.adder.Add(recs)
	if x.adder.Full() {
		x.cut()
	}
}

func (a *added) add(r *results.Record, n *results.Names) {
	end := r.End()
	if !a.begun {
		a.begun, a.From, a.To = true, end, end
	}
	a.From, a.To = min(a.From, end), max(a.To, end)
	if end < launch.UnixNano() {
		a.Early++
	}
	if r.Host != 0 && r.Distribution != results.NoDistribution {
		a.host(r, n)
	}
}

// hostsMost is how many hosts of a distribution are kept: the first, and the first
// that differs from it. Whatever the distribution's domain, the first that is not its
// domain is one of them.
const hostsMost = 2

func (a *added) host(r *results.Record, n *results.Names) {
	for len(a.known) <= int(r.Distribution) {
		a.known = append(a.known, knownHosts{})
	}
	k := &a.known[r.Distribution]
	if k.n == hostsMost || k.last == r.Host {
		return
	}
	k.last = r.Host
	host := n.Str(r.Host)
	if k.n > 0 && strings.EqualFold(k.first, host) {
		return
	}
	if k.n++; k.n == 1 {
		k.first = strings.Clone(host)
	}
	a.Hosts = append(a.Hosts, nameHost{r.Distribution, strings.Clone(host)})
}

// forget is called when the table of strings was emptied.
func (a *added) forget() {
	for i := range a.known {
		a.known[i].last = 0
	}
}

// future reports whether some of the records are from the future, which only they can
// be counted by.
func (a *added) future(o *Options) bool {
	return !o.Now.IsZero() && a.To > o.Now.Add(clockSkew).UnixNano()
}

// addedUp tells what was added up as dates tells it of records.
func (d *Doubts) addedUp(a *added) {
	if from := time.Unix(0, a.From).UTC(); d.From.IsZero() || from.Before(d.From) {
		d.From = from
	}
	if to := time.Unix(0, a.To).UTC(); to.After(d.To) {
		d.To = to
	}
	d.Early += a.Early
}

// numbersOf are the numbers of Names that an extract's own stand for, with the
// distributions called as its records have it.
func (p *placer) numbersOf(own *placed, hosts []nameHost) numbers {
	var n numbers
	for _, d := range own.distributions {
		n.distributions = append(n.distributions, p.distribution(d))
	}
	for _, e := range own.edges {
		n.edges = append(n.edges, p.edge(e))
	}
	for _, b := range own.behaviors {
		n.behaviors = append(n.behaviors, p.behavior(b))
	}
	for _, h := range hosts {
		if int(h.Distribution) < len(n.distributions) {
			p.befriend(&results.Record{Distribution: n.distributions[h.Distribution], Host: p.names.Strings.Of(h.Host)})
		}
	}
	return n
}
