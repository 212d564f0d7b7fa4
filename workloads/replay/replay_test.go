package replay

import (
	"context"
	"encoding/binary"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"edgesim/workloads"
	"edgesim/workloads/trace"
)

func write(t testing.TB, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func open(t testing.TB, o Options) *Replay {
	t.Helper()
	r, err := Open(context.Background(), o)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func played(t testing.TB, r *Replay, p Playing) []workloads.Request {
	t.Helper()
	s, err := r.Play(p)
	if err != nil {
		t.Fatal(err)
	}
	reqs, err := workloads.ReadAll(s, 0)
	if err != nil {
		t.Fatal(err)
	}
	return reqs
}

// told are requests as text: time, path, size, one a line.
func told(r *Replay, reqs []workloads.Request) string {
	var b strings.Builder
	for _, q := range reqs {
		fmt.Fprintf(&b, "%v %s%s %d\n", q.At, r.catalog.Hosts()[q.Host], r.catalog.AppendPath(nil, q.Object), r.catalog.Object(q.Object).Size)
	}
	return b.String()
}

func record(at uint32, id uint64, size uint32, next int64) string {
	b := binary.LittleEndian.AppendUint32(nil, at)
	b = binary.LittleEndian.AppendUint64(b, id)
	b = binary.LittleEndian.AppendUint32(b, size)
	return string(binary.LittleEndian.AppendUint64(b, uint64(next)))
}

// formats are a file by hand in every format of traces, each of the objects 7, 8, 7.
var formats = []struct{ format, columns, text string }{
	{"oraclegeneral", "", record(5, 7, 100, 3) + record(5, 8, 200, -1) + record(6, 7, 100, -1)},
	{"csv", "", "time,id,size\n5,7,100\n5,8,200\n6,7,100\n"},
	{"webcachesim", "", "5 7 100\n5 8 200\n6 7 100\n"},
	{"tragen", "", "5,7,1\n5,8,2\n6,7,1\n"},
	{"delayed-hits", "", "5;7\n5;8\n6;7\n"},
	{"wikimedia", "", "5\t7\t100\t1.85E-4\n5\t8\t200\t0.1\n6\t7\t100\t0.1\n"},
	{"ids", "", "7\n8\n7\n"},
	{"lirs", "", "7\n*\n8\n7\n"},
	{"arc", "", "7 2 0 1\n7 1 0 2\n"},
	{"cache2k", "", "\x00\x00\x00\x07\x00\x00\x00\x08\x00\x00\x00\x07"},
}

// TestEveryFormatIsReplayed: in its own times where it tells them, else at a rate.
func TestEveryFormatIsReplayed(t *testing.T) {
	seen := map[string]bool{"logs": true}
	for _, c := range formats {
		seen[c.format] = true
		r := open(t, Options{Files: []string{write(t, "trace", c.text)}, Format: c.format, Columns: c.columns})
		p := Playing{}
		want := []time.Duration{0, 500 * time.Millisecond, 1250 * time.Millisecond}
		if !r.Timed() {
			p = Playing{Rate: 4, Arrivals: "constant"}
			want = []time.Duration{0, 250 * time.Millisecond, 500 * time.Millisecond}
		}
		reqs := played(t, r, p)
		if len(reqs) != 3 || r.Requests() != 3 || r.catalog.Objects() != 2 || r.Format() != c.format {
			t.Errorf("%s: %v", c.format, reqs)
			continue
		}
		paths := ""
		for i, q := range reqs {
			paths += string(r.catalog.AppendPath(nil, q.Object))
			if q.At-reqs[0].At != want[i]-want[0] {
				t.Errorf("%s: request %d at %v, want %v", c.format, i, q.At, want[i])
			}
		}
		if paths != "/o/7/o/8/o/7" {
			t.Errorf("%s: paths %s", c.format, paths)
		}
	}
	for _, f := range trace.Formats() {
		if !seen[f.Name] {
			t.Errorf("no replay of a %s by hand", f.Name)
		}
	}
}

func TestPlaying(t *testing.T) {
	path := write(t, "t.csv", "time,id,size\n10.5,1,10\n11,2,20\n13.5,1,10\n")
	r := open(t, Options{Files: []string{path}})
	for _, c := range []struct {
		name string
		p    Playing
		want string // times in ms and objects
	}{
		{"as it was", Playing{}, "0:0 500:1 3000:0"},
		{"twice as fast", Playing{Speed: 2}, "0:0 250:1 1500:0"},
		{"half as fast", Playing{Speed: 0.5}, "0:0 1000:1 6000:0"},
		{"at a rate", Playing{Rate: 10, Arrivals: "constant"}, "0:0 100:1 200:0"},
		{"closed", Playing{Closed: true}, "0:0 0:1 0:0"},
		{"cut by length", Playing{Length: 3 * time.Second}, "0:0 500:1"},
		{"cut by number", Playing{Requests: 1}, "0:0"},
		{"in a loop", Playing{Loop: true, Requests: 5}, "0:0 500:1 3000:0 4500:0 5000:1"},
		{"in a loop, faster", Playing{Loop: true, Speed: 3, Length: 2 * time.Second}, "0:0 167:1 1000:0 1500:0 1667:1"},
		{"in a loop, at a rate", Playing{Loop: true, Rate: 10, Arrivals: "constant", Requests: 4}, "0:0 100:1 200:0 300:0"},
	} {
		got := ""
		reqs := played(t, r, c.p)
		for _, q := range reqs {
			got += fmt.Sprintf("%d:%d ", (q.At - reqs[0].At).Round(time.Millisecond).Milliseconds(), q.Object)
		}
		if strings.TrimSpace(got) != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
	if r.Span() != 4500*time.Millisecond { // 3 s and the mean of 1.5 s between two
		t.Errorf("span %v", r.Span())
	}
	for want, p := range map[string]Playing{"speed": {Speed: -1}, "closed loop": {Closed: true, Rate: 1}, "arrivals": {Rate: 1, Arrivals: "x"}} {
		if _, err := r.Play(p); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%+v: %v", p, err)
		}
	}
	ids := open(t, Options{Files: []string{write(t, "ids", "1\n2\n")}})
	if _, err := ids.Play(Playing{}); err == nil || !strings.Contains(err.Error(), "tells no times") {
		t.Errorf("a trace without times: %v", err)
	}
}

// TestWhoAsksIsDrawnTheSameWay: viewers of a trace come from a seed.
func TestWhoAsksIsDrawnTheSameWay(t *testing.T) {
	r := open(t, Options{Files: []string{write(t, "ids", strings.Repeat("1\n2\n", 500))}, Viewers: workloads.ViewersConfig{Count: 50}})
	one, two, other := played(t, r, Playing{Rate: 1, Seed: 1}), played(t, r, Playing{Rate: 1, Seed: 1}), played(t, r, Playing{Rate: 1, Seed: 2})
	viewers, differ := map[uint32]int{}, false
	for i := range one {
		if one[i] != two[i] {
			t.Fatalf("request %d is %+v and %+v", i, one[i], two[i])
		}
		viewers[one[i].Viewer]++
		differ = differ || one[i].Viewer != other[i].Viewer
	}
	if len(viewers) != 50 || !differ {
		t.Errorf("%d viewers, another seed differs: %v", len(viewers), differ)
	}
}

// TestOrderIsThatOfTimes: whatever the order of a file, requests come by time, those
// of the same moment as they stand there.
func TestOrderIsThatOfTimes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := newRoll()
		n := rapid.IntRange(1, 400).Draw(t, "n")
		most := rapid.SampledFrom([]int64{3, 1000, 1 << 40}).Draw(t, "most")
		in := make([]asked, n)
		for i := range in {
			in[i] = asked{at: rapid.Int64Range(-most, most).Draw(t, "at"), object: uint32(i)}
			if err := r.add(&in[i]); err != nil {
				t.Fatal(err)
			}
		}
		if err := r.close(); err != nil {
			t.Fatal(err)
		}
		o := &order{roll: newRoll()}
		for rest := in; len(rest) > 0; {
			k := min(rapid.IntRange(1, 100).Draw(t, "run"), len(rest))
			some := append([]asked(nil), rest[:k]...)
			if err := o.add(some); err != nil {
				t.Fatal(err)
			}
			rest = rest[k:]
		}
		if err := o.roll.close(); err != nil {
			t.Fatal(err)
		}
		whole, err := r.sorted(context.Background(), func(at int64) int64 { return at })
		if err != nil {
			t.Fatal(err)
		}
		a, b := o.play(), whole.play()
		var one, two, last asked
		for i := range n {
			if e, f := a.next(&one), b.next(&two); e != nil || f != nil || one != two {
				t.Fatalf("request %d: %+v, %v; sorted at once %+v, %v", i, one, e, two, f)
			}
			if i > 0 && (one.at < last.at || one.at == last.at && one.object < last.object) || one.at != in[one.object].at {
				t.Fatalf("%+v follows %+v", one, last)
			}
			last = one
		}
		if a.next(&one) != errEnd || b.next(&two) != errEnd {
			t.Fatal("more came out than went in")
		}
	})
}

