package player

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"edgesim/results"
	"edgesim/sim/origin"
	"edgesim/workloads"

	"pgregory.net/rapid"
)

func kinds(o Outcome) map[results.Fault]uint64 {
	m := map[results.Fault]uint64{}
	for _, t := range o.Errors {
		m[t.Kind] = uint64(t.Count)
	}
	return m
}

func wantOnly(t *testing.T, o Outcome, k results.Fault, n uint64) {
	t.Helper()
	if got := kinds(o); got[k] != n || len(got) != 1 {
		t.Errorf("failures are %v; right are only %d × %v", o.Errors, n, k)
	}
}

func TestWrongBodiesAreFound(t *testing.T) {
	cat := smallCatalog(t)
	flip := func(text string) string {
		b := []byte(text)
		b[len(b)-1] ^= 1
		return string(b)
	}
	for name, c := range map[string]struct {
		spoil func(r *http.Request) string
		req   workloads.Request
	}{
		"one flipped bit": {spoil: func(r *http.Request) string { return flip(compose(cat, r, plainly)) }},
		"a byte short": {spoil: func(r *http.Request) string {
			text := compose(cat, r, plainly)
			size := cat.Object(0).Size
			return strings.Replace(text[:len(text)-1], fmt.Sprintf("Content-Length: %d", size), fmt.Sprintf("Content-Length: %d", size-1), 1)
		}},
		"another object": {spoil: func(r *http.Request) string {
			r.URL.Path = string(cat.AppendPath(nil, 1))
			return compose(cat, r, plainly)
		}},
		"no entity tag": {spoil: func(r *http.Request) string {
			return strings.Replace(compose(cat, r, plainly), "Etag:", "Gate:", 1)
		}},
		"another range": {
			req: workloads.Request{Range: workloads.Range{First: 10, Length: 50}},
			spoil: func(r *http.Request) string {
				r.Header.Set("Range", "bytes=11-60")
				return compose(cat, r, plainly)
			}},
		"the right range with the bytes of another": {
			req: workloads.Request{Range: workloads.Range{First: 10, Length: 50}},
			spoil: func(r *http.Request) string {
				r.Header.Set("Range", "bytes=11-60")
				return strings.Replace(compose(cat, r, plainly), "bytes 11-60", "bytes 10-59", 1)
			}},
		"a range nobody asked for": {spoil: func(r *http.Request) string {
			r.Header.Set("Range", "bytes=0-9")
			return compose(cat, r, plainly)
		}},
		"another object for HEAD": {
			req: workloads.Request{Method: workloads.HEAD},
			spoil: func(r *http.Request) string {
				text := compose(cat, r, plainly)
				o := cat.Object(0)
				return strings.Replace(text, string(origin.AppendETag(nil, o.Key, 7)), string(origin.AppendETag(nil, o.Key+1, 7)), 1)
			}},
		"another length for HEAD": {
			req: workloads.Request{Method: workloads.HEAD},
			spoil: func(r *http.Request) string {
				return strings.Replace(compose(cat, r, plainly), "Length: ", "Length: 1", 1)
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			got := play(t, context.Background(), Config{
				Source: workloads.FromSlice([]workloads.Request{c.req}), Catalog: cat, Verify: true,
				Connections: 1, Dial: dialer(func(r *http.Request) reply { return reply{text: c.spoil(r)} }),
			})
			wantOnly(t, got.Outcome, results.FaultBody, 1)
			if !got.recs[0].Flags.Has(results.Unverified) || got.Verified != 0 {
				t.Errorf("record %+v is not flagged Unverified, or was counted as right", got.recs[0])
			}
		})
	}
}

