package page

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// browser is one Chromium for all tests of the page; nil where there is none.
type browser struct {
	ctx context.Context
}

// patience bounds one test in the browser.
const patience = 60 * time.Second

func openBrowser(t *testing.T) *browser {
	t.Helper()
	path := ""
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if found, err := exec.LookPath(name); err == nil {
			path = found
			break
		}
	}
	if path == "" {
		t.Skip("no Chromium here: apt-get install chromium")
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.WindowSize(1280, 900),
		chromedp.Flag("force-prefers-reduced-motion", true))
	if os.Geteuid() == 0 {
		options = append(options, chromedp.NoSandbox)
	}
	alloc, cancel := chromedp.NewExecAllocator(context.Background(), options...)
	t.Cleanup(cancel)
	ctx, stop := chromedp.NewContext(alloc)
	t.Cleanup(stop)
	if err := chromedp.Do(ctx, chromedp.Navigate("about:blank")); err != nil {
		t.Fatalf("starting %s: %v", path, err)
	}
	return &browser{ctx: ctx}
}

// sheet is a page open in the browser, and what it did that it should not.
type sheet struct {
	t   *testing.T
	ctx context.Context

	mu       sync.Mutex
	requests []string
	troubles []string
}

// open opens a URL in a tab of its own. Whatever the console says ill, and every
// request but that for the page itself, fails the test.
func (b *browser) open(t *testing.T, url string, before ...step) *sheet {
	t.Helper()
	ctx, cancel := chromedp.NewContext(b.ctx)
	t.Cleanup(cancel)
	s := &sheet{t: t, ctx: ctx}
	if err := chromedp.Listen(ctx, s.heard); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithTimeout(ctx, patience)
	t.Cleanup(stop)
	s.ctx = ctx
	s.run(command(network.Enable, network.EnableParams{}), command(runtime.Enable, cdp.Empty{}), command(log.Enable, cdp.Empty{}), screen(1280, 900))
	s.run(before...)
	s.run(chromedp.Navigate(url))
	t.Cleanup(func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		for _, r := range s.requests {
			if r != url && !strings.HasSuffix(r, "/events") {
				t.Errorf("the page asked for %s", r)
			}
		}
		for _, trouble := range s.troubles {
			t.Errorf("the console says %s", trouble)
		}
	})
	return s
}

type step = chromedp.Action[chromedp.Void]

// command is a command of the browser's protocol as a step.
func command[P, R any](c cdp.Command[P, R], params P) step {
	return chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, c, params)
		return err
	})
}

func screen(width, height int64) step {
	return command(emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{Width: width, Height: height, DeviceScaleFactor: 1})
}

func (s *sheet) heard(event any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch e := event.(type) {
	case *network.EventRequestWillBeSent:
		s.requests = append(s.requests, e.Request.URL)
	case *runtime.EventExceptionThrown:
		s.troubles = append(s.troubles, e.ExceptionDetails.Text)
		if e.ExceptionDetails.Exception != nil {
			s.troubles = append(s.troubles, e.ExceptionDetails.Exception.Description)
		}
	case *runtime.EventConsoleAPICalled:
		if e.Type == runtime.ConsoleAPICalledTypeError || e.Type == runtime.ConsoleAPICalledTypeWarning {
			s.troubles = append(s.troubles, string(e.Type))
		}
	case *log.EventEntryAdded:
		s.troubles = append(s.troubles, e.Entry.Text)
	}
}

func (s *sheet) run(steps ...step) {
	s.t.Helper()
	if err := chromedp.Do(s.ctx, steps...); err != nil {
		s.t.Fatal(err)
	}
}

// get is the value of an expression of the page.
func get[T any](s *sheet, expression string) T {
	s.t.Helper()
	v, err := chromedp.Run(s.ctx, chromedp.Evaluate[T](expression))
	if err != nil {
		s.t.Fatalf("%s: %v", expression, err)
	}
	return v
}

// wait waits until an expression is true.
func (s *sheet) wait(expression string) {
	s.t.Helper()
	err := chromedp.Do(s.ctx, chromedp.Poll[chromedp.Void]("Boolean("+expression+")",
		chromedp.WithPollingInterval(15*time.Millisecond), chromedp.WithPollingTimeout(20*time.Second)))
	if err != nil {
		s.t.Fatalf("waiting for %s: %v", expression, err)
	}
}

// do runs a statement.
func (s *sheet) do(statement string) {
	s.t.Helper()
	if err := chromedp.Do(s.ctx, chromedp.Evaluate[chromedp.Void]("(() => {"+statement+"})()")); err != nil {
		s.t.Fatalf("%s: %v", statement, err)
	}
}

// tab shows a tab and waits for it.
func (s *sheet) tab(name string) {
	s.t.Helper()
	s.do(`document.querySelector('#tab-` + name + `').click()`)
	s.wait(`!document.getElementById('` + name + `').hidden`)
}

// choose picks an option as a reader does.
func (s *sheet) choose(label, value string) {
	s.t.Helper()
	s.do(`const box = document.querySelector('#page-controls select[aria-label="` + label + `"], #page-tools select[aria-label="` + label + `"]');
		box.value = '` + value + `'; box.dispatchEvent(new Event('change', { bubbles: true }));`)
}

// press presses a key where the focus is.
func (s *sheet) press(keys string) {
	s.t.Helper()
	s.run(chromedp.KeyEvent(keys))
}

// fileURL writes the page and returns where it is.
func fileURL(t *testing.T, p Page) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "index.html")
	writePage(t, path, p)
	return "file://" + path
}
