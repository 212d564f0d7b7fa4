package geo

import (
	"maps"
	"math/rand/v2"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/maxmind/mmdbwriter"
	"github.com/maxmind/mmdbwriter/mmdbtype"
	"pgregory.net/rapid"

	"edgesim/results"
)

type rows map[string]mmdbtype.Map

// database writes a small database and gives its path.
func database(t testing.TB, kind string, networks rows) string {
	t.Helper()
	tree, err := mmdbwriter.New(mmdbwriter.Options{DatabaseType: kind, IncludeReservedNetworks: true, BuildEpoch: 1_700_000_000})
	if err != nil {
		t.Fatal(err)
	}
	bits := func(network string) int { return netip.MustParsePrefix(network).Bits() }
	wideFirst := slices.SortedFunc(maps.Keys(networks), func(a, b string) int { return bits(a) - bits(b) })
	for _, network := range wideFirst {
		_, n, err := net.ParseCIDR(network)
		if err != nil {
			t.Fatal(err)
		}
		if err := tree.Insert(n, networks[network]); err != nil {
			t.Fatal(err)
		}
	}
	path := filepath.Join(t.TempDir(), kind+".mmdb")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tree.WriteTo(f); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}

func opened(t testing.TB, path string) *Database {
	t.Helper()
	d, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	return d
}

func code(c string) mmdbtype.Map { return mmdbtype.Map{"iso_code": mmdbtype.String(c)} }

func city(country string, states ...string) mmdbtype.Map {
	m := mmdbtype.Map{"country": code(country)}
	var list mmdbtype.Slice
	for _, s := range states {
		list = append(list, code(s))
	}
	if list != nil {
		m["subdivisions"] = list
	}
	return m
}

var cities = rows{
	"1.2.3.0/24":         city("US", "CA"),
	"1.2.4.0/24":         city("DE", "BY"),
	"1.2.5.0/24":         city("US"),
	"1.2.6.0/24":         city("PR"),
	"1.2.7.0/24":         city("CA", "ON"),
	"1.2.8.0/25":         city("FR"),
	"1.2.8.128/25":       city("ES"),
	"1.2.9.0/24":         {"traits": mmdbtype.Map{"is_anonymous_proxy": mmdbtype.Bool(true)}},
	"1.2.10.0/24":        {"traits": mmdbtype.Map{"is_satellite_provider": mmdbtype.Bool(true)}},
	"1.2.11.0/24":        {"continent": mmdbtype.Map{"code": mmdbtype.String("EU")}},
	"1.2.12.0/24":        {"continent": mmdbtype.Map{"code": mmdbtype.String("AS")}},
	"1.2.13.0/24":        {"continent": mmdbtype.Map{"code": mmdbtype.String("AF")}},
	"1.2.14.0/24":        city("Nowhere"),
	"1.2.15.7/32":        city("US", "NY"),
	"2001:db8:1::/48":    city("JP"),
	"2001:db8:2::/64":    city("BR"),
	"2001:db8:2::ff/128": city("AR"),
}

// TestLocate names what MaxMind's records say (reference, section 2.5), asked
// twice, from the database and from memory.
func TestLocate(t *testing.T) {
	d := opened(t, database(t, "Test-City", cities))
	if d.Type() != "Test-City" {
		t.Errorf("type %q", d.Type())
	}
	for range 2 {
		for _, c := range []struct{ addr, country, state string }{
			{"1.2.3.4", "US", "CA"}, {"1.2.3.255", "US", "CA"}, {"::ffff:1.2.3.4", "US", "CA"},
			{"1.2.4.1", "DE", "-"}, {"1.2.5.1", "US", "-"}, {"1.2.6.1", "PR", "PR"}, {"1.2.7.1", "CA", "-"},
			{"1.2.8.1", "FR", "-"}, {"1.2.8.200", "ES", "-"}, {"1.2.8.2", "FR", "-"},
			{"1.2.9.1", "A1", "-"}, {"1.2.10.1", "A2", "-"}, {"1.2.11.1", "EU", "-"}, {"1.2.12.1", "AP", "-"},
			{"1.2.13.1", "", "-"}, {"1.2.14.1", "", "-"}, {"9.9.9.9", "", "-"},
			{"1.2.15.7", "US", "NY"}, {"1.2.15.8", "", "-"},
			{"2001:db8:1:2::3", "JP", "-"}, {"2001:db8:2::1", "BR", "-"}, {"2001:db8:2::ff", "AR", "-"}, {"2001:db9::", "", "-"},
		} {
			got := d.place(netip.MustParseAddr(c.addr))
			if strings.Trim(string(got.country[:]), "\x00") != c.country || got.state.String() != c.state {
				t.Errorf("%s is in %q, %s, want %q, %s", c.addr, got.country, got.state, c.country, c.state)
			}
		}
	}
	if got := d.place(netip.Addr{}); got != (place{}) {
		t.Errorf("no address is in %v", got)
	}
	if err := d.Fault(); err != nil {
		t.Error(err)
	}
}

