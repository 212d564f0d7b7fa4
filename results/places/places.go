// Package places knows where on earth things are: CloudFront's edge locations by
// the airport they are named after, and countries by their ISO 3166-1 code. It
// knows nothing of addresses, nor of who asks.
package places

import (
	_ "embed"
	"maps"
	"slices"
	"strings"
	"sync"
)

// edges.csv has airport, city, country and billing region of CloudFront's edge
// locations. Cities and countries are facts from the lists of
// tobilg/aws-edge-locations (MIT) of March 2024 and May 2025, put right where an
// airport's code had been taken for another's; the billing regions are the codes
// of the usage types in CloudFront's price list, with Mexico in US, Israel and
// Türkiye in EU, sub-Saharan Africa in ZA. CN is ours: CloudFront's locations in
// China are billed apart.
//
//go:embed edges.csv
var edgesCSV string

// countries.csv has code, English name and continent of what ISO 3166-1 lists,
// and of Kosovo, which it does not. Continents are those of the United Nations'
// M49, with America in two and Antarctica by itself.
//
//go:embed countries.csv
var countriesCSV string

var edges = sync.OnceValue(func() map[string][]string { return table(edgesCSV) })
var countries = sync.OnceValue(func() map[string][]string { return table(countriesCSV) })

// table is a text of "key,value,value" lines.
func table(text string) map[string][]string {
	rows := map[string][]string{}
	for line := range strings.Lines(text) {
		cells := strings.Split(strings.TrimSpace(line), ",")
		rows[cells[0]] = cells[1:]
	}
	return rows
}

// airportLen is how many letters an edge location's code begins with.
const airportLen = 3

// Edge is where the edge location of a code such as FRA50-C1 stands: its city,
// its country (ISO 3166-1 alpha-2) and its billing region (AP, AU, CA, CN, EU,
// IN, JP, ME, SA, US or ZA). All are "" for a code that is not known.
func Edge(code string) (city, country, region string) {
	if len(code) < airportLen {
		return "", "", ""
	}
	if row := edges()[strings.ToUpper(code[:airportLen])]; row != nil {
		return row[0], row[1], row[2]
	}
	return "", "", ""
}

// Airports lists the airports by which edge locations are known, by name.
func Airports() []string { return slices.Sorted(maps.Keys(edges())) }

// Country is the English name of a country by its ISO 3166-1 alpha-2 code in
// upper case; "" when there is none.
func Country(code string) string {
	if row := countries()[code]; row != nil {
		return row[0]
	}
	return ""
}

// Continent is the continent of a country by its ISO 3166-1 alpha-2 code in
// upper case: Africa, Antarctica, Asia, Europe, North America, Oceania or South
// America; "" when there is none.
func Continent(code string) string {
	if row := countries()[code]; row != nil {
		return row[1]
	}
	return ""
}

// Continents lists the continents by name.
func Continents() []string {
	var list []string
	for _, row := range countries() {
		if !slices.Contains(list, row[1]) {
			list = append(list, row[1])
		}
	}
	slices.Sort(list)
	return list
}