// TestRollGivesBackWhatItGot: every field of every request, from memory and from a
// file.
func TestRollGivesBackWhatItGot(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var in []asked
		for range rapid.IntRange(1, 40).Draw(t, "n") {
			in = append(in, asked{
				at: rapid.Int64Range(math.MinInt64/4, math.MaxInt64/4).Draw(t, "at"), object: rapid.Uint32().Draw(t, "object"),
				place: rapid.Uint16().Draw(t, "place"), viewer: rapid.Uint32().Draw(t, "viewer"), referrer: rapid.Uint16().Draw(t, "referrer"),
				method: workloads.Method(rapid.IntRange(0, 6).Draw(t, "method")), conditional: rapid.Bool().Draw(t, "conditional"),
				abort: rapid.Float32Range(0, 1).Draw(t, "abort"), body: rapid.Uint32().Draw(t, "body"),
				part: workloads.Range{First: rapid.Int64Min(-1).Draw(t, "first"), Length: rapid.Int64Min(1).Draw(t, "length")},
			})
		}
		for _, spilled := range []bool{false, true} {
			r := newRoll()
			for i := range in {
				if len(appendAsked(nil, &in[i], r.last)) > recordMost {
					t.Fatalf("%+v is longer than %d bytes", in[i], recordMost)
				}
				if err := r.add(&in[i]); err != nil {
					t.Fatal(err)
				}
				if spilled && i == len(in)/2 {
					if err := r.flush(); err != nil {
						t.Fatal(err)
					}
					if err := r.spill(); err != nil {
						t.Fatal(err)
					}
				}
			}
			if err := r.close(); err != nil {
				t.Fatal(err)
			}
			from := &runReader{roll: r, run: run{to: r.written}}
			for i := range in {
				var got asked
				if err := from.next(&got); err != nil || got != in[i] {
					t.Fatalf("request %d, spilled %v: %+v, %v; want %+v", i, spilled, got, err, in[i])
				}
			}
		}
	})
}

