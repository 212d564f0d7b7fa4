package scenario

import (
	"cmp"
	"edgesim/sim/nearest"
	"embed"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

//go:embed builtin/*.yaml
var builtins embed.FS

// Example is a scenario that shows every key of the schema once, with
// comments.
//
//go:embed example.yaml
var Example string

// Builtin is a scenario that comes with the program.
type Builtin struct {
	Name  string
	About string
}

// Builtins lists the built-in scenarios by name.
func Builtins() []Builtin {
	var list []Builtin
	for _, name := range builtinNames() {
		s, err := Load(name)
		if err != nil {
			panic("scenario: a built-in scenario does not load: " + err.Error())
		}
		list = append(list, Builtin{Name: name, About: s.About})
	}
	return list
}

func builtinNames() []string {
	files, err := fs.Glob(builtins, "builtin/*.yaml")
	if err != nil {
		panic("scenario: the pattern of built-in files is malformed: " + err.Error())
	}
	for i, f := range files {
		files[i] = strings.TrimSuffix(path.Base(f), ".yaml")
	}
	return files
}

// Load reads and checks a scenario, and makes its streams once: a built-in one by its name, or a file.
// What looks like a path, with a slash or a dot in it, is a file. sets are
// assignments "key.path=value", carried out in order before anything is
// checked.
func Load(nameOrPath string, sets ...string) (*Scenario, error) {
	if info, err := os.Stat(nameOrPath); err == nil && info.IsDir() && !slices.Contains(builtinNames(), nameOrPath) {
		return nil, fmt.Errorf("scenario %s: it is a folder; right is a YAML file, or the name of a built-in one", nameOrPath)
	}
	if strings.ContainsAny(nameOrPath, `/.\`) {
		text, err := os.ReadFile(nameOrPath)
		if err != nil {
			return nil, fmt.Errorf("reading a scenario: %w", err)
		}
		return parseLoaded(nameOrPath, text, sets...)
	}
	text, err := builtins.ReadFile("builtin/" + nameOrPath + ".yaml")
	if err == nil {
		return parseLoaded(nameOrPath+".yaml", text, sets...)
	}
	text, err = os.ReadFile(nameOrPath)
	if err == nil {
		return parseLoaded(nameOrPath, text, sets...)
	}
	return nil, fmt.Errorf("no scenario %q: neither a built-in one nor a file%s", nameOrPath, nearest.DidYouMean(nameOrPath, builtinNames()))
}

// parseLoaded is Parse, and reads the files that the scenario names.
func parseLoaded(file string, text []byte, sets ...string) (*Scenario, error) {
	return loadLike(nil, nil, file, text, sets...)
}

// loadLike is parseLoaded by who may have read the files before; nil: nobody has.
func loadLike(like *Scenario, files Files, file string, text []byte, sets ...string) (*Scenario, error) {
	s, err := Parse(file, text, sets...)
	if err != nil {
		return nil, err
	}
	s.source.files = files
	if s.Replays() {
		if f := s.openReplay(like); f != nil {
			return nil, f.in(file)
		}
	}
	if s.Network.Matrix != "" {
		if _, err := s.matrix(); err != nil {
			return nil, s.source.fault(at{"network", "matrix"}, "%v", err).in(file)
		}
	}
	if like == nil {
		if err := s.tryStreams(); err != nil {
			return nil, err
		}
	}
	return s, nil
}

// Parse reads and checks the text of a scenario. file is its name in messages.
func Parse(file string, text []byte, sets ...string) (*Scenario, error) {
	s := &Scenario{}
	root, f := readInto(s, text, sets)
	if f == nil {
		s.source = &source{root: root, file: file, text: text, sets: sets}
		s.hostsOfPreset()
		s.fill(file)
		f = s.check()
	}
	if f != nil {
		return nil, f.in(file)
	}
	return s, nil
}

// ParseConfig reads and checks the text of a server's configuration.
func ParseConfig(file string, text []byte, sets ...string) (*Config, error) {
	return parseConfig(file, text, sets, nil)
}

func parseConfig(file string, text []byte, sets []string, flags []Flag) (*Config, error) {
	c := &Config{}
	root, f := readInto(c, text, sets, flags...)
	if f == nil {
		c.fill()
		f = c.check(&source{root: root})
	}
	if f != nil {
		return nil, f.in(file)
	}
	return c, nil
}

// LoadConfig reads and checks a server's configuration from a file, flags in
// place of what it has at their keys.
func LoadConfig(file string, flags ...Flag) (*Config, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("reading a configuration: %w", err)
	}
	return parseConfig(file, text, nil, flags)
}

func readInto(into any, text []byte, sets []string, flags ...Flag) (*node, *fault) {
	root, f := parseTree(text)
	if f != nil {
		return nil, f
	}
	sets, f = presetFirst(root, sets)
	if f != nil {
		return nil, f
	}
	for _, set := range sets {
		if f := assign(root, set); f != nil {
			return nil, f
		}
	}
	for _, flag := range flags {
		if f := flag.assign(root); f != nil {
			return nil, f
		}
	}
	if f := mergePreset(root); f != nil { // an assignment may have named one as part of more
		return nil, f
	}
	return root, decode(root, into)
}

// fill puts in the defaults of what was left out.
func (s *Scenario) fill(file string) {
	if s.Name == "" {
		base := filepath.Base(file)
		s.Name = strings.TrimSuffix(base, filepath.Ext(base))
	}
	if s.Seed == 0 {
		s.Seed = 1
	}
	if s.source.root.find("duration") == nil && s.Workload.Replay == nil {
		s.Duration = cmp.Or(s.Workload.Rate.Length(), defaultDuration)
	}
	s.Edge.fill()
	s.Workload.fill()
	s.Network.fill()
}