func TestRightBodiesPass(t *testing.T) {
	cat := smallCatalog(t)
	rapid.Check(t, func(rt *rapid.T) {
		m := mode(rapid.IntRange(0, 2).Draw(rt, "mode"))
		id := rapid.Uint64Range(0, 49).Draw(rt, "object")
		size := cat.Object(id).Size
		req := workloads.Request{Object: id, Method: workloads.Method(rapid.IntRange(0, 1).Draw(rt, "method"))}
		if rapid.Bool().Draw(rt, "ranged") {
			req.Range.First = rapid.Int64Range(-1, size-1).Draw(rt, "first")
			req.Range.Length = rapid.Int64Range(1, size+10).Draw(rt, "length")
		}
		aborted := rapid.Bool().Draw(rt, "abort")
		if aborted {
			req.Abort = float32(rapid.Float64Range(0.01, 1).Draw(rt, "at"))
		}
		got := play(t, context.Background(), Config{
			Source: workloads.FromSlice([]workloads.Request{req}), Catalog: cat, Verify: true,
			Connections: 1, Dial: dialer(func(r *http.Request) reply {
				rep := reply{text: compose(cat, r, m)}
				if m == untilClosed {
					rep.then = errClosed
				}
				return rep
			}),
		})
		rec := got.recs[0]
		if got.Failed() != 0 || got.Done != 1 {
			rt.Fatalf("failed: %v", got.Errors)
		}
		if rec.Flags.Has(results.Aborted) == (got.Verified == 1) {
			rt.Fatalf("aborted and verified, or neither: %+v", rec)
		}
		whole := size
		if req.Range.Length > 0 {
			whole = rec.RangeEnd - rec.RangeStart + 1
		}
		if req.Method == workloads.HEAD {
			whole = 0
		}
		if rec.Flags.Has(results.Aborted) != (aborted && whole > 1) {
			rt.Fatalf("aborted is %v for %d bytes", rec.Flags.Has(results.Aborted), whole)
		}
		if !rec.Flags.Has(results.Aborted) && rec.BodyBytes != whole {
			rt.Fatalf("%d body bytes recorded, right are %d", rec.BodyBytes, whole)
		}
	})
}

// A response cut anywhere before its end must never pass for a whole one.
func TestNoPrefixPassesForTheWhole(t *testing.T) {
	cat := smallCatalog(t)
	for _, m := range []mode{plainly, chunked} {
		for _, end := range []error{errClosed, syscall.ECONNRESET} {
			checkPrefixes(t, cat, m, end)
		}
	}
}

// checkPrefixes asks for one object again and again: the first response is
// whole, the ones after it are cut after 0, 1, 2 … bytes, each on a connection
// of its own.
func checkPrefixes(t *testing.T, cat *workloads.Catalog, m mode, end error) {
	id := uint64(0)
	for size := int64(0); size < 1001 || size > 2000; size = cat.Object(id).Size {
		id++
	}
	target := newRequest(cat, id)
	whole := compose(cat, target, m)
	cut := -1
	got := play(t, context.Background(), Config{
		Source: workloads.FromSlice(make([]workloads.Request, len(whole)+1)), Catalog: cat, // of object 0: nothing is verified
		Connections: 1, Recorder: results.NewRecorder(1 << 15),
		Dial: dialer(func(*http.Request) reply {
			if cut++; cut == 0 {
				return reply{text: whole, then: errClosed}
			}
			return reply{text: whole[:cut-1], then: end}
		}),
	})
	if got.Done != 1 || got.Failed() != uint64(len(whole)) {
		t.Errorf("mode %d, then %v: %d of %d cut responses passed for whole ones", m, end, got.Done-1, len(whole))
	}
	for _, r := range got.recs {
		want := results.Truncated
		if r.ID == 2 { // nothing came at all
			want = results.NoResponse
		}
		if r.ID > 1 && r.Flags&(results.Truncated|results.NoResponse) != want {
			t.Fatalf("mode %d, then %v: cut after %d of %d bytes, flags are %b", m, end, r.ID-2, len(whole), r.Flags)
		}
	}
}

func TestMalformedResponses(t *testing.T) {
	for name, text := range map[string]string{
		"no HTTP":              "SSH-2.0-OpenSSH_9.2\r\n\r\n",
		"chunk size no number": "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\nab\r\n0\r\n\r\n",
		"negative chunk size":  "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\nab\r\n0\r\n\r\n",
		"chunk too long":       "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nabcd\r\n0\r\n\r\n",
		"two lengths":          "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
		"negative length":      "HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\nab",
		"an unasked 101":       "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n",
		"a header without end": "HTTP/1.1 200 OK\r\nX: " + strings.Repeat("y", 40<<10),
		"no such status":       "HTTP/1.1 999 Denied\r\nContent-Length: 0\r\n\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			got := play(t, context.Background(), Config{Source: workloads.FromSlice(every(0, 1)), Connections: 1,
				Dial: dialer(func(*http.Request) reply { return reply{text: text, then: errClosed} })})
			wantOnly(t, got.Outcome, results.FaultMalformed, 1)
		})
	}
}

