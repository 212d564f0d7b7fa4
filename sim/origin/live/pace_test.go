package live

import (
	"errors"
	"io"
	"net/http"
	"testing"
	"time"

	"edgesim/sim/origin"
)

const kib = 1 << 10

// arrival is a moment and how many bytes of body had come by then.
type arrival struct {
	after time.Duration
	bytes int
}

// arrivals reads a body as it comes.
func (c *client) arrivals(resp *http.Response) (all []arrival, body []byte, err error) {
	buf := make([]byte, 64*kib)
	for {
		n, err := resp.Body.Read(buf)
		body = append(body, buf[:n]...)
		after := time.Since(c.begin)
		if last := len(all) - 1; n > 0 && last >= 0 && all[last].after == after {
			all[last].bytes = len(body)
		} else if n > 0 {
			all = append(all, arrival{after, len(body)})
		}
		if errors.Is(err, io.EOF) {
			return all, body, nil
		}
		if err != nil {
			return all, body, err
		}
	}
}

func TestFirstByteComesAfterTheModelsDelay(t *testing.T) {
	c := origin.Config{Kind: origin.Bucket, Seed: 3, FirstByte: origin.Delay{Kind: "lognormal", Median: 50 * time.Millisecond, P99: time.Second}}
	inBubble(t, c, shelf{"/a": {Key: 1, Size: 10}}, func(b *bubble) {
		cl := b.client()
		defer cl.close()
		for attempt := range uint32(20) {
			_, body := cl.get("GET /a")
			want := b.model.Answer(1, attempt, 0).FirstByte
			if got := time.Since(cl.begin); got != want || len(body) != 10 {
				t.Errorf("attempt %d: %d bytes after %v, the model says %v", attempt, len(body), got, want)
			}
		}
		if got := b.Attempts(1); got != 20 {
			t.Errorf("%d attempts counted, want 20", got)
		}
	})
}

// The slow origin: 16 KiB at once, then 16 KiB every 200 ms, 1 MiB in all.
func TestPiecesLeaveOnTheDot(t *testing.T) {
	slow := origin.Config{Kind: origin.Bucket, FirstByte: origin.Delay{Kind: "constant", Constant: 30 * time.Millisecond}, Every: 200 * time.Millisecond}
	chunked := slow
	chunked.Kind, chunked.Chunked = origin.Server, true
	for name, c := range map[string]origin.Config{"with length": slow, "chunked": chunked} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, c, shelf{"/a": {Key: 1, Size: 1024 * kib}}, func(b *bubble) {
				cl := b.client()
				defer cl.close()
				cl.send("GET /a")
				resp, err := cl.receive("GET")
				if err != nil {
					t.Fatal(err)
				}
				if want := int64(1024 * kib); !c.Chunked && resp.ContentLength != want || c.Chunked && resp.ContentLength != -1 {
					t.Errorf("Content-Length %d", resp.ContentLength)
				}
				all, body, err := cl.arrivals(resp)
				if err != nil || len(all) != 64 {
					t.Fatalf("%d arrivals, error %v; want 64 and none", len(all), err)
				}
				for i, a := range all {
					want := arrival{30*time.Millisecond + time.Duration(i)*200*time.Millisecond, (i + 1) * 16 * kib}
					if a != want {
						t.Fatalf("piece %d: %d bytes after %v, want %d after %v", i, a.bytes, a.after, want.bytes, want.after)
					}
				}
				verify(t, resp, body, 0)
			})
		})
	}
}

func TestBandwidthIsKept(t *testing.T) {
	c := origin.Config{Kind: origin.Server, FirstByte: origin.Delay{Kind: "constant", Constant: time.Second}, Bandwidth: 100_000}
	t.Run("with length", func(t *testing.T) { bandwidthIsKept(t, c) })
	c.Chunked = true
	t.Run("chunked", func(t *testing.T) { bandwidthIsKept(t, c) })
}

// bandwidthIsKept wants the header after one second, and each byte ten
// microseconds after the one before.
func bandwidthIsKept(t *testing.T, c origin.Config) {
	inBubble(t, c, shelf{"/a": {Key: 1, Size: 250_001}}, func(b *bubble) {
		cl := b.client()
		defer cl.close()
		cl.send("GET /a")
		resp, err := cl.receive("GET")
		if err != nil {
			t.Fatal(err)
		}
		if got := time.Since(cl.begin); got != time.Second {
			t.Errorf("the header came after %v, want 1s", got)
		}
		all, body, err := cl.arrivals(resp)
		if err != nil {
			t.Fatal(err)
		}
		for _, a := range all {
			if due := time.Second + time.Duration(a.bytes)*10*time.Microsecond; a.after != due {
				t.Fatalf("%d bytes after %v, want %v", a.bytes, a.after, due)
			}
		}
		if len(all) < 240 || len(all) > 250 {
			t.Errorf("%d pieces, want one every 10 ms or so", len(all))
		}
		verify(t, resp, body, 0)
	})
}

// A client that reads late gets at once what should have come in the meantime,
// and the rest on time.
func TestPaceCatchesUpWithASlowReader(t *testing.T) {
	c := origin.Config{Kind: origin.Bucket, Every: 100 * time.Millisecond, Piece: 8 * kib}
	inBubble(t, c, shelf{"/a": {Key: 1, Size: 400 * kib}}, func(b *bubble) {
		cl := b.client()
		defer cl.close()
		cl.send("GET /a")
		time.Sleep(2*time.Second + 50*time.Millisecond) // longer than the pipe's few buffers last
		resp, err := cl.receive("GET")
		if err != nil {
			t.Fatal(err)
		}
		all, body, err := cl.arrivals(resp)
		if err != nil {
			t.Fatal(err)
		}
		if all[0].bytes != 21*8*kib || all[0].after != 2050*time.Millisecond {
			t.Errorf("first %d bytes after %v, want 21 pieces at 2.05s", all[0].bytes, all[0].after)
		}
		if last := all[len(all)-1]; last.after != 4900*time.Millisecond {
			t.Errorf("the last byte came after %v, want 4.9s", last.after)
		}
		verify(t, resp, body, 0)
	})
}

func TestRangesArePacedFromTheirOwnStart(t *testing.T) {
	c := origin.Config{Kind: origin.Bucket, Every: time.Second, Piece: 1000}
	inBubble(t, c, shelf{"/a": {Key: 1, Size: 1 << 20}}, func(b *bubble) {
		cl := b.client()
		defer cl.close()
		resp, body := cl.get("GET /a", "Range: bytes=500001-503000")
		if got := time.Since(cl.begin); got != 2*time.Second || len(body) != 3000 {
			t.Errorf("%d bytes after %v, want 3000 after 2s", len(body), got)
		}
		verify(t, resp, body, 500_001)
	})
}

func TestWithoutALimitTheBodyComesAtOnce(t *testing.T) {
	for _, size := range []int64{0, 1, 4 * kib, 1 << 20} {
		inBubble(t, origin.Config{Kind: origin.Bucket}, shelf{"/a": {Key: 1, Size: size}}, func(b *bubble) {
			cl := b.client()
			defer cl.close()
			resp, body := cl.get("GET /a")
			if time.Since(cl.begin) != 0 || int64(len(body)) != size {
				t.Errorf("%d of %d bytes after %v", len(body), size, time.Since(cl.begin))
			}
			verify(t, resp, body, 0)
		})
	}
}
