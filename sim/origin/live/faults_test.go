package live

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"edgesim/sim/origin"
)

func TestResetIsATCPReset(t *testing.T) {
	s := newServer(t, origin.Config{Kind: origin.Bucket, Resets: 1}, shelf{"/a": {Key: 1, Size: 100}})
	cl := dialTCP(t, onTCP(t, s))
	cl.send("GET /a")
	if n, err := cl.conn.Read(make([]byte, 1)); n != 0 || !errors.Is(err, syscall.ECONNRESET) {
		t.Errorf("%d bytes and %v, want none and a reset", n, err)
	}
	if st := s.Stats(); st.Resets != 1 || st.Bytes != 0 || len(st.ByStatus) != 0 {
		t.Errorf("%+v", st)
	}
}

func TestRefusedConnectionIsReset(t *testing.T) {
	s := newServer(t, outages(origin.Outage{For: time.Hour, Kind: "refuse"}), shelf{})
	c, err := net.Dial("tcp", onTCP(t, s)) // the reset may come before Dial is done
	if err == nil {
		defer c.Close()
		_, err = c.Read(make([]byte, 1))
	}
	if !errors.Is(err, syscall.ECONNRESET) {
		t.Errorf("error %v, want a reset", err)
	}
}

// A body that breaks off must look broken to every client, with Content-Length
// and in chunks, and its bytes must be right up to there.
func TestTruncatedBodyHasNoCleanEnd(t *testing.T) {
	const size = 300_000
	contents := shelf{"/a": {Key: 77, Size: size}}
	for name, c := range map[string]origin.Config{
		"with length":       {Kind: origin.Bucket, Truncates: 1},
		"chunked":           {Kind: origin.Server, Truncates: 1, Chunked: true},
		"with length, slow": {Kind: origin.Bucket, Truncates: 1, Bandwidth: 2e7},
		"chunked, slow":     {Kind: origin.Server, Truncates: 1, Chunked: true, Bandwidth: 2e7},
	} {
		t.Run(name, func(t *testing.T) {
			s := newServer(t, c, contents)
			addr := onTCP(t, s)
			for attempt := range uint32(4) {
				resp, err := http.Get("http://" + addr + "/a")
				if err != nil {
					t.Fatal(err)
				}
				body, err := io.ReadAll(resp.Body)
				_ = resp.Body.Close()
				want := int(s.model.Answer(77, attempt, 0).FaultAt * size)
				if !errors.Is(err, io.ErrUnexpectedEOF) || len(body) != want {
					t.Errorf("attempt %d: %d bytes and %v, want %d and an unexpected EOF", attempt, len(body), err, want)
				}
				verify(t, resp, body, 0)
			}
			if st := s.Stats(); st.Truncated != 4 || st.Aborted != 0 {
				t.Errorf("%+v", st)
			}
		})
	}
}

// The raw bytes: a chunked body that breaks off ends without the last chunk.
func TestTruncatedChunksLackTheLast(t *testing.T) {
	c := origin.Config{Kind: origin.Server, Truncates: 1, Chunked: true}
	s := newServer(t, c, shelf{"/a": {Key: 1, Size: 1000}})
	cl := dialTCP(t, onTCP(t, s))
	cl.send("GET /a")
	raw, err := io.ReadAll(cl.r)
	if err != nil {
		t.Fatal(err)
	}
	if n := len(raw); n < 100 || string(raw[n-5:]) == "0\r\n\r\n" {
		t.Errorf("the response ends in %q", raw[max(0, n-5):])
	}
}

func TestAbortIsNoticed(t *testing.T) {
	s := newServer(t, origin.Config{Kind: origin.Bucket}, shelf{"/a": {Key: 1, Size: 1 << 28}})
	cl := dialTCP(t, onTCP(t, s))
	cl.send("GET /a")
	if _, err := cl.receive("GET"); err != nil {
		t.Fatal(err)
	}
	_ = cl.conn.(*net.TCPConn).SetLinger(0)
	cl.close()
	if err := s.Shutdown(context.Background()); err != nil { // waits until the server has noticed
		t.Fatal(err)
	}
	if st := s.Stats(); st.Aborted != 1 || st.BodyBytes >= 1<<28 {
		t.Errorf("%+v", st)
	}
}

func TestAbortDuringAPacedBodyIsNoticed(t *testing.T) {
	c := origin.Config{Kind: origin.Bucket, Every: time.Second, Piece: 10}
	inBubble(t, c, shelf{"/a": {Key: 1, Size: 1000}}, func(b *bubble) {
		cl := b.client()
		cl.send("GET /a")
		if _, err := cl.receive("GET"); err != nil {
			t.Fatal(err)
		}
		time.Sleep(2500 * time.Millisecond)
		cl.close()
		time.Sleep(time.Second)
		synctest.Wait()
		if st := b.Stats(); st.Aborted != 1 || st.InFlight != 0 || st.BodyBytes < 30 || st.BodyBytes > 40 {
			t.Errorf("%+v", st)
		}
	})
}

func TestErrorsComeInTheirShare(t *testing.T) {
	inBubble(t, origin.Config{Kind: origin.Server, Seed: 2, Errors: 0.25}, shelf{"/a": {Key: 1, Size: 5}}, func(b *bubble) {
		cl := b.client()
		defer cl.close()
		want := map[int]uint64{}
		for attempt := range uint32(400) {
			cl.get("GET /a")
			want[b.model.Answer(1, attempt, 0).Status]++
		}
		st := b.Stats()
		for _, status := range []int{200, 500, 503} {
			if st.ByStatus[status] != want[status] || want[status] == 0 {
				t.Errorf("%d times %d, the model says %d", st.ByStatus[status], status, want[status])
			}
		}
	})
}
