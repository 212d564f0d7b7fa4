package main

import (
	"io"
	"net"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"edgesim/sim/fleet"
)

// far is a way to a server that takes 50 ms in each direction, and whose connections
// are reset: the first few after so many bytes to the client.
type far struct {
	to     string
	resets atomic.Int32 // how many are left
	after  int64
}

const farDelay = 50 * time.Millisecond

// open listens, and gives the address at which the server is far.
func (f *far) open(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go f.join(c.(*net.TCPConn))
		}
	}()
	return l.Addr().String()
}

func (f *far) join(near *net.TCPConn) {
	defer near.Close()
	server, err := net.Dial("tcp", f.to)
	if err != nil {
		return
	}
	defer server.Close()
	go func() { _ = carry(server, near); server.Close() }()
	if f.resets.Load() == 0 {
		_ = carry(near, server)
		return
	}
	if _ = carry(near, io.LimitReader(server, f.after)); f.resets.Add(-1) >= 0 {
		_ = near.SetLinger(0)
	}
}

// carry copies bytes that are under way for as long as the delay; as many as there are
// may be under way at a time.
func carry(to io.Writer, from io.Reader) error {
	type packet struct {
		bytes []byte
		at    time.Time
	}
	way := make(chan packet, 10_000)
	go func() {
		defer close(way)
		for {
			b := make([]byte, 16<<10)
			n, err := from.Read(b)
			if way <- (packet{b[:n], time.Now().Add(farDelay)}); err != nil {
				return
			}
		}
	}()
	var err error
	for p := range way {
		if time.Sleep(time.Until(p.at)); err == nil {
			_, err = to.Write(p.bytes)
		}
	}
	return err
}

// A sweep by a worker that is far, and whose connections break, is that of one process:
// what was under way to it comes again when its lease is over.
func TestAWorkerThatIsFarGivesTheSame(t *testing.T) {
	h := newHub(t, fleet.Login{})
	f := &far{to: strings.TrimPrefix(h.srv.URL, "nats://"), after: 12 << 10}
	f.resets.Store(3)
	w := start(t, "worker", "--nats", "nats://"+f.open(t), "--name", "far", "--slots", "2")
	w.until(`worker far, 2 slots`)
	if got, want := alone(t, append(gridOfTest, "--nats", h.srv.URL, "--lease", "5s")...), alone(t, gridOfTest...); got != want {
		t.Errorf("by a worker that is far\n%s\nalone\n%s", got, want)
	}
	if left := f.resets.Load(); left > 2 {
		t.Errorf("no connection was broken")
	}
}
