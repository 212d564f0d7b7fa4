package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"edgesim/results"
	"edgesim/results/places"
)

const (
	mostLocations = 50 // how many CloudFront lists
	mostBars      = 15 // how many of them find room in a chart
)

// Locations have numbers: countries by their two letters, states by
// results.State. 0 is unknown in both.
const (
	unknownLocation = 0
	codeLetters     = 36 // A to Z, and 0 to 9 as in A1
)

// noCountry are the codes that stand for no country (reference, section 2.5), by
// the letters that MaxMind gave them.
var noCountry = map[string]string{
	"A1": "Anonymous Proxy", "A2": "Satellite Provider", "EU": "Europe (Unknown)", "AP": "Asia/Pacific (Unknown)",
}

// countryOf is the number of the record's country; every record has one.
func countryOf(r *results.Record) (n uint32, covered bool) {
	first, second := letterOf(r.Country[0]), letterOf(r.Country[1])
	if first < 0 || second < 0 {
		return unknownLocation, true
	}
	return uint32(first*codeLetters+second) + 1, true
}

func letterOf(c byte) int {
	switch {
	case c >= 'A' && c <= 'Z':
		return int(c - 'A')
	case c >= '0' && c <= '9':
		return int(c-'0') + 26
	}
	return -1
}

func countryCode(n uint32) string {
	const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
	if n == unknownLocation {
		return ""
	}
	return string([]byte{letters[(n-1)/codeLetters], letters[(n-1)%codeLetters]})
}

// stateOf is the number of the record's state; only those of viewers in the
// United States and its territories are covered.
func stateOf(r *results.Record) (n uint32, covered bool) {
	return uint32(r.State), r.State != results.NoState || r.Country == [2]byte{'U', 'S'}
}

// unknown is how code and name of a location say so.
const unknown = "Unknown"

// locationNamed is a location's code and name.
func (v *viewers) locationNamed(n uint32) (code, name string) {
	if n == unknownLocation {
		return unknown, unknown
	}
	if v.o.States {
		return results.State(n).String(), results.State(n).Name()
	}
	code = countryCode(n)
	return code, cmp.Or(places.Country(code), noCountry[code], code)
}

// locationOf is the number of what locationNamed calls by that code.
func (v *viewers) locationOf(code string) (uint32, error) {
	if code == unknown {
		return unknownLocation, nil
	}
	if v.o.States {
		if s := results.StateOf(code); s != results.NoState {
			return uint32(s), nil
		}
		return 0, fmt.Errorf("location %q: right is the code of a U.S. state", code)
	}
	if len(code) == 2 {
		if n, _ := countryOf(&results.Record{Country: [2]byte{code[0], code[1]}}); n != unknownLocation {
			return n, nil
		}
	}
	return 0, fmt.Errorf("location %q: right is a country's code of two letters", code)
}

// located is a location on its way into a table.
type located struct {
	number     uint32
	code, name string
	atLocation
}

// located are the scope's locations, most requests first, and all of them
// together.
func (v *viewers) located(whole *viewersCell) (list []located, sum int64) {
	whole.locations.each(func(n uint32, t *atLocation) {
		if *t != (atLocation{}) {
			code, name := v.locationNamed(n)
			list = append(list, located{n, code, name, *t})
			sum += t.requests
		}
	})
	slices.SortFunc(list, func(a, b located) int {
		return cmp.Or(cmp.Compare(b.requests, a.requests), strings.Compare(a.code, b.code))
	})
	return list, sum
}

func (v *viewers) locationTables(scope string, whole *viewersCell, over *trend) []*Table {
	list := &Table{Name: "viewers_locations", Title: "Locations", Columns: locationColumns()}
	trends := &Table{Name: "viewers_location_trends", Title: "Location trends"}
	more := [][2]string{{"Granularity", v.granularity()}, {"Details", v.details()}}
	list.Preamble = v.o.preamble("Locations", scope, more...)
	trends.Preamble = v.o.preamble("Location Trends", scope, more...)

	every, sum := v.located(whole)
	if !v.o.States {
		sum = max(sum, v.requests(whole)) // tables taken back leave out what they do not list
	}
	top := every[:min(len(every), cmp.Or(v.o.Most, mostLocations))]
	var columns []Column
	var column paged[int]
	for i, l := range top {
		list.Rows = append(list.Rows, append(v.o.scopeCells(scope),
			text(l.code), text(l.name), num(l.requests), share(l.requests, sum), num(l.bytes)))
		columns = append(columns, Column{Name: l.code, Label: l.name, Unit: Count, Wide: i >= mostLines})
		*column.at(l.number) = i + 1
	}
	over.fill(trends, columns, func(cell *viewersCell, numbers []int64) {
		cell.locations.each(func(n uint32, t *atLocation) {
			if t.requests == 0 {
				return
			}
			if i := *column.at(n); i > 0 {
				numbers[i-1] += t.requests
			}
		})
	})
	list.Charts = []Chart{shareChart("locations", "Locations", "LocationName", mostBars)}
	if len(columns) > 0 {
		trends.Charts = []Chart{trendChart("location_trends", "Locations over time", columns)}
	}
	list.Notes = v.locationNotes(every, len(top))
	return []*Table{list, trends}
}

func (v *viewers) details() string {
	if v.o.States {
		return "U.S. states"
	}
	return "Countries"
}

func (v *viewers) locationNotes(every []located, shown int) (notes []string) {
	if n := len(every); n > shown {
		notes = append(notes, fmt.Sprintf("%d of %d locations are shown.", shown, n))
	}
	unplaced := len(every) == 0 || len(every) == 1 && every[0].number == unknownLocation
	switch {
	case unplaced && v.o.States:
		notes = append(notes, "No viewer's state is known. States are those of viewers in the United States, by their addresses "+
			"in a database in MaxMind's format.")
	case unplaced:
		notes = append(notes, "No viewer's location is known. Locations come from the viewers of a scenario, from a log with the field c-country, "+
			"or from the addresses by a database in MaxMind's format.")
	}
	return notes
}

func locationColumns() []Column {
	columns := scopeColumns(
		Column{Name: "LocationCode", Label: "Code", Unit: Text},
		Column{Name: "LocationName", Label: "Location", Unit: Text})
	return append(append(columns, requestColumns()...), Column{Name: "TotalBytes", Label: "Bytes", Unit: Bytes})
}
