package main

import (
	"fmt"
	"text/tabwriter"

	"github.com/spf13/pflag"

	"edgesim/results"
	"edgesim/sim/scenario"
)

var scenariosCommand = command{
	name:     "scenarios",
	synopsis: "[NAME] [SCENARIO] [flags]",
	about:    "list the built-in scenarios, or print one to start from",
	long: `Without NAME it lists what is built in. With NAME it prints that scenario as
YAML; with NAME "example" it prints one that shows every key, with comments, and
with NAME "policies" CloudFront's managed policies as the keys of a file. NAME
"presets" lists the workloads that come with the program (workload.preset, and
loadgen --workload), and with a preset's name prints it with its sources: they
are syntheses of published figures, not copies of any site. NAME
"locations" lists the cities of CloudFront's edge locations; with a SCENARIO, a
file or a built-in one, its edges, whom they ask, who goes to them, and how far
that is.

Examples:
  edgesim scenarios
  edgesim scenarios quickstart > my.yaml
  edgesim scenarios example
  edgesim scenarios policies
  edgesim scenarios presets
  edgesim scenarios presets vod
  edgesim scenarios locations
  edgesim scenarios locations world --set network.matrix=aws-2017
`,
	prepare: func(f *pflag.FlagSet) action {
		asJSON := f.Bool("json", false, "print the list as JSON")
		sets := f.StringArray("set", nil, "with locations and a scenario, `key=value`: change a setting of it; may be repeated")
		return func(e *env, args []string) error {
			switch {
			case len(args) == 2 && args[0] == "locations":
				return listDistances(e, args[1], *sets, *asJSON)
			case len(args) == 2 && args[0] == "presets":
				return printPreset(e, args[1])
			case len(args) > 1:
				return usagef("%d names given; right is one at the most", len(args))
			case len(*sets) > 0:
				return usagef("--set: there is nothing to set without locations and a scenario")
			case len(args) == 1 && args[0] == "locations":
				return listLocations(e, *asJSON)
			case len(args) == 1 && *asJSON:
				return usagef("--json: a scenario is YAML; right is without it, or without %s", args[0])
			case len(args) == 1 && args[0] == "presets":
				return listPresets(e, *asJSON)
			case len(args) == 1:
				return printScenario(e, args[0])
			}
			return listScenarios(e, *asJSON)
		}
	},
}

func printScenario(e *env, name string) error {
	if name == "policies" {
		_, err := fmt.Fprint(e.stdout, scenario.ManagedText())
		return err
	}
	text, err := scenario.BuiltinText(name)
	if err != nil {
		return usageError{err}
	}
	_, err = fmt.Fprint(e.stdout, text)
	return err
}

// named is a line of a list.
type named struct {
	Name  string `json:"name"`
	About string `json:"about"`
}

func listScenarios(e *env, asJSON bool) error {
	var rows []named
	for _, b := range scenario.Builtins() {
		rows = append(rows, named{b.Name, b.About})
	}
	return printNamed(e, rows, asJSON)
}

func listPresets(e *env, asJSON bool) error {
	var rows []named
	for _, p := range scenario.Presets() {
		rows = append(rows, named{p.Name, p.About})
	}
	return printNamed(e, rows, asJSON)
}

func printPreset(e *env, name string) error {
	text, err := scenario.PresetText(name)
	if err != nil {
		return usageError{err}
	}
	_, err = fmt.Fprint(e.stdout, text)
	return err
}

func printNamed(e *env, rows []named, asJSON bool) error {
	if asJSON {
		return printJSON(e.stdout, rows)
	}
	w := tabwriter.NewWriter(e.stdout, 0, 0, 2, ' ', 0)
	for _, r := range rows {
		fmt.Fprintf(w, "%s\t%s\n", r.Name, r.About)
	}
	return w.Flush()
}

var versionCommand = command{
	name:     "version",
	synopsis: "[flags]",
	about:    "print the version",
	long:     "Prints version, commit and Go version.\n\nExample:\n  edgesim version --json\n",
	prepare: func(f *pflag.FlagSet) action {
		asJSON := f.Bool("json", false, "print as JSON")
		return func(e *env, args []string) error {
			if len(args) > 0 {
				return usagef("%q: right is `edgesim version` alone", args[0])
			}
			p := results.ThisProgram("edgesim")
			if *asJSON {
				return printJSON(e.stdout, p)
			}
			_, err := fmt.Fprintf(e.stdout, "edgesim %s %s %s\n", p.Version, p.Commit, p.Go)
			return err
		}
	},
}
