package network

import (
	_ "embed"
	"strconv"
	"sync"
)

// homes.csv has country, share, latitude and longitude of where viewers live:
// the middle of most countries' inhabitants, and for large ones the middles of
// several parts with their shares of the country's. Countries are the 249 of ISO
// 3166-1 and Kosovo. The points are ours, estimated from where the large cities
// are, to a degree or so; the United States' six parts agree with the Census
// Bureau's centre of population of 2020 (37.4 N, 92.3 W) to 150 km.
//
//go:embed homes.csv
var homesCSV string

// Home is where a share of a country's viewers live.
type Home struct {
	Point Point
	Share float64 // of the country's viewers; those of all its homes add up to 1
}

var homes = sync.OnceValue(func() map[string][]Home {
	all := map[string][]Home{}
	for _, row := range rows(homesCSV) {
		share, err := strconv.ParseFloat(row[1], 64)
		if err != nil {
			panic("network: a home's share is no number: " + row[1])
		}
		all[row[0]] = append(all[row[0]], Home{point(row[2], row[3]), share})
	}
	for _, list := range all {
		sum := 0.0
		for _, h := range list {
			sum += h.Share
		}
		for i := range list {
			list[i].Share /= sum
		}
	}
	return all
})

// Homes are where the viewers of a country live, by its ISO 3166-1 alpha-2
// code; none for a code that is not known.
func Homes(country string) []Home { return homes()[country] }
