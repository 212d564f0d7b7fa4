package load

import (
	"context"
	"encoding/json"
	"slices"
	"testing"
	"testing/synctest"
	"time"
)

// A share is silent for as long as it could have been heard: what this side stood still
// does not count, and a share that says nothing afterwards is lost all the same.
func TestSilenceIsWhatCouldBeHeard(t *testing.T) {
	begin := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	for name, c := range map[string]struct {
		looks []time.Duration // since both were heard of, when the crew looks; the first share is heard at each of them
		lost  []int
	}{
		"in time":                  {[]time.Duration{250e6, 500e6, 750e6}, nil},
		"the second is silent":     {[]time.Duration{250e6, 500e6, 1e9, 1.5e9, 2e9, 2.5e9, 3e9, 3.5e9, 4e9, 4.5e9, 5e9, 5.1e9}, []int{2}},
		"this side stood still":    {[]time.Duration{250e6, 60e9, 61e9}, nil},
		"then it is silent":        {[]time.Duration{60e9, 60.5e9, 61e9, 61.5e9, 62e9, 62.5e9, 63e9, 63.5e9, 64e9, 64.5e9, 65e9}, []int{2}},
		"still, and again, in all": {[]time.Duration{60e9, 120e9, 180e9}, nil},
	} {
		crew := &Crew{Of: 2, Lease: 5 * time.Second, Log: t.Logf, listened: begin}
		for n := range 2 {
			crew.hands = append(crew.hands, &Hand{Share: n + 1, Heard: begin, cancel: func(error) {}})
		}
		var lost []int
		for _, at := range c.looks {
			now := begin.Add(at)
			gone := crew.lose(now)
			lost = append(lost, gone...)
			crew.order.Lost = append(crew.order.Lost, gone...)
			crew.hands[0].Heard = now
		}
		if !slices.Equal(lost, c.lost) {
			t.Errorf("%s: shares %v are given up; right are %v", name, lost, c.lost)
		}
	}
}

// A share that hears of the start a little late plays, and is late; one that hears of it
// when much of the run is over does not, nor does one that is forgotten.
func TestSharesThatHearLate(t *testing.T) {
	for name, c := range map[string]struct {
		heard time.Duration // of the order, after the start; 0: never
		want  string
	}{
		"before":    {-time.Second, ""},
		"late":      {5 * time.Second, ""},
		"too late":  {latest + time.Second, "it heard of the start 11s after it"},
		"never":     {0, errAlone.Error()},
		"just then": {time.Nanosecond, ""},
	} {
		synctest.Test(t, func(t *testing.T) {
			start := time.Now().Add(3 * time.Second)
			p := &part{run: &Run{Options: &Options{}}, orders: make(chan struct{}, 1), heard: time.Now()}
			text, err := json.Marshal(Order{Start: start})
			if err != nil {
				t.Fatal(err)
			}
			if c.heard != 0 {
				time.AfterFunc(time.Until(start)+c.heard, func() { p.take(text) })
			}
			at, err := p.start(context.Background())
			if err == nil && c.want == "" && at.Equal(start) || err != nil && err.Error() == c.want {
				return
			}
			t.Errorf("%s: %v, %v; right is %q", name, at, err, c.want)
		})
	}
}
