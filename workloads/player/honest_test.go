package player

import (
	"context"
	"math"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"edgesim/results"
	"edgesim/workloads"
)

const tiny = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"

// stalls answers within a nanosecond, but for the seconds 5 to 6 and 10 to 11: all that
// comes then waits for the end of the second.
func stalls(began time.Time) script {
	return func(*http.Request) reply {
		now := time.Since(began)
		if in := now % (5 * time.Second); now >= 5*time.Second && in < time.Second {
			return reply{delay: time.Second - in, text: tiny}
		}
		return reply{delay: 1, text: tiny}
	}
}

// In 11 s two are stalled, so a request waits longer than x seconds, x from 0
// to 1, with probability 2/11·(1−x): the percentiles are exact.
func TestLatencyCountsFromTheIntendedTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		got := play(t, context.Background(), Config{
			Source: workloads.FromSlice(every(time.Millisecond, 11_000)), Connections: 16, Recorder: results.NewRecorder(1 << 14),
			Length: 11 * time.Second, Dial: dialer(stalls(time.Now())), GoTimers: true,
		})
		if got.Sent != 11_000 || got.Done != 11_000 {
			t.Fatalf("sent %d, done %d; right are 11000 of both", got.Sent, got.Done)
		}
		lat := results.NewLatencies()
		lat.Add(got.recs)
		for _, m := range []results.Metric{results.Total, results.TTFB} {
			for q, want := range map[float64]float64{0.9: 450, 0.99: 945, 0.999: 995} {
				if ms := lat.All(m).Quantile(q); math.Abs(ms-want) > 0.02*want {
					t.Errorf("%v: quantile %v is %v ms, right is %v", m, q, ms, want)
				}
			}
		}
		// What a closed-loop tool would have told: 16 requests met each stall.
		if ms := lat.All(results.Service).Quantile(0.99); ms > 1 {
			t.Errorf("99th percentile of the service time is %v ms, right is 0", ms)
		}
		if got.Behind || got.Late != 0 {
			t.Errorf("the generator blames itself (%d late): the server stalled", got.Late)
		}
		if got.Waited < 1900 || got.Waited > 2000 {
			t.Errorf("%d requests found no free connection; right are about 2·(1000 − 16)", got.Waited)
		}
	})
}

func TestSendsAtTheIntendedTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		reqs := every(0, 500)
		for i := range reqs { // bunches and gaps
			reqs[i].At = time.Duration(i/7)*13*time.Millisecond + time.Duration(i%3)
		}
		for i := 1; i < len(reqs); i++ {
			reqs[i].At = max(reqs[i].At, reqs[i-1].At)
		}
		got := play(t, context.Background(), Config{
			Source: workloads.FromSlice(reqs), Connections: 8,
			Dial: dialer(func(*http.Request) reply { return reply{text: tiny} }), GoTimers: true,
		})
		for _, r := range got.recs {
			if want := int64(reqs[r.ID-1].At); r.At != want || r.Lag != 0 {
				t.Fatalf("request %d: At %d, lag %d; right are %d and 0", r.ID, r.At, r.Lag, want)
			}
		}
	})
}

// One connection that takes 10 ms a request gets 1000 a second for 1 s: 100 can
// be sent in that second and 50 more while it drains.
func TestTellsWhatItCouldNotSend(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		got := play(t, context.Background(), Config{
			Source: workloads.FromSlice(every(time.Millisecond, 1500)), Connections: 1,
			Length: time.Second, Drain: 495 * time.Millisecond, GoTimers: true,
			Dial: dialer(func(*http.Request) reply { return reply{delay: 10 * time.Millisecond, text: tiny} }),
		})
		if got.Scheduled != 1000 || got.Sent != 150 {
			t.Errorf("scheduled %d, sent %d; right are 1000 and 150", got.Scheduled, got.Sent)
		}
		if w := strings.Join(got.Warnings(), "\n"); !strings.Contains(w, "850 of 1000 scheduled requests were never sent") {
			t.Errorf("the warnings do not tell:\n%s", w)
		}
		if rate := got.Rate(); rate.Scheduled != 1000 || math.Abs(rate.Achieved-100) > 1 {
			t.Errorf("rates are %+v; right are 1000 scheduled, 100 achieved", rate)
		}
	})
}

func TestClosedLoop(t *testing.T) {
	t.Run("at once", func(t *testing.T) { closedLoop(t, 0) })
	t.Run("from a start to come", func(t *testing.T) { closedLoop(t, 3*time.Second) })
}

func closedLoop(t *testing.T, start time.Duration) {
	synctest.Test(t, func(t *testing.T) {
		got := play(t, context.Background(), Config{
			Source: workloads.FromSlice(every(0, 100_000)), Connections: 4, Closed: true, Epoch: time.Now().Add(start),
			Length: time.Second, GoTimers: true, Warmup: 500 * time.Millisecond,
			Dial: dialer(func(*http.Request) reply { return reply{delay: 10 * time.Millisecond, text: tiny} }),
		})
		if got.Sent != 400 {
			t.Errorf("sent %d; right are 4 connections · 100", got.Sent)
		}
		warm := 0
		for _, r := range got.recs {
			if r.Lag != 0 || r.Total != int64(10*time.Millisecond) || r.At%int64(10*time.Millisecond) != 0 {
				t.Fatalf("record %+v: lag is not 0, total not 10 ms, or At not the actual start", r)
			}
			if r.Flags.Has(results.Warm) {
				warm++
			}
		}
		if warm != 200 {
			t.Errorf("%d records are of the warm-up; right is the half of 400", warm)
		}
	})
}

// On real sockets, too, a closed loop waits for its start: nothing is sent before.
func TestClosedLoopWaitsForItsStart(t *testing.T) {
	addr := talker(t, says(tiny))
	got := play(t, context.Background(), Config{Target: addr, Source: workloads.FromSlice(every(0, 100)), Connections: 4, Closed: true, Epoch: time.Now().Add(200 * time.Millisecond)})
	for _, r := range got.recs {
		if r.At < 0 || r.Flags.Has(results.Warm) {
			t.Fatalf("a request was sent %v before the start", time.Duration(-r.At))
		}
	}
	if got.Done != 100 {
		t.Errorf("%+v", got.Outcome)
	}
}

// A server that answers nobody leaves requests unsent: they are counted for the
// second in which they should have gone out.
func TestWhatIsNeverSentIsCountedBySecond(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		got := play(t, context.Background(), Config{Source: workloads.FromSlice(every(2*time.Millisecond, 3000)), Connections: 3,
			Length: 2500 * time.Millisecond, Timeout: time.Minute, GoTimers: true,
			Dial: dialer(func(*http.Request) reply { return reply{delay: time.Hour, text: tiny} })})
		if got.Scheduled != 1250 || got.Sent != 3 || !slices.Equal(got.Unsent, []int64{497, 500, 250}) {
			t.Errorf("%d scheduled, %d sent, unsent by second %v; right are 1250, 3, [497 500 250]", got.Scheduled, got.Sent, got.Unsent)
		}
		v := results.NewIntervals(time.Second, 0)
		v.Add(got.recs)
		got.CountUnsent(v)
		var series strings.Builder
		if err := v.WriteCSV(&series, time.Time{}); err != nil {
			t.Fatal(err)
		}
		for second, want := range []string{",0,1,500,3,0,", ",0,1,500,0,0,", ",0,1,250,0,0,"} {
			if line := strings.Split(series.String(), "\n")[1+second]; !strings.Contains(line, want) {
				t.Errorf("second %d of the series is %q; right has %q", second, line, want)
			}
		}
	})
}