// What is no HTTP/1 is told at its first bytes, though the server waits for more, and in
// words that say what to do.
func TestForeignAnswersAreToldByTheirBeginning(t *testing.T) {
	const settings = "\x00\x00\x06\x04\x00\x00\x00\x00\x00\x00\x03\x00\x00\x00\x64" // RFC 9113, section 6.5
	for text, want := range map[string]string{
		settings: errHTTP2.Error(),
		"\x00\x00\x08\x07\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x01":  errHTTP2.Error(), // GOAWAY, section 6.8
		"\x15\x03\x01\x00\x02\x02\x46":                                          errTLS.Error(),   // an alert, RFC 8446, section 6
		"SSH-2.0-OpenSSH_9.2\r\n":                                               `the answer begins with "SSH-2.0-OpenSSH_9.2\r\n"`,
		"\r\n220 ready":                                                         `the answer begins with "220 ready"`,
		"HTTP/1.1 999 Denied\r\nContent-Type: a/b\r\nContent-Length: 0\r\n\r\n": "status 999: want 100 to 599",
		"HTTP/1.1 200 OK\r\nX: " + strings.Repeat("y", 40<<10):                  "a header of more than 32768 bytes",
	} {
		for _, closed := range []bool{false, true} {
			synctest.Test(t, func(t *testing.T) {
				got := play(t, context.Background(), Config{Source: workloads.FromSlice(every(0, 1)), Connections: 1, GoTimers: true, Closed: closed,
					Dial: dialer(func(*http.Request) reply { return reply{text: text} })})
				wantOnly(t, got.Outcome, results.FaultMalformed, 1)
				if len(got.Errors) == 1 && !strings.Contains(got.Errors[0].Examples[0], want) {
					t.Errorf("%.40q is told as %q, want %q", text, got.Errors[0].Examples, want)
				}
				if got.err != nil && !strings.Contains(got.err.Error(), "no response of HTTP/1.1 from edge.example:80") {
					t.Errorf("%.40q: %v", text, got.err)
				}
			})
		}
	}
	for i := range len("HTTP/1.1 200") {
		if err := foreign([]byte("\r\nHTTP/1.1 200"[:2+i])); err != nil {
			t.Errorf("a part of a status line is foreign: %v", err)
		}
	}
}

func TestInterimResponsesAndExcess(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		got := play(t, context.Background(), Config{Source: workloads.FromSlice(every(0, 1)), Connections: 1, GoTimers: true,
			Dial: dialer(func(*http.Request) reply {
				return reply{text: "HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n" + tiny}
			})})
		if got.Done != 1 || got.recs[0].Status != 200 || got.recs[0].BodyBytes != 2 {
			t.Errorf("after a 103: done %d, record %+v", got.Done, got.recs[0])
		}
		dialled := 0
		got = play(t, context.Background(), Config{Source: workloads.FromSlice(every(0, 2)), Connections: 1, GoTimers: true,
			Dial: func(ctx context.Context, network, addr string) (net.Conn, error) {
				dialled++
				return dialer(func(*http.Request) reply { return reply{text: tiny + "more"} })(ctx, network, addr)
			}})
		wantOnly(t, got.Outcome, results.FaultExcess, 2)
		if dialled != 2 {
			t.Errorf("%d connections for 2 responses with bytes after them; one must not be used again", dialled)
		}
	})
}

func TestTimeout(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		got := play(t, context.Background(), Config{
			Source: workloads.FromSlice(every(time.Second, 30)), Connections: 4, GoTimers: true, Timeout: 2 * time.Second,
			Dial: dialer(func(r *http.Request) reply {
				if strings.HasSuffix(r.URL.Path, "9.jpg") {
					return reply{delay: time.Hour, text: tiny}
				}
				return reply{text: tiny}
			}),
		})
		slow := 0
		for _, r := range got.recs {
			if r.Flags.Has(results.NoResponse) {
				slow++
				if s := time.Duration(r.Service()); s < 2*time.Second || s > 2*time.Second+2*time.Second/50 {
					t.Errorf("given up after %v; right is 2 s, within a fiftieth", s)
				}
			}
		}
		if slow > 0 {
			wantOnly(t, got.Outcome, results.FaultTimeout, uint64(slow))
		}
		if slow == 0 || got.Done == 0 {
			t.Errorf("%d slow, %d done; some of both were meant", slow, got.Done)
		}
	})
}

