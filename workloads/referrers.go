package workloads

import (
	"fmt"
	"math"
)

// Referrers says which pages requests come from: relative shares of requests
// for each kind, and how the kind of other sites looks.
type Referrers struct {
	None   float64 // no Referer header
	Search float64 // a search engine
	Social float64 // a social network
	Other  float64 // one of Sites
	Sites  int     // how many other sites there are; 0: 1000; at most 60,000
	Zipf   float64 // exponent of their popularity, the first the most popular; 0: all alike
}

// DefaultReferrers: none 35, search engines 35, social networks 15, other sites
// 15, of which there are 1000 with a popularity of exponent 1.2. These are
// assumptions, not measurements.
func DefaultReferrers() Referrers {
	return Referrers{None: 35, Search: 35, Social: 15, Other: 15, Sites: 1000, Zipf: 1.2}
}

type referrer struct {
	url    string
	weight float64 // in its kind
}

var (
	searchEngines = []referrer{
		{"https://www.google.com/", 85}, {"https://www.bing.com/", 8}, {"https://duckduckgo.com/", 3},
		{"https://search.yahoo.com/", 2}, {"https://yandex.ru/", 2},
	}
	socialNetworks = []referrer{
		{"https://www.facebook.com/", 40}, {"https://www.instagram.com/", 20}, {"https://t.co/", 15},
		{"https://www.reddit.com/", 10}, {"https://www.linkedin.com/", 8}, {"https://www.pinterest.com/", 7},
	}
)

func (r Referrers) check() (Referrers, error) {
	if r == (Referrers{}) {
		return DefaultReferrers(), nil
	}
	if r.Sites == 0 {
		r.Sites = 1000
	}
	if r.Sites < 1 || r.Sites > 60_000 {
		return r, wrong("Referrers.Sites", r.Sites, "1 to 60,000")
	}
	if !finite(r.Zipf) {
		return r, wrong("Referrers.Zipf", r.Zipf, "an exponent of at least 0")
	}
	return r, checkWeights("Referrers", []float64{r.None, r.Search, r.Social, r.Other})
}

// fillReferrers makes one table of all referrers. Within a kind they share the
// kind's weight by their own.
func (v *Viewers) fillReferrers(cfg ViewersConfig) error {
	r, err := cfg.Referrers.check()
	if err != nil {
		return err
	}
	sites := make([]referrer, r.Sites)
	for i := range sites {
		sites[i] = referrer{fmt.Sprintf("https://site-%d.example/", i+1), math.Pow(float64(i+1), -r.Zipf)}
	}
	kinds := evenIfZero([]float64{r.None, r.Search, r.Social, r.Other})
	var weights []float64
	for i, list := range [][]referrer{{{"", 1}}, searchEngines, socialNetworks, sites} {
		sum := 0.0
		for _, one := range list {
			sum += one.weight
		}
		for _, one := range list {
			v.referrers = append(v.referrers, one.url)
			weights = append(weights, kinds[i]*one.weight/sum)
		}
	}
	v.sources = newAlias(weights)
	return nil
}
