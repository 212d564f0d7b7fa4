package main

import (
	"bytes"
	"context"
	"math"
	"net"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/valyala/fasthttp/fasthttputil"

	"edgesim/workloads/player"
)

// On a virtual clock nothing but the stalls delays anybody, and every figure is the
// exact one.
func TestSelftestIsExactOnAVirtualClock(t *testing.T) {
	virtual := func(r selfrun) selfrun {
		var got selfrun
		synctest.Test(t, func(t *testing.T) {
			l := fasthttputil.NewInmemoryListener()
			var err error
			got, err = r.play(context.Background(), l, player.Config{Target: "self:80", GoTimers: true,
				Dial: func(context.Context, string, string) (net.Conn, error) { return l.Dial() }})
			if err != nil {
				t.Fatal(err)
			}
			time.Sleep(time.Minute)
		})
		return got
	}
	stalled := virtual(selfrun{rate: 1000, arrivals: "constant", length: 5500 * time.Millisecond, conns: 16,
		stalls: []stall{{4500 * time.Millisecond, 5500 * time.Millisecond}}})
	for _, c := range stallChecks(stalled) {
		if !c.OK {
			t.Errorf("%s: %.4g ms; right is %s", c.Name, c.Measured, c.Right)
		}
	}
	even := virtual(selfrun{rate: 5000, arrivals: "constant", length: time.Second, conns: 64})
	if c := evenChecks(even)[0]; !c.OK || c.Measured > 0.01 {
		t.Errorf("%s: %.4g; right is 0", c.Name, c.Measured)
	}
	poisson := virtual(selfrun{rate: 5000, arrivals: "poisson", length: time.Second, conns: 64})
	if c := poissonChecks(poisson)[0]; !c.OK {
		t.Errorf("%s: %.4g; right is %s", c.Name, c.Measured, c.Right)
	}
	if c := rateChecks(poisson)[0]; !c.OK {
		t.Errorf("%s: %.4g; right is %s", c.Name, c.Measured, c.Right)
	}
}

func TestDispersion(t *testing.T) {
	for _, c := range []struct {
		bins []int
		want float64
	}{{nil, 0}, {[]int{3, 3, 3}, 0}, {[]int{0, 10}, 5}, {[]int{0, 0, 0, 20}, 15}} {
		if got := dispersion(c.bins); math.Abs(got-c.want) > 1e-9 {
			t.Errorf("%v: %v; right is %v", c.bins, got, c.want)
		}
	}
}

func TestSelftestUsage(t *testing.T) {
	for args, want := range map[string]int{"selftest --help": exitDone, "selftest --fast": exitUsage, "selftest now": exitUsage} {
		var out, errs bytes.Buffer
		if code := run(strings.Fields(args), &out, &errs); code != want || code == exitUsage && strings.Count(errs.String(), "\n") != 1 {
			t.Errorf("%s: exit status %d; right is %d: %s", args, code, want, errs.String())
		}
		for line := range strings.Lines(out.String()) {
			if len(line) > columns+1 {
				t.Errorf("wider than %d columns: %s", columns, line)
			}
		}
	}
}

// Whoever looks for whole periods, from whenever on, meets stalls for 2/11 of them.
func TestServerStallsForTwoElevenths(t *testing.T) {
	for _, from := range []time.Duration{0, 1300 * time.Millisecond, 5 * time.Second} {
		stalled := 0
		for at := from; at < from+2*stallPeriod; at += time.Millisecond {
			if left := againAndAgain(at); left > stallLength {
				t.Fatalf("a stall of %v", left)
			} else if left > 0 {
				stalled++
			}
		}
		if stalled != 2000 {
			t.Errorf("from %v: %d ms of 11 s; right are 2000", from, stalled)
		}
	}
}