// Others than MaxMind write the code itself at the top, or a name beside it.
func TestFlatRecords(t *testing.T) {
	for _, c := range []struct {
		row  mmdbtype.Map
		want string
	}{
		{mmdbtype.Map{"country_code": mmdbtype.String("DE")}, "DE"},
		{mmdbtype.Map{"country": mmdbtype.String("DE")}, "DE"},
		{mmdbtype.Map{"country": mmdbtype.String("Germany"), "country_code": mmdbtype.String("DE")}, "DE"},
	} {
		d := opened(t, database(t, "Flat", rows{"1.2.3.0/24": c.row}))
		if got := d.place(netip.MustParseAddr("1.2.3.4")); string(got.country[:]) != c.want {
			t.Errorf("%v gives %q", c.row, got.country)
		}
	}
}

func TestWhatIsNoDatabaseOfCountries(t *testing.T) {
	dir := t.TempDir()
	write := func(name string, b []byte) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, b, 0o644); err != nil {
			t.Fatal(err)
		}
		return path
	}
	whole, err := os.ReadFile(database(t, "Test-City", cities))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ path, want string }{
		{filepath.Join(dir, "none.mmdb"), "no such file"},
		{dir, "is a folder or an empty file"},
		{write("empty.mmdb", nil), "is a folder or an empty file"},
		{write("text.mmdb", []byte("country,DE\n")), "is not a database in MaxMind's format"},
		{write("cut.mmdb", whole[:len(whole)/2]), "is not a database in MaxMind's format"},
		{database(t, "Test-ASN", rows{"1.2.3.0/24": {"autonomous_system_number": mmdbtype.Uint32(64496)}}), `type "Test-ASN" has no countries`},
		{database(t, "Test-Name", rows{"1.2.3.0/24": {"country": mmdbtype.String("Germany")}}), `has no countries`},
	} {
		if d, err := Open(c.path); err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), c.path) {
			t.Errorf("%s: %v %v, want %q", c.path, d, err, c.want)
		}
	}
}

// TestMemoryIsTheDatabase: whatever was asked before, the answer is the
// database's own.
func TestMemoryIsTheDatabase(t *testing.T) {
	d := opened(t, database(t, "Test-City", cities))
	rapid.Check(t, func(t *rapid.T) {
		b := [4]byte{1, 2, rapid.ByteRange(3, 16).Draw(t, "block"), rapid.Byte().Draw(t, "host")}
		addr := netip.AddrFrom4(b)
		want, err := placeOf(d.reader.Lookup(addr))
		if err != nil {
			t.Fatal(err)
		}
		if got := d.place(addr); got != want {
			t.Fatalf("%s is in %v, want %v", addr, got, want)
		}
	})
}

// TestLocateIsSharedSafely is for the race detector.
func TestLocateIsSharedSafely(t *testing.T) {
	d := opened(t, database(t, "Test-City", cities))
	var all sync.WaitGroup
	for seed := range uint64(4) {
		all.Go(func() {
			rnd := rand.New(rand.NewPCG(seed, 0))
			for range 5000 {
				addr := netip.AddrFrom4([4]byte{1, 2, byte(rnd.UintN(20)), byte(rnd.UintN(256))})
				want, _ := placeOf(d.reader.Lookup(addr))
				if got := d.place(addr); got != want {
					t.Errorf("%s is in %v, want %v", addr, got, want)
				}
			}
		})
	}
	all.Wait()
}

func TestKnownAddressesCostNoAllocation(t *testing.T) {
	d := opened(t, database(t, "Test-City", cities))
	for _, a := range []string{"1.2.3.4", "1.2.8.1", "1.2.15.7", "2001:db8:1::1", "9.9.9.9"} {
		addr := netip.MustParseAddr(a)
		d.Locate(addr)
		if n := testing.AllocsPerRun(100, func() { d.Locate(addr) }); n != 0 {
			t.Errorf("%v allocations for %s", n, a)
		}
	}
}

// FuzzDatabaseNeverPanics: a damaged database gives an error or some place.
func FuzzDatabaseNeverPanics(f *testing.F) {
	whole, err := os.ReadFile(database(f, "Test-City", cities))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(whole, 0, byte(0))
	f.Add(whole, len(whole)/2, byte(255))
	f.Add([]byte("\xab\xcd\xefMaxMind.com"), 0, byte(0))
	f.Fuzz(func(t *testing.T, b []byte, at int, with byte) {
		if b = append([]byte(nil), b...); len(b) > 0 {
			b[uint(at)%uint(len(b))] ^= with
		}
		path := filepath.Join(t.TempDir(), "x.mmdb")
		if err := os.WriteFile(path, b, 0o644); err != nil {
			t.Fatal(err)
		}
		d, err := Open(path)
		if err != nil {
			return
		}
		defer d.Close()
		for _, a := range []string{"1.2.3.4", "1.2.8.200", "255.255.255.255", "2001:db8:2::ff"} {
			if p := d.place(netip.MustParseAddr(a)); p.state >= results.States {
				t.Errorf("%s is in state %d", a, p.state)
			}
		}
	})
}

func BenchmarkLocate(b *testing.B) {
	d := opened(b, database(b, "Test-City", cities))
	rnd := rand.New(rand.NewPCG(1, 2))
	addrs := make([]netip.Addr, 4096)
	for i := range addrs {
		addrs[i] = netip.AddrFrom4([4]byte{1, 2, byte(rnd.UintN(20)), byte(rnd.UintN(256))})
	}
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		d.Locate(addrs[i&4095])
		i++
	}
}
