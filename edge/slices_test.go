package edge

import (
	"bytes"
	"fmt"
	"io"
	"math/rand/v2"
	"mime"
	"mime/multipart"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"edgesim/results"
)

// library is an origin with one large object. It knows ranges and conditions,
// and sends 16 KiB at a time, every so often.
type library struct {
	mu     sync.Mutex
	body   []byte
	etag   string
	fields []string
	every  time.Duration
	die    int64         // break off after so many bytes; 0: never
	plain  bool          // ranges are ignored
	begins time.Duration // after this long

	instead func(http.ResponseWriter, *http.Request) bool // answers, or lets the library
	asked   []string                                      // Range fields, "" for none
}

func (o *library) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	o.mu.Lock()
	body, etag, fields, every, die := o.body, o.etag, o.fields, o.every, o.die
	o.asked = append(o.asked, r.Header.Get("Range"))
	o.mu.Unlock()
	if o.instead != nil && o.instead(w, r) {
		return
	}
	if etag != "" {
		w.Header().Set("ETag", etag)
	}
	w.Header().Set("Content-Type", "video/mp4")
	for i := 0; i+1 < len(fields); i += 2 {
		w.Header().Set(fields[i], fields[i+1])
	}
	if o.plain {
		r.Header.Del("Range")
	}
	time.Sleep(o.begins)
	http.ServeContent(&trickle{w, every, die, 0}, r, "", time.Time{}, bytes.NewReader(body))
}

func (o *library) ranges() []string {
	o.mu.Lock()
	defer o.mu.Unlock()
	asked := o.asked
	o.asked = nil
	return asked
}

// trickle writes pieces with pauses.
type trickle struct {
	http.ResponseWriter
	every time.Duration
	die   int64
	sent  int64
}

func (t *trickle) Write(p []byte) (n int, err error) {
	for len(p) > 0 {
		if t.sent > 0 {
			time.Sleep(t.every)
		}
		if t.die > 0 && t.sent >= t.die {
			panic(http.ErrAbortHandler)
		}
		m, err := t.ResponseWriter.Write(p[:min(len(p), slowPiece)])
		if err != nil {
			return n, err
		}
		t.ResponseWriter.(http.Flusher).Flush()
		n, p, t.sent = n+m, p[m:], t.sent+int64(m)
	}
	return n, nil
}

const testSlice = 64 << 10

func inLibrary(t *testing.T, o *library, change func(*Config), body func(l *lab)) {
	t.Helper()
	if o.fields == nil {
		o.fields = []string{"Cache-Control", "max-age=600"}
	}
	if o.body == nil {
		o.body = pattern(slowSize)
	}
	inLab(t, o.ServeHTTP, func(c *Config) {
		c.Distributions[0].Default.Slice = testSlice
		if change != nil {
			change(c)
		}
	}, body)
}

func bytesRange(from, to int) string { return fmt.Sprintf("bytes=%d-%d", from, to-1) }

// part asks for [from, to) and holds the answer against what is there.
func (l *lab) part(o *library, from, to int, result string) answer {
	l.t.Helper()
	a := l.get("/big", "Range", bytesRange(from, to))
	l.want(a, 206, result)
	if want := fmt.Sprintf("bytes %d-%d/%d", from, to-1, len(o.body)); a.header.Get("Content-Range") != want {
		l.t.Errorf("Content-Range %q, want %q", a.header.Get("Content-Range"), want)
	}
	if !bytes.Equal(a.body, o.body[from:to]) || a.length != int64(to-from) {
		l.t.Errorf("%d to %d: got %d bytes, Content-Length %d, which are not those", from, to, len(a.body), a.length)
	}
	return a
}

func wantRanges(t *testing.T, o *library, want ...string) {
	t.Helper()
	synctest.Wait()
	if got := o.ranges(); fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("the origin was asked for %q, want %q", got, want)
	}
}

func TestRangeOfAColdObjectComesAtOnce(t *testing.T) {
	o := &library{etag: `"1"`, every: 200 * time.Millisecond}
	inLibrary(t, o, nil, func(l *lab) {
		const from, to = 600_000, 600_100
		if a := l.part(o, from, to, "Miss"); a.first != 0 {
			t.Errorf("first byte after %v", a.first)
		}
		time.Sleep(20 * time.Second)
		wantRanges(t, o, "bytes=600000-655359") // to the end of its slice
		l.part(o, from, to, "Hit")
		l.part(o, 650_000, 655_360, "Hit")
		wantRanges(t, o)
		l.part(o, 590_000, 600_050, "Miss") // the bytes before are asked for, no more
		time.Sleep(20 * time.Second)
		wantRanges(t, o, "bytes=590000-599999")
		l.part(o, 590_000, 655_360, "Hit") // and joined with what was there
		wantRanges(t, o)
	})
}