// A server that closes kept connections between requests does no harm.
func TestKeptConnectionThatWasClosedIsReplaced(t *testing.T) {
	got := play(t, context.Background(), Config{Source: workloads.FromSlice(every(0, 100)), Connections: 1,
		Dial: dialer(func(*http.Request) reply { return reply{text: tiny, then: errClosed} })})
	if got.Done != 100 || got.Retried != 99 {
		t.Errorf("done %d, retried %d; right are 100 and 99: %v", got.Done, got.Retried, got.Errors)
	}
	posts := every(0, 10)
	for i := range posts {
		posts[i].Method = workloads.POST
	}
	got = play(t, context.Background(), Config{Source: workloads.FromSlice(posts), Connections: 1,
		Dial: dialer(func(*http.Request) reply { return reply{text: tiny, then: errClosed} })})
	if got.Retried != 0 || got.Done != 5 {
		t.Errorf("a POST was sent twice: retried %d, done %d", got.Retried, got.Done)
	}
}

func TestNobodyThere(t *testing.T) {
	refused := &net.OpError{Op: "dial", Net: "tcp", Err: syscall.ECONNREFUSED}
	unknown := &net.OpError{Op: "dial", Net: "tcp", Err: &net.DNSError{Err: "no such host", Name: "edge.example", IsNotFound: true}}
	for kind, cause := range map[results.Fault]error{
		results.FaultRefused: refused, results.FaultName: unknown, results.FaultUnreachable: errors.New("no route")} {
		for _, closed := range []bool{false, true} {
			synctest.Test(t, func(t *testing.T) {
				got := play(t, context.Background(), Config{
					Source: workloads.FromSlice(every(time.Millisecond, 60_000)), Closed: closed, GoTimers: true,
					Dial: func(context.Context, string, string) (net.Conn, error) { return nil, cause },
				})
				if got.err == nil || !strings.Contains(got.err.Error(), "edge.example:80") || !strings.Contains(got.err.Error(), kind.String()) {
					t.Errorf("error is %v; it must name the target and say %q", got.err, kind)
				}
				if got.Sent > 200 || got.Elapsed > 10*time.Second {
					t.Errorf("went on for %d requests and %v", got.Sent, got.Elapsed)
				}
				wantOnly(t, got.Outcome, kind, got.Sent)
				if n := len(got.Errors[0].Examples); n != examplesKept {
					t.Errorf("%d examples kept; right are %d", n, examplesKept)
				}
			})
		}
	}
}

// Ctrl-C: what is in flight gets its grace, what cannot end is given up and
// recorded as hung up on, and nothing is lost.
func TestCancelled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second+time.Millisecond/2)
		defer cancel()
		var asked atomic.Int64
		got := play(t, ctx, Config{
			Source: workloads.FromSlice(every(time.Millisecond, 60_000)), Connections: 64, GoTimers: true, Recorder: results.NewRecorder(1 << 14),
			Dial: dialer(func(*http.Request) reply {
				if n := asked.Add(1); n > 9_990 { // the last 11: 5 that end within the grace, 6 that do not
					if n%2 == 0 {
						return reply{delay: 500 * time.Millisecond, text: tiny}
					}
					return reply{delay: time.Hour, text: tiny}
				}
				return reply{text: tiny}
			}),
		})
		if got.err != nil || got.Sent != 10_001 || got.Scheduled != 10_001 || got.Failed() != 0 {
			t.Errorf("sent %d of %d, %v, %v; right are 10001 and no failure", got.Sent, got.Scheduled, got.Errors, got.err)
		}
		aborted := uint64(0)
		for _, r := range got.recs {
			if r.Flags.Has(results.Aborted) {
				aborted++
			}
			if r.Failed() {
				t.Errorf("record %+v counts as failed", r)
			}
		}
		if got.Cut != 6 || aborted != 6 {
			t.Errorf("%d cut, %d records aborted; right are 6 of both", got.Cut, aborted)
		}
		if got.Elapsed < 11*time.Second || got.Elapsed > 11*time.Second+100*time.Millisecond {
			t.Errorf("ended after %v; right is the grace of 1 s after 10 s", got.Elapsed)
		}
	})
}

type broken struct{ n int }

func (b *broken) Read(reqs []workloads.Request) (int, error) {
	if b.n++; b.n > 2 {
		return 0, errors.New("line 7: no such thing")
	}
	return copy(reqs, every(0, 10)), nil
}

func TestSourceThatFails(t *testing.T) {
	got := play(t, context.Background(), Config{Source: &broken{}, Connections: 2,
		Dial: dialer(func(*http.Request) reply { return reply{text: tiny} })})
	if got.Sent != 20 || got.err == nil || !strings.Contains(got.err.Error(), "line 7") {
		t.Errorf("sent %d, error %v", got.Sent, got.err)
	}
}
