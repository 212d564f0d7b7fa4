package workloads

import (
	"math"
	"net/netip"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func mustViewers(t testing.TB, cfg ViewersConfig) *Viewers {
	t.Helper()
	v, err := NewViewers(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestViewersAreWhereTheirAddressesSay(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		cfg := ViewersConfig{
			Seed: rapid.Uint64().Draw(t, "seed"), Count: rapid.Uint32Range(1, 1<<31).Draw(t, "count"),
			IPv6: rapid.SampledFrom([]float64{0, 0.4, 1}).Draw(t, "IPv6"),
		}
		v, err := NewViewers(cfg)
		if err != nil {
			t.Fatal(err)
		}
		viewer := v.Viewer(rapid.Uint32Range(0, v.Count()-1).Draw(t, "viewer"))
		if got := v.CountryOf(viewer.Addr); got != viewer.Country || got == [2]byte{} {
			t.Fatalf("%v is in %s, and its address in %s", viewer.Addr, viewer.Country, got)
		}
		if got := v.CountryOf(netip.AddrFrom16(viewer.Addr.As16())); got != viewer.Country {
			t.Fatalf("%v as 16 bytes is in %q", viewer.Addr, got)
		}
		four, six := netip.MustParsePrefix("198.18.0.0/15"), netip.MustParsePrefix("2001:db8::/32")
		if !four.Contains(viewer.Addr) && !six.Contains(viewer.Addr) {
			t.Fatalf("%v is not of a range for tests", viewer.Addr)
		}
		if six.Contains(viewer.Addr) && cfg.IPv6 == 0 || four.Contains(viewer.Addr) && cfg.IPv6 == 1 {
			t.Fatalf("%v with an IPv6 share of %v", viewer.Addr, cfg.IPv6)
		}
	})
}

func TestViewersHaveTheirShares(t *testing.T) {
	v := mustViewers(t, ViewersConfig{Seed: 1, Count: 100_000, IPv6: 0.25})
	countries, agents, six, addrs := map[string]float64{}, map[string]float64{}, 0.0, map[netip.Addr]bool{}
	for i := range v.Count() {
		viewer := v.Viewer(i)
		countries[string(viewer.Country[:])]++
		agents[viewer.Agent]++
		if addrs[viewer.Addr] = true; viewer.Addr.Is6() {
			six++
		}
	}
	for _, c := range DefaultCountries() { // by quota: exact but for rounding
		if got := countries[c.Code]; math.Abs(got-c.Weight*1000) > 1 {
			t.Errorf("%v viewers in %s, want %v", got, c.Code, c.Weight*1000)
		}
	}
	var counts, expected []float64
	for _, a := range DefaultAgents() {
		counts, expected = append(counts, agents[a.Name]), append(expected, a.Weight*1000)
	}
	if p := chiSquare(counts, expected); p < 1e-3 || total(expected) != 100_000 {
		t.Errorf("agents: chi-square p = %v of %v", p, total(expected))
	}
	if math.Abs(six-25_000) > 600 {
		t.Errorf("%v of 100,000 viewers with IPv6, want about 25,000", six)
	}
	if len(addrs) != 100_000 {
		t.Errorf("%d addresses for 100,000 viewers", len(addrs))
	}
}

// TestCountriesHaveBlocksOfTheirOwn: the pieces of the IPv4 range follow one
// another, and none is empty.
func TestCountriesHaveBlocksOfTheirOwn(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		list := []Country{}
		for i, w := range rapid.SliceOfN(rapid.Float64Range(0, 10), 1, 676).Draw(t, "weights") {
			list = append(list, Country{Code: string([]byte{'A' + byte(i/26), 'A' + byte(i%26)}), Weight: w})
		}
		v, err := NewViewers(ViewersConfig{Countries: list})
		if err != nil {
			t.Fatal(err)
		}
		next := uint32(0)
		for _, c := range v.countries {
			if c.addrs != next || c.block < 1 {
				t.Fatalf("%s has %d addresses from %d on, want some from %d on", c.code, c.block, c.addrs, next)
			}
			next += c.block
		}
		if next > countIPv4 || next < countIPv4-1 {
			t.Fatalf("the countries have %d addresses, want %d", next, countIPv4)
		}
	})
}

