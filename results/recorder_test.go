package results

import (
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// Every record arrives exactly once, and one writer's records in one lane keep
// their order.
func TestRecorderHandsOnEveryRecordOnce(t *testing.T) {
	const writers, each = 16, 5000
	r := NewRecorder(writers * each)
	taken := make(chan map[uint64]int)
	go func() {
		seen := map[uint64]int{}
		r.Take(func(recs []Record) {
			for i := range recs {
				if recs[i].Object != ^recs[i].ID {
					t.Errorf("record %d came torn", recs[i].ID)
				}
				seen[recs[i].ID]++
			}
		})
		taken <- seen
	}()
	var wg sync.WaitGroup
	for w := range uint64(writers) {
		wg.Go(func() {
			for i := range uint64(each) {
				id := w*each + i
				r.Add(w, &Record{ID: id, Object: ^id})
			}
		})
	}
	stop := make(chan struct{})
	flushed := make(chan struct{})
	go func() {
		defer close(flushed)
		for {
			select {
			case <-stop:
				return
			default:
				r.Flush()
				runtime.Gosched()
			}
		}
	}()
	wg.Wait()
	close(stop)
	<-flushed
	r.Close()
	seen := <-taken
	if r.Dropped() != 0 {
		t.Fatalf("%d records dropped, though the buffer was large enough", r.Dropped())
	}
	for id := range uint64(writers * each) {
		if seen[id] != 1 {
			t.Fatalf("record %d came %d times", id, seen[id])
		}
	}
}

// Without a taker the buffer fills; what comes then is counted as dropped, and
// added up nothing is missing.
func TestRecorderDropsWhatItCannotHold(t *testing.T) {
	const sent = 50_000
	r := NewRecorder(2 * chunkLen)
	for i := range uint64(sent) {
		r.Add(i, &Record{ID: i})
	}
	if r.Dropped() == 0 {
		t.Fatal("nothing dropped, though nobody took a record")
	}
	kept := 0
	done := make(chan struct{})
	go func() {
		defer close(done)
		r.Take(func(recs []Record) { kept += len(recs) })
	}()
	r.Close()
	<-done
	if got := uint64(kept) + r.Dropped(); got != sent {
		t.Errorf("%d kept and %d dropped make %d, want %d", kept, r.Dropped(), got, sent)
	}
	if least := 2 * chunkLen; kept < least {
		t.Errorf("%d kept, want at least the buffer's %d", kept, least)
	}
}

// Flushing while the taker stands still does not use up the buffer with chunks
// of one record.
func TestRecorderFlushLeavesTheBuffer(t *testing.T) {
	const buffer = 20 * chunkLen
	r := NewRecorder(buffer)
	for i := range uint64(buffer) {
		r.Add(i, &Record{})
		r.Flush()
	}
	if r.Dropped() != 0 {
		t.Errorf("%d of %d records dropped from a buffer as large", r.Dropped(), buffer)
	}
}

// A recorder whose taker fell behind takes records again when it has caught
// up.
func TestRecorderRecovers(t *testing.T) {
	r := NewRecorder(chunkLen)
	for range 100 * chunkLen {
		r.Add(0, &Record{})
	}
	before := r.Dropped()
	var kept int
	done := make(chan struct{})
	go func() {
		defer close(done)
		r.Take(func(recs []Record) { kept += len(recs) })
	}()
	for len(r.full) > 0 || len(r.free) == 0 {
		runtime.Gosched()
	}
	for range chunkLen / 2 {
		r.Add(0, &Record{})
	}
	r.Close()
	<-done
	if r.Dropped() != before {
		t.Errorf("%d records dropped after the taker had caught up", r.Dropped()-before)
	}
	if want := 100*chunkLen + chunkLen/2 - int(before); kept != want {
		t.Errorf("%d records kept, want %d", kept, want)
	}
}

// Add, Flush and Close at the same time neither panic nor tear a record, and
// what was added is either taken once or ignored.
func TestRecorderClosedUnderWay(t *testing.T) {
	for range 50 {
		r := NewRecorder(1 << 14)
		var wg sync.WaitGroup
		for w := range uint64(8) {
			wg.Go(func() {
				for i := range uint64(200) {
					r.Add(w, &Record{ID: w<<32 | i})
				}
			})
		}
		wg.Go(func() {
			for range 50 {
				r.Flush()
			}
		})
		seen := map[uint64]bool{}
		var taker sync.WaitGroup
		taker.Go(func() {
			r.Take(func(recs []Record) {
				for i := range recs {
					if seen[recs[i].ID] {
						t.Errorf("record %x came twice", recs[i].ID)
					}
					seen[recs[i].ID] = true
				}
			})
		})
		runtime.Gosched()
		r.Close()
		taker.Wait()
		wg.Wait()
		r.Add(0, &Record{})
		r.Flush()
	}
}

// Several takers share the work.
func TestRecorderSeveralTakers(t *testing.T) {
	const sent = 20 * chunkLen
	r := NewRecorder(sent)
	var mu sync.Mutex
	var kept int
	var wg sync.WaitGroup
	for range 3 {
		wg.Go(func() {
			r.Take(func(recs []Record) {
				mu.Lock()
				kept += len(recs)
				mu.Unlock()
			})
		})
	}
	for i := range uint64(sent) {
		r.Add(i, &Record{})
	}
	r.Close()
	wg.Wait()
	if kept != sent {
		t.Errorf("%d records taken, want %d", kept, sent)
	}
}

func TestRecorderFlushEvery(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := NewRecorder(0)
		ticker := time.NewTicker(time.Second)
		defer ticker.Stop()
		stop := make(chan struct{})
		go r.FlushEvery(ticker.C, stop)
		var taken atomic.Int64
		go r.Take(func(recs []Record) { taken.Add(int64(len(recs))) })
		r.Add(1, &Record{})
		synctest.Wait()
		if taken.Load() != 0 {
			t.Error("a record was handed on before the tick")
		}
		time.Sleep(1500 * time.Millisecond)
		synctest.Wait()
		if taken.Load() != 1 {
			t.Errorf("%d records handed on after the tick, want 1", taken.Load())
		}
		close(stop)
		r.Close()
	})
}

func TestRecorderAddDoesNotAllocate(t *testing.T) {
	r := NewRecorder(1 << 16)
	go r.Take(func([]Record) {})
	defer r.Close()
	rec := &Record{}
	if n := testing.AllocsPerRun(10_000, func() { r.Add(1, rec) }); n != 0 {
		t.Errorf("Add allocates %v times", n)
	}
}

// BenchmarkRecorder waits where a real writer would be serving requests: while
// the taker is behind. Otherwise it would time how fast records are dropped.
func BenchmarkRecorder(b *testing.B) {
	r := NewRecorder(0)
	taken := make(chan int)
	go func() {
		n := 0
		r.Take(func(recs []Record) { n += len(recs) })
		taken <- n
	}()
	b.ReportAllocs()
	var workers atomic.Uint64
	b.RunParallel(func(pb *testing.PB) {
		hint := workers.Add(1)
		rec := &Record{}
		for i := 0; pb.Next(); i++ {
			r.Add(hint, rec)
			for i%(chunkLen/4) == 0 && len(r.free) < len(r.lanes) {
				runtime.Gosched()
			}
		}
	})
	b.StopTimer()
	r.Close()
	<-taken
	b.ReportMetric(float64(r.Dropped())/float64(b.N), "dropped/op")
}
