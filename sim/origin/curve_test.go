package origin

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestBandwidthIsExact(t *testing.T) {
	c := Curve{Bandwidth: 1e6, Piece: 10}
	for n, want := range map[int64]time.Duration{0: 0, 1: time.Microsecond, 1e6: time.Second, 3e9: 3000 * time.Second} {
		if got := c.Due(n); got != want {
			t.Errorf("%d bytes at 1 MB/s are out after %v, want %v", n, got, want)
		}
	}
}

// The slow origin of the scenarios: 16 KiB at once, then 16 KiB every 200 ms.
func TestPiecesComeEvery(t *testing.T) {
	c := mustNew(t, Config{Kind: Bucket, Every: 200 * time.Millisecond}).Answer(1, 0, 0).Curve
	const kib = 1 << 10
	for n, want := range map[int64]time.Duration{1: 0, 16 * kib: 0, 16*kib + 1: 200 * time.Millisecond, 32 * kib: 200 * time.Millisecond, 1024 * kib: 63 * 200 * time.Millisecond} {
		if got := c.Due(n); got != want {
			t.Errorf("%d bytes are out after %v, want %v", n, got, want)
		}
	}
	for after, want := range map[time.Duration]int64{-1: 0, 0: 16 * kib, 199 * time.Millisecond: 16 * kib, 200 * time.Millisecond: 32 * kib} {
		if got := c.Sent(after); got != want {
			t.Errorf("%d bytes are out after %v, want %d", got, after, want)
		}
	}
}

func TestSentUndoesDue(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := Curve{Piece: rapid.Int64Range(1, 1<<20).Draw(t, "piece")}
		if rapid.Bool().Draw(t, "by bandwidth") {
			c.Bandwidth = rapid.Float64Range(1, 1e11).Draw(t, "bandwidth")
		} else {
			c.Every = time.Duration(rapid.Int64Range(1, 1e10).Draw(t, "every"))
		}
		n := rapid.Int64Range(0, 1<<31).Draw(t, "n")
		if got := c.Sent(c.Due(n)); got < n {
			t.Fatalf("%+v: %d bytes are due at %v, but only %d are sent then", c, n, c.Due(n), got)
		}
		after := time.Duration(rapid.Int64Range(0, 1e11).Draw(t, "after"))
		if sent := c.Sent(after); c.Due(sent) > after || c.Due(sent+1) <= after {
			t.Fatalf("%+v: %d bytes are sent after %v, due at %v, the next at %v", c, sent, after, c.Due(sent), c.Due(sent+1))
		}
	})
}

func TestPieceFollowsBandwidth(t *testing.T) {
	for bandwidth, want := range map[float64]int{0: 16384, 1e3: 1024, 5e5: 5000, 1e9: 16384} {
		if got := mustNew(t, Config{Kind: Bucket, Bandwidth: bandwidth}).Config().Piece; got != want {
			t.Errorf("at %v bytes/s a piece is %d bytes, want %d", bandwidth, got, want)
		}
	}
}
