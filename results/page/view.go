package page

import (
	"html/template"
	"image/color"
	"slices"
	"strings"

	"edgesim/results"
	"edgesim/results/plot"
)

// view is a Page in the shape the template wants.
type view struct {
	Page
	Style      template.CSS
	Script     template.JS
	ScriptHash string
	Warnings   []string
	FirstByte  []answer
	Drawn      []drawing
	Grids      []grid
}

// answer is the first byte of one result type.
type answer struct {
	Name  string
	Class string // its colour's class
	Share float64
	TTFB  results.Figures
}

// drawing is a plot that follows the page's colours.
type drawing struct {
	Plot
	Inline template.HTML
}

// colors are the plots' colours and the page's in their place, which turn with
// light and dark.
var colors = []struct {
	plot color.RGBA
	page string // name of the style sheet's variable
}{
	{plot.Paper, "--card"},
	{plot.Ink, "--ink"},
	{plot.Soft, "--soft"},
	{plot.Grid, "--grid"},
	{plot.Shade, "--shade"},
	{plot.Blue, "--blue"},
	{plot.Sky, "--sky"},
	{plot.Vermillion, "--vermillion"},
	{plot.Purple, "--purple"},
	{plot.Green, "--green"},
	{plot.Orange, "--orange"},
	{plot.Gray, "--gray"},
}

// follow puts the page's variable in the place of every colour of the plots.
func follow() *strings.Replacer {
	var pairs []string
	for _, c := range colors {
		pairs = append(pairs, ":"+plot.Hex(c.plot), ":var("+c.page+")")
	}
	return strings.NewReplacer(pairs...)
}

// drawn puts the page's colours into the plots.
func drawn(plots []Plot) []drawing {
	colors := follow()
	all := make([]drawing, len(plots))
	for i, p := range plots {
		all[i] = drawing{Plot: p, Inline: template.HTML(colors.Replace(string(p.SVG)))}
	}
	return all
}

// shown are the result types in the order in which people look for them.
var shown = []results.Result{results.Hit, results.RefreshHit, results.Miss, results.Error,
	results.Redirect, results.LimitExceeded, results.CapacityExceeded, results.LambdaExecutionError,
	results.NoResult}

// firstByte lists the result types that viewers got a first byte of.
func firstByte(s *results.Summary) []answer {
	var all []answer
	for _, r := range shown {
		f, ok := s.ByResult[r.Label()]
		if ok && f.Latency.TTFB.Count > 0 {
			all = append(all, answer{Name: r.Label(), Class: "is-" + r.Label(), Share: f.Share, TTFB: f.Latency.TTFB})
		}
	}
	if len(all) > 1 {
		all = append(all, answer{Name: "All", Class: "is-all", Share: 1, TTFB: s.Latency.TTFB})
	}
	return all
}

// colorRules give every result type its colour from the plots.
func colorRules() string {
	var b strings.Builder
	for _, r := range shown {
		b.WriteString(".is-" + r.Label() + "{--key:" + plot.Hex(plot.ResultColor(r)) + "}\n")
	}
	return follow().Replace(b.String())
}

// warnings are those of manifest and summary, each once.
func warnings(p Page) []string {
	var all []string
	for _, w := range slices.Concat(p.Summary.Warnings, p.Manifest.Warnings) {
		if !slices.Contains(all, w) {
			all = append(all, w)
		}
	}
	return all
}
