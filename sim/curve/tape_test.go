package curve

import (
	"context"
	"slices"
	"sync"
	"testing"

	"edgesim/workloads/trace"
)

// TestTapesPlayWhatWasRead: in memory and from a temporary file, twice over.
func TestTapesPlayWhatWasRead(t *testing.T) {
	reqs := zipfTrace(3000, 3*batchSize+77, 0.8, true, 0.1, 3)
	cells := []Cell{{"lru", 1 << 20}, {"s3fifo", 1 << 22}, {"lru+bloom", 1 << 21}}
	c := Config{Warmup: 20000}
	want, totals := played(t, reqs, cells, c)
	for name, memory := range map[string]int64{"memory": 1 << 30, "file": 0, "both": 3 * blockBytes} {
		tape, err := Record(context.Background(), read(reqs), c, memory)
		if err != nil {
			t.Fatal(err)
		}
		defer tape.Close()
		if (tape.asks.file != nil) != (name != "memory") {
			t.Errorf("%s: a temporary file is %v", name, tape.asks.file)
		}
		for range 2 {
			got, sum, err := tape.Play(context.Background(), cells, c)
			if err != nil {
				t.Fatal(err)
			}
			if sum != totals {
				t.Errorf("%s: totals %+v, want %+v", name, sum, totals)
			}
			for i := range want {
				if got[i] != want[i] {
					t.Errorf("%s: %+v, want %+v", name, got[i], want[i])
				}
			}
		}
	}
}

// TestForeseenIsWhatComes compares the backward pass with looking ahead plainly.
func TestForeseenIsWhatComes(t *testing.T) {
	reqs := zipfTrace(500, 2*batchSize+5, 0.7, false, 0, 4)
	for _, memory := range []int64{0, 1 << 30} {
		tape, err := Record(context.Background(), read(reqs), Config{}, memory)
		if err != nil {
			t.Fatal(err)
		}
		defer tape.Close()
		if err := tape.foresee(); err != nil {
			t.Fatal(err)
		}
		last := map[uint64]int{}
		want := make([]int64, len(reqs))
		for i, r := range reqs {
			want[i] = trace.Never
			if at, ok := last[r.ID]; ok {
				want[at] = int64(i)
			}
			last[r.ID] = i
		}
		src, b, at := tape.source(wants{next: true}), &batch{}, 0
		for err := error(nil); err == nil; {
			err = src.next(b, 1000)
			for i := range b.asks {
				if b.next[i] != want[at+i] {
					t.Fatalf("request %d: next is %d, want %d", at+i, b.next[i], want[at+i])
				}
			}
			at += len(b.asks)
		}
		if at != len(reqs) {
			t.Errorf("%d requests, not %d", at, len(reqs))
		}
	}
}

// TestATapeIsPlayedByManyAtATime plays one tape from a temporary file several times
// at once, where each wants the future.
func TestATapeIsPlayedByManyAtATime(t *testing.T) {
	reqs := zipfTrace(2000, 3*batchSize+7, 0.8, true, 0, 5)
	cells := []Cell{{"belady", 1 << 20}, {"lru", 1 << 20}}
	tape, err := Record(context.Background(), read(reqs), Config{}, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer tape.Close()
	var players sync.WaitGroup
	results := make([][]Result, 4)
	for i := range results {
		players.Go(func() {
			var err error
			if results[i], _, err = tape.Play(context.Background(), cells, Config{}); err != nil {
				t.Error(err)
			}
		})
	}
	players.Wait()
	want, _, err := tape.Play(context.Background(), cells, Config{})
	if err != nil {
		t.Fatal(err)
	}
	for _, got := range results {
		if !slices.Equal(got, want) {
			t.Errorf("%+v, want %+v", got, want)
		}
	}
}
