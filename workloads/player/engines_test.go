package player

import (
	"bufio"
	"cmp"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"edgesim/results"
	"edgesim/workloads"
)

// talk is what a server of real sockets does with one request: it writes what it
// likes. The connection is closed when it says so.
type talk func(w net.Conn, r *http.Request) (closes bool)

// talker serves every connection with a talk.
func talker(t testing.TB, say talk) (addr string) {
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
			go func() {
				defer c.Close()
				in := bufio.NewReader(c)
				for {
					r, err := http.ReadRequest(in)
					if err != nil {
						return
					}
					_, _ = io.Copy(io.Discard, r.Body)
					if say(c, r) {
						return
					}
				}
			}()
		}
	}()
	return l.Addr().String()
}

func says(text string) talk {
	return func(w net.Conn, _ *http.Request) bool { io.WriteString(w, text); return false }
}

func (say talk) andCloses() talk {
	return func(w net.Conn, r *http.Request) bool { say(w, r); return true }
}

func lengthed(n int) string {
	return fmt.Sprintf("HTTP/1.1 200 OK\r\nX-Cache: HIT\r\ncontent-length: %d\r\n\r\n%s", n, strings.Repeat("x", n))
}

// common has a header that is read in one pass.
const common = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nX-Cache: RefreshHit from cloudfront\r\nAge: 7\r\nContent-Length: 2\r\n\r\nok"

// resets is a server that resets the connection.
func resets(w net.Conn, _ *http.Request) bool {
	_ = w.(*net.TCPConn).SetLinger(0)
	return true
}

// what of a record does not depend on chance.
type told struct {
	id     uint64
	status uint16
	body   int64
	length int64
	out    int64
	flags  results.Flags
	result results.Result
}

// Who plays, a loop or a goroutine for each connection, makes no difference to what
// is recorded.
func TestEnginesAgree(t *testing.T) {
	const steady = results.Aborted | results.Truncated | results.NoResponse | results.Unverified
	cat := smallCatalog(t)
	chunks := "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"
	for name, c := range map[string]struct {
		say    talk
		req    workloads.Request
		verify bool
	}{
		"short":                {say: says(tiny)},
		"SSH, that waits":      {say: says("SSH-2.0-OpenSSH_9.2\r\n")},
		"no such status":       {say: says(strings.Replace(common, "200 OK", "999 Denied", 1))},
		"no content":           {say: says("HTTP/1.1 204 No Content\r\n\r\n")},
		"empty":                {say: says("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")},
		"fills the buffer":     {say: says(lengthed(readBuffer - 61))},
		"a byte over":          {say: says(lengthed(readBuffer - 60))},
		"long":                 {say: says(lengthed(300_000))},
		"chunks":               {say: says(chunks)},
		"chunks cut short":     {say: says(chunks[:len(chunks)-5]).andCloses()},
		"until it closes":      {say: says("HTTP/1.1 200 OK\r\n\r\nabc").andCloses()},
		"closes after":         {say: says(tiny).andCloses()},
		"says that it closes":  {say: says("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 1\r\n\r\nx").andCloses()},
		"interim":              {say: says("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" + tiny)},
		"unasked 101":          {say: says("HTTP/1.1 101 Switching Protocols\r\n\r\n")},
		"byte by byte":         {say: slowly(tiny)},
		"common":               {say: says(common)},
		"common, in pieces":    {say: slowly(common)},
		"common, HEAD":         {say: says(common[:len(common)-2]), req: workloads.Request{Method: workloads.HEAD}},
		"common, closes":       {say: says(strings.Replace(common, "Age", "Connection: close\r\nAge", 1))},
		"common, too much":     {say: says(common + "more")},
		"common, unasked 304":  {say: says(strings.Replace(common, "200", "304", 1))},
		"common, an error":     {say: says(strings.Replace(common, "200", "503", 1))},
		"no HTTP":              {say: says("SSH-2.0-OpenSSH_9.6\r\n\r\n")},
		"too much":             {say: says(tiny + "more")},
		"two answers":          {say: says(tiny + tiny)},
		"short of its length":  {say: says("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc").andCloses()},
		"half a header":        {say: says("HTTP/1.1 200 OK\r\nConte").andCloses()},
		"nothing":              {say: func(net.Conn, *http.Request) bool { return true }},
		"reset":                {say: resets},
		"HEAD":                 {say: says("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n"), req: workloads.Request{Method: workloads.HEAD}},
		"length twice":         {say: says("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\nok")},
		"length and chunks":    {say: says("HTTP/1.1 200 OK\r\nContent-Length: 9\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n")},
		"no number":            {say: says("HTTP/1.1 200 OK\r\nContent-Length: two\r\n\r\nok").andCloses()},
		"long header":          {say: says("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX-Pad: " + strings.Repeat("y", 20_000) + "\r\n\r\nok")},
		"bare line feeds":      {say: says("HTTP/1.1 200 OK\nContent-Length: 2\n\nok").andCloses()},
		"hung up on, short":    {say: says(lengthed(1000)), req: workloads.Request{Abort: 0.5}},
		"hung up on, long":     {say: says(lengthed(200_000)), req: workloads.Request{Abort: 0.5}},
		"content":              {say: says(tiny), req: workloads.Request{Method: workloads.POST, Body: 100_000}},
		"some content":         {say: says(tiny), req: workloads.Request{Method: workloads.PUT, Body: 100}},
		"wrong bytes":          {say: says(lengthed(10)), verify: true},
		"right bytes":          {say: right(cat), verify: true},
		"right bytes, a range": {say: right(cat), verify: true, req: workloads.Request{Range: workloads.Range{First: 3, Length: 90}}},
	} {
		t.Run(name, func(t *testing.T) {
			addr := talker(t, c.say)
			var facts [2][]told
			var troubles [2]map[results.Fault]uint64
			for i, dial := range []func(context.Context, string, string) (net.Conn, error){nil, new(net.Dialer).DialContext} {
				reqs := every(100*time.Microsecond, 19) // fewer than make a run hopeless
				for j := range reqs {
					at, object := reqs[j].At, reqs[j].Object
					reqs[j] = c.req
					reqs[j].At, reqs[j].Object = at, object
				}
				got := play(t, context.Background(), Config{Target: addr, Catalog: cat, Connections: 3, Source: workloads.FromSlice(reqs),
					Verify: c.verify, Dial: dial, Timeout: 20 * time.Second})
				for _, r := range got.recs {
					facts[i] = append(facts[i], told{r.ID, r.Status, r.BodyBytes, r.ContentLength, r.BytesOut, r.Flags & steady, r.Result})
				}
				slices.SortFunc(facts[i], func(a, b told) int { return cmp.Compare(a.id, b.id) })
				troubles[i] = kinds(got.Outcome)
			}
			if !slices.Equal(facts[0], facts[1]) {
				t.Errorf("the loop records %+v,\ngoroutines %+v", facts[0], facts[1])
			}
			if a, b := merge(troubles[0]), merge(troubles[1]); fmt.Sprint(a) != fmt.Sprint(b) {
				t.Errorf("troubles of the loop are %v, of goroutines %v", a, b)
			}
		})
	}
}

