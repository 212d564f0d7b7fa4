package edge

import (
	"bufio"
	"fmt"
	"net"
	"net/http"
	"runtime"
	"strconv"
	"sync"
	"testing"
	"time"
)

// Hundreds of viewers ask for 8 MiB each, read a little and then nothing:
// memory stays within the budget for bodies in flight and a little for each
// viewer, whether the responses may be kept or not. When they are gone, so is
// everything that served them.
func TestViewersWhoReadNothing(t *testing.T) {
	if testing.Short() || raceOn {
		t.Skip("measures memory, which the race detector changes")
	}
	const viewers, size = 300, 8 << 20
	piece := make([]byte, 64<<10)
	for name, cc := range map[string]string{"kept": "max-age=60", "passed": "no-store"} {
		t.Run(name, func(t *testing.T) {
			addr, e := onSocketWith(t, func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Cache-Control", cc)
				w.Header().Set("Content-Length", strconv.Itoa(size))
				for range size / len(piece) {
					if _, err := w.Write(piece); err != nil {
						return
					}
				}
			}, func(c *Config) { c.InFlight, c.Capacity, c.Shards = 32<<20, 64<<20, 1 })
			before := heap()
			conns := make([]net.Conn, viewers)
			var wg sync.WaitGroup
			for i := range conns {
				wg.Go(func() { conns[i] = askAndStop(t, addr, i) })
			}
			wg.Wait()
			if grown := int64(heap()-before) >> 20; grown > 32+64+viewers/2 {
				t.Errorf("the heap grew by %d MiB with %d viewers", grown, viewers)
			} else {
				t.Logf("the heap grew by %d MiB", grown)
			}
			for _, c := range conns {
				c.(*net.TCPConn).SetLinger(0) // a reset, not an orderly end
				c.Close()
			}
			waitFor(t, func() bool { return e.inFlight.Load() == 0 && e.viewerCount() == 0 })
		})
	}
}

// askAndStop asks for an object and reads its header only.
func askAndStop(t *testing.T, addr string, i int) net.Conn {
	c, err := net.Dial("tcp", addr)
	if err != nil {
		t.Error(err)
		return nil
	}
	fmt.Fprintf(c, "GET /%d HTTP/1.1\r\nHost: example.com\r\n\r\n", i)
	c.SetReadDeadline(time.Now().Add(time.Minute))
	if line, err := bufio.NewReaderSize(c, 16).ReadString('\n'); err != nil {
		t.Errorf("viewer %d got %q, %v", i, line, err)
	}
	return c
}

func (e *Edge) viewerCount() int {
	e.mu.Lock()
	defer e.mu.Unlock()
	return len(e.viewers)
}

// waitFor waits until something on real sockets has come about.
func waitFor(t *testing.T, ok func() bool) {
	t.Helper()
	deadline := time.Now().Add(time.Minute)
	for !ok() {
		if time.Now().After(deadline) {
			t.Fatalf("still not so after a minute; %d goroutines", runtime.NumGoroutine())
		}
		runtime.Gosched()
	}
}
