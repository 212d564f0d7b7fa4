package report

import (
	"time"

	"edgesim/results"
	"edgesim/results/agent"
)

// Absorb takes requests back from the tables over time, which have all of them
// (but for locations beyond those listed), and a location's bytes from the list,
// which count in the bucket of the list's start. The other lists follow.
func (v *viewers) Absorb(t *Table) error {
	switch t.Name {
	case "viewers_device_trends":
		return v.absorbTrend(t, func(column string) (func(*viewersCell, int64), error) {
			return v.intoClass(agent.Agent{Device: deviceNamed(column)}), nil
		})
	case "viewers_browser_trends":
		return v.absorbTrend(t, func(column string) (func(*viewersCell, int64), error) {
			return v.intoClass(agent.Agent{Browser: agent.Product{Name: column}}), nil
		})
	case "viewers_operating_system_trends":
		return v.absorbTrend(t, func(column string) (func(*viewersCell, int64), error) {
			return v.intoClass(agent.Agent{System: agent.Product{Name: column}}), nil
		})
	case "viewers_location_trends":
		return v.absorbTrend(t, func(column string) (func(*viewersCell, int64), error) {
			n, err := v.locationOf(column)
			return func(c *viewersCell, requests int64) { c.locations.at(n).requests += requests }, err
		})
	case "viewers_locations":
		return v.absorbBytes(t)
	}
	return nil
}

// intoClass counts requests under a class that says one thing of the viewer and
// nothing of the others: a table over time has no more.
func (v *viewers) intoClass(a agent.Agent) func(*viewersCell, int64) {
	n := v.agents.Number(a)
	return func(c *viewersCell, requests int64) { *c.classes.at(uint32(n)) += requests }
}

func deviceNamed(name string) agent.Device {
	for d := agent.NoDevice + 1; d < agent.Devices; d++ {
		if d.String() == name {
			return d
		}
	}
	return agent.UnknownDevice
}

// absorbTrend adds up the rows, each column as into has it.
func (v *viewers) absorbTrend(t *Table, into func(column string) (func(*viewersCell, int64), error)) error {
	r, err := read(t, overTimeColumns())
	if err != nil {
		return err
	}
	add := make([]func(*viewersCell, int64), len(t.Columns)) // nil: not a name
	for i, c := range t.Columns {
		if c.Unit == Text || c.Unit == Moment {
			continue
		}
		if add[i], err = into(c.Name); err != nil {
			return err
		}
	}
	for _, row := range r.ownRows() {
		var cell *viewersCell
		for i, value := range row {
			if add[i] == nil || value.Num == 0 {
				continue // what did not happen needs no cell
			}
			if cell == nil {
				if cell, err = v.place(r, row); err != nil {
					return err
				}
			}
			add[i](cell, int64(value.Num))
		}
	}
	return nil
}

func (v *viewers) absorbBytes(t *Table) error {
	r, err := read(t, locationColumns())
	if err != nil {
		return err
	}
	start, _, ok := t.Covered()
	if !ok {
		start = time.Unix(0, 0)
	}
	for _, row := range r.ownRows() {
		n, err := v.locationOf(r.text(row, "LocationCode"))
		if err != nil {
			return err
		}
		d, err := r.distribution(v.o, row)
		if err != nil {
			return err
		}
		if d == results.NoDistribution && r.text(row, "DistributionID") == all {
			v.bytes[n] += r.count(row, "TotalBytes")
			continue
		}
		v.at(bucket{d, floorDiv(start.UnixNano(), v.grain)}).locations.at(n).bytes += r.count(row, "TotalBytes")
	}
	return nil
}
