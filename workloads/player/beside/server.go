//go:build linux

package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"sync"
	"time"

	"github.com/valyala/fasthttp"
)

// bodySize is what the server answers, in bytes.
const bodySize = 1 << 10

// arrivals is when requests reached the server, and what follows from that.
type arrivals struct {
	mu    sync.Mutex
	epoch time.Time
	at    []time.Duration // since epoch
}

// seen is what the server saw between two questions.
type seen struct {
	Requests int     `json:"requests"`
	Seconds  float64 `json:"seconds"` // from the first to the last
	Spread   float64 `json:"spread"`  // variance over mean of the arrivals in 1 ms: 1 for Poisson, 0 for even spacing
}

// mostArrivals is for how many there is room.
const mostArrivals = 1 << 23

func (a *arrivals) add() {
	now := time.Since(a.epoch)
	a.mu.Lock()
	if len(a.at) < cap(a.at) {
		a.at = append(a.at, now)
	}
	a.mu.Unlock()
}

// take says what was seen and forgets it.
func (a *arrivals) take() seen {
	a.mu.Lock()
	defer a.mu.Unlock()
	s := judge(a.at)
	a.at = a.at[:0]
	return s
}

// judge leaves out the first and last quarter of a second, in which connections
// are made and everything winds down.
func judge(at []time.Duration) seen {
	s := seen{Requests: len(at)}
	if len(at) == 0 {
		return s
	}
	const edge = 250 * time.Millisecond
	first, last := at[0], at[len(at)-1]
	s.Seconds = (last - first).Seconds()
	bins := make([]float64, max(0, (last-first-2*edge)/time.Millisecond))
	for _, t := range at {
		if i := int((t - first - edge) / time.Millisecond); t >= first+edge && i < len(bins) {
			bins[i]++
		}
	}
	s.Spread = dispersion(bins)
	return s
}

// dispersion is the variance over the mean; 0 for too few values.
func dispersion(values []float64) float64 {
	n := float64(len(values))
	if n < 2 {
		return 0
	}
	sum, squares := 0.0, 0.0
	for _, v := range values {
		sum += v
		squares += v * v
	}
	mean := sum / n
	if mean == 0 {
		return 0
	}
	return (squares - n*mean*mean) / (n - 1) / mean
}

// serve answers 1 KiB to everybody, and under /seen what it saw, until in ends.
func serve(in io.Reader, out, stderr io.Writer) int {
	a := &arrivals{epoch: time.Now(), at: make([]time.Duration, 0, mostArrivals)}
	body := []byte(strings.Repeat("0123456789abcdef", bodySize/16))
	server := &fasthttp.Server{Handler: func(ctx *fasthttp.RequestCtx) {
		if string(ctx.Path()) == "/seen" {
			_ = json.NewEncoder(ctx).Encode(a.take())
			return
		}
		a.add()
		ctx.Response.SetBodyRaw(body)
	}}
	ln, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		fmt.Fprintln(stderr, "beside:", err)
		return 1
	}
	fmt.Fprintln(out, ln.Addr())
	go func() {
		_, _ = io.Copy(io.Discard, in)
		os.Exit(0)
	}()
	_ = server.Serve(ln)
	return 1
}

// bare is the server in a process of its own.
type bare struct {
	cmd  *exec.Cmd
	stop io.Closer
	addr string
}

func startServer() (*bare, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	cmd := exec.Command(self, "--serve")
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := startOn(serverCore, cmd); err != nil {
		return nil, err
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	return &bare{cmd, in, strings.TrimSpace(line)}, err
}

func (b *bare) close() {
	_ = b.stop.Close()
	_ = b.cmd.Wait()
}

// seen asks the server what it saw since the last question.
func (b *bare) seen() (s seen, err error) {
	resp, err := http.Get("http://" + b.addr + "/seen")
	if err != nil {
		return s, err
	}
	defer resp.Body.Close()
	return s, json.NewDecoder(resp.Body).Decode(&s)
}
