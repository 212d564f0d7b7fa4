package live

import (
	"context"
	"errors"
	"io"
	"testing"
	"testing/synctest"
	"time"

	"github.com/valyala/fasthttp/fasthttputil"

	"edgesim/sim/origin"
)

func outages(all ...origin.Outage) origin.Config {
	return origin.Config{Kind: origin.Bucket, Outages: all}
}

func TestHangEndsWithTheOutage(t *testing.T) {
	c := outages(origin.Outage{From: 10 * time.Second, For: 20 * time.Second, Kind: "hang"},
		origin.Outage{From: 30 * time.Second, For: 5 * time.Second, Kind: "hang"})
	inBubble(t, c, shelf{"/a": {Key: 1, Size: 100}}, func(b *bubble) {
		cl := b.client()
		defer cl.close()
		time.Sleep(12 * time.Second)
		if resp, _ := cl.get("GET /a"); resp.StatusCode != 200 || time.Since(cl.begin) != 23*time.Second {
			t.Errorf("status %d after %v, want 200 after 23s", resp.StatusCode, time.Since(cl.begin))
		}
		cl.get("GET /a")
		if st := b.Stats(); st.Hung != 2 || st.Requests != 2 { // once in each of the two outages
			t.Errorf("%+v", st)
		}
	})
}

func TestRefusalMeetsNewAndOldConnections(t *testing.T) {
	c := outages(origin.Outage{From: 10 * time.Second, For: 20 * time.Second, Kind: "refuse"})
	inBubble(t, c, shelf{"/a": {Key: 1, Size: 100}}, func(b *bubble) {
		old := b.client()
		defer old.close()
		old.get("GET /a")
		time.Sleep(15 * time.Second)
		old.send("GET /a")
		if _, err := old.receive("GET"); err == nil {
			t.Error("the open connection is answered in the outage")
		}
		fresh := b.client()
		defer fresh.close()
		if n, err := fresh.conn.Read(make([]byte, 1)); n != 0 || err == nil {
			t.Error("a new connection is not closed")
		}
		time.Sleep(15 * time.Second)
		after := b.client()
		defer after.close()
		after.get("GET /a")
		if st := b.Stats(); st.Refused != 2 || st.ByStatus[200] != 2 {
			t.Errorf("%+v", st)
		}
	})
}

func TestErrorOutageAnswers503(t *testing.T) {
	inBubble(t, outages(origin.Outage{For: time.Second, Kind: "error"}), shelf{"/a": {Key: 1, Size: 100}}, func(b *bubble) {
		cl := b.client()
		defer cl.close()
		if resp, _ := cl.get("GET /a"); resp.StatusCode != 503 {
			t.Errorf("status %d in the outage", resp.StatusCode)
		}
		time.Sleep(time.Second)
		if resp, _ := cl.get("GET /a"); resp.StatusCode != 200 {
			t.Errorf("status %d after the outage", resp.StatusCode)
		}
	})
}

func TestShutdownEndsWhatHangs(t *testing.T) {
	inBubble(t, outages(origin.Outage{For: time.Hour, Kind: "hang"}), shelf{"/a": {Key: 1, Size: 100}}, func(b *bubble) {
		cl := b.client()
		defer cl.close()
		cl.send("GET /a")
		synctest.Wait()
		begin := time.Now()
		if err := b.Shutdown(context.Background()); err != nil || time.Since(begin) > time.Second {
			t.Errorf("shut down after %v: %v", time.Since(begin), err)
		}
		if _, err := cl.receive("GET"); err == nil {
			t.Error("what hangs is answered at shutdown")
		}
	})
}

func TestShutdownLetsResponsesFinish(t *testing.T) {
	c := origin.Config{Kind: origin.Bucket, Every: time.Second, Piece: 10}
	inBubble(t, c, shelf{"/a": {Key: 1, Size: 100}}, func(b *bubble) {
		cl := b.client()
		defer cl.close()
		cl.send("GET /a")
		resp, err := cl.receive("GET")
		if err != nil {
			t.Fatal(err)
		}
		done := make(chan error)
		go func() { done <- b.Shutdown(context.Background()) }()
		if body, err := io.ReadAll(resp.Body); err != nil || len(body) != 100 {
			t.Errorf("%d bytes, %v", len(body), err)
		}
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
}

func TestShutdownWithoutPatienceBreaksResponsesOff(t *testing.T) {
	c := origin.Config{Kind: origin.Bucket, Every: time.Second, Piece: 10, Concurrency: 2}
	inBubble(t, c, shelf{"/a": {Key: 1, Size: 100}}, func(b *bubble) {
		running, waiting := b.client(), []*client{b.client(), b.client()}
		running.send("GET /a")
		resp, err := running.receive("GET")
		if err != nil {
			t.Fatal(err)
		}
		for _, cl := range waiting {
			defer cl.close()
			cl.send("GET /a")
		}
		synctest.Wait()
		ctx, cancel := context.WithTimeout(context.Background(), 4500*time.Millisecond)
		defer cancel()
		begin := time.Now()
		err = b.Shutdown(ctx)
		if !errors.Is(err, context.DeadlineExceeded) || time.Since(begin) > 5*time.Second {
			t.Errorf("shut down after %v: %v", time.Since(begin), err)
		}
		if body, err := io.ReadAll(resp.Body); err == nil || len(body) != 50 {
			t.Errorf("%d bytes and %v, want 50 and an error", len(body), err)
		}
	})
}

func TestShutdownWithoutPatienceLeavesClientsThatDoNotRead(t *testing.T) {
	inBubble(t, origin.Config{Kind: origin.Bucket}, shelf{"/a": {Key: 1, Size: 1 << 30}}, func(b *bubble) {
		cl := b.client()
		defer cl.close()
		cl.send("GET /a")
		synctest.Wait() // until the pipe is full
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		begin := time.Now()
		if err := b.Shutdown(ctx); !errors.Is(err, context.DeadlineExceeded) || time.Since(begin) != time.Second {
			t.Errorf("shut down after %v: %v", time.Since(begin), err)
		}
		if st := b.Stats(); st.InFlight != 0 || st.Aborted != 1 {
			t.Errorf("after the shutdown: %+v", st)
		}
	})
}

func TestServeAfterShutdownReturns(t *testing.T) {
	s := newServer(t, origin.Config{Kind: origin.Bucket}, shelf{})
	if err := s.Shutdown(context.Background()); err != nil {
		t.Error(err)
	}
	if err := s.Serve(fasthttputil.NewInmemoryListener()); err != nil {
		t.Error(err)
	}
}
