package scenario

import (
	"edgesim/sim/nearest"
	"reflect"
	"slices"

	"edgesim/edge/behavior"
	"edgesim/workloads"
)

func (s *Scenario) checkWorkload() *fault {
	w, src := &s.Workload, s.source
	switch {
	case w.Closed && w.Rate.Rate > 0:
		return src.fault(at{"workload", "rate"}, "a closed loop has no rate: leave one of the two out")
	case !w.Closed && w.Rate.Rate <= 0 && w.Replay == nil:
		return src.fault(at{"workload", "rate"}, "missing: want a rate, as 1000/s, or closed: true")
	case w.Think > 0 && !w.Closed:
		return src.fault(at{"workload", "think"}, "an open loop has no think time, its rate says when: leave it out, or set closed: true")
	case w.Connections < 1 || w.Connections > 65535:
		return src.fault(at{"workload", "connections"}, "%d: want 1 to 65535", w.Connections)
	case w.Viewers.Count < 1 || w.Viewers.Count > 10_000_000:
		return src.fault(at{"workload", "viewers", "count"}, "%d: want 1 to 10000000", w.Viewers.Count)
	case len(w.Sections) == 0 && w.Replay == nil:
		return src.fault(at{"workload", "sections"}, "missing: want at least one section, or a replay")
	}
	if f := s.checkTimes(); f != nil {
		return f
	}
	if w.Replay != nil {
		if f := s.checkReplay(); f != nil {
			return f
		}
		return s.checkCountries()
	}
	for _, check := range []func() *fault{s.checkCountries, s.checkReferrers, s.checkAgents, s.checkStreams} {
		if f := check(); f != nil {
			return f
		}
	}
	for i := range w.Sections { // before any section becomes the catalog's
		if f := s.checkRecency(&w.Sections[i], at{"workload", "sections", i, "recency"}); f != nil {
			return f
		}
	}
	for i := range w.Sections {
		if f := s.checkSection(i); f != nil {
			return f
		}
	}
	if _, err := workloads.NewCatalog(s.CatalogConfig()); err != nil {
		return src.fault(at{"workload", "sections"}, "%v", err)
	}
	return s.checkPaths()
}

func (s *Scenario) checkSection(i int) *fault {
	section, where := &s.Workload.Sections[i], at{"workload", "sections", i}
	shared := func(other Section) bool { return other.Share > 0 }
	switch {
	case section.Name == "":
		return s.source.fault(where.then("name"), "missing: want a name for the section")
	case len(section.Hosts) == 0:
		return s.source.fault(where.then("hosts"), "missing: want at least one name of a distribution")
	case section.Share == 0 && slices.ContainsFunc(s.Workload.Sections, shared):
		return s.source.fault(where.then("share"), "missing or 0: nobody would ask for this section, while others have a share")
	}
	for j, host := range section.Hosts {
		if _, ok := s.table.Host([]byte(host)); !ok {
			return s.source.fault(where.then("hosts", j), "%q is no name of a distribution that is served%s", host, nearest.DidYouMean(host, s.hostNames()))
		}
	}
	return s.checkTypes(i, where)
}

// checkTypes asks the catalog about each type alone, then about the section
// alone, so that what it minds has a line.
func (s *Scenario) checkTypes(i int, where at) *fault {
	section := s.CatalogConfig().Sections[i]
	alone := section
	for j := range s.Workload.Sections[i].Types {
		alone.Types, alone.Objects, alone.Zipf, alone.Popularity, alone.Recency = section.Types[j:j+1], 1, 0, "", nil
		if err := tryCatalog(alone); err != nil {
			return s.source.blame(where.then("types", j), reflect.TypeFor[Type](), below(err, 2))
		}
	}
	if err := tryCatalog(section); err != nil {
		return s.source.blame(where, reflect.TypeFor[Section](), below(err, 1))
	}
	return nil
}

func tryCatalog(section workloads.Section) error {
	_, err := workloads.NewCatalog(workloads.CatalogConfig{Sections: []workloads.Section{section}})
	return err
}

func (s *Scenario) hostNames() []string {
	var names []string
	for _, d := range s.Distributions {
		names = append(append(names, d.Domain), d.Aliases...)
	}
	return names
}

// checkPaths refuses sections of different content whose paths would come to
// the same origin, which could not tell them apart.
func (s *Scenario) checkPaths() *fault {
	type landing struct{ origin, prefix, ext, host string }
	taken := map[landing]int{}
	for i := range s.Workload.Sections {
		for j, t := range s.types(i) {
			for _, host := range s.Workload.Sections[i].Hosts {
				rule := s.route(host, t.Prefix+"0"+t.Ext)
				for _, origin := range members(s.OriginGroups, rule.Origin) {
					if s.Origins[origin].URL != "" {
						continue // a real server has contents of its own
					}
					l := landing{origin, t.Prefix, t.Ext, ""}
					if rule.ForwardHost {
						l.host = host
					}
					if other, ok := taken[l]; ok && other != i {
						return s.source.fault(at{"workload", "sections", i, "types", j},
							"origin %q gets paths %s…%s from section %q too and could not tell whose it is asked for: change the prefix or ext, or give each its own origin",
							origin, t.Prefix, t.Ext, s.Workload.Sections[other].Name)
					}
					taken[l] = i
				}
			}
		}
	}
	return nil
}

// route is the behavior that a checked host and a path fall under.
func (s *Scenario) route(host, path string) *behavior.Rule {
	d := s.distributionOf(host)
	return d.Route(d.Rooted([]byte(path)))
}

func (s *Scenario) distributionOf(host string) *behavior.Compiled {
	d, ok := s.table.Host([]byte(host))
	if !ok {
		panic("scenario: host " + host + " was checked and has no distribution")
	}
	return d
}

// OriginFor is the name of the origin that a section's host and a path lead to.
func (s *Scenario) OriginFor(host, path string) string { return s.route(host, path).Origin }
