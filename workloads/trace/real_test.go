package trace

import (
	"io"
	"os"
	"path/filepath"
	"testing"
)

// real are public traces with what is known of them.
var real = []struct {
	file, format      string
	requests, objects int
	known             Tells
}{
	{"adaptsize/adapt_size_request.trace.xz", "webcachesim", 66_987, 36_815, Tells{Times: true, Sizes: true}},
	{"arc/arc_oltp.gz", "arc", 914_145, 186_880, Tells{}},
	{"cache2k/cache2k_web07.trace.xz", "cache2k", 76_118, 20_484, Tells{}},
	{"cache2k/cache2k_web12.trace.xz", "cache2k", 95_607, 13_756, Tells{}},
	{"cache2k/cache2k_orm-busy.trace.xz", "cache2k", 5_000_000, 76_349, Tells{}},
	{"delayed-hits/trace.csv", "delayed-hits", 5_000, 1_606, Tells{Times: true}},
	{"lirs/lirs_multi3.trace.gz", "ids", 30_241, 7_454, Tells{}},
	{"lirs/lirs_sprite.trace.gz", "ids", 133_996, 7_075, Tells{}},
	{"cloudphysics/cloudPhysicsIO.oracleGeneral.bin.zst", "oraclegeneral", 113_872, 48_974, Tells{true, true, true}},
}

func dataFile(t testing.TB, name string) string {
	t.Helper()
	dir := os.Getenv("EDGESIM_DATA")
	if dir == "" {
		t.Skip("EDGESIM_DATA is unset: the traces are not part of the project")
	}
	return filepath.Join(dir, "traces", filepath.FromSlash(name))
}

// readAll reads a trace to its end, in batches of an odd length.
func readAll(t testing.TB, o Options) ([]Request, Info) {
	t.Helper()
	trace, err := Open(o)
	if err != nil {
		t.Fatal(err)
	}
	defer trace.Close()
	all, err := drain(trace, 777)
	if err != nil {
		t.Fatal(err)
	}
	return all, trace.Info()
}

func drain(r Reader, batch int) (all []Request, err error) {
	reqs := make([]Request, batch)
	for {
		n, err := r.Read(reqs)
		all = append(all, reqs[:n]...)
		if err == io.EOF {
			return all, nil
		}
		if err != nil {
			return all, err
		}
	}
}

func TestRealTracesAreToldAndCounted(t *testing.T) {
	for _, r := range real {
		t.Run(r.file, func(t *testing.T) {
			all, info := readAll(t, Options{Files: []string{dataFile(t, r.file)}})
			objects := map[uint64]bool{}
			for _, q := range all {
				objects[q.ID] = true
			}
			if info.Format != r.format || info.Tells != r.known {
				t.Errorf("told as %s, which knows %+v; it is %s, which knows %+v", info.Format, info.Tells, r.format, r.known)
			}
			if len(all) != r.requests || len(objects) != r.objects {
				t.Errorf("%d requests for %d objects; there are %d for %d", len(all), len(objects), r.requests, r.objects)
			}
		})
	}
}

// TestNextAccessesOfARealTraceHold looks for every next access itself.
func TestNextAccessesOfARealTraceHold(t *testing.T) {
	all, _ := readAll(t, Options{Files: []string{dataFile(t, real[len(real)-1].file)}})
	next := map[uint64]int64{}
	for i := len(all) - 1; i >= 0; i-- {
		want, again := next[all[i].ID]
		if !again {
			want = Never
		}
		if all[i].Next != want {
			t.Fatalf("request %d: next access %d; it is %d", i, all[i].Next, want)
		}
		next[all[i].ID] = int64(i)
	}
}
