package main

import (
	"bytes"
	"context"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"edgesim/sim/fleet"
)

// hub is a NATS server of a test, which can be restarted with its store.
type hub struct {
	t     *testing.T
	dir   string
	port  int
	srv   *fleet.Server
	login fleet.Login
}

func newHub(t *testing.T, login fleet.Login) *hub {
	t.Helper()
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	h := &hub{t: t, dir: t.TempDir(), login: login}
	h.start()
	t.Cleanup(func() { h.srv.Close() })
	return h
}

func (h *hub) start() {
	h.t.Helper()
	srv, err := fleet.Serve(fleet.Serving{Dir: h.dir, Port: h.port, Login: h.login})
	if err != nil {
		h.t.Fatal(err)
	}
	u, err := url.Parse(srv.URL)
	if err != nil {
		h.t.Fatal(err)
	}
	h.srv = srv
	h.port, _ = strconv.Atoi(u.Port())
}

// worker starts a worker process and waits until it is ready.
func (h *hub) worker(name string, more ...string) *process {
	h.t.Helper()
	w := start(h.t, append([]string{"worker", "--nats", h.srv.URL, "--name", name, "--slots", "1"}, more...)...)
	w.until(`worker ` + name + `, 1 slots`)
	return w
}

// lasting sets how long a scenario lasts: a tenth of it where the race detector takes
// ten times as long.
func lasting(seconds int) string {
	if raceEnabled {
		seconds /= 10
	}
	return fmt.Sprintf("duration=%ds", seconds)
}

// gridOfTest is a sweep whose cells take about a tenth of a second each.
var gridOfTest = []string{"sweep", "quickstart", "--policy", "lru,sieve", "--capacity", "4MiB,8MiB,16MiB", "--replicas", "2",
	"--set", lasting(30), "--set", "warmup=0s", "--json"}

// alone is what a command prints without workers.
func alone(t *testing.T, args ...string) string {
	t.Helper()
	var out, said bytes.Buffer
	if status := runUntil(t.Context(), args, &out, &said); status != exitDone {
		t.Fatalf("status %d: %s", status, said.String())
	}
	return out.String()
}

// TestWorkersGiveWhatOneProcessGives hands a sweep to three processes.
func TestWorkersGiveWhatOneProcessGives(t *testing.T) {
	h := newHub(t, fleet.Login{})
	for _, name := range []string{"a", "b", "c"} {
		h.worker(name)
	}
	if got, want := alone(t, append(gridOfTest, "--nats", h.srv.URL)...), alone(t, gridOfTest...); got != want {
		t.Errorf("by workers\n%s\nalone\n%s", got, want)
	}
}

// TestAJobThatIsLeftCanBeResumed interrupts a sweep that has no worker.
func TestAJobThatIsLeftCanBeResumed(t *testing.T) {
	h := newHub(t, fleet.Login{})
	left := start(t, append(gridOfTest, "--nats", h.srv.URL)...)
	left.until(`no worker is there`)
	left.signal(syscall.SIGINT)
	if status := left.wait(); status != exitFail || !strings.Contains(left.stderr(), "the same command takes it up") {
		t.Fatalf("status %d: %s", status, left.stderr())
	}
	id := strings.Fields(strings.Split(left.stderr(), "job ")[1])[0]
	h.worker("late")
	if got, want := alone(t, "jobs", "resume", id, "--nats", h.srv.URL), alone(t, gridOfTest...); got != want {
		t.Errorf("resumed\n%s\nalone\n%s", got, want)
	}
	alone(t, "jobs", "remove", id, "--nats", h.srv.URL)
	if list := alone(t, "jobs", "list", "--nats", h.srv.URL); strings.Contains(list, id) {
		t.Error(list)
	}
}