// TestCountriesAreSpreadOverTheNumbers: viewers with low numbers are not all of
// one country.
func TestCountriesAreSpreadOverTheNumbers(t *testing.T) {
	v, us := mustViewers(t, ViewersConfig{Count: 100_000}), 0.0
	for i := range uint32(10_000) {
		if v.Viewer(i).Country == [2]byte{'U', 'S'} {
			us++
		}
	}
	if math.Abs(us-3000) > 150 {
		t.Errorf("%v of the first 10,000 viewers are in the US, want about 3000", us)
	}
}

func TestNoAddressNoCountry(t *testing.T) {
	v := mustViewers(t, ViewersConfig{Countries: []Country{{"DE", 1}, {"FR", 0}}})
	for _, addr := range []string{"127.0.0.1", "198.17.255.255", "198.20.0.0", "::1", "2001:db8:5553::1", "2001:db9:4445::1"} {
		if got := v.CountryOf(netip.MustParseAddr(addr)); got != [2]byte{} {
			t.Errorf("%s is in %s", addr, got)
		}
	}
	if got := v.CountryOf(netip.Addr{}); got != [2]byte{} {
		t.Errorf("no address is in %s", got)
	}
	for i := range v.Count() {
		if got := v.Viewer(i).Country; got != [2]byte{'D', 'E'} {
			t.Fatalf("viewer %d is in %s, which has no weight", i, got)
		}
	}
}

func TestReferrersHaveTheirShares(t *testing.T) {
	v := mustViewers(t, ViewersConfig{})
	if len(v.Referrers()) != 1+len(searchEngines)+len(socialNetworks)+1000 || v.Referrers()[0] != "" {
		t.Errorf("%d referrers, the first %q", len(v.Referrers()), v.Referrers()[0])
	}
	counts := make([]float64, 4)
	for i := range uint64(100_000) {
		switch at := v.sources.draw(hash(1, i)); {
		case at == 0:
			counts[0]++
		case int(at) <= len(searchEngines):
			counts[1]++
		case int(at) <= len(searchEngines)+len(socialNetworks):
			counts[2]++
		default:
			counts[3]++
		}
	}
	if p := chiSquare(counts, []float64{35_000, 35_000, 15_000, 15_000}); p < 1e-3 {
		t.Errorf("chi-square p = %v: %v", p, counts)
	}
	none := mustViewers(t, ViewersConfig{Referrers: Referrers{None: 1}})
	for i := range uint64(1000) {
		if got := none.sources.draw(hash(2, i)); got != 0 {
			t.Fatalf("referrer %d where none are wanted", got)
		}
	}
}

func TestViewersRefuse(t *testing.T) {
	for want, cfg := range map[string]ViewersConfig{
		"IPv6":            {IPv6: 1.1},
		"Countries":       {Countries: []Country{{"de", 1}}},
		"every country":   {Countries: []Country{{"DE", 1}, {"DE", 1}}},
		"Countries -1":    {Countries: []Country{{"DE", -1}}},
		"Agents":          {Agents: []Agent{{"a\r\nHost: b", 1}}},
		"Agents NaN":      {Agents: []Agent{{"a", math.NaN()}}},
		"Referrers.Sites": {Referrers: Referrers{Sites: 70_000}},
		"Referrers.Zipf":  {Referrers: Referrers{Zipf: -1}},
		"Referrers -1":    {Referrers: Referrers{Other: -1}},
	} {
		if _, err := NewViewers(cfg); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v; want one that says %q", err, want)
		}
	}
}

func BenchmarkViewer(b *testing.B) {
	v := mustViewers(b, ViewersConfig{Count: 1e6, IPv6: 0.4})
	b.ReportAllocs()
	for i := uint32(0); b.Loop(); i++ {
		v.Viewer(i % 1e6)
	}
}
