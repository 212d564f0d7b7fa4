package places

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestEdge(t *testing.T) {
	for _, c := range []struct{ code, city, country, region string }{
		{"FRA50-C1", "Frankfurt", "DE", "EU"},
		{"LAX1", "Los Angeles", "US", "US"},
		{"AKL50-C1", "Auckland", "NZ", "AU"},
		{"SYD1-C2", "Sydney", "AU", "AU"},
		{"SEA900-P3", "Seattle", "US", "US"},
		{"QRO51-P1", "Queretaro", "MX", "US"},
		{"TLV50", "Tel Aviv", "IL", "EU"}, // §2.4: EU includes Israel
		{"HKG62", "Hong Kong", "HK", "AP"},
		{"LOS50", "Lagos", "NG", "ZA"},
		{"DXB52", "Dubai", "AE", "ME"},
		{"fra50-c1", "Frankfurt", "DE", "EU"},
		{"XXX9", "", "", ""}, {"FR", "", "", ""}, {"", "", "", ""},
	} {
		city, country, region := Edge(c.code)
		if city != c.city || country != c.country || region != c.region {
			t.Errorf("%q is in %q, %q, %q; want %q, %q, %q", c.code, city, country, region, c.city, c.country, c.region)
		}
	}
}

// Every edge has a country that has a name, and a region that is billed (§2.4).
func TestTablesAreWhole(t *testing.T) {
	regions := strings.Fields("AP AU CA CN EU IN JP ME SA US ZA")
	for code, row := range edges() {
		if len(code) != airportLen || len(row) != 3 || row[0] == "" || Country(row[1]) == "" || !slices.Contains(regions, row[2]) {
			t.Errorf("%q: %q", code, row)
		}
	}
	continents := map[string]int{}
	for code, row := range countries() {
		if len(code) != 2 || len(row) != 2 || row[0] == "" {
			t.Errorf("%q: %q", code, row)
		}
		continents[Continent(code)]++
	}
	if len(countries()) != 250 || len(continents) != 7 {
		t.Errorf("%d countries, %v", len(countries()), continents)
	}
}

func TestCountries(t *testing.T) {
	for _, c := range [][3]string{{"DE", "Germany", "Europe"}, {"US", "United States", "North America"}, {"BR", "Brazil", "South America"},
		{"NZ", "New Zealand", "Oceania"}, {"EG", "Egypt", "Africa"}, {"TR", "Türkiye", "Asia"}, {"??", "", ""}} {
		if Country(c[0]) != c[1] || Continent(c[0]) != c[2] {
			t.Errorf("%s is %q in %q", c[0], Country(c[0]), Continent(c[0]))
		}
	}
}

// Every location of the public list is known.
func TestKnowsThePublicLists(t *testing.T) {
	dir := os.Getenv("EDGESIM_DATA")
	if dir == "" {
		t.Skip("EDGESIM_DATA is not set: no list to compare with")
	}
	for _, name := range []string{"cf_pops_2025-05.csv", "cf_pops_with_counts_2024-03.csv"} {
		text, err := os.ReadFile(filepath.Join(dir, "data/edge-locations", name))
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(text)) {
			if code, _, _ := strings.Cut(line, ","); len(code) == airportLen {
				if city, _, _ := Edge(code); city == "" {
					t.Errorf("%s of %s is not known", code, name)
				}
			}
		}
	}
}
