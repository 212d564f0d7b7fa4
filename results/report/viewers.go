package report

import (
	"fmt"
	"slices"

	"edgesim/results"
	"edgesim/results/agent"
)

func init() {
	register(Kind{
		Name:  "viewers",
		Title: "Viewers",
		About: "Who asked: devices, browsers and operating systems by their User-Agent, locations by where the address is; over the range and over time.",
		Group: CloudFront, Place: 5,
		Tables: []string{
			"viewers_devices", "viewers_device_trends", "viewers_browsers", "viewers_browser_trends",
			"viewers_operating_systems", "viewers_operating_system_trends", "viewers_locations", "viewers_location_trends",
		},
		New: func(o Options) Report { return newViewers(o) },
	})
}

// viewers counts by what the User-Agent says (its class: device, browser and
// system in one number) and by location.
type viewers struct {
	cells[viewersCell]
	agents   *agent.Cache
	location func(*results.Record) (uint32, bool)

	bytes map[uint32]int64 // to locations, of all distributions together, where a table did not tell them apart
}

// viewersCell is what a bucket of a distribution knows.
type viewersCell struct {
	classes   paged[int64] // requests by agent.Class
	locations paged[atLocation]
}

// atLocation is what viewers at a location got.
type atLocation struct{ requests, bytes int64 }

func (c *viewersCell) merge(o *viewersCell) {
	o.classes.each(func(n uint32, requests *int64) {
		if *requests != 0 {
			*c.classes.at(n) += *requests
		}
	})
	o.locations.each(func(n uint32, t *atLocation) {
		if *t != (atLocation{}) {
			into := c.locations.at(n)
			into.requests += t.requests
			into.bytes += t.bytes
		}
	})
}

func newViewers(o Options) *viewers {
	v := &viewers{
		cells:    newCells(o, (*viewersCell).merge),
		agents:   agent.NewCache(o.Names.Strings, o.BrowserVersions),
		location: countryOf,
		bytes:    map[uint32]int64{},
	}
	if o.States {
		v.location = stateOf
	}
	return v
}

func (v *viewers) Add(recs []results.Record) {
	for i := range recs {
		r := &recs[i]
		cell := v.cellOf(r)
		*cell.classes.at(uint32(v.agents.Of(r.Agent)))++
		if n, covered := v.location(r); covered {
			t := cell.locations.at(n)
			t.requests++
			t.bytes += r.BytesOut
		}
	}
}

// Tables are four pairs: a list over the range, and its columns over time.
func (v *viewers) Tables(distribution string) []*Table {
	scope := v.o.scope(distribution)
	whole, trend := v.whole(scope), v.trendOf(scope)
	if scope == "" {
		for n, bytes := range v.bytes {
			whole.locations.at(n).bytes += bytes
		}
	}
	tables := v.devices(scope, whole, trend)
	tables = append(tables, v.browsers(scope, whole, trend)...)
	tables = append(tables, v.systems(scope, whole, trend)...)
	return append(tables, v.locationTables(scope, whole, trend)...)
}

// trend is the rows of the tables over time: the cells that they begin with, and
// what was counted in each.
type trend struct {
	heads [][]Cell
	sums  []*viewersCell
	notes []string
}

func (v *viewers) trendOf(scope string) *trend {
	t := &trend{}
	var table Table
	v.fill(&table, scope, func(_ []int, _ int64, sum *viewersCell) []Cell {
		t.sums = append(t.sums, sum)
		return nil
	})
	t.heads, t.notes = table.Rows, table.Notes
	return t
}

// fill gives a table over time its columns and rows: requests by column, as count
// finds them.
func (t *trend) fill(table *Table, columns []Column, count func(*viewersCell, []int64)) {
	table.Columns = overTimeColumns(columns...)
	table.Notes = append(table.Notes, t.notes...)
	numbers := make([]int64, len(columns))
	for i, head := range t.heads {
		clear(numbers)
		count(t.sums[i], numbers)
		row := slices.Grow(slices.Clone(head), len(numbers))
		for _, n := range numbers {
			row = append(row, num(n))
		}
		table.Rows = append(table.Rows, row)
	}
}

// devices lists the classes of devices, each of them, in CloudFront's order.
func (v *viewers) devices(scope string, whole *viewersCell, over *trend) []*Table {
	list := &Table{Name: "viewers_devices", Title: "Devices"}
	list.Columns = append(scopeColumns(Column{Name: "Device", Unit: Text}), requestColumns()...)
	trends := &Table{Name: "viewers_device_trends", Title: "Device trends"}
	grain := [2]string{"Granularity", v.granularity()}
	list.Preamble = v.o.preamble("Devices", scope, grain)
	trends.Preamble = v.o.preamble("Device Trends", scope, grain)

	var columns []Column
	for d := agent.NoDevice + 1; d < agent.Devices; d++ {
		columns = append(columns, Column{Name: d.String(), Unit: Count, Wide: d > agent.Tablet})
	}
	requests := make([]int64, len(columns))
	count := func(cell *viewersCell, numbers []int64) {
		cell.classes.each(func(n uint32, requests *int64) {
			if *requests != 0 {
				if d := v.agents.Agent(agent.Class(n)).Device; d != agent.NoDevice {
					numbers[d-1] += *requests
				}
			}
		})
	}
	count(whole, requests)
	sum := sumOf(requests)
	for i, n := range requests {
		list.Rows = append(list.Rows, append(v.o.scopeCells(scope), text(columns[i].Name), num(n), share(n, sum)))
	}
	over.fill(trends, columns, count)
	list.Charts = []Chart{shareChart("devices", "Devices", "Device", len(columns))}
	trends.Charts = []Chart{trendChart("device_trends", "Devices over time", columns)}
	return []*Table{list, trends}
}

// requests is how many the cell has.
func (v *viewers) requests(cell *viewersCell) (n int64) {
	cell.classes.each(func(class uint32, requests *int64) {
		if *requests != 0 && v.agents.Agent(agent.Class(class)).Device != agent.NoDevice {
			n += *requests
		}
	})
	return n
}

func requestColumns() []Column {
	return []Column{
		{Name: "Requests", Unit: Count},
		{Name: "RequestsPct", Label: "Share %", Unit: Percent, Merge: Apart},
	}
}

func sumOf(list []int64) (sum int64) {
	for _, n := range list {
		sum += n
	}
	return sum
}

// share is the cell of a percentage; without a whole it is 0.
func share(part, whole int64) Cell {
	if whole == 0 {
		return num(0)
	}
	return num(100 * float64(part) / float64(whole))
}

// shareChart shows a list as bars.
func shareChart(name, title, x string, most int) Chart {
	return Chart{
		Name: name, Title: title, About: "Requests of the range; the longest bar is the most frequent.",
		Form: Bars, X: x, Y: "requests", Unit: Count, Most: most,
		Series: []Series{{Label: "Requests", Columns: []string{"Requests"}, Color: "blue"}},
	}
}

// mostLines is how many lines of a chart can be told apart.
const mostLines = 8

// trendChart shows the first columns as lines.
func trendChart(name, title string, columns []Column) Chart {
	c := Chart{Name: name, Title: title, About: "Requests per time bucket.", Form: Lines, X: "TimeBucket", Y: "requests", Unit: Count}
	for _, column := range columns[:min(len(columns), mostLines)] {
		c.Series = append(c.Series, Series{Label: column.head(), Columns: []string{column.Name}})
	}
	if left := len(columns) - len(c.Series); left > 0 {
		c.About = fmt.Sprintf("Requests per time bucket, of the %d most frequent.", mostLines)
	}
	return c
}
