package fit

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"edgesim/results"
)

// Site is a distribution as a log tells it, or a host where it tells none.
type Site struct {
	ID     string   `json:"id,omitempty"`
	Domain string   `json:"domain"`
	Hosts  []string `json:"hosts"` // names under which it is asked for, those most often first
	Share  float64  `json:"share"` // of all requests

	Outages   []Outage `json:"outages,omitempty"` // of its origin
	Redirects float64  `json:"redirects"`         // share of all requests that are for it and were sent elsewhere
}

// sites counts them.
type sites struct {
	list    []site
	numbers map[siteKey]int
}

// siteKey is a distribution's number, or a host.
type siteKey struct {
	distribution uint16
	host         string
}

type site struct {
	id, domain string
	requests   int64
	hosts      map[string]int64
}

func newSites() sites { return sites{numbers: map[siteKey]int{}} }

// of is the number of the site that a request is for, and counts it.
func (s *sites) of(r *results.Record, names *results.Names) int {
	host := plainHost(names.Str(r.Host))
	d := names.DistributionOf(r)
	key := siteKey{distribution: r.Distribution}
	if d.Domain == "" {
		key = siteKey{results.NoDistribution, host}
	}
	number, known := s.numbers[key]
	if !known {
		number = len(s.list)
		if number == mostSites {
			number--
		} else {
			s.list = append(s.list, site{id: d.ID, domain: cmp.Or(plainHost(d.Domain), host, fittedDomain), hosts: map[string]int64{}})
		}
		s.numbers[key] = number
	}
	one := &s.list[number]
	one.requests++
	if host != "" && (len(one.hosts) < 64 || one.hosts[host] > 0) {
		one.hosts[host]++
	}
	return number
}

// plainHost is a host name as a scenario can have it: in lower case, without a port;
// empty where it is none.
func plainHost(host string) string {
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	if i := strings.LastIndexByte(host, ':'); i >= 0 {
		host = host[:i]
	}
	bad := func(c rune) bool {
		return !(c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '-' || c == '.' || c == '_')
	}
	if !strings.Contains(host, ".") || strings.ContainsFunc(host, bad) || strings.Contains(host, "..") || host[0] == '.' {
		return ""
	}
	return host
}

// hostsKept is how many names of a site a scenario has.
const hostsKept = 8

// sites are those of the log, in their order.
func (s *sites) all() (list []Site) {
	total := int64(0)
	for _, one := range s.list {
		total += one.requests
	}
	for _, one := range s.list {
		names := slices.SortedFunc(maps.Keys(one.hosts), func(a, b string) int {
			return cmp.Or(cmp.Compare(one.hosts[b], one.hosts[a]), cmp.Compare(a, b))
		})
		if len(names) == 0 {
			names = []string{one.domain}
		}
		list = append(list, Site{ID: one.id, Domain: one.domain, Hosts: names[:min(len(names), hostsKept)],
			Share: float64(one.requests) / float64(total)})
	}
	return list
}
