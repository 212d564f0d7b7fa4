package geo

import (
	"github.com/oschwald/maxminddb-golang/v2"
	"github.com/oschwald/maxminddb-golang/v2/mmdbdata"

	"edgesim/results"
)

// row is what a database's record says, as far as a place needs it.
type row struct {
	Country struct {
		Code string `maxminddb:"iso_code"`
	} `maxminddb:"country"`
	Continent struct {
		Code string `maxminddb:"code"`
	} `maxminddb:"continent"`
	Subdivisions []struct {
		Code string `maxminddb:"iso_code"`
	} `maxminddb:"subdivisions"`
	Traits struct {
		Proxy     bool `maxminddb:"is_anonymous_proxy"`
		Satellite bool `maxminddb:"is_satellite_provider"`
	} `maxminddb:"traits"`
}

// flat is a record with the country's code at the top.
type flat struct {
	Code text `maxminddb:"country_code"`
	Name text `maxminddb:"country"` // of some databases it is the code, of some the name
}

// text is a string, or nothing where something else stands in its place.
type text string

// UnmarshalMaxMindDBCursor reads a string and passes over anything else.
func (t *text) UnmarshalMaxMindDBCursor(at mmdbdata.Cursor) (mmdbdata.Cursor, error) {
	kind, err := at.Kind()
	if err != nil {
		return mmdbdata.Cursor{}, err
	}
	if kind != mmdbdata.KindString {
		return at.Skip()
	}
	s, next, err := at.ReadString()
	*t = text(s)
	return next, err
}

func placeOf(result maxminddb.Result) (place, error) {
	if err := result.Err(); err != nil || !result.Found() {
		return place{}, err
	}
	var top flat
	if err := result.Decode(&top); err != nil {
		return place{}, err
	}
	for _, code := range []text{top.Code, top.Name} {
		if c, ok := country(string(code)); ok {
			return place{country: c, state: territory(c)}, nil
		}
	}
	if top.Name != "" {
		return place{}, nil // a name is no code
	}
	var r row
	if err := result.Decode(&r); err != nil {
		return place{}, err
	}
	return r.place(), nil
}

func (r *row) place() place {
	c, ok := country(r.Country.Code)
	switch {
	case ok && r.Country.Code == "US" && len(r.Subdivisions) > 0:
		return place{c, results.StateOf(r.Subdivisions[0].Code)}
	case ok:
		return place{c, territory(c)}
	case r.Traits.Proxy:
		return place{country: AnonymousProxy}
	case r.Traits.Satellite:
		return place{country: SatelliteProvider}
	case r.Continent.Code == "EU":
		return place{country: EuropeUnknown}
	case r.Continent.Code == "AS", r.Continent.Code == "OC":
		return place{country: AsiaPacificUnknown}
	}
	return place{}
}

// country takes a code of two letters or of a letter and a digit (A1).
func country(code string) ([2]byte, bool) {
	if len(code) != 2 || !upper(code[0]) || !upper(code[1]) && (code[1] < '0' || code[1] > '9') {
		return [2]byte{}, false
	}
	return [2]byte{code[0], code[1]}, true
}

func upper(c byte) bool { return 'A' <= c && c <= 'Z' }

// territory is the state of a country's code that is a territory of the United
// States: ISO 3166-1 knows them as countries of their own.
func territory(c [2]byte) results.State {
	switch string(c[:]) {
	case "AS", "GU", "MP", "PR", "UM", "VI":
		return results.StateOf(string(c[:]))
	}
	return results.NoState
}
