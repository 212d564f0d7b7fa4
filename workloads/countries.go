package workloads

import (
	"encoding/binary"
	"fmt"
	"math"
	"net/netip"
	"sort"
)

// Country is a share of the viewers.
type Country struct {
	Code   string  // ISO 3166-1 alpha-2: "DE"
	Weight float64 // relative
}

// DefaultCountries are the viewers of a site with an international audience:
// North America 34, Europe 27, Asia without India and Japan 13, India 8, Japan
// 6, South America 6, Middle East and Africa 4, Oceania 2. The regions and
// their division into countries are assumptions, not measurements.
func DefaultCountries() []Country {
	return []Country{
		{"US", 30}, {"CA", 3}, {"MX", 1},
		{"GB", 6}, {"DE", 6}, {"FR", 5}, {"IT", 3}, {"ES", 3}, {"NL", 2}, {"PL", 2},
		{"KR", 3}, {"ID", 2}, {"PH", 2}, {"TW", 2}, {"HK", 1}, {"SG", 1}, {"TH", 1}, {"VN", 1},
		{"IN", 8}, {"JP", 6}, {"BR", 4}, {"AR", 1}, {"CL", 1},
		{"AE", 1}, {"EG", 1}, {"NG", 1}, {"ZA", 1}, {"AU", 2},
	}
}

// country is a Country made ready: its piece of the viewers, in the order that
// the permutation gives them, and its piece of the IPv4 addresses.
type country struct {
	code    [2]byte
	viewers uint32 // where its piece of the viewers begins
	addrs   uint32 // where its piece of the addresses begins
	block   uint32 // how many addresses it has, at least 1
}

// The addresses: 198.18.0.0/15 is for benchmarks (RFC 2544 appendix C.2.2, RFC
// 5735), 2001:db8::/32 for documentation (RFC 3849).
const (
	firstIPv4  = 198<<24 | 18<<16
	countIPv4  = 1 << 17
	prefixIPv6 = 0x20010db8
)

// fillCountries cuts viewers and addresses into pieces by weight. Every country
// gets an address before the rest is shared out.
func (v *Viewers) fillCountries(cfg ViewersConfig) error {
	list := cfg.Countries
	if len(list) == 0 {
		list = DefaultCountries()
	}
	weights, sum := make([]float64, len(list)), 0.0
	seen := map[string]bool{}
	for i, c := range list {
		if len(c.Code) != 2 || !isUpper(c.Code[0]) || !isUpper(c.Code[1]) || seen[c.Code] {
			return wrong("Countries", fmt.Sprintf("%q", c.Code), "two capital letters, every country once")
		}
		weights[i], seen[c.Code] = c.Weight, true
	}
	if err := checkWeights("Countries", weights); err != nil {
		return err
	}
	weights = evenIfZero(weights)
	for _, w := range weights {
		sum += w
	}
	before, spare := 0.0, float64(countIPv4-len(list))
	for i, c := range list {
		next := country{
			code:    [2]byte{c.Code[0], c.Code[1]},
			viewers: uint32(math.Round(before / sum * float64(v.count))),
			addrs:   uint32(i) + uint32(before/sum*spare),
		}
		before += weights[i]
		next.block = uint32(i) + 1 + uint32(min(before/sum, 1)*spare) - next.addrs
		v.countries = append(v.countries, next)
	}
	return nil
}

func isUpper(c byte) bool { return c >= 'A' && c <= 'Z' }

// countryAt is the country whose piece of the viewers holds the place: the last
// that begins at or before it. (A country without viewers begins where the
// next one does.)
func (v *Viewers) countryAt(place uint32) *country {
	after := sort.Search(len(v.countries), func(i int) bool { return v.countries[i].viewers > place })
	return &v.countries[after-1]
}

// Countries are the codes of the viewers' countries, in the order in which
// CountryIndex numbers them.
func (v *Viewers) Countries() []string {
	list := make([]string, len(v.countries))
	for i := range v.countries {
		list[i] = string(v.countries[i].code[:])
	}
	return list
}

// CountryIndex is the country of a viewer, by its place in Countries. The number
// is below Count.
func (v *Viewers) CountryIndex(i uint32) int {
	if v.listed != nil {
		return int(v.listed[i].country)
	}
	place := uint32(v.order.of(uint64(i)))
	return sort.Search(len(v.countries), func(i int) bool { return v.countries[i].viewers > place }) - 1
}

// addr is the address of the viewer, the n-th of its country. With IPv4,
// viewers of a country share addresses only when it has more of them than
// addresses. With IPv6, the country's letters stand behind the prefix.
func (v *Viewers) addr(c *country, viewer, n uint32) netip.Addr {
	return v.addrOf(c, viewer, n, unit64(hash(v.addrSeed, uint64(viewer))) < v.ipv6)
}

func (v *Viewers) addrOf(c *country, viewer, n uint32, ipv6 bool) netip.Addr {
	if !ipv6 {
		var a [4]byte
		binary.BigEndian.PutUint32(a[:], firstIPv4+c.addrs+n%c.block)
		return netip.AddrFrom4(a)
	}
	var a [16]byte
	binary.BigEndian.PutUint32(a[:], prefixIPv6)
	copy(a[4:], c.code[:])
	binary.BigEndian.PutUint64(a[8:], mix(hash(v.addrSeed, uint64(viewer))))
	return netip.AddrFrom16(a)
}

// CountryOf is the country of a viewer's address; zero for an address that no
// viewer has. An edge can be told it as its locator.
func (v *Viewers) CountryOf(addr netip.Addr) [2]byte {
	addr = addr.Unmap()
	if addr.Is4() {
		a := addr.As4()
		return v.countryOfIPv4(binary.BigEndian.Uint32(a[:]))
	}
	a := addr.As16()
	if binary.BigEndian.Uint32(a[:]) == prefixIPv6 {
		for i := range v.countries {
			if code := v.countries[i].code; code[0] == a[4] && code[1] == a[5] {
				return code
			}
		}
	}
	return [2]byte{}
}

func (v *Viewers) countryOfIPv4(addr uint32) [2]byte {
	offset := addr - firstIPv4 // wraps far beyond the range for addresses below it
	if offset >= countIPv4 {
		return [2]byte{}
	}
	after := sort.Search(len(v.countries), func(i int) bool { return v.countries[i].addrs > offset })
	return v.countries[after-1].code
}
