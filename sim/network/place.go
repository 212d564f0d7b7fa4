package network

import "slices"

// Place is something that stands somewhere: an edge, an origin.
type Place struct {
	Name  string // what a matrix and a routing table call it
	where string // as Find takes it
	point Point
	known bool
}

// At is a place by its name and by where it is, as Find takes it. What is not to be
// found is nowhere, at no distance from anything.
func At(name, where string) Place {
	p, err := Find(where)
	return Place{name, where, p, err == nil}
}

// Nowhere reports whether nothing is far from the place.
func (p *Place) Nowhere() bool { return !p.known }

// names are what a matrix may call the place, the more exact names first: its
// own, where it is, the airport, the AWS regions in the same city.
func (p *Place) names() []string {
	list := []string{p.Name}
	add := func(name string) {
		if name != "" && !slices.Contains(list, name) {
			list = append(list, name)
		}
	}
	add(p.where)
	airport := airportOf(p.where)
	if r, ok := regions()[p.where]; ok {
		airport = r.airport
	}
	if _, ok := cities()[airport]; ok {
		add(airport)
		for _, row := range rows(regionsCSV) {
			if row[3] == airport {
				add(row[0])
			}
		}
	}
	return list
}
