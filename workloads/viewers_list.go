package workloads

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"edgesim/results"
)

// ViewerList is viewers that were met one by one, in a log, and where they came from.
// A viewer takes 24 bytes and 11 to 21 of an index. Of more than MostListed there
// are no more: who comes then is taken for one of them. A ViewerList is filled by one
// goroutine.
type ViewerList struct {
	viewers   results.Tally[listedViewer]
	agents    numbering
	countries numbering
	referrers numbering
	homeless  uint64 // viewers met without a country
	merged    uint64 // meetings with viewers beyond the bound
	dropped   uint64 // requests whose referrer is beyond the bound
}

// MostListed is the most viewers that a ViewerList tells apart.
const MostListed = 1 << 20

// listedViewer is a viewer: places of what it has, and its number among the viewers
// of its country.
type listedViewer struct {
	agent, place uint32
	country      uint16 // homelessCountry: none is known
	ipv6         bool
}

const homelessCountry = math.MaxUint16

// numbering numbers texts from 0 in the order of their first appearance.
type numbering struct {
	numbers map[string]uint32
	texts   []string
}

// of is the number of a text; false when there are most already and it is none of
// them.
func (n *numbering) of(text []byte, most int) (uint32, bool) {
	if at, ok := n.numbers[string(text)]; ok {
		return at, true
	}
	if len(n.texts) >= most {
		return 0, false
	}
	if n.numbers == nil {
		n.numbers = map[string]uint32{}
	}
	at := uint32(len(n.texts))
	own := string(text)
	n.numbers[own] = at
	n.texts = append(n.texts, own)
	return at, true
}

// Meet is the number of the viewer with that name of 64 bits, which stands for its
// address and its agent. country is two capital letters, or zero where it is not
// known.
func (l *ViewerList) Meet(name uint64, agent []byte, country [2]byte, ipv6 bool) uint32 {
	if number, known := l.viewers.Seek(name); known {
		return uint32(number)
	}
	if n := l.viewers.Len(); n >= MostListed {
		l.merged++
		return uint32(below(mix(name), uint64(n)))
	}
	number := l.viewers.Number(name)
	_, v := l.viewers.Entry(number)
	v.ipv6, v.country = ipv6, homelessCountry
	v.agent, _ = l.agents.of(agent, MostListed)
	if isUpper(country[0]) && isUpper(country[1]) {
		if at, ok := l.countries.of(country[:], homelessCountry); ok {
			v.country = uint16(at)
			return uint32(number)
		}
	}
	l.homeless++
	return uint32(number)
}

// Referrer is the number of a value of the Referer header, 0 for none.
func (l *ViewerList) Referrer(value []byte) uint16 {
	if len(value) == 0 {
		return 0
	}
	at, ok := l.referrers.of(value, math.MaxUint16)
	if !ok {
		l.dropped++
		return 0
	}
	return uint16(at + 1)
}

// Len is how many viewers there are.
func (l *ViewerList) Len() int { return l.viewers.Len() }

// Merged is how many meetings were with viewers beyond MostListed, and Unreferred how
// many requests lost a referrer, of more than 65,535.
func (l *ViewerList) Merged() uint64     { return l.merged }
func (l *ViewerList) Unreferred() uint64 { return l.dropped }

// NewListedViewers makes the population of those in the list. Viewers whose country
// is not known are dealt over those of cfg, of which nothing else counts but the
// Seed. Addresses are of the ranges for documentation and benchmarks, as everybody's,
// in the family that the viewer's own was of.
func NewListedViewers(l *ViewerList, cfg ViewersConfig) (*Viewers, error) {
	if l.Len() == 0 {
		return nil, fmt.Errorf("viewers: %w", wrong("List", "none", "at least one viewer"))
	}
	v := &Viewers{count: uint32(l.Len()), addrSeed: derive(cfg.Seed, "addresses"), listed: make([]listedViewer, 0, l.Len())}
	if err := l.settle(cfg); err != nil {
		return nil, err
	}
	census := make([]uint32, len(l.countries.texts))
	for _, one := range l.viewers.All() {
		one.place = census[one.country]
		census[one.country]++
		v.listed = append(v.listed, *one)
	}
	var countries []Country
	for i, code := range l.countries.texts {
		countries = append(countries, Country{Code: code, Weight: float64(census[i])})
	}
	if err := v.fillCountries(ViewersConfig{Countries: countries}); err != nil {
		return nil, fmt.Errorf("viewers: %w", err)
	}
	for _, text := range slices.Concat(l.agents.texts, l.referrers.texts) {
		if strings.ContainsAny(text, "\r\n\x00") {
			return nil, fmt.Errorf("viewers: %w", wrong("agent or referrer", fmt.Sprintf("%q", text), "one line, as a header has it"))
		}
	}
	for _, name := range l.agents.texts {
		v.agents = append(v.agents, Agent{Name: name})
	}
	v.referrers = append([]string{""}, l.referrers.texts...)
	return v, nil
}

// settle deals viewers without a country over those of cfg.
func (l *ViewerList) settle(cfg ViewersConfig) error {
	if l.homeless == 0 {
		return nil
	}
	cfg.Count = 1 << 16
	world, err := NewViewers(cfg)
	if err != nil {
		return err
	}
	for name, one := range l.viewers.All() {
		if one.country == homelessCountry {
			code := world.countryAt(uint32(hash(cfg.Seed, name) >> 48)).code
			at, _ := l.countries.of(code[:], homelessCountry)
			one.country = uint16(at)
		}
	}
	return nil
}

// known is a viewer that was met.
func (v *Viewers) known(i uint32) Viewer {
	one := &v.listed[i]
	c := &v.countries[one.country]
	return Viewer{Addr: v.addrOf(c, i, one.place, one.ipv6), Country: c.code, Agent: v.agents[one.agent].Name}
}

// Pick is a viewer, and where it comes from, by chance that is uniform over 64 bits.
// Of viewers that were met one by one it comes from nowhere.
func (v *Viewers) Pick(chance uint64) (viewer uint32, referrer uint16) {
	if v.listed == nil {
		referrer = uint16(v.sources.draw(mix(chance)))
	}
	return uint32(below(chance, uint64(v.count))), referrer
}
