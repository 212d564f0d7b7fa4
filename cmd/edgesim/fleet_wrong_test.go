package main

import (
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"edgesim/sim/fleet"
)

// jobsOfTest are commands of every sort, of short pieces.
func jobsOfTest(t *testing.T) map[string][]string {
	t.Helper()
	path := oracleTrace(t, 5_000)
	return map[string][]string{
		"sweep":  append([]string{"sweep", "quickstart", "--policy", "lru,sieve", "--capacity", "4MiB,8MiB", "--replicas", "2", "--json"}, quick...),
		"plan":   {"plan", path, "--target", "byte-hit>=0.5", "--policy", "lru,sieve", "--replicas", "2", "--json"},
		"shards": {"mrc", path, "--shards", "4", "--policy", "lru,sieve", "--capacity", "100kB,300kB", "--json"},
		"report": {"report", monthOfLogs(t), "--rows", "0"},
	}
}

// TestWhatGoesWrongChangesNothing has a worker killed in the midst of pieces of each
// sort, its successor stopped past its lease, and let go on when others are at work;
// their coordinators are killed, and the server is restarted. What pieces wait for is
// what has happened, and no time: only leases run out.
func TestWhatGoesWrongChangesNothing(t *testing.T) {
	h := newHub(t, fleet.Login{})
	jobs := jobsOfTest(t)
	begin := func() map[string]*process {
		begun := map[string]*process{}
		for name, args := range jobs {
			begun[name] = start(t, append(args, "--nats", h.srv.URL, "--lease", "3s")...)
		}
		return begun
	}
	first := begin()
	dies := startAs(t, "holds", h.srv.URL, "dies")
	for _, p := range first {
		p.until(`[1-9]\d* running`)
	}
	dies.signal(syscall.SIGKILL)
	sleeps := startAs(t, "holds", h.srv.URL, "sleeps")
	for _, p := range first {
		p.until(`[1-9]\d* retried`)
	}
	sleeps.signal(syscall.SIGSTOP)
	for name, p := range first {
		if p.signal(syscall.SIGKILL); p.wait() != -1 {
			t.Errorf("%s was over before its coordinator could be killed", name)
		}
	}
	h.srv.Close()
	h.start()

	second := begin()
	h.worker("lives")
	for _, p := range second {
		p.until(`[1-9]\d* retried`)
	}
	_ = sleeps.goOn.Close()
	sleeps.signal(syscall.SIGCONT)
	for name, p := range second {
		if status := p.wait(); status != exitDone {
			t.Fatalf("%s: status %d", name, status)
		}
		if got, want := p.stdout.String(), alone(t, jobs[name]...); got != want {
			t.Errorf("%s by workers\n%s\nalone\n%s", name, got, want)
		}
	}
	list := alone(t, "jobs", "list", "--nats", h.srv.URL)
	if strings.Count(list, "done") != len(jobs) || !strings.Contains(list, "8 of 8") {
		t.Error(list)
	}
	third := start(t, append(jobs["sweep"], "--nats", h.srv.URL)...) // all is known: no worker is asked
	if third.wait() != exitDone || !strings.Contains(third.stderr(), "8 done before") || third.stdout.String() != second["sweep"].stdout.String() {
		t.Errorf("%s%s", third.stdout.String(), third.stderr())
	}
}

// A job on the server that is of a command that hands nothing out is not run: whoever
// may write there may have written it.
func TestResumeRunsNoOtherCommand(t *testing.T) {
	url := cluster(t, 0)
	c, err := fleet.Connect(t.Context(), fleet.Options{URL: url, Version: fleetVersion()})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	kept := filepath.Join(t.TempDir(), "kept")
	for id, args := range map[string][]string{"gen": {"trace", "gen", kept}, "jobs": {"jobs", "resume", "jobs"}, "flag": {"--help"}} {
		j, err := fleet.Open(t.Context(), c, fleet.About{ID: id, Command: append([]string{"edgesim"}, args...), Dir: t.TempDir()})
		if err != nil {
			t.Fatal(err)
		}
		j.Close(false)
		status, _, stderr := edgesim(t, t.Context(), "jobs", "resume", id, "--nats", url)
		if status != exitUsage || !strings.Contains(stderr, "hands no work out; right are mrc, plan, report, sweep") {
			t.Errorf("%q: status %d: %s", args, status, stderr)
		}
	}
}
