package main

import (
	"encoding/json"
	"fmt"
	"io"
	"math"
	"slices"
	"text/tabwriter"
	"time"

	"edgesim/results/places"
	"edgesim/sim/network"
	"edgesim/sim/scenario"
	"edgesim/workloads"
)

// listLocations prints where edge locations can be.
func listLocations(e *env, asJSON bool) error {
	type row struct {
		Airport string  `json:"airport"`
		City    string  `json:"city"`
		Country string  `json:"country"`
		Billing string  `json:"billing_region"`
		Region  string  `json:"aws_region,omitempty"`
		Lat     float64 `json:"latitude"`
		Lon     float64 `json:"longitude"`
	}
	var rows []row
	for _, l := range network.Locations() {
		rows = append(rows, row{l.Airport, l.City, l.Country, l.Billing, l.Region, l.Point.Lat, l.Point.Lon})
	}
	if asJSON {
		return printJSON(e.stdout, rows)
	}
	w := tabwriter.NewWriter(e.stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "AIRPORT\tCITY\tCOUNTRY\tBILLING\tAWS REGION\tLAT\tLON")
	for _, r := range rows {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%.2f\t%.2f\n", r.Airport, r.City, r.Country, r.Billing, r.Region, r.Lat, r.Lon)
	}
	return w.Flush()
}

// edgeRow is an edge of a scenario, whom it asks and how far that is.
type edgeRow struct {
	Layer   string             `json:"layer"`
	Code    string             `json:"location"`
	City    string             `json:"city,omitempty"`
	Asks    string             `json:"asks"`              // the code of an edge; "origins"
	RTT     float64            `json:"rtt_ms,omitempty"`  // to it
	Origins map[string]float64 `json:"origins_ms"`        // round trips to the origins themselves
	Viewers float64            `json:"viewers,omitempty"` // share of them who go there
}

// homeRow is a part of a country whose viewers go the same way.
type homeRow struct {
	Country string  `json:"country"`
	Near    string  `json:"near"`    // the nearest of the cities that edge locations are in
	Viewers float64 `json:"viewers"` // share of all
	Code    string  `json:"location"`
	RTT     float64 `json:"rtt_ms"` // without the last mile
	number  int
}

// distances is how far things are in a scenario.
type distances struct {
	Edges    []edgeRow  `json:"edges"`
	Homes    []homeRow  `json:"viewers"`
	LastMile [3]float64 `json:"last_mile_ms"` // p50, p90, p99 over the viewers
	Measured int        `json:"measured"`     // how many round trips a matrix has told
	Doubts   []string   `json:"doubts,omitempty"`
}

// listDistances prints who asks whom in a scenario, and how far that is.
func listDistances(e *env, name string, sets []string, asJSON bool) error {
	s, err := scenario.Load(name, sets...)
	if err != nil {
		return usageError{err}
	}
	d, err := distancesOf(s)
	if err != nil {
		return err
	}
	if asJSON {
		return printJSON(e.stdout, d)
	}
	return d.print(e.stdout, s.OriginNames())
}

func distancesOf(s *scenario.Scenario) (*distances, error) {
	viewers, err := s.Viewers()
	if err != nil {
		return nil, err
	}
	conf, err := s.NetworkConfig(viewers)
	if err != nil {
		return nil, err
	}
	m, err := network.New(conf)
	if err != nil {
		return nil, err
	}
	d := &distances{Measured: m.Measured, Doubts: m.Doubts()}
	d.fillHomes(m, viewers)
	d.fillEdges(m, s)
	return d, nil
}

// fillHomes counts the viewers of every home.
func (d *distances) fillHomes(m *network.Map, viewers *workloads.Viewers) {
	counts, miles := make([]int, m.Homes()), make([]float64, 0, viewers.Count())
	for v := range viewers.Count() {
		counts[m.Home(v, viewers.CountryIndex(v))]++
		miles = append(miles, millis(m.LastMile(v)))
	}
	for h, n := range counts {
		if n == 0 {
			continue
		}
		to := m.Route(h)
		d.Homes = append(d.Homes, homeRow{
			Country: viewers.Countries()[m.Country(h)], Near: network.Nearest(m.HomePoint(h)), Viewers: float64(n) / float64(viewers.Count()),
			Code: m.Name(to), RTT: millis(m.ViewerRTT(h, to)), number: to,
		})
	}
	slices.Sort(miles)
	for i, q := range []float64{0.5, 0.9, 0.99} {
		d.LastMile[i] = miles[int(q*float64(len(miles)-1))]
	}
}

func (d *distances) fillEdges(m *network.Map, s *scenario.Scenario) {
	names := s.OriginNames()
	for i := range m.Edges() {
		r := edgeRow{Layer: s.Edge.Layer, Code: m.Name(i), Asks: "origins", Origins: map[string]float64{}}
		r.City, _, _ = places.Edge(r.Code)
		if tier := m.Tier(i); tier > 0 {
			r.Layer = s.Edge.Tiers[tier-1].Layer
		}
		if up := m.Up(i); up != network.Origin {
			r.Asks, r.RTT = m.Name(up), millis(m.Between(i, up))
		}
		for o, name := range names {
			r.Origins[name] = millis(m.ToOrigin(i, o))
		}
		for _, h := range d.Homes {
			if m.Tier(i) == 0 && h.number == i {
				r.Viewers += h.Viewers
			}
		}
		r.Viewers = math.Round(r.Viewers*1e6) / 1e6
		d.Edges = append(d.Edges, r)
	}
}

func (d *distances) print(to io.Writer, origins []string) error {
	w := tabwriter.NewWriter(to, 0, 0, 2, ' ', 0)
	fmt.Fprint(w, "LAYER\tEDGE\tCITY\tVIEWERS\tASKS\tRTT MS")
	for _, name := range origins {
		fmt.Fprintf(w, "\t%s MS", name)
	}
	for _, r := range d.Edges {
		viewers, rtt := "", ""
		if r.Viewers > 0 {
			viewers = fmt.Sprintf("%.1f %%", 100*r.Viewers)
		}
		if r.Asks != "origins" {
			rtt = fmt.Sprintf("%.1f", r.RTT)
		}
		fmt.Fprintf(w, "\n%s\t%s\t%s\t%s\t%s\t%s", r.Layer, r.Code, r.City, viewers, r.Asks, rtt)
		for _, name := range origins {
			fmt.Fprintf(w, "\t%.1f", r.Origins[name])
		}
	}
	fmt.Fprint(w, "\n\nCOUNTRY\tNEAR\tVIEWERS\tGO TO\tRTT\n")
	for _, h := range d.Homes {
		fmt.Fprintf(w, "%s\t%s\t%.2f %%\t%s\t%.1f ms\n", places.Country(h.Country), h.Near, 100*h.Viewers, h.Code, h.RTT)
	}
	fmt.Fprintf(w, "\nViewers' last mile comes on top: p50 %.1f ms, p90 %.1f ms, p99 %.1f ms.\n", d.LastMile[0], d.LastMile[1], d.LastMile[2])
	for _, doubt := range d.Doubts {
		fmt.Fprintf(w, "Note: %s.\n", doubt)
	}
	if d.Measured > 0 {
		fmt.Fprintf(w, "%d of the round trips are the matrix's.\n", d.Measured)
	}
	return w.Flush()
}

func millis(d time.Duration) float64 { return float64(d.Round(time.Microsecond)) / 1e6 }

func printJSON(to io.Writer, v any) error {
	enc := json.NewEncoder(to)
	enc.SetIndent("", "  ")
	return enc.Encode(v)
}