func TestRangeOfAFillingObjectComesAtOnce(t *testing.T) {
	o := &library{etag: `"1"`, every: 200 * time.Millisecond}
	inLibrary(t, o, nil, func(l *lab) {
		var whole answer
		var wg sync.WaitGroup
		wg.Go(func() { whole = l.get("/big") })
		time.Sleep(500 * time.Millisecond)
		if a := l.part(o, 1_000_000, 1_000_100, "Miss"); a.first != 0 {
			t.Errorf("first byte after %v", a.first)
		}
		if a := l.part(o, 1000, 40_000, "Hit"); a.total != 0 { // what is there comes from what is there
			t.Errorf("all after %v", a.total)
		}
		wg.Wait()
		if !bytes.Equal(whole.body, o.body) {
			t.Error("the whole body is not the origin's")
		}
		wantRanges(t, o, "", "bytes=1000000-1048575")
		l.part(o, 100, slowSize, "Hit")
	})
}

// Where the flight brings the bytes sooner than the origin would begin with
// others, the viewer waits for the flight.
func TestRangeOfAFillingObjectWaitsForWhatIsNear(t *testing.T) {
	o := &library{etag: `"1"`, every: 200 * time.Millisecond, begins: time.Second}
	inLibrary(t, o, nil, func(l *lab) {
		var wg sync.WaitGroup
		wg.Go(func() { l.get("/big") })
		time.Sleep(1500 * time.Millisecond)
		if a := l.part(o, 60_000, 61_000, "Hit"); a.first > 200*time.Millisecond {
			t.Errorf("first byte after %v", a.first)
		}
		if a := l.part(o, 1_000_000, 1_000_100, "Miss"); a.first > time.Second {
			t.Errorf("first byte after %v", a.first)
		}
		wg.Wait()
		wantRanges(t, o, "", "bytes=1000000-1048575")
	})
}

func TestARangeOverManySlices(t *testing.T) {
	o := &library{etag: `"1"`}
	inLibrary(t, o, nil, func(l *lab) {
		l.part(o, 10, 200_000, "Miss")
		synctest.Wait()
		wantRanges(t, o, "bytes=10-65535", "bytes=65536-131071", "bytes=131072-196607", "bytes=196608-262143")
		l.part(o, 20, 262_144, "Hit")
		a := l.get("/big") // all of it, out of slices, the rest fetched
		l.want(a, 200, "Miss")
		if !bytes.Equal(a.body, o.body) || a.length != slowSize || a.header.Get("Content-Range") != "" {
			t.Errorf("%d bytes, Content-Length %d", len(a.body), a.length)
		}
		time.Sleep(time.Second)
		o.ranges()
		l.want(l.get("/big"), 200, "Hit")
		b := l.do("HEAD", "/big")
		l.want(b, 200, "Hit")
		if b.length != slowSize {
			t.Errorf("HEAD: Content-Length %d", b.length)
		}
		l.want(l.get("/big", "If-None-Match", `"1"`), 304, "Hit")
		wantRanges(t, o)
	})
}

func TestSmallObjectsBecomeWhole(t *testing.T) {
	o := &library{etag: `"1"`, body: pattern(1000)}
	inLibrary(t, o, nil, func(l *lab) {
		l.part(o, 0, 10, "Miss")
		synctest.Wait()
		wantRanges(t, o, "bytes=0-65535")
		found := 0
		for _, x := range l.edge.parts[0].objects {
			if x != nil {
				if found++; x.sliced || !x.body.is(complete) || x.length != 1000 {
					t.Errorf("kept: %+v", x)
				}
			}
		}
		if found != 1 {
			t.Errorf("%d objects are kept", found)
		}
		l.want(l.get("/big"), 200, "Hit")
	})
}

