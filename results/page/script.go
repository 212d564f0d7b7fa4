package page

import (
	"embed"
	"fmt"
	"regexp"
	"strings"
	"sync"
)

// The page's script is written as modules, so that each can be read, checked and
// tested by itself, and stands in the page as one: a page opened from disk may
// not load others.
//
//go:embed script/*.js
var modules embed.FS

// inOrder are the modules, each after those that it imports.
var inOrder = []string{"dom", "number", "time", "data", "buckets", "figure", "scale", "chart", "bars",
	"hover", "card", "table", "view", "controls", "panel", "tabs", "live", "page"}

// script is bundled when the first page is made: most commands make none.
var script = sync.OnceValue(bundle)

var (
	importPattern = regexp.MustCompile(`(?m)^import (?:\{[^}]*\} from )?"\./[a-z]+\.js";\n`)
	exportPattern = regexp.MustCompile(`(?m)^export (const|let|function|async function|function\*|class) `)
)

// bundle is the modules one after the other, without what ties them together.
// Their top-level names differ; a test holds them to it.
func bundle() string {
	var b strings.Builder
	for _, name := range inOrder {
		source, err := modules.ReadFile("script/" + name + ".js")
		if err != nil {
			panic("page: " + err.Error())
		}
		text := importPattern.ReplaceAllString(string(source), "")
		fmt.Fprintf(&b, "// %s.js\n%s\n", name, exportPattern.ReplaceAllString(text, "$1 "))
	}
	return b.String()
}
