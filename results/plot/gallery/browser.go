package main

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"edgesim/results"
)

// shot is a picture of the page.
type shot struct {
	file, title string
	tab         string // which is shown
	scheme      string // "light" or "dark"
	wide, high  int64  // of the window, in CSS pixels
}

var shots = []shot{
	{"page_overview.png", "The run at a glance", "overview", "light", 1280, 1100},
	{"page_cache_statistics_dark.png", "Cache statistics, dark", "cache_statistics", "dark", 1280, 1100},
	{"page_popular_objects.png", "Popular objects", "popular_objects", "light", 1280, 800},
	{"page_viewers_dark.png", "Viewers, dark", "viewers", "dark", 1280, 900},
	{"page_narrow.png", "Cache statistics on a telephone", "cache_statistics", "light", 400, 860},
}

// patience bounds one picture.
const patience = 30 * time.Second

// photograph takes the pictures of the run's page, all of them or none.
func photograph(run, folder string) error {
	browser, err := chromium()
	if err != nil {
		return err
	}
	page, err := filepath.Abs(filepath.Join(run, results.IndexFile))
	if err != nil {
		return err
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(browser))
	if os.Geteuid() == 0 {
		options = append(options, chromedp.NoSandbox)
	}
	ctx, stop := chromedp.NewExecAllocator(context.Background(), options...)
	defer stop()
	ctx, leave := chromedp.NewContext(ctx)
	defer leave()
	if err := chromedp.Do(ctx, chromedp.Navigate("about:blank")); err != nil {
		return fmt.Errorf("starting %s: %w", browser, err)
	}
	pictures := make([][]byte, len(shots))
	for i, s := range shots {
		if pictures[i], err = s.take(ctx, (&url.URL{Scheme: "file", Path: page}).String()); err != nil {
			return fmt.Errorf("%s: %w", s.file, err)
		}
	}
	for i, s := range shots {
		if err := write(filepath.Join(folder, s.file), pictures[i]); err != nil {
			return err
		}
	}
	return nil
}

func chromium() (string, error) {
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	return "", errors.New("there is no Chromium here")
}

func (s shot) take(ctx context.Context, page string) ([]byte, error) {
	ctx, leave := chromedp.NewContext(ctx) // a tab of its own
	defer leave()
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	scheme := chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error {
		_, err := chromedp.Call(ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
			Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: s.scheme}},
		})
		return err
	})
	show := fmt.Sprintf("(() => { document.querySelector('#tab-%s').click(); window.scrollTo(0, 0); })()", s.tab)
	shown := fmt.Sprintf("!document.getElementById('%s').hidden", s.tab)
	err := chromedp.Do(ctx, chromedp.EmulateViewport(s.wide, s.high), scheme, chromedp.Navigate(page),
		chromedp.Evaluate[chromedp.Void](show), chromedp.Poll[chromedp.Void]("Boolean("+shown+")"),
		chromedp.Evaluate[chromedp.Void]("document.activeElement.blur()"))
	if err != nil {
		return nil, err
	}
	return chromedp.Run(ctx, chromedp.CaptureScreenshot())
}