// A part that is larger than what is kept is not, of whatever pieces the memory for it
// is made; its viewer gets it all the same, and one that fits is kept.
func TestPartsLargerThanIsKept(t *testing.T) {
	o := &library{etag: `"1"`}
	inLibrary(t, o, func(c *Config) { c.MaxObject = 20_000 }, func(l *lab) {
		for _, part := range []struct {
			from, to int
			second   string
		}{{2*testSlice - 30_000, 2*testSlice - 1_000, "Miss"}, {3*testSlice - 10_000, 3*testSlice - 1_000, "Hit"}} {
			l.part(o, part.from, part.to, "Miss")
			synctest.Wait()
			l.part(o, part.from, part.to, part.second)
			synctest.Wait()
		}
	})
}

func TestHerdsOnRanges(t *testing.T) {
	o := &library{etag: `"1"`, every: 200 * time.Millisecond}
	inLibrary(t, o, nil, func(l *lab) {
		for i, a := range l.all(50, "/big", "Range", "bytes=600000-600099") {
			if a.status != 206 || a.first != 0 || !bytes.Equal(a.body, o.body[600_000:600_100]) {
				t.Errorf("viewer %d: status %d, first byte after %v", i, a.status, a.first)
			}
		}
		time.Sleep(20 * time.Second)
		wantRanges(t, o, "bytes=600000-655359")
		var wg sync.WaitGroup
		for i := range 16 { // each a slice of its own
			wg.Go(func() {
				a := l.get("/other", "Range", bytesRange(i*testSlice+5, i*testSlice+50))
				if a.status != 206 || a.first != 0 || !bytes.Equal(a.body, o.body[i*testSlice+5:i*testSlice+50]) {
					t.Errorf("slice %d: status %d, first byte after %v", i, a.status, a.first)
				}
			})
		}
		wg.Wait()
		time.Sleep(20 * time.Second)
		if n := len(o.ranges()); n != 16 {
			t.Errorf("the origin was asked %d times, want once for each of 16 slices", n)
		}
	})
}

func TestLastBytesOfAColdObject(t *testing.T) {
	o := &library{etag: `"1"`}
	inLibrary(t, o, nil, func(l *lab) {
		a := l.get("/big", "Range", "bytes=-100000")
		l.want(a, 206, "Miss")
		if !bytes.Equal(a.body, o.body[slowSize-100_000:]) {
			t.Errorf("%d bytes that are not the last ones", len(a.body))
		}
		synctest.Wait()
		wantRanges(t, o, "bytes=-100000")
		l.part(o, slowSize-100_000, slowSize, "Hit") // kept, in both slices
		l.part(o, slowSize-10, slowSize, "Hit")
		b := l.get("/big", "Range", "bytes=1000000-")
		l.want(b, 206, "Hit")
		if c := l.get("/big", "Range", "bytes=1048576-"); c.status != 416 || c.header.Get("Content-Range") != "bytes */1048576" {
			t.Errorf("beyond the end: %d, %q", c.status, c.header.Get("Content-Range"))
		}
		wantRanges(t, o)
	})
}

func TestBeyondTheEndOfAColdObject(t *testing.T) {
	o := &library{etag: `"1"`, body: pattern(1000)}
	inLibrary(t, o, nil, func(l *lab) {
		a := l.get("/big", "Range", "bytes=1000-")
		if a.status != 416 || a.header.Get("Content-Range") != "bytes */1000" {
			t.Errorf("%d, %q", a.status, a.header.Get("Content-Range"))
		}
		l.want(l.get("/big"), 200, "Miss") // the 416 answers for its range alone
	})
}

// partsOf takes a multipart/byteranges response apart.
func partsOf(t *testing.T, a answer) (ranges []string, bodies [][]byte) {
	t.Helper()
	kind, params, err := mime.ParseMediaType(a.header.Get("Content-Type"))
	if err != nil || kind != "multipart/byteranges" {
		t.Fatalf("Content-Type %q, %v", a.header.Get("Content-Type"), err)
	}
	if a.length != int64(len(a.body)) {
		t.Errorf("Content-Length %d of %d bytes", a.length, len(a.body))
	}
	for r := multipart.NewReader(bytes.NewReader(a.body), params["boundary"]); ; {
		p, err := r.NextPart()
		if err == io.EOF {
			return ranges, bodies
		}
		if err != nil {
			t.Fatal(err)
		}
		if p.Header.Get("Content-Type") != "video/mp4" {
			t.Errorf("a part's Content-Type is %q", p.Header.Get("Content-Type"))
		}
		b, err := io.ReadAll(p)
		if err != nil {
			t.Fatal(err)
		}
		ranges, bodies = append(ranges, p.Header.Get("Content-Range")), append(bodies, b)
	}
}

