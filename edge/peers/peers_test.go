//go:build linux

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"math/rand/v2"
	"net"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

// The comparison in small: edgesim, and nginx where it is installed, serve the
// origin's bytes, are warm before they are measured, and are gone afterwards.
func TestServersSideBySide(t *testing.T) {
	if testing.Short() {
		t.Skip("builds and starts servers")
	}
	edgesim := filepath.Join(t.TempDir(), "edgesim")
	if out, err := exec.Command("go", "build", "-o", edgesim, "edgesim/cmd/edgesim").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	places := t.TempDir()
	t.Setenv("TMPDIR", places)
	compare := func(more ...string) (all comparison) {
		var out, said bytes.Buffer
		status := run(context.Background(), append([]string{"--edgesim", edgesim, "--rounds", "3", "--round", "150ms",
			"--connections", "8", "--objects", "200", "--capacity", "1048576", "--stored", "100", "--json"}, more...), &out, &said)
		if status != 0 {
			t.Fatalf("status %d: %s", status, said.String())
		}
		if err := json.Unmarshal(out.Bytes(), &all); err != nil || len(all.Tables) != 1 {
			t.Fatalf("%v, %d workloads: %s", err, len(all.Tables), said.String())
		}
		for _, s := range all.Tables[0].Servers {
			if m := s.Median; m.Rate <= 0 || m.P50 <= 0 || m.P99 < m.P50 || m.Hits < 0.3 {
				t.Errorf("%s, %s: %+v", all.Tables[0].Workload, s.Name, m)
			}
		}
		return all
	}

	all := compare("--only", "edgesim,nginx", "--skip", "64KiB,1MiB,mix")
	_, err := find("nginx")
	w := all.Tables[0]
	if (w.Against != "") != (err == nil) || err == nil && len(w.Ratios) != len(figures) {
		t.Errorf("%s: held against %q, ratios %v; nginx: %v", w.Workload, w.Against, w.Ratios, err)
	}
	if len(all.Memory) < 2 || w.Servers[0].Median.Hits != 1 {
		t.Errorf("hit ratio %v, memory %+v", w.Servers[0].Median.Hits, all.Memory)
	}
	all = compare("--only", "edgesim", "--skip", "1KiB,64KiB,1MiB,memory")
	if hits := all.Tables[0].Servers[0].Median.Hits; hits == 1 {
		t.Error("a cache that is smaller than the catalog missed nothing")
	}
	if left, _ := filepath.Glob(filepath.Join(places, "*")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

func TestInterruptedIsSaid(t *testing.T) {
	ctx, stop := context.WithCancel(context.Background())
	stop()
	var said bytes.Buffer
	if status := run(ctx, []string{"--edgesim", "/bin/true", "--only", "edgesim"}, io.Discard, &said); status != 1 {
		t.Errorf("status %d of a run that was interrupted: %s", status, said.String())
	}
}

func TestAnAbsentServerIsSaid(t *testing.T) {
	t.Setenv("PATH", "/nowhere")
	var said bytes.Buffer
	kinds, err := installed(&options{edgesim: "/bin/true"}, &said)
	if err != nil {
		t.Fatal(err)
	}
	_, err = find("varnishd")
	if (err != nil) != strings.Contains(said.String(), "varnish is left out") {
		t.Errorf("%d servers, find says %v, the user is told %q", len(kinds), err, said.String())
	}
	if _, err := installed(&options{edgesim: "/nowhere/edgesim"}, &said); err == nil {
		t.Error("no edgesim, and no word of it")
	}
}

func TestClientCountsWhatTheOriginSends(t *testing.T) {
	o, err := newOrigin()
	if err != nil {
		t.Fatal(err)
	}
	defer o.close()
	cl, err := newClient(o.addr, 7)
	if err != nil {
		t.Fatal(err)
	}
	defer cl.close()
	at := 0
	r, err := cl.play(time.Minute, 500, func() request { at++; return requestFor(pathOf(at*at*10%700_000, at)) })
	if err != nil || r.requests != 500 || o.asked.Load() != 500 || r.latency.TotalCount() != 500 {
		t.Errorf("%d answered, %d asked, %d timed, %v; want 500", r.requests, o.asked.Load(), r.latency.TotalCount(), err)
	}
}

// What is not the origin's response is noticed before anything is timed.
func TestWrongResponsesAreNoticed(t *testing.T) {
	const path = "/1000/images/a.jpg"
	good := string(appendResponse(nil, path))
	for name, c := range map[string]struct {
		response string
		ok       bool
	}{
		"right":       {good, true},
		"status":      {strings.Replace(good, "200 OK", "206 OK", 1), false},
		"length":      {strings.Replace(good, "Length: 1000", "Length: 1001", 1), false},
		"one byte":    {good[:len(good)-1] + "?", false},
		"cut":         {good[:len(good)-1], false},
		"more":        {good + "x", false},
		"another one": {string(appendResponse(nil, "/1000/images/b.jpg")), false},
	} {
		t.Run(name, func(t *testing.T) {
			ours, theirs := net.Pipe()
			go func() {
				io.WriteString(theirs, c.response)
				theirs.Close()
			}()
			if err := checkResponse(ours, path, 1000); (err == nil) != c.ok {
				t.Errorf("err = %v", err)
			}
		})
	}
}

func TestZipfDrawsByRank(t *testing.T) {
	count := make([]int, 1000)
	for _, rank := range zipf(rand.New(rand.NewPCG(3, 4)), 1000, 1, 1<<18) {
		count[rank]++
	}
	// The first rank has 1/H(1000) of the draws, 1/7.485; the tenth a tenth of that.
	first, tenth := float64(count[0])/(1<<18), float64(count[9])/(1<<18)
	if first < 0.130 || first > 0.137 || tenth < 0.0120 || tenth > 0.0147 {
		t.Errorf("the first rank has %.4f of the draws, the tenth %.4f", first, tenth)
	}
}

func TestTablesFitATerminal(t *testing.T) {
	r := round{Rate: 123456, P50: 123.456, P99: 1234.567, CPU: 12345.6, Busy: 1, Hits: 1}
	w := &table{Workload: "cached hits"}
	for _, name := range []string{"edgesim", "edgesim, access log", "nginx", "nginx, sendfile", "varnish"} {
		w.Servers = append(w.Servers, &served{Name: name, Rounds: []round{r, r, r}})
	}
	slow := r
	slow.Rate /= 2
	w.Servers[0].Rounds = []round{r, slow, slow}
	c := comparison{Tables: []*table{w.settled()}, Memory: []memory{{"edgesim", 1024, 30000, 2000, 0, 900}, {"nginx", 1024, 30000, 100, 4096, 3000}}}
	var out bytes.Buffer
	c.writeText(&out)
	for line := range strings.Lines(out.String()) {
		if n := utf8.RuneCountInString(strings.TrimRight(line, "\n")); n > 80 {
			t.Errorf("%d columns: %s", n, line)
		}
	}
	for _, want := range []string{"0.50  (0.50 to 1.00)  behind", "edgesim / nginx, 1 KiB: 0.30  ahead"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("no %q in\n%s", want, out.String())
		}
	}
}