// merge makes one of two kinds that the network's timing tells apart.
func merge(m map[results.Fault]uint64) map[results.Fault]uint64 {
	if n := m[results.FaultReset]; n > 0 {
		delete(m, results.FaultReset)
		m[results.FaultClosed] += n
	}
	return m
}

// slowly writes byte by byte, so that a reader sees every beginning.
func slowly(text string) talk {
	return func(w net.Conn, _ *http.Request) bool {
		for i := range len(text) {
			if _, err := io.WriteString(w, text[i:i+1]); err != nil {
				return true
			}
		}
		return false
	}
}

// right answers as a simulated origin.
func right(cat *workloads.Catalog) talk {
	return func(w net.Conn, r *http.Request) bool { io.WriteString(w, compose(cat, r, plainly)); return false }
}

// In both, time-outs and the end of the run break requests off that get no answer,
// or half of one.
func TestEnginesGiveUp(t *testing.T) {
	half := "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc"
	for name, dial := range map[string]func(context.Context, string, string) (net.Conn, error){"loop": nil, "goroutines": new(net.Dialer).DialContext} {
		for _, text := range []string{"", half, half[:20]} {
			addr := talker(t, says(text))
			got := play(t, context.Background(), Config{Target: addr, Connections: 2, Source: workloads.FromSlice(every(0, 6)),
				Dial: dial, Timeout: 40 * time.Millisecond})
			wantOnly(t, got.Outcome, results.FaultTimeout, 6)

			ctx, cancel := context.WithCancel(context.Background())
			n := 0
			addr = talker(t, func(w net.Conn, _ *http.Request) bool {
				if n++; n == 3 {
					cancel()
				} else {
					io.WriteString(w, tiny)
				}
				return false
			})
			got = play(t, ctx, Config{Target: addr, Connections: 1, Source: workloads.FromSlice(every(0, 6)), Dial: dial, Grace: time.Millisecond})
			if got.Sent != 3 || got.Done != 2 || got.Cut != 1 || !got.recs[len(got.recs)-1].Flags.Has(results.Aborted) && !got.recs[0].Flags.Has(results.Aborted) {
				t.Errorf("%s: %+v", name, got.Outcome)
			}
		}
	}
}

// An idle connection that the server closes is not used again: nothing has to be
// sent twice. On a busy machine a server may be late to close, and some are.
func TestTheLoopSeesIdleConnectionsClose(t *testing.T) {
	addr := talker(t, func(w net.Conn, r *http.Request) bool {
		io.WriteString(w, tiny)
		return true
	})
	got := play(t, context.Background(), Config{Target: addr, Connections: 1, Source: workloads.FromSlice(every(10*time.Millisecond, 20))})
	if got.Done != 20 || got.Retried > 10 {
		t.Errorf("%+v", got.Outcome)
	}
}