func TestSeveralRanges(t *testing.T) {
	for _, cold := range []bool{true, false} {
		t.Run(fmt.Sprintf("cold %v", cold), func(t *testing.T) {
			o := &library{etag: `"1"`}
			inLibrary(t, o, nil, func(l *lab) {
				if !cold {
					l.get("/big")
				}
				a := l.get("/big", "Range", "bytes=500000-500999, 0-99, -50")
				if a.err != nil || a.status != 206 || a.header.Get("Content-Range") != "" {
					t.Fatalf("%v, %d, Content-Range %q", a.err, a.status, a.header.Get("Content-Range"))
				}
				ranges, bodies := partsOf(t, a)
				want := []span{{500_000, 501_000}, {0, 100}, {slowSize - 50, slowSize}}
				if len(bodies) != 3 {
					t.Fatalf("%d parts: %q", len(bodies), ranges)
				}
				for i, x := range want {
					if ranges[i] != string(appendContentRange(nil, x, slowSize)) || !bytes.Equal(bodies[i], o.body[x.from:x.to]) {
						t.Errorf("part %d is %q, %d bytes", i, ranges[i], len(bodies[i]))
					}
				}
				if b := l.get("/big", "Range", "bytes=0-0, 2-2"); b.status != 206 || b.header.Get("Content-Range") != "bytes 0-2/1048576" {
					t.Errorf("ranges that nearly touch: %d, %q: want one", b.status, b.header.Get("Content-Range"))
				}
			})
		})
	}
}

// RangeAmp: small requests for large responses.
func TestManyRangesStayWithinABound(t *testing.T) {
	list := func(n int, spec func(i int) string) string {
		var all []string
		for i := range n {
			all = append(all, spec(i))
		}
		return "bytes=" + strings.Join(all, ",")
	}
	for name, field := range map[string]string{
		"1000 one-byte ranges":    list(1000, func(i int) string { return fmt.Sprintf("%d-%d", 4*i, 4*i) }),
		"all of it, 1000 times":   list(1000, func(int) string { return "0-" }),
		"overlapping, as allowed": list(16, func(i int) string { return fmt.Sprintf("%d-", i) }),
		"one byte, as allowed":    list(16, func(i int) string { return fmt.Sprintf("%d-%d", 250*i, 250*i) }),
	} {
		for _, mode := range []string{"standard", "cloudfront"} {
			t.Run(name+", "+mode, func(t *testing.T) {
				o := &library{etag: `"1"`, body: pattern(4096)}
				inLibrary(t, o, func(c *Config) {
					c.Distributions[0].Default.AscendingRanges = mode == "cloudfront"
				}, func(l *lab) {
					for range 2 {
						a := l.get("/big", "Range", field)
						if a.err != nil || a.status != 200 && a.status != 206 || len(a.body) > 4096+17*200 {
							t.Errorf("%v, %d, %d bytes of a response of 4096", a.err, a.status, len(a.body))
						}
					}
					l.wantAsked(1)
				})
			})
		}
	}
}

func TestRangesInOrderAsCloudFrontWantsThem(t *testing.T) {
	o := &library{etag: `"1"`}
	inLibrary(t, o, func(c *Config) { c.Distributions[0].Default.AscendingRanges = true }, func(l *lab) {
		for field, status := range map[string]int{
			"bytes=0-9,1000-1009": 206, "bytes=1000-1009,0-9": 200, "bytes=0-9,5-20": 200, "bytes=-10,0-9": 200,
		} {
			if a := l.get("/big", "Range", field); a.status != status || a.err != nil {
				t.Errorf("%s: %d, %v, want %d", field, a.status, a.err, status)
			}
		}
	})
}

func TestOriginThatIgnoresRanges(t *testing.T) {
	o := &library{etag: `"1"`, plain: true}
	inLibrary(t, o, nil, func(l *lab) {
		l.part(o, 600_000, 600_100, "Miss")
		synctest.Wait()
		l.part(o, 5, 50, "Hit")
		l.want(l.get("/big"), 200, "Hit")
		l.wantAsked(1)
	})
}

