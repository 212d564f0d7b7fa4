//go:build linux

package main

import (
	"bytes"
	"context"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// Variance over mean of arrivals in a bin: 1 for Poisson (Cox and Lewis 1966), 0
// for even spacing, n where n come at a time once every bin in the mean.
func TestSpreadOfArrivals(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	poisson, even, bunched := []time.Duration{}, []time.Duration{}, []time.Duration{}
	at := time.Duration(0)
	for i := range 50_000 {
		at += time.Duration(rng.ExpFloat64() * 2e5)
		poisson = append(poisson, at)
		even = append(even, time.Duration(i)*200*time.Microsecond+50*time.Microsecond)
	}
	at = 0
	for range 5_000 {
		at += time.Duration(rng.ExpFloat64() * 2e6)
		for range 10 {
			bunched = append(bunched, at)
		}
	}
	for _, c := range []struct {
		name string
		at   []time.Duration
		want float64
	}{{"Poisson", poisson, 1}, {"even", even, 0}, {"tens", bunched, 10}} {
		if s := judge(c.at); math.Abs(s.Spread-c.want) > 0.06*max(c.want, 1) || s.Requests != 50_000 {
			t.Errorf("%s: %+v, want %v", c.name, s, c.want)
		}
	}
	if s := judge(nil); s != (seen{}) {
		t.Errorf("nothing: %+v", s)
	}
}

// A round of loadgen itself, against the server in a process of its own.
func TestMeasuresLoadgen(t *testing.T) {
	if testing.Short() {
		t.Skip("builds two programs")
	}
	dir := t.TempDir()
	if out, err := exec.Command("go", "build", "-o", dir, "edgesim/cmd/loadgen", "edgesim/workloads/player/beside").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	cmd := exec.CommandContext(context.Background(), filepath.Join(dir, "beside"), "--loadgen", filepath.Join(dir, "loadgen"), "--only", "loadgen", "--rounds", "1", "--round", "1s")
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	for _, w := range workloads {
		if !strings.Contains(string(out), w.name) {
			t.Errorf("no table of %s in\n%s", w.name, out)
		}
	}
}

func TestMissingProgramsAreLeftOutWithAWord(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	o := &options{loadgen: os.Args[0], tools: t.TempDir(), round: time.Second, conns: 4}
	var said bytes.Buffer
	list, err := o.programs(context.Background(), &said)
	if err != nil || len(list) != 1 || list[0].name != "loadgen" {
		t.Errorf("%v, %v", list, err)
	}
	for _, name := range []string{"wrk:", "wrk2:", "h2load:", "vegeta:", "fortio:", "hey:", "bombardier:"} {
		if !strings.Contains(said.String(), "left out "+name) {
			t.Errorf("nothing is said of %s in\n%s", name, said.String())
		}
	}
	if _, err := (&options{only: []string{"ab"}}).programs(context.Background(), &said); err == nil {
		t.Error("ab is no generator that is known")
	}
}
