package page

import (
	"net/url"
	"time"

	"edgesim/results"
	"edgesim/results/report"
)

// Stamp puts the moment of making into every table's preamble.
func (p Page) Stamp(made time.Time) {
	for _, tab := range p.Tabs {
		for _, scope := range tab.Scopes {
			for _, t := range scope.Tables {
				t.Stamp(made)
			}
		}
	}
}

// ReportTab is the tab of one of the set's reports: of all that the set covers,
// and of each of the distributions given. A table links to its file as a run
// folder has it; query is put behind, as "?grain=day", for a server that makes the
// files.
func ReportTab(set *report.Set, k report.Kind, each []results.Distribution, query string) Tab {
	scopes := []Scope{{Distribution: "ALL", Label: "All distributions", Tables: reportTables(set, k, "", query)}}
	for _, d := range each {
		scopes = append(scopes, Scope{Distribution: d.ID, Label: d.Friendly, Tables: reportTables(set, k, d.ID, query)})
	}
	return TabOf(k, scopes...)
}

func reportTables(set *report.Set, k report.Kind, distribution, query string) []Table {
	dir := results.ReportsDir + "/"
	if distribution != "" {
		dir += url.PathEscape(distribution) + "/"
	}
	var list []Table
	for _, t := range set.Tables(k.Name, distribution) {
		list = append(list, Table{Table: t, About: k.About, Files: []Link{{Path: dir + t.Name + ".csv" + query, Label: "CSV"}}})
	}
	return list
}