// Without a validator no two responses may be put together.
func TestPartsWithoutValidator(t *testing.T) {
	for _, etag := range []string{"", `W/"1"`} {
		o := &library{etag: etag}
		inLibrary(t, o, nil, func(l *lab) {
			l.part(o, 1000, 2000, "Miss")
			synctest.Wait()
			wantRanges(t, o, "bytes=1000-65535")
			l.part(o, 1500, 65_536, "Hit")
			l.part(o, 100, 2000, "Miss") // never a byte of the old one with it
			synctest.Wait()
			wantRanges(t, o, "bytes=100-65535")
			a := l.get("/big", "Range", "bytes=60000-70000") // over two slices: for this viewer alone
			l.want(a, 206, "Miss")
			if !bytes.Equal(a.body, o.body[60_000:70_001]) {
				t.Error("wrong bytes")
			}
			b := l.get("/big")
			l.want(b, 200, "Miss")
			if !bytes.Equal(b.body, o.body) {
				t.Error("wrong bytes")
			}
		})
	}
}

// An object that becomes another one while it is fetched in slices is never
// sent as a mixture of both.
func TestObjectThatChangesBetweenSlices(t *testing.T) {
	o := &library{etag: `"1"`}
	inLibrary(t, o, nil, func(l *lab) {
		l.part(o, 0, 100, "Miss")
		synctest.Wait()
		o.mu.Lock()
		o.body, o.etag = bytes.Repeat([]byte{'n'}, slowSize), `"2"`
		o.mu.Unlock()
		a := l.get("/big", "Range", "bytes=0-200000") // its first slice is there, its second is of another object
		if a.err == nil || len(a.body) > testSlice {
			t.Errorf("%d bytes came, %v: want a response that breaks off", len(a.body), a.err)
		}
		l.part(o, 0, 200_000, "Miss")
		l.part(o, 0, 200_000, "Hit")
		o.mu.Lock()
		o.body, o.etag = bytes.Repeat([]byte{'m'}, 1000), `"3"`
		o.mu.Unlock()
		b := l.get("/big", "Range", "bytes=900000-900100") // nothing of it is there: the old head does not stand in the way
		if b.status != 416 {
			t.Errorf("status %d", b.status)
		}
		l.part(o, 0, 100, "Miss")
	})
}

func TestStaleHeadIsRenewed(t *testing.T) {
	o := &library{etag: `"1"`}
	inLibrary(t, o, nil, func(l *lab) {
		l.part(o, 100_000, 100_100, "Miss")
		time.Sleep(601 * time.Second)
		o.ranges()
		l.part(o, 100_000, 100_100, "RefreshHit")
		wantRanges(t, o, "bytes=100000-131071")
		l.part(o, 100_000, 100_100, "Hit")
		wantRanges(t, o)
	})
}

func TestIfRangeOnAColdObject(t *testing.T) {
	o := &library{etag: `"2"`}
	inLibrary(t, o, nil, func(l *lab) {
		a := l.get("/big", "Range", "bytes=600000-600099", "If-Range", `"1"`)
		l.want(a, 200, "Miss")
		if !bytes.Equal(a.body, o.body) {
			t.Error("the whole body was to come")
		}
		l.want(l.get("/big", "Range", "bytes=600000-600099", "If-Range", `"2"`), 206, "Hit")
	})
}

func TestTruncatedSliceBreaksTheResponse(t *testing.T) {
	o := &library{etag: `"1"`, die: slowPiece}
	inLibrary(t, o, nil, func(l *lab) {
		a := l.get("/big", "Range", "bytes=100-60000")
		if a.err == nil {
			t.Errorf("a clean end after %d bytes", len(a.body))
		}
		r := l.recorded(1)[0]
		if r.Result != results.Error || !r.Flags.Has(results.Truncated) {
			t.Errorf("result %v, flags %b", r.Result, r.Flags)
		}
		o.mu.Lock()
		o.die = 0
		o.mu.Unlock()
		l.part(o, 100, 60_000, "Miss")
	})
}

// An object that is too large to be kept is kept in slices.
func TestLargeObjectsAreKeptInSlices(t *testing.T) {
	o := &library{etag: `"1"`}
	inLibrary(t, o, func(c *Config) { c.MaxObject = 512 << 10 }, func(l *lab) {
		a := l.get("/big")
		l.want(a, 200, "Miss")
		l.part(o, 600_000, 600_100, "Miss")
		l.part(o, 600_000, 600_100, "Hit")
		synctest.Wait()
		o.ranges()
		b := l.get("/big")
		l.want(b, 200, "Miss")
		synctest.Wait()
		l.want(l.get("/big"), 200, "Hit")
		if !bytes.Equal(a.body, o.body) || !bytes.Equal(b.body, o.body) {
			t.Error("wrong bytes")
		}
	})
}

