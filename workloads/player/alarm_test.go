package player

import (
	"fmt"
	"slices"
	"testing"
	"time"
)

var alarms = map[string]func() alarm{
	"finest": newAlarm,
	"go":     func() alarm { return newGoAlarm() },
}

func TestAlarmWaitsAndCanBeInterrupted(t *testing.T) {
	for name, fresh := range alarms {
		a := fresh()
		for _, d := range []time.Duration{0, 1, time.Microsecond, 50 * time.Microsecond, time.Millisecond} {
			for range 20 {
				began := time.Now()
				a.wait(d)
				if took := time.Since(began); took < d {
					t.Errorf("%s: waited %v of %v", name, took, d)
				}
			}
		}
		waiting := make(chan struct{})
		go func() {
			a.wait(time.Hour)
			a.wait(time.Hour) // an interruption is for good
			close(waiting)
		}()
		a.interrupt()
		<-waiting
		a.close()
	}
}

// How late an alarm rings, in an otherwise idle process: run with -cpu 2.
func BenchmarkOversleep(b *testing.B) {
	for name, fresh := range alarms {
		for _, d := range []time.Duration{50 * time.Microsecond, time.Millisecond} {
			b.Run(fmt.Sprintf("%s/%v", name, d), func(b *testing.B) {
				b.ReportAllocs()
				a := fresh()
				defer a.close()
				late := make([]time.Duration, 0, b.N)
				for b.Loop() {
					began := time.Now()
					a.wait(d)
					late = append(late, time.Since(began)-d)
				}
				slices.Sort(late)
				b.ReportMetric(float64(late[len(late)/2].Microseconds()), "µs-late-p50")
				b.ReportMetric(float64(late[len(late)*99/100].Microseconds()), "µs-late-p99")
			})
		}
	}
}
