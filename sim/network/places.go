package network

import (
	"cmp"
	_ "embed"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"

	"edgesim/results/places"
)

// cities.csv has airport, latitude and longitude of the cities in which
// CloudFront has edge locations: facts from the lists of
// tobilg/aws-edge-locations (MIT) of March 2024 and May 2025, to a hundredth of
// a degree, about a kilometre. BER, ITM and YYZ stand for TXL, KIX and YTO in newer
// and older codes; BLA, which the lists take for an airport in Venezuela, is
// CloudFront's Barcelona. City, country and billing region of each are in
// results/places.
//
//go:embed cities.csv
var citiesCSV string

// regions.csv has AWS region, latitude, longitude, and the airport by which
// CloudFront calls the same city, where it has one. The points are the cities
// that AWS names, as of November 2026, not the data centres.
//
//go:embed regions.csv
var regionsCSV string

type region struct {
	point   Point
	airport string // "": CloudFront has no location there
}

var cities = sync.OnceValue(func() map[string]Point {
	all := map[string]Point{}
	for _, row := range rows(citiesCSV) {
		all[row[0]] = point(row[1], row[2])
	}
	return all
})

var regions = sync.OnceValue(func() map[string]region {
	all := map[string]region{}
	for _, row := range rows(regionsCSV) {
		all[row[0]] = region{point(row[1], row[2]), row[3]}
	}
	return all
})

// rows are the lines of one of the package's own tables, cut at commas.
func rows(table string) (list [][]string) {
	for line := range strings.Lines(table) {
		list = append(list, strings.Split(strings.TrimSpace(line), ","))
	}
	return list
}

func point(lat, lon string) Point {
	p, err := parsePoint(lat + "," + lon)
	if err != nil {
		panic("network: a table has no point where one should be: " + err.Error())
	}
	return p
}

const airportLen = 3

// City is where the edge location of a code such as FRA56-P1, or of an airport
// alone, stands.
func City(code string) (p Point, ok bool) {
	p, ok = cities()[airportOf(code)]
	return p, ok
}

// airportOf is the airport that a code is: three letters, alone or before a
// digit. "" for what is none.
func airportOf(code string) string {
	if len(code) < airportLen || len(code) > airportLen && (code[airportLen] < '0' || code[airportLen] > '9') {
		return ""
	}
	return strings.ToUpper(code[:airportLen])
}

// Find is the place that a scenario writes as an edge location's code or
// airport (FRA56-P1, FRA), an AWS region (eu-central-1) or a latitude and
// longitude ("50.11,8.68").
func Find(text string) (Point, error) {
	if strings.Contains(text, ",") {
		return parsePoint(text)
	}
	if r, ok := regions()[text]; ok {
		return r.point, nil
	}
	if p, ok := City(text); ok {
		return p, nil
	}
	return Point{}, fmt.Errorf("%q is no place: want an edge location's code or airport, as FRA56-P1 or FRA, an AWS region, as eu-central-1, or latitude,longitude, as 50.11,8.68", text)
}

func parsePoint(text string) (p Point, err error) {
	lat, lon, _ := strings.Cut(text, ",")
	if p.Lat, err = strconv.ParseFloat(strings.TrimSpace(lat), 64); err == nil {
		p.Lon, err = strconv.ParseFloat(strings.TrimSpace(lon), 64)
	}
	if err != nil || !p.onEarth() {
		return Point{}, fmt.Errorf("%q is no latitude,longitude: want degrees, -90 to 90 and -180 to 180, as 50.11,8.68", text)
	}
	return p, nil
}

// Location is a row of the table of places at which an edge location can stand.
type Location struct {
	Airport string // three letters that edge locations' codes begin with
	City    string
	Country string // ISO 3166-1 alpha-2
	Billing string // CloudFront's billing region, as EU
	Region  string // the AWS region in the same city; "": none
	Point   Point
}

// Locations lists all cities of CloudFront's edge locations, by airport.
func Locations() []Location {
	near := map[string]string{}
	for _, row := range rows(regionsCSV) {
		if near[row[3]] == "" { // us-east-2 before us-gov-east-1
			near[row[3]] = row[0]
		}
	}
	var list []Location
	for _, row := range rows(citiesCSV) {
		l := Location{Airport: row[0], Region: near[row[0]], Point: point(row[1], row[2])}
		l.City, l.Country, l.Billing = places.Edge(l.Airport)
		list = append(list, l)
	}
	return list
}

// Nearest is the city of CloudFront's edge locations that is nearest to a point.
func Nearest(p Point) string {
	list := Locations()
	near := slices.MinFunc(list, func(a, b Location) int { return cmp.Compare(p.Distance(a.Point), p.Distance(b.Point)) })
	return near.City
}