func TestUncacheableRanges(t *testing.T) {
	o := &library{etag: `"1"`, fields: []string{"Cache-Control", "no-store"}}
	inLibrary(t, o, nil, func(l *lab) {
		l.part(o, 100, 200_000, "Miss")
		wantRanges(t, o, "bytes=100-65535", "bytes=100-199999") // once to learn it,
		l.part(o, 100, 200_000, "Miss")
		wantRanges(t, o, "bytes=100-199999") // then as the viewer has it
	})
}

func TestRecordOfARangeTellsWhatItCost(t *testing.T) {
	o := &library{etag: `"1"`}
	inLibrary(t, o, nil, func(l *lab) {
		l.part(o, 10, 200_000, "Miss")
		r := l.recorded(1)[0]
		if r.OriginAsked != 4 || r.OriginBytes < 262_134 || r.OriginBytes > 262_134+4*400 ||
			r.RangeStart != 10 || r.RangeEnd != 199_999 || r.BodyBytes != 199_990 || r.ContentLength != 199_990 {
			t.Errorf("%+v", r)
		}
	})
}

// RFC 9211 §2.2: a request goes forward for the bytes that are not there.
func TestMissingBytesAreSaidToBe(t *testing.T) {
	o := &library{etag: `"1"`}
	inLibrary(t, o, nil, func(l *lab) {
		for _, x := range []struct {
			from, to     int
			result, said string
		}{
			{0, 10, "Miss", "edgesim; fwd=uri-miss; "},
			{600_000, 600_010, "Miss", "edgesim; fwd=partial; "},
			{600_000, 600_010, "Hit", "edgesim; hit; "},
		} {
			a := l.part(o, x.from, x.to, x.result)
			if got := a.header.Get("Cache-Status"); !strings.HasPrefix(got, x.said) {
				t.Errorf("from %d: Cache-Status %q, want %q…", x.from, got, x.said)
			}
			time.Sleep(time.Second)
		}
	})
}

// An origin that answers with other parts than it was asked for.
func TestStubbornOrigin(t *testing.T) {
	for name, x := range map[string]struct {
		contentRange, body string
		status             int
		detail             results.Detail
	}{
		"less than asked":      {"bytes 2-5/10", "2345", 206, results.SameAsResult},
		"another place":        {"bytes 6-9/10", "6789", 502, results.OriginInvalidResponseError},
		"more than it says":    {"bytes 2-5/10", "234567", 502, results.OriginContentRangeLengthError},
		"no Content-Range":     {"", "2345", 502, results.OriginInvalidResponseError},
		"beyond its own end":   {"bytes 2-10/10", "234567890", 502, results.OriginInvalidResponseError},
		"backwards":            {"bytes 5-2/10", "5432", 502, results.OriginInvalidResponseError},
		"of another unit":      {"lines 2-5/10", "2345", 502, results.OriginInvalidResponseError},
		"of unknown length":    {"bytes 2-5/*", "2345", 206, results.SameAsResult},
		"numbers out of bound": {"bytes 99999999999999999999-999999999999999999999/*", "1", 502, results.OriginInvalidResponseError},
	} {
		t.Run(name, func(t *testing.T) {
			inLab(t, func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Cache-Control", "max-age=60")
				w.Header().Set("ETag", `"1"`)
				if x.contentRange != "" {
					w.Header().Set("Content-Range", x.contentRange)
				}
				w.WriteHeader(206)
				io.WriteString(w, x.body)
			}, nil, func(l *lab) {
				a := l.get("/a", "Range", "bytes=2-5")
				if a.err != nil || a.status != x.status || x.status == 206 && string(a.body) != "2345" {
					t.Errorf("%v, %d %q", a.err, a.status, a.body)
				}
				if r := l.recorded(1)[0]; r.Detail != x.detail {
					t.Errorf("detail %v, want %v", r.Detail, x.detail)
				}
			})
		})
	}
}

