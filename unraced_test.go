package edgesim

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestWhatIsLeftOutUnderRaceIsRun: make test looks at every package with the race
// detector, and a test that leaves something out there runs again without it. A
// package has a constant for that in a file that is built with the detector; every test
// that asks it has to be among those of a line of make test without -race.
func TestWhatIsLeftOutUnderRaceIsRun(t *testing.T) {
	lines := unracedLines(t)
	files := racedFiles(t)
	if len(files) < 5 {
		t.Fatalf("only %v are built with the race detector", files)
	}
	for _, file := range files {
		dir := filepath.Dir(file)
		for _, name := range testsThatAsk(t, file) {
			if !slices.ContainsFunc(lines, func(l unraced) bool { return l.runs(dir, name) }) {
				t.Errorf("%s of %s leaves something out under the race detector, and no line of make test runs it without", name, dir)
			}
		}
	}
}

// racedFiles are the test files that are built with the race detector alone.
func racedFiles(t *testing.T) (list []string) {
	t.Helper()
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, "_test.go") {
			return err
		}
		text, err := os.ReadFile(path)
		if strings.HasPrefix(string(text), "//go:build race\n") {
			list = append(list, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// unraced is a line of make test without the race detector.
type unraced struct {
	dirs []string
	run  *regexp.Regexp // nil: all
}

func (l unraced) runs(dir, name string) bool {
	return slices.Contains(l.dirs, dir) && (l.run == nil || l.run.MatchString(name))
}

func unracedLines(t *testing.T) (list []unraced) {
	t.Helper()
	text, err := os.ReadFile("Makefile")
	if err != nil {
		t.Fatal(err)
	}
	_, recipe, _ := strings.Cut(strings.ReplaceAll(string(text), "\\\n", " "), "\ntest:")
	recipe, _, _ = strings.Cut(recipe, "\n\n")
	for line := range strings.Lines(recipe) {
		if !strings.Contains(line, "$(GO) test ") || strings.Contains(line, "$(RACE)") {
			continue
		}
		var l unraced
		words := strings.Fields(line)
		for i, w := range words {
			switch {
			case w == "-run":
				l.run = regexp.MustCompile(strings.Trim(words[i+1], "'"))
			case strings.HasPrefix(w, "./"):
				l.dirs = append(l.dirs, strings.TrimPrefix(w, "./"))
			}
		}
		list = append(list, l)
	}
	return list
}

// testsThatAsk are the tests beside a raced file that ask its constant, themselves or
// through functions of theirs.
func testsThatAsk(t *testing.T, raced string) (names []string) {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(filepath.Dir(raced), "*_test.go"))
	if err != nil {
		t.Fatal(err)
	}
	uses := map[string][]string{} // by function: the names that it has in it
	constant := ""
	for _, path := range paths {
		f, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range f.Decls {
			switch d := d.(type) {
			case *ast.FuncDecl:
				uses[d.Name.Name] = namesIn(d)
			case *ast.GenDecl:
				for _, s := range d.Specs {
					if v, ok := s.(*ast.ValueSpec); ok && path == raced {
						constant = v.Names[0].Name
					} else if ok {
						uses[v.Names[0].Name] = namesIn(v)
					}
				}
			}
		}
	}
	for name := range uses {
		if strings.HasPrefix(name, "Test") && reaches(uses, name, constant, map[string]bool{}) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	if constant == "" || len(names) == 0 {
		t.Errorf("%s: its constant %q is asked by %d tests", raced, constant, len(names))
	}
	return names
}

func namesIn(n ast.Node) (names []string) {
	ast.Inspect(n, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok {
			names = append(names, id.Name)
		}
		return true
	})
	return names
}

func reaches(uses map[string][]string, from, to string, seen map[string]bool) bool {
	if seen[from] {
		return false
	}
	seen[from] = true
	for _, name := range uses[from] {
		if name == to || uses[name] != nil && reaches(uses, name, to, seen) {
			return true
		}
	}
	return false
}
