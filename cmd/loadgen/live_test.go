package main

import (
	"bytes"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"edgesim/results"
	"edgesim/workloads/player"
)

// shownOf is a job in the middle of its run.
func shownOf(t *testing.T) *job {
	addr, _ := server(t, func([]byte) {})
	o, err := parse([]string{addr, "--duration", "60s", "--metrics", "127.0.0.1:0"}, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	s, err := open(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	s.Gauge.Add([]results.Record{
		{TTFB: 2e6, Total: 3e6, Status: 200, Response: results.Hit},
		{TTFB: 1e6, Total: 5e9, Status: 200, Response: results.Miss},
	})
	return s
}

func TestLiveViewRedrawsInPlace(t *testing.T) {
	s := shownOf(t)
	var out bytes.Buffer
	v := &liveView{w: &out, terminal: true}
	v.show(s)
	first := out.Len()
	v.show(s)
	if again := out.String()[first:]; !strings.HasPrefix(again, "\x1b[5A\r\x1b[K") {
		t.Errorf("the second drawing begins with %q; right is five lines up", again[:10])
	}
	if now := out.String()[:first]; !strings.Contains(now, "50.0%") || !strings.Contains(now, "2.00") {
		t.Errorf("it shows\n%s\nright is a hit ratio of 50.0%% and a first byte of 2.00 ms", now)
	}
	v.clear()
	if !strings.HasSuffix(out.String(), "\x1b[5A\r\x1b[J") {
		t.Error("the lines are not taken off at the end")
	}
	huge := player.Progress{Sent: 1 << 60, Done: 1 << 60, InFlight: 1 << 40, Errors: 1 << 60, Elapsed: 100 * time.Hour}
	now := s.Gauge.Look()
	for _, line := range liveLines(s, huge, player.Progress{}, &now) {
		if n := len([]rune(fitLine(line))); n >= columns {
			t.Errorf("%d columns: %s", n, line)
		}
	}
}

func TestPlainLinesWhereThereIsNoTerminal(t *testing.T) {
	s := shownOf(t)
	var out bytes.Buffer
	v := &liveView{w: &out}
	v.show(s)
	v.clear()
	if text := out.String(); strings.Count(text, "\n") != 1 || strings.Contains(text, "\x1b") || !strings.Contains(text, "hit 50.0%") {
		t.Errorf("it says %q; right is one plain line", text)
	}
}

func TestMetricsWantAnAddress(t *testing.T) {
	var out, errs bytes.Buffer
	if code := run([]string{"a", "--metrics", "nowhere"}, &out, &errs); code != exitUsage || !strings.Contains(errs.String(), "--metrics") {
		t.Errorf("exit status %d: %s", code, errs.String())
	}
}

// page is a response that keeps its body.
type page struct{ bytes.Buffer }

func (p *page) Header() http.Header { return http.Header{} }
func (p *page) WriteHeader(int)     {}