// RFC 9111 §3.3, §3.4: what is missing is asked for, and the parts make a whole.
func TestPartialContentIsCompleted(t *testing.T) {
	var asked []string
	inLab(t, func(w http.ResponseWriter, r *http.Request) {
		asked = append(asked, r.Header.Get("Range")+" "+r.Header.Get("If-Range"))
		w.Header().Set("Cache-Control", "max-age=60")
		w.Header().Set("ETag", `"1"`)
		w.Header().Set("X-Part", fmt.Sprint(len(asked)))
		if len(asked) == 1 {
			w.Header().Set("Content-Range", "bytes 0-4/10")
			w.WriteHeader(206)
			io.WriteString(w, "01234")
			return
		}
		w.Header().Set("Content-Range", "bytes 5-9/10")
		w.WriteHeader(206)
		io.WriteString(w, "56789")
	}, nil, func(l *lab) {
		l.want(l.get("/a", "Range", "bytes=0-4"), 206, "Miss")
		a := l.get("/a")
		l.want(a, 200, "Hit") // its first bytes are
		if string(a.body) != "0123456789" {
			t.Errorf("body %q", a.body)
		}
		if got, want := strings.Join(asked, "|"), `bytes=0-1048575 |bytes=5-9 "1"`; got != want {
			t.Errorf("asked %s, want %s", got, want)
		}
		b := l.get("/a", "Range", "bytes=3-6")
		l.want(b, 206, "Hit")
		if string(b.body) != "3456" || b.header.Get("X-Part") != "2" {
			t.Errorf("body %q, fields of response %s: want those of the latest (§3.4)", b.body, b.header.Get("X-Part"))
		}
	})
}

// Whatever is asked for, in whatever order and at once, with evictions and an
// origin that changes: every response is whole or broken, and of one version.
func TestRangesAtRandom(t *testing.T) {
	versions := make([][]byte, 6)
	for i := range versions {
		versions[i] = bytes.Repeat([]byte{byte('a' + i)}, 400_000+i)
		for j := range versions[i] {
			versions[i][j] ^= byte(j>>8) & 0x0f
		}
	}
	for seed := range uint64(6) {
		o := &library{body: versions[0], etag: `"0"`, every: 5 * time.Millisecond}
		inLibrary(t, o, func(c *Config) { c.Capacity = 500_000 }, func(l *lab) {
			var wg sync.WaitGroup
			var right, broken atomic.Int64
			for w := range uint64(6) {
				rng := rand.New(rand.NewPCG(seed, w))
				wg.Go(func() {
					for i := range 40 {
						time.Sleep(time.Duration(rng.IntN(300)) * time.Millisecond)
						if w == 0 && i%7 == 6 {
							o.mu.Lock()
							v := i / 7 % len(versions)
							o.body, o.etag = versions[v], fmt.Sprintf(`"%d"`, v)
							o.mu.Unlock()
						}
						if l.oneAtRandom(versions, rng) {
							right.Add(1)
						} else {
							broken.Add(1)
						}
					}
				})
			}
			wg.Wait()
			if right.Load() < 200 {
				t.Errorf("%d right, %d broken", right.Load(), broken.Load())
			}
		})
	}
}

// oneAtRandom asks for something and reports whether it came whole. What came
// must be of the version that its ETag names.
func (l *lab) oneAtRandom(versions [][]byte, rng *rand.Rand) bool {
	from := rng.IntN(400_000)
	to := from + 1 + rng.IntN(400_000-from)
	spec := []string{fmt.Sprintf("bytes=%d-%d", from, to-1), fmt.Sprintf("bytes=%d-", from), fmt.Sprintf("bytes=-%d", to-from), ""}[rng.IntN(4)]
	fields := []string{"Range", spec}
	if spec == "" {
		fields = nil
	}
	a := l.get("/big", fields...)
	if a.status != 200 && a.status != 206 {
		return false
	}
	v := versions[a.header.Get("ETag")[1]-'0']
	at := 0
	switch {
	case a.status == 200:
	case spec[6] == '-':
		at = len(v) - (to - from)
	default:
		at = from
	}
	if !bytes.HasPrefix(v[at:], a.body) {
		l.t.Errorf("%q: bytes that are not those of version %s", spec, a.header.Get("ETag"))
	}
	return a.err == nil
}

func TestRangesSwitchedOff(t *testing.T) {
	o := &library{etag: `"1"`}
	inLibrary(t, o, func(c *Config) { c.Distributions[0].Default.Slice = 0 }, func(l *lab) {
		l.part(o, 600_000, 600_100, "Miss")
		synctest.Wait()
		wantRanges(t, o, "")
		l.part(o, 5, 100, "Hit")
	})
}
