package report

import (
	"cmp"
	"fmt"
	"slices"

	"edgesim/results/agent"
)

// namedGroups is how many browsers or systems are listed by name; the rest are one
// more, Other. So CloudFront's top ten are nine and Other.
const namedGroups = 9

// ranking is the browsers, or the systems, of a scope.
type ranking struct {
	names []string // of the columns: the first by name, and Other
	total []int64  // requests, by column
	place []int    // column by agent.Class; -1 is in none
}

// rankingOf ranks what name says of the classes. Special groups (bots, unknown,
// none) are ranked as all others; Other never is, and comes last.
func (v *viewers) rankingOf(whole *viewersCell, name func(agent.Agent) string) *ranking {
	byName := map[string]int64{}
	names := make([]string, v.agents.Classes())
	for n := range names {
		names[n] = groupName(name(v.agents.Agent(agent.Class(n))))
	}
	whole.classes.each(func(n uint32, requests *int64) {
		if *requests != 0 && names[n] != "" {
			byName[names[n]] += *requests
		}
	})
	g := &ranking{}
	for name := range byName {
		if name != agent.Other {
			g.names = append(g.names, name)
		}
	}
	slices.SortFunc(g.names, func(a, b string) int {
		return cmp.Or(cmp.Compare(byName[b], byName[a]), cmp.Compare(a, b))
	})
	most := cmp.Or(v.o.Most, namedGroups)
	if len(g.names) > most || byName[agent.Other] > 0 {
		g.names = append(g.names[:min(len(g.names), most)], agent.Other)
	}
	g.total = make([]int64, len(g.names))
	column := map[string]int{}
	for i, name := range g.names {
		column[name] = i
	}
	for _, name := range names {
		g.place = append(g.place, placeOfGroup(column, name))
	}
	g.count(whole, g.total)
	return g
}

func placeOfGroup(column map[string]int, name string) int {
	if name == "" {
		return -1
	}
	if at, listed := column[name]; listed {
		return at
	}
	if at, listed := column[agent.Other]; listed {
		return at
	}
	return -1 // of another scope
}

// groupName keeps a name that a viewer made up from standing for another column.
func groupName(name string) string {
	switch name {
	case "DistributionID", "FriendlyName", "TimeBucket":
		return agent.Unknown
	}
	return name
}

func (g *ranking) count(cell *viewersCell, numbers []int64) {
	cell.classes.each(func(n uint32, requests *int64) {
		if *requests != 0 && g.place[n] >= 0 {
			numbers[g.place[n]] += *requests
		}
	})
}

func (v *viewers) browsers(scope string, whole *viewersCell, over *trend) []*Table {
	g := v.rankingOf(whole, func(a agent.Agent) string { return a.Browser.String() })
	return v.groupTables(scope, g, over, groupWords{
		list: "viewers_browsers", trends: "viewers_browser_trends", title: "Browsers", one: "Browser", chart: "browser",
		reports: [2]string{"Browsers", "Browser Trends"},
	})
}

func (v *viewers) systems(scope string, whole *viewersCell, over *trend) []*Table {
	g := v.rankingOf(whole, func(a agent.Agent) string { return a.System.String() })
	return v.groupTables(scope, g, over, groupWords{
		list: "viewers_operating_systems", trends: "viewers_operating_system_trends",
		title: "Operating systems", one: "Operating system", chart: "operating_system",
		reports: [2]string{"Operating Systems", "Operating System Trends"},
	})
}

// groupWords are what tells the tables of browsers from those of systems.
type groupWords struct {
	list, trends, title, one, chart string

	reports [2]string // as the preambles name them
}

func (v *viewers) groupTables(scope string, g *ranking, over *trend, w groupWords) []*Table {
	list := &Table{Name: w.list, Title: w.title}
	list.Columns = append(scopeColumns(Column{Name: "Group", Label: w.one, Unit: Text}), requestColumns()...)
	trends := &Table{Name: w.trends, Title: w.one + " trends"}
	list.Preamble = v.o.preamble(w.reports[0], scope, v.grouping(), [2]string{"Granularity", v.granularity()})
	trends.Preamble = v.o.preamble(w.reports[1], scope, v.grouping(), [2]string{"Granularity", v.granularity()})

	var columns []Column
	sum := sumOf(g.total)
	for i, name := range g.names {
		columns = append(columns, Column{Name: name, Unit: Count})
		list.Rows = append(list.Rows, append(v.o.scopeCells(scope), text(name), num(g.total[i]), share(g.total[i], sum)))
	}
	over.fill(trends, columns, g.count)
	list.Charts = []Chart{shareChart(w.chart+"s", w.title, "Group", namedGroups+1)}
	if len(columns) > 0 {
		trends.Charts = []Chart{trendChart(w.chart+"_trends", w.title+" over time", columns)}
	}
	if n := v.agents.Glanced(); n > 0 {
		list.Notes = append(list.Notes, fmt.Sprintf("%d User-Agents came after the budget for looking up new ones was spent: of those only the large families are told apart.", n))
	}
	return []*Table{list, trends}
}

func (v *viewers) grouping() [2]string {
	if v.o.BrowserVersions {
		return [2]string{"Grouping", "Name and version"}
	}
	return [2]string{"Grouping", "Name"}
}
