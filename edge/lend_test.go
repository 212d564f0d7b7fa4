package edge

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"testing"
	"time"
)

// A viewer on a socket has been sent an object and reads nothing of it while the
// object is evicted and others take its place; then it reads what it asked for.
// So do those who read at once, whatever part they ask for.
func TestSentBytesSurviveTheirEviction(t *testing.T) {
	const size = 900 << 10 // 14 whole blocks and a piece
	addr, e := onSocketWith(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "max-age=60")
		w.Header().Set("Content-Length", fmt.Sprint(size))
		w.Write(bytes.Repeat([]byte(r.URL.Path[1:2]), size))
	}, func(c *Config) { c.Capacity, c.Shards, c.Policy = 2<<20, 1, "fifo" })

	ask := func(path, fields string) net.Conn {
		c, err := net.Dial("tcp", addr)
		if err != nil {
			t.Fatal(err)
		}
		c.SetDeadline(time.Now().Add(time.Minute))
		fmt.Fprintf(c, "GET /%s HTTP/1.1\r\nHost: example.com\r\n%s\r\n", path, fields)
		return c
	}
	check := func(c net.Conn, name byte, status, length int) {
		t.Helper()
		defer c.Close()
		res, err := http.ReadResponse(bufio.NewReader(c), nil)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(res.Body)
		if err != nil || res.StatusCode != status || !bytes.Equal(body, bytes.Repeat([]byte{name}, length)) {
			t.Errorf("/%c: status %d, %d bytes, %v; or they are another's", name, res.StatusCode, len(body), err)
		}
	}
	for round := range 10 {
		check(ask("a", ""), 'a', 200, size)
		e.flying.wait()              // it is stored, and the next one is a hit
		late := ask("a", "")         // reads only at the end
		time.Sleep(time.Millisecond) // most of it lies in the sockets' queues
		check(ask("a", "Range: bytes=70000-270000\r\n"), 'a', 206, 200_001)
		for _, name := range []byte("bcdefg") {
			check(ask(string(name), ""), name, 200, size)
		}
		check(late, 'a', 200, size)
		if t.Failed() {
			t.Fatalf("in round %d", round)
		}
	}
}