func TestWhatIsNoRequest(t *testing.T) {
	path := write(t, "t.txt", "1 2 3\n2 5 6\nx\n3 2 3\n")
	_, err := Open(context.Background(), Options{Files: []string{path}, Format: "webcachesim"})
	if err == nil || !strings.Contains(err.Error(), path+":3: ") || !strings.Contains(err.Error(), "skip_bad") {
		t.Errorf("a malformed line: %v", err)
	}
	r := open(t, Options{Files: []string{path}, Format: "webcachesim", SkipBad: true})
	if got := strings.Join(r.Doubts(), "\n"); r.Requests() != 3 || !strings.Contains(got, "1 lines") || !strings.Contains(got, path+":3") {
		t.Errorf("%d requests, doubts %s", r.Requests(), got)
	}
	if _, err := Open(context.Background(), Options{Files: []string{write(t, "e.txt", "time,id,size\n")}, Format: "csv"}); err == nil || !strings.Contains(err.Error(), "no request") {
		t.Errorf("an empty trace: %v", err)
	}
	if _, err := Open(context.Background(), Options{}); err == nil {
		t.Error("no file is a replay")
	}
}

func TestSizesThatChangeAreTold(t *testing.T) {
	r := open(t, Options{Files: []string{write(t, "t", "1 2 3\n2 5 6\n3 2 9\n4 2 4\n")}})
	if got := told(r, played(t, r, Playing{})); !strings.Contains(got, "/o/2 9\n") || strings.Contains(got, "/o/2 3") {
		t.Errorf("requests\n%s", got)
	}
	if got := strings.Join(r.Doubts(), "\n"); !strings.Contains(got, "1 of 2 objects have several sizes") {
		t.Errorf("doubts %s", got)
	}
}

func TestStandardInput(t *testing.T) {
	r := open(t, Options{Files: []string{"-"}, Stdin: strings.NewReader("1 2 3\n2 5 6\n")})
	for range 2 {
		if len(played(t, r, Playing{})) != 2 {
			t.Error("what came by the standard input is not played as often as one likes")
		}
	}
}

// TestReadingAllocatesNothing: a playback that is under way.
func TestReadingAllocatesNothing(t *testing.T) {
	r := open(t, Options{Files: []string{write(t, "t", strings.Repeat("1 2 3\n2 5 6\n3 5 6\n", 1)+strings.Repeat("4 2 3\n", 200000))}})
	s, err := r.Play(Playing{Speed: 2})
	if err != nil {
		t.Fatal(err)
	}
	reqs := make([]workloads.Request, 256)
	if n := testing.AllocsPerRun(300, func() {
		if _, err := s.Read(reqs); err != nil {
			t.Fatal(err)
		}
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func BenchmarkPlay(b *testing.B) {
	var text strings.Builder
	for i := range 200_000 {
		fmt.Fprintf(&text, "%d %d %d\n", i/1000, uint32(i*7919)%30_000, 1000)
	}
	r := open(b, Options{Files: []string{write(b, "t", text.String())}})
	reqs := make([]workloads.Request, 1024)
	s, _ := r.Play(Playing{Loop: true})
	b.ReportAllocs()
	n := 0
	for b.Loop() {
		k, err := s.Read(reqs)
		if err != nil {
			b.Fatal(err)
		}
		n += k
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(n), "ns/request")
}

func BenchmarkOpen(b *testing.B) {
	var text strings.Builder
	for i := range 200_000 {
		fmt.Fprintf(&text, "%d %d %d\n", i/1000, uint32(i*7919)%30_000, 1000)
	}
	path := write(b, "t", text.String())
	b.ReportAllocs()
	for b.Loop() {
		open(b, Options{Files: []string{path}})
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/200_000, "ns/request")
}
