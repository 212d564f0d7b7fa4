package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"edgesim/results"
	"edgesim/sim/fleet"
)

// asWorker in the environment makes the tests' program a worker at that server, for
// tests that need processes to kill.
const asWorker = "LOADGEN_TEST_AS_WORKER"

func TestMain(m *testing.M) {
	if url := os.Getenv(asWorker); url != "" {
		fmt.Fprintln(os.Stderr, work(url, os.Args[1], os.Args[2]))
		os.Exit(exitFail)
	}
	os.Exit(m.Run())
}

func work(url, name, cache string) error {
	ctx := context.Background()
	c, err := fleet.Connect(ctx, fleet.Options{URL: url, Name: name, Version: fleet.VersionOf(results.ThisProgram("loadgen"))})
	if err != nil {
		return err
	}
	return (&fleet.Worker{Conn: c, Name: name, Slots: 1, Cache: cache}).Run(ctx)
}

// employ has a worker work in a process of its own, until the test ends.
func (s *stage) employ(name string) *os.Process {
	s.t.Helper()
	cmd := exec.Command(os.Args[0], name, s.t.TempDir())
	cmd.Env = append(os.Environ(), asWorker+"="+s.url)
	cmd.Stderr = os.Stderr
	if err := cmd.Start(); err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	return cmd.Process
}

// saidOn is a program's stderr; it calls then once, when it says what.
type saidOn struct {
	bytes.Buffer
	what string
	then func()
}

func (s *saidOn) Write(b []byte) (int, error) {
	n, err := s.Buffer.Write(b)
	if s.then != nil && strings.Contains(s.String(), s.what) {
		s.then()
		s.then = nil
	}
	return n, err
}

// Of three workers one is killed, and one is stopped and goes on when it has been
// given up. The run is marked and says how much is missing; what the third did is
// all there, at its moments, and nothing else is.
func TestAWorkerIsKilledAndOneIsStopped(t *testing.T) {
	const each, seconds = 40, 9 // requests a second of a share; and how long
	s := newStage(t, "stays")
	dies, sleeps := s.employ("dies"), s.employ("sleeps")
	url := halting(t, each, func() {
		if err := dies.Kill(); err != nil {
			t.Error(err)
		}
		if err := sleeps.Signal(syscall.SIGSTOP); err != nil {
			t.Error(err)
		}
	})
	var out bytes.Buffer
	said := &saidOn{what: "worker sleeps was not heard of for 5s", then: func() { _ = sleeps.Signal(syscall.SIGCONT) }}
	args := []string{url, "--rate", fmt.Sprint(3*each, "/s"), "--arrivals", "constant", "--duration", fmt.Sprint(seconds, "s"),
		"--workers", "3", "--lease", "5s", "--json", "--nats", s.url}
	dir := t.TempDir()
	if !raceEnabled { // it draws, and the race detector makes that long
		args = append(args, "--out", dir)
	}
	code := runUntil(t.Context(), args, &out, said)
	var sum results.Summary
	if err := json.Unmarshal(out.Bytes(), &sum); err != nil {
		t.Fatalf("exit status %d, %v: %s", code, err, said.String())
	}
	if code != exitFail || !sum.Unsound || said.then != nil || !strings.Contains(sum.UnsoundReason, "Of 1080 requests scheduled 720 (66.7%) are missing") {
		t.Errorf("exit status %d, %q: %s", code, sum.UnsoundReason, said.String())
	}
	for i, f := range sum.Shares {
		switch {
		case f.Worker != "stays" && (f.State != results.ShareLost || f.Missing != each*seconds || !strings.Contains(f.Trouble, "not heard of")):
			t.Errorf("%+v", f)
		case f.Worker == "stays":
			if f.State != results.ShareWhole || f.Missing != 0 || f.Scheduled != each*seconds || sum.Latency.TTFB.Count != each*seconds {
				t.Errorf("%+v, and %d first bytes", f, sum.Latency.TTFB.Count)
			}
			if !raceEnabled {
				shown(t, dir)
				wholly(t, dir, &sum, i, each)
			}
		}
	}
}

// shown tells whether the page of the run tells what each worker did.
func shown(t *testing.T, dir string) {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(dir, results.IndexFile))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"<h3>Workers</h3>", `<td class="text">sleeps</td>`, "lost: its worker is not heard of any more", `<td class="text">stays</td>`, `<td class="num">360</td>`} {
		if !strings.Contains(string(b), want) {
			t.Errorf("the page has no %s", want)
		}
	}
}

// wholly tells whether the records are those of the share-th of three, from 0, of a
// constant rate, and the summary's times theirs.
func wholly(t *testing.T, dir string, sum *results.Summary, share, each int) {
	t.Helper()
	got, times := recorded(t, dir)
	if f := times.All(results.TTFB).Figures(); f != sum.Latency.TTFB || f.Count != int64(len(got)) {
		t.Errorf("the summary's first bytes are %+v, those of the records %+v", sum.Latency.TTFB, f)
	}
	ats := map[int64]int{}
	for _, r := range got {
		ats[int64(float64(r.at)*float64(3*each)/1e9+0.5)]++
	}
	for i := range got {
		if n := int64(3*i + share); ats[n] != 1 {
			t.Fatalf("request %d of the schedule is there %d times", n, ats[n])
		}
	}
}