// TestBadServersGetOneLine gives wrong servers, logins and flags.
func TestBadServersGetOneLine(t *testing.T) {
	h := newHub(t, fleet.Login{User: "me", Password: "sesame"})
	auth := filepath.Join(t.TempDir(), "auth.yaml")
	for _, c := range []struct {
		args []string
		file string // of --nats-auth
		want string
	}{
		{[]string{"worker"}, "", "no --nats given; right is as: edgesim worker --nats"},
		{[]string{"worker", "--nats", "nats://127.0.0.1:1"}, "", "no NATS server at nats://127.0.0.1:1"},
		{[]string{"worker", "--nats", h.srv.URL}, "", "does not take these credentials"},
		{[]string{"worker", "--nats", h.srv.URL, "--nats-user", "me", "--nats-password", "wrong"}, "", "does not take these credentials"},
		{[]string{"worker", "--nats", strings.Replace(h.srv.URL, "//", "//me:wrong@", 1)}, "", "does not take these credentials"},
		{[]string{"worker", "--nats", h.srv.URL, "--nats-creds", "/none"}, "", "credentials file: stat /none"},
		{[]string{"worker", "--nats", h.srv.URL, "--nats-auth", auth}, "user: me\npasword: sesame\n", `unknown field "pasword"; right are user, password`},
		{[]string{"worker", "--nats", h.srv.URL, "--nats-auth", auth}, "user: me\npassword: wrong\n", "does not take these credentials"},
		{[]string{"worker", "--nats", h.srv.URL, "--slots", "-1"}, "", "--slots -1: right are"},
		{[]string{"worker", "--nats", h.srv.URL, "--name", "a.b"}, "", `--name "a.b": right are`},
		{[]string{"worker", "--nats", "embedded:none"}, "", `"none" is no port; right is embedded`},
		{[]string{"worker", "--nats", "embedded:0.0.0.0:0"}, "", "would be open to everyone"},
		{[]string{"worker", "--nats", "embedded:" + strconv.Itoa(h.port)}, "", "address already in use"},
		{[]string{"worker", "--nats", h.srv.URL, "--nats-store", "/x"}, "", "--nats-store is about an embedded server"},
		{[]string{"sweep", "quickstart", "--lease", "3s"}, "", "no --nats is given"},
		{[]string{"sweep", "quickstart", "--nats-user", "me"}, "", "right is --nats URL beside it"},
		{[]string{"sweep", "quickstart", "--nats", h.srv.URL, "--lease", "3ms"}, "", "--lease 3ms: right is 1s or longer"},
		{[]string{"jobs", "cancel", "--nats", h.srv.URL}, "", "right is as: edgesim jobs cancel JOB"},
		{[]string{"jobs", "cancel", "none", "--nats", h.srv.URL, "--nats-user", "me", "--nats-password", "sesame"}, "", `there is no job "none"`},
	} {
		if err := os.WriteFile(auth, []byte(c.file), 0o600); err != nil {
			t.Fatal(err)
		}
		var out, said bytes.Buffer
		status := runUntil(t.Context(), c.args, &out, &said)
		text := strings.TrimSpace(said.String())
		if status != exitUsage || !strings.Contains(text, c.want) || strings.Contains(text, "sesame") || strings.Contains(text, "wrong") {
			t.Errorf("%v: status %d: %s", c.args, status, text)
		}
	}
}

// TestAPoisonedPieceIsSetAside has a worker whose trials fail for one cell: the rest
// of the sweep is played.
func TestAPoisonedPieceIsSetAside(t *testing.T) {
	h := newHub(t, fleet.Login{})
	c, err := fleet.Connect(t.Context(), fleet.Options{URL: h.srv.URL, Version: fleetVersion()})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	real := fleet.Kinds()[slices.IndexFunc(fleet.Kinds(), func(k fleet.Kind) bool { return k.Name == "trial" })]
	poisoned := fleet.Kind{Name: "trial", Do: func(ctx context.Context, r *fleet.Room, args []byte) ([]byte, error) {
		if strings.Contains(string(args), `"seed":2`) && strings.Contains(string(args), "sieve") {
			panic("poison")
		}
		return real.Do(ctx, r, args)
	}}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	go func() {
		_ = (&fleet.Worker{Conn: c, Name: "a", Slots: 2, Cache: t.TempDir(), Kinds: []fleet.Kind{poisoned}}).Run(ctx)
	}()
	var out, said bytes.Buffer
	args := []string{"sweep", "quickstart", "--policy", "lru,sieve", "--capacity", "4MiB", "--replicas", "2", "--seed", "1", "--set", "duration=1s", "--set", "warmup=0s", "--nats", h.srv.URL}
	status := runUntil(t.Context(), args, &out, &said)
	if text := said.String(); status != exitFail || !strings.Contains(text, "1 trials failed") || !strings.Contains(text, "sieve at 4194304, seed 2: set aside after it failed 3 times, last on worker a: panic: poison") {
		t.Errorf("status %d: %s", status, text)
	}
	if table := out.String(); !strings.Contains(table, "lru") || !strings.Contains(table, "sieve") {
		t.Error(table)
	}

	out.Reset()
	said.Reset()
	args = []string{"plan", "quickstart", "--target", "hit>=20%", "--policy", "sieve,lru", "--replicas", "2", "--seed", "1", "--precision", "1", "--no-variants", "--set", "duration=1s", "--set", "warmup=0s", "--nats", h.srv.URL}
	status = runUntil(t.Context(), args, &out, &said)
	if text := said.String(); status != exitFail || !strings.Contains(text, "1 trials failed and are left out; the first: sieve at ") || !strings.Contains(text, "seed 2: set aside after it failed 3 times, last on worker a: panic: poison") {
		t.Errorf("status %d: %s", status, text)
	}
	if table := out.String(); !strings.Contains(table, "\nlru ") || strings.Contains(table, "\nsieve ") || !strings.Contains(table, "Failed trials are left out: 1.") {
		t.Error(table)
	}
}
