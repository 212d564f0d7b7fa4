// Package edgesim holds the tests of the house itself: its floors, what may
// not be called where, and that its papers say what it does.
package edgesim

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// floors is the house: every package and the floor it stands on. A package may
// import its own floor and those below.
var floors = map[string]int{
	"edge/policy": 0, "edge/arena": 0, "results": 0, "results/agent": 0, "results/price": 0, "sim/unit": 0, "sim/nearest": 0,
	"results/places": 0,
	"results/sketch": 0, "results/pages": 0,

	"edge/cache": 1, "edge/wire": 1, "edge/rfc9111": 1, "edge/behavior": 1, "edge/certificate": 1,
	"results/logs": 1, "results/logs/logtest": 1,
	"workloads": 1, "sim/origin": 1,
	"sim/analytic": 1, "sim/foresight": 1, "sim/network": 1, "results/compare": 1, "results/recording": 1, "sim/objective": 1,
	"results/accesslog": 1, "results/geo": 1, "results/prometheus": 1, "results/report": 1, "results/plot": 1,

	"workloads/trace": 2, "workloads/trace/stat": 2, "workloads/replay": 2, "workloads/fit": 2, "sim/scenario": 2, "results/page": 2, "results/folder": 2, "results/store": 2,

	"edge": 3, "workloads/player": 3, "sim/origin/live": 3,

	"sim/virtual": 3, "sim/curve": 3,

	"sim/live": 4, "sim/fleet": 4, "sim/pieces": 4, "sim/load": 4, "sim/plan": 4, "sim/sweep": 4, "sim/validate": 4,

	"cmd/edgesim": 5, "cmd/loadgen": 5,
	"edge/peers": 5, "workloads/player/beside": 5, "results/logs/beside": 5, "sim/curve/beside": 5, "sim/fleet/beside": 5, "results/plot/gallery": 5,
}

// withClock are the packages that live in real time and may ask for it, and for
// chance.
var withClock = []string{"edge", "sim/origin/live", "workloads/player", "sim/live", "sim/validate", "sim/fleet", "sim/load", "cmd/edgesim", "cmd/loadgen", "edge/peers", "workloads/player/beside", "results/logs/beside", "sim/curve/beside", "sim/fleet/beside"}

// withHTTP are the packages that may import fasthttp.
var withHTTP = withClock

// never lists arrows that no floor forbids and the house still does not want.
var never = []struct{ from, to, why string }{
	{"edge", "sim", "an edge knows HTTP, not experiments"},
	{"edge", "workloads", "an edge knows HTTP, not experiments"},
	{"results", "edge", "results import nothing of the house"},
	{"results", "sim", "results import nothing of the house"},
	{"results", "workloads", "results import nothing of the house"},
}

const module = "edgesim/"

func TestFloors(t *testing.T) {
	for _, f := range sources(t) {
		floor, known := floors[f.pkg]
		if !known {
			t.Errorf("%s: package %s stands on no floor: give it one in tidy_test.go", f.path, f.pkg)
			continue
		}
		for _, imp := range f.imports() {
			to, ours := strings.CutPrefix(imp, module)
			if !ours {
				continue
			}
			if floors[to] > floor {
				t.Errorf("%s imports %s: an arrow from floor %d up to floor %d", f.path, to, floor, floors[to])
			}
			if strings.HasPrefix(to, "cmd/") {
				t.Errorf("%s imports %s: nothing imports a command", f.path, to)
			}
			for _, n := range never {
				if under(f.pkg, n.from) && under(to, n.to) {
					t.Errorf("%s imports %s: %s", f.path, to, n.why)
				}
			}
		}
	}
}

func TestFasthttpStaysWhereItBelongs(t *testing.T) {
	for _, f := range sources(t) {
		for _, imp := range f.imports() {
			if strings.HasPrefix(imp, "github.com/valyala/fasthttp") && !slices.Contains(withHTTP, f.pkg) {
				t.Errorf("%s imports %s: only %s may", f.path, imp, strings.Join(withHTTP, ", "))
			}
		}
	}
}

// banned are the calls that bring in time and chance by another way than the
// door.
var banned = map[string][]string{
	"time":         {"Now", "Sleep", "After", "AfterFunc", "Since", "Until", "Tick", "NewTimer", "NewTicker"},
	"math/rand":    nil, // everything
	"math/rand/v2": {"Int", "IntN", "Int32", "Int32N", "Int64", "Int64N", "Uint32", "Uint32N", "Uint64", "Uint64N", "UintN", "Uint", "N", "Float32", "Float64", "NormFloat64", "ExpFloat64", "Perm", "Shuffle"},
}

func TestTimeAndChanceComeThroughTheDoor(t *testing.T) {
	for _, f := range sources(t) {
		atTheTop := slices.Contains(withClock, f.pkg)
		names := f.importNames()
		ast.Inspect(f.file, func(n ast.Node) bool {
			sel, ok := n.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			id, ok := sel.X.(*ast.Ident)
			if !ok || id.Obj != nil {
				return true
			}
			path := names[id.Name]
			calls, watched := banned[path]
			if !watched || atTheTop {
				return true
			}
			if calls == nil || slices.Contains(calls, sel.Sel.Name) {
				t.Errorf("%s: %s.%s: time and chance come in through the door", f.set.Position(sel.Pos()), path, sel.Sel.Name)
			}
			return true
		})
	}
}

// TestRooms holds files to a size at which they can be read in one go.
func TestRooms(t *testing.T) {
	for _, f := range sources(t) {
		if n := bytes.Count(f.text, []byte{'\n'}); n > 400 {
			t.Errorf("%s has %d lines: over 400, a room wants a wall", f.path, n)
		}
	}
}

// TestEveryPackageSaysWhatItKnows wants a package comment everywhere.
func TestEveryPackageSaysWhatItKnows(t *testing.T) {
	said := map[string]bool{}
	for _, f := range sources(t) {
		said[f.pkg] = said[f.pkg] || f.file.Doc != nil
	}
	for pkg, ok := range said {
		if !ok {
			t.Errorf("%s has no package comment", pkg)
		}
	}
}

type source struct {
	path, pkg string
	text      []byte
	set       *token.FileSet
	file      *ast.File
}

// sources are the module's Go files, tests left out.
func sources(t *testing.T) []source {
	t.Helper()
	var all []source
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && path != "." && (strings.HasPrefix(d.Name(), ".") || d.Name() == "tools" || d.Name() == "testdata" || d.Name() == "runs" || d.Name() == "bin") {
			return filepath.SkipDir
		}
		if d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return nil
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		set := token.NewFileSet()
		file, err := parser.ParseFile(set, path, text, parser.ParseComments)
		if err != nil {
			return err
		}
		all = append(all, source{path, filepath.ToSlash(filepath.Dir(path)), text, set, file})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(all) == 0 {
		t.Fatal("no Go files found")
	}
	return all
}

func (f *source) imports() []string {
	var paths []string
	for _, imp := range f.file.Imports {
		path, _ := strconv.Unquote(imp.Path.Value)
		paths = append(paths, path)
	}
	return paths
}

// importNames maps the names in the file to the paths behind them.
func (f *source) importNames() map[string]string {
	names := map[string]string{}
	for _, imp := range f.file.Imports {
		path, _ := strconv.Unquote(imp.Path.Value)
		name := path[strings.LastIndex(path, "/")+1:]
		if name == "v2" {
			name = "rand"
		}
		if imp.Name != nil {
			name = imp.Name.Name
		}
		names[name] = path
	}
	return names
}

func under(pkg, top string) bool { return pkg == top || strings.HasPrefix(pkg, top+"/") }
