// Gallery makes a folder of pictures of a run, with a README that shows them:
// every plot as an SVG, and the run's page in a browser, light and dark, wide and
// narrow.
//
//	go run ./results/plot/gallery RUN docs/gallery
//
// Without a Chromium it leaves the pictures of the page as they are, and says so.
package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"edgesim/results"
	"edgesim/results/plot"
)

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "gallery: right is: gallery RUN FOLDER")
		os.Exit(2)
	}
	if err := gallery(os.Args[1], os.Args[2], os.Stderr); err != nil {
		fmt.Fprintln(os.Stderr, "gallery:", err)
		os.Exit(1)
	}
}

func gallery(run, folder string, stderr io.Writer) error {
	m, err := results.ReadManifest(run)
	if err != nil {
		return err
	}
	figs, err := figures(run)
	if err != nil {
		return err
	}
	if err := clear(folder); err != nil {
		return err
	}
	for _, f := range figs {
		var out bytes.Buffer
		if err := plot.Render(&out, f, "svg", plot.Slide()); err != nil {
			return err
		}
		if err := write(filepath.Join(folder, f.Name+".svg"), out.Bytes()); err != nil {
			return err
		}
	}
	if err := photograph(run, folder); err != nil {
		fmt.Fprintf(stderr, "gallery: the page's pictures are as they were: %v\n", err)
	}
	return write(filepath.Join(folder, "README.md"), readme(m, figs))
}

// figures are the run's, in the order of their names.
func figures(run string) ([]*plot.Figure, error) {
	paths, err := filepath.Glob(filepath.Join(run, results.PlotsDir, "*.json"))
	if err != nil {
		return nil, err
	}
	var figs []*plot.Figure
	for _, path := range paths {
		b, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		f := new(plot.Figure)
		if err := json.Unmarshal(b, f); err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		figs = append(figs, f)
	}
	return figs, nil
}

// clear removes the plots of an earlier run.
func clear(folder string) error {
	old, err := filepath.Glob(filepath.Join(folder, "*.svg"))
	if err != nil {
		return err
	}
	for _, path := range old {
		if err := os.Remove(path); err != nil {
			return err
		}
	}
	return nil
}

func write(path string, b []byte) error {
	return results.WriteFile(path, func(w io.Writer) error {
		_, err := w.Write(b)
		return err
	})
}

func readme(m *results.Manifest, figs []*plot.Figure) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "# Gallery\n\nWhat a run folder shows, of a run of `%s` (seed %d) by `make gallery`.\n\n## The page\n\n", m.Name, m.Seed)
	for _, s := range shots {
		fmt.Fprintf(&b, "### %s\n\n![%s](%s)\n\n", s.title, s.title, s.file)
	}
	fmt.Fprint(&b, "## The plots\n\nEach is a file of the run folder's `plots`, as SVG and as JSON; `edgesim plot` draws\nthem as PNG and PDF for slides and paper, too.\n\n")
	for _, f := range figs {
		if f.Lack == "" {
			fmt.Fprintf(&b, "### %s\n\n%s\n\n![%s](%s.svg)\n\n", f.Title, wrapped(f.About), f.Title, f.Name)
		}
	}
	return b.Bytes()
}

// wrapped is a paragraph in lines of about 80 columns.
func wrapped(text string) string {
	var b strings.Builder
	wide := 0
	for _, word := range strings.Fields(text) {
		switch {
		case wide == 0:
		case wide+1+len(word) > 84:
			b.WriteByte('\n')
			wide = 0
		default:
			b.WriteByte(' ')
			wide++
		}
		b.WriteString(word)
		wide += len(word)
	}
	return b.String()
}
