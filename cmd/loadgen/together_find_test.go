package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"edgesim/sim/fleet"
)

// A search by workers makes a run of each trial, which all of them begin together.
func TestFindMaxTogether(t *testing.T) {
	s := newStage(t, "one", "two")
	url, requests := server(t, func([]byte) {})
	var out, errs bytes.Buffer
	code := run([]string{url, "--rate", "4", "--arrivals", "constant", "--find-max", "hit>=99.9%", "--trial", "1s", "--zipf", "0", "--objects", "1000",
		"--json", "--nats", s.url, "--workers", "2"}, &out, &errs)
	var f found
	if err := json.Unmarshal(out.Bytes(), &f); err != nil || code != exitFail || f.Rate != 0 || f.Partial || len(f.Trials) != 3 {
		t.Fatalf("exit status %d, %+v, %v: %s", code, f, err, errs.String())
	}
	if n := requests.Load(); n != 4+2+1 {
		t.Errorf("the server was asked %d times", n)
	}
	c, err := fleet.Connect(t.Context(), fleet.Options{URL: s.url, Version: "any"})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	jobs, err := c.Jobs(t.Context())
	for _, j := range jobs {
		if j.State != fleet.Done || j.Pieces != 2 {
			t.Errorf("%+v", j)
		}
	}
	if err != nil || len(jobs) != 3 {
		t.Errorf("%d jobs, %v", len(jobs), err)
	}
}

// A trial that loses a worker tells nothing, is marked, and is played again with the
// worker that comes in its place.
func TestFindMaxLosesAWorker(t *testing.T) {
	s := newStage(t, "stays")
	fire := s.hire(&fleet.Worker{Name: "goes", Slots: 1})
	asked, gone := make(chan struct{}), make(chan struct{})
	first := sync.OnceFunc(func() { close(asked) })
	url, _ := server(t, func([]byte) { // nobody is answered until one is told to go
		first()
		<-gone
	})
	var out, errs bytes.Buffer
	var code int
	var search sync.WaitGroup
	search.Go(func() {
		code = run([]string{url, "--rate", "4", "--arrivals", "constant", "--find-max", "hit>=99.9%", "--trial", "1s", "--zipf", "0", "--objects", "1000",
			"--json", "--nats", s.url, "--workers", "2"}, &out, &errs)
	})
	<-asked
	fire()
	close(gone)
	s.hire(&fleet.Worker{Name: "comes", Slots: 1})
	search.Wait()
	var f found
	if err := json.Unmarshal(out.Bytes(), &f); err != nil || code != exitFail || f.Rate != 0 || f.Partial || len(f.Trials) != 4 {
		t.Fatalf("exit status %d, %+v, %v: %s", code, f, err, errs.String())
	}
	if lost := f.Trials[0]; lost.Asked != 4 || !strings.Contains(lost.Lost, "(worker goes): its worker was stopped") || f.Trials[1].Asked != 4 || f.told() != 3 {
		t.Errorf("%+v", f.Trials)
	}
	if text := errs.String(); !strings.Contains(text, "worker lost: share ") || !strings.Contains(text, "it is played again by 2 workers, for which it waits up to 1m") {
		t.Error(text)
	}
}

// Who waits serves what all shares have counted, while they play.
func TestMetricsTogether(t *testing.T) {
	s := newStage(t, "one", "two")
	url, _ := server(t, func([]byte) {})
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := l.Addr().String()
	l.Close()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var text string
	seen := func() bool {
		for _, want := range []string{"edgesim_requests_total{", "edgesim_first_byte_seconds_bucket{", "loadgen_share_sent_total{share=\"1/2\",worker=", "loadgen_share_sent_total{share=\"2/2\",worker=", "loadgen_in_flight "} {
			if !strings.Contains(text, want) {
				return false
			}
		}
		return true
	}
	go func() { // the run lasts until all of it was seen
		for tick := time.Tick(50 * time.Millisecond); !seen(); <-tick {
			if r, err := http.Get("http://" + addr + "/metrics"); err == nil {
				b, _ := io.ReadAll(r.Body)
				r.Body.Close()
				text = string(b)
			}
		}
		cancel()
	}()
	_, code, errs := s.run(ctx, url, "--zipf", "0", "--objects", "1000", "--rate", "50/s", "--duration", "1h", "--workers", "2", "--metrics", addr)
	if code != exitFail || !strings.Contains(errs, "interrupted; the results are partial") {
		t.Errorf("exit status %d: %s", code, errs)
	}
}
