package behavior

import "fmt"

// Geo restricts a distribution to viewers of some countries, by ISO 3166-1
// alpha-2 codes. At most one of the lists is given; the zero Geo restricts
// nothing. A viewer whose country is not known is served, as CloudFront has it.
type Geo struct {
	Allow []string // only these
	Block []string // all but these
}

// Restricts reports whether it matters where a viewer is.
func (g *Geo) Restricts() bool { return len(g.Allow) > 0 || len(g.Block) > 0 }

// Serves reports whether viewers of a country, zero where it is not known, are
// served.
func (g *Geo) Serves(country [2]byte) bool {
	switch {
	case country == [2]byte{}:
		return true
	case len(g.Allow) > 0:
		return hasCountry(g.Allow, country)
	}
	return !hasCountry(g.Block, country)
}

func hasCountry(list []string, country [2]byte) bool {
	for _, c := range list {
		if c[0] == country[0] && c[1] == country[1] {
			return true
		}
	}
	return false
}

func (g *Geo) check() string {
	if len(g.Allow) > 0 && len(g.Block) > 0 {
		return "countries are allowed or blocked, not both"
	}
	for _, list := range [][]string{g.Allow, g.Block} {
		for _, c := range list {
			if len(c) != 2 || c[0] < 'A' || c[0] > 'Z' || c[1] < 'A' || c[1] > 'Z' {
				return fmt.Sprintf("%q is no country: write its two letters, as DE", c)
			}
		}
	}
	return ""
}
