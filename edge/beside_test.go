//go:build linux

package edge

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// The edge beside a bare fasthttp server, each in a process of its own on one
// core, the client on another: what a hit costs beyond what fasthttp costs.
// The rounds alternate, so that a machine whose speed drifts slows both.
//
//	go test ./edge -run '^$' -bench Beside -benchtime 1x

const (
	besideRole  = "EDGESIM_BESIDE" // "edge 1024": what the child process is to serve
	besideConns = 64
	besideRound = 700 * time.Millisecond
	besidePairs = 15
)

func TestMain(m *testing.M) {
	if role := os.Getenv(besideRole); role != "" {
		serveBeside(role)
		return
	}
	if role := os.Getenv(churnRole); role != "" {
		serveChurn(role)
		return
	}
	os.Exit(m.Run())
}

// serveBeside is the child: it prints its address and serves until its
// standard input ends.
func serveBeside(role string) {
	kind, sizeText, _ := strings.Cut(role, " ")
	size, _ := strconv.Atoi(sizeText)
	pin(0)
	body := bytes.Repeat([]byte{'x'}, size)
	var t childTB
	if kind == "bare" {
		fmt.Println(bare(&t, body))
	} else {
		fmt.Println(onSocket(&t, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Cache-Control", "max-age=3600")
			w.Header().Set("Content-Length", strconv.Itoa(size))
			w.Header().Set("Etag", `"0123456789abcdef"`)
			w.Header().Set("Content-Type", "image/jpeg")
			w.Write(body)
		}))
	}
	io.Copy(io.Discard, os.Stdin)
}

// childTB is the little of testing.TB that a child process needs.
type childTB struct{ testing.TB }

func (*childTB) Cleanup(func()) {}
func (*childTB) Fatal(a ...any) {
	fmt.Fprintln(os.Stderr, a...)
	os.Exit(1)
}

func pin(cpu int) {
	var set unix.CPUSet
	set.Set(cpu % runtime.NumCPU())
	tasks, _ := os.ReadDir("/proc/self/task") // threads that the runtime has begun already
	for _, t := range tasks {
		if id, err := strconv.Atoi(t.Name()); err == nil {
			unix.SchedSetaffinity(id, &set)
		}
	}
	runtime.GOMAXPROCS(1)
}

// child is a server process.
type child struct {
	cmd     *exec.Cmd
	clients []*rawClient
}

func startChild(b *testing.B, kind string, size int) *child {
	exe, err := os.Executable()
	if err != nil {
		b.Fatal(err)
	}
	cmd := exec.Command(exe)
	cmd.Env = append(os.Environ(), fmt.Sprintf("%s=%s %d", besideRole, kind, size))
	cmd.Stderr = os.Stderr
	in, _ := cmd.StdinPipe()
	out, _ := cmd.StdoutPipe()
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		in.Close()
		cmd.Wait()
	})
	var addr string
	if _, err := fmt.Fscan(out, &addr); err != nil {
		b.Fatal(err)
	}
	c := &child{cmd: cmd}
	for range besideConns {
		c.clients = append(c.clients, newRawClient(b, addr, "/images/0c3f9a.jpg", size))
	}
	return c
}

// round asks on every connection for a while; it returns requests per second
// and the server's CPU time per request, in microseconds.
func (c *child) round(b *testing.B, length time.Duration) (rate, cpu float64) {
	var done atomic.Bool
	var n atomic.Int64
	var wg sync.WaitGroup
	before, began := c.cpu(b), time.Now()
	time.AfterFunc(length, func() { done.Store(true) })
	for _, r := range c.clients {
		wg.Go(func() {
			mine := int64(0)
			for !done.Load() {
				if err := r.get(); err != nil {
					b.Error(err)
					return
				}
				mine++
			}
			n.Add(mine)
		})
	}
	wg.Wait()
	took := time.Since(began)
	return float64(n.Load()) / took.Seconds(), (c.cpu(b) - before) * 1e6 / float64(n.Load())
}

// cpu is the process's CPU time in seconds, in ticks of 10 ms.
func (c *child) cpu(b *testing.B) float64 {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", c.cmd.Process.Pid))
	if err != nil {
		b.Fatal(err)
	}
	f := strings.Fields(string(text[bytes.LastIndexByte(text, ')')+2:]))
	user, _ := strconv.ParseFloat(f[11], 64)
	system, _ := strconv.ParseFloat(f[12], 64)
	return (user + system) / 100
}

func BenchmarkBeside(b *testing.B) {
	for _, size := range []int{1 << 10, 64 << 10, 1 << 20} {
		b.Run(fmt.Sprintf("size=%d", size), func(b *testing.B) {
			pin(1)
			edge, bare := startChild(b, "edge", size), startChild(b, "bare", size)
			edge.round(b, besideRound/2)
			bare.round(b, besideRound/2)
			b.ResetTimer()
			var rates, costs, edgeCPU, bareCPU, edgeRate []float64
			for range besidePairs {
				er, ec := edge.round(b, besideRound)
				br, bc := bare.round(b, besideRound)
				rates, costs = append(rates, er/br), append(costs, ec/bc)
				edgeCPU, bareCPU, edgeRate = append(edgeCPU, ec), append(bareCPU, bc), append(edgeRate, er)
			}
			b.ReportMetric(0, "ns/op")
			b.ReportMetric(median(rates), "rate-ratio")
			b.ReportMetric(median(costs), "cpu-ratio")
			b.ReportMetric(median(edgeCPU), "edge-cpu-µs/req")
			b.ReportMetric(median(bareCPU), "bare-cpu-µs/req")
			b.ReportMetric(median(edgeRate), "edge-req/s")
		})
	}
}

func median(x []float64) float64 {
	slices.Sort(x)
	return x[len(x)/2]
}
