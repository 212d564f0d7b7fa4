package cache

import (
	"bufio"
	"compress/gzip"
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"
	"github.com/ulikunitz/xz"

	"edgesim/edge/policy"
)

// openTrace opens a trace under $EDGESIM_DATA/traces and undoes its
// compression.
func openTrace(t *testing.T, name string) io.Reader {
	t.Helper()
	f, err := os.Open(filepath.Join(os.Getenv("EDGESIM_DATA"), "traces", filepath.FromSlash(name)))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	var r io.Reader
	switch filepath.Ext(name) {
	case ".xz":
		r, err = xz.NewReader(bufio.NewReader(f))
	case ".zst":
		r, err = zstd.NewReader(f, zstd.WithDecoderConcurrency(1))
	case ".gz":
		r, err = gzip.NewReader(f)
	}
	if err != nil {
		t.Fatal(err)
	}
	return bufio.NewReader(r)
}

// records reads binary records of width bytes to the end.
func records(t *testing.T, r io.Reader, width int, read func([]byte) request) (trace []request) {
	t.Helper()
	data, err := io.ReadAll(r)
	if err != nil || len(data)%width != 0 {
		t.Fatalf("%d bytes in records of %d: %v", len(data), width, err)
	}
	for ; len(data) > 0; data = data[width:] {
		trace = append(trace, read(data))
	}
	return trace
}

// numbers reads lines of so many unsigned numbers.
func numbers(t *testing.T, r io.Reader, width int) (lines [][]uint64) {
	t.Helper()
	in := bufio.NewScanner(r)
	for in.Scan() {
		fields := strings.Fields(in.Text())
		if len(fields) != width {
			t.Fatalf("line %d: %d numbers, not %d", len(lines)+1, len(fields), width)
		}
		line := make([]uint64, width)
		for i, f := range fields {
			n, err := strconv.ParseUint(f, 10, 64)
			if err != nil {
				t.Fatalf("line %d: %v", len(lines)+1, err)
			}
			line[i] = n
		}
		lines = append(lines, line)
	}
	if err := in.Err(); err != nil {
		t.Fatal(err)
	}
	return lines
}

// adaptSize reads "sequence id bytes".
func adaptSize(t *testing.T, r io.Reader) (trace []request) {
	for _, f := range numbers(t, r, 3) {
		trace = append(trace, request{f[1], int64(f[2])})
	}
	return trace
}

// oracleGeneral reads libCacheSim's binary records: time, id, size, next access.
func oracleGeneral(t *testing.T, r io.Reader) []request {
	return records(t, r, 24, func(b []byte) request {
		return request{binary.LittleEndian.Uint64(b[4:]), int64(binary.LittleEndian.Uint32(b[12:]))}
	})
}

// bigEndianKeys reads cache2k's 32-bit keys.
func bigEndianKeys(t *testing.T, r io.Reader) []request {
	return records(t, r, 4, func(b []byte) request { return request{uint64(binary.BigEndian.Uint32(b)), 1} })
}

// runs reads the ARC paper's "start count x x": each line is count keys in a row.
func runs(t *testing.T, r io.Reader) (trace []request) {
	for _, f := range numbers(t, r, 4) {
		for k := range f[1] {
			trace = append(trace, request{f[0] + k, 1})
		}
	}
	return trace
}

var realTraces = []struct {
	name, file string
	requests   int
	read       func(*testing.T, io.Reader) []request
}{
	{"adaptsize", "adaptsize/adapt_size_request.trace.xz", 66_987, adaptSize},
	{"cloudphysics", "cloudphysics/cloudPhysicsIO.oracleGeneral.bin.zst", 113_872, oracleGeneral},
	{"web07", "cache2k/cache2k_web07.trace.xz", 76_118, bigEndianKeys},
	{"web12", "cache2k/cache2k_web12.trace.xz", 95_607, bigEndianKeys},
	{"oltp", "arc/arc_oltp.gz", 914_145, runs},
}

func realTrace(t *testing.T, name string) []request {
	t.Helper()
	if os.Getenv("EDGESIM_DATA") == "" {
		t.Skip("EDGESIM_DATA is unset: the traces are not part of the project")
	}
	for _, r := range realTraces {
		if r.name == name {
			trace := r.read(t, openTrace(t, r.file))
			if len(trace) != r.requests {
				t.Fatalf("%s has %d requests, not %d", r.file, len(trace), r.requests)
			}
			return trace
		}
	}
	t.Fatalf("no trace %s", name)
	return nil
}

// TestGoldenMissCountsOfRealTraces is TestGoldenMissCounts on public traces, the
// first 120,000 requests of each.
func TestGoldenMissCountsOfRealTraces(t *testing.T) {
	if testing.Short() || raceEnabled {
		t.Skip("slow with the race detector, which has nothing to find in one goroutine")
	}
	lines := []string{goldenHeader}
	for _, r := range realTraces {
		trace := realTrace(t, r.name)
		lines = append(lines, missCounts(r.name, trace[:min(len(trace), 120_000)])...)
	}
	golden(t, "traces.txt", lines)
}

// The miss ratios of libCacheSim's cachesim at 1, 10 and 100 MiB (object, byte):
// no warm-up cut, no overhead, a known id with another size is a hit that keeps
// the old size.
var libCacheSim = []struct {
	trace, spec string
	ratios      [3][2]float64
}{
	{"adaptsize", "lru", [3][2]float64{{.7949, .7609}, {.6992, .6807}, {.5818, .5956}}},
	{"adaptsize", "fifo", [3][2]float64{{.8042, .7741}, {.7150, .6938}, {.6007, .6078}}},
	{"adaptsize", "sieve", [3][2]float64{{.7773, .7431}, {.6614, .6543}, {.5704, .5882}}},
	{"adaptsize", "s3fifo:max=0.1", [3][2]float64{{.7747, .7850}, {.6523, .6515}, {.5713, .5931}}},
	{"adaptsize", "clock", [3][2]float64{{.7906, .7563}, {.6949, .6775}, {.5765, .5917}}},
	{"adaptsize", "arc:step=1,forget=1", [3][2]float64{{.7817, .7483}, {.6683, .6673}, {.5702, .5882}}},
	{"cloudphysics", "clock", [3][2]float64{{.8683, .9868}, {.8362, .9809}, {.8220, .9684}}},
	{"cloudphysics", "arc:step=1,forget=1", [3][2]float64{{.8448, .9842}, {.8254, .9786}, {.8012, .9444}}},
	{"cloudphysics", "lru", [3][2]float64{{.8699, .9869}, {.8370, .9811}, {.8225, .9685}}},
	{"cloudphysics", "fifo", [3][2]float64{{.8821, .9882}, {.8416, .9815}, {.8229, .9682}}},
	{"cloudphysics", "sieve", [3][2]float64{{.8566, .9854}, {.8256, .9788}, {.8101, .9596}}},
	{"cloudphysics", "s3fifo:max=0.1", [3][2]float64{{.8421, .9838}, {.8256, .9782}, {.8017, .9461}}},
}

// libCacheSimStoresFirst are its ratios of GDSF, which it plays another way
// round: it stores, and evicts then, so that the newcomer may be the victim.
var libCacheSimStoresFirst = []struct {
	trace  string
	ratios [3][2]float64
}{
	{"adaptsize", [3][2]float64{{.7165, .7908}, {.6130, .6906}, {.5531, .5912}}},
	{"cloudphysics", [3][2]float64{{.8381, .9844}, {.8230, .9803}, {.7904, .9680}}},
}

// TestGDSFIsLibCacheSims plays the policy that way, without a shard.
func TestGDSFIsLibCacheSims(t *testing.T) {
	if raceEnabled {
		t.Skip("slow with the race detector, which has nothing to find in one goroutine")
	}
	for _, ref := range libCacheSimStoresFirst {
		trace := realTrace(t, ref.trace)
		for i, want := range ref.ratios {
			mib := []int64{1, 10, 100}[i]
			m := storeFirst(t, "gdsf", mib<<20, trace)
			got := fmt.Sprintf("%.4f %.4f", m.ratio(), m.byteRatio())
			if got != fmt.Sprintf("%.4f %.4f", want[0], want[1]) {
				t.Errorf("%s at %d MiB: misses %s; libCacheSim %.4f", ref.trace, mib, got, want)
			}
		}
	}
}

// storeFirst plays a trace and makes room for an object after it is in.
func storeFirst(t *testing.T, spec string, capacity int64, trace []request) (m misses) {
	p, err := policy.Make(spec, policy.Config{Capacity: capacity})
	if err != nil {
		t.Fatal(err)
	}
	var all []request // by slot: an object's place is its own for ever
	slots := map[uint64]policy.Slot{}
	resident := map[policy.Slot]bool{}
	used := int64(0)
	for _, r := range trace {
		m.requests++
		m.bytes += r.size
		s, known := slots[r.key]
		if resident[s] && known {
			p.Hit(s)
			continue
		}
		m.misses++
		m.missBytes += r.size
		if r.size > capacity {
			continue
		}
		if !known {
			s = policy.Slot(len(all))
			slots[r.key], all = s, append(all, r)
		}
		all[s] = r
		p.Add(s, policy.Item{Key: r.key, Size: r.size})
		resident[s] = true
		for used += r.size; used > capacity; {
			v := p.Victim(policy.Item{})
			delete(resident, v)
			used -= all[v].size
		}
	}
	return m
}

// TestMissRatiosAreLibCacheSims compares to the four digits given.
func TestMissRatiosAreLibCacheSims(t *testing.T) {
	if raceEnabled {
		t.Skip("slow with the race detector, which has nothing to find in one goroutine")
	}
	traces := map[string][]request{}
	for _, ref := range libCacheSim {
		if traces[ref.trace] == nil {
			traces[ref.trace] = realTrace(t, ref.trace)
		}
		for i, want := range ref.ratios {
			mib := []int64{1, 10, 100}[i]
			m := play(newShard(t, Config{Capacity: mib << 20, Policy: ref.spec}), traces[ref.trace])
			got := fmt.Sprintf("%.4f %.4f", m.ratio(), m.byteRatio())
			if got != fmt.Sprintf("%.4f %.4f", want[0], want[1]) {
				t.Errorf("%s, %s at %d MiB: misses %s; libCacheSim %.4f", ref.trace, ref.spec, mib, got, want)
			}
		}
	}
}

// What draws random numbers, or has rules that differ in units of bytes, is near
// the published miss ratios (object, byte), at 1, 10 and 100 MiB.
var nearLibCacheSim = []struct {
	spec   string
	ratios [3][2]float64
	within float64
}{
	{"hyperbolic", [3][2]float64{{.7900, .7535}, {.6898, .6717}, {.5750, .5905}}, 0.002},
	{"lecar", [3][2]float64{{.7873, .7541}, {.6772, .6638}, {.5798, .5937}}, 0.006},
	{"cacheus", [3][2]float64{{.7793, .7562}, {.6742, .6618}, {.5794, .5955}}, 0.01},
	{"lhd", [3][2]float64{{.7632, .8553}, {.6428, .7619}, {.5581, .6021}}, 0.015},
}

func TestMissRatiosAreNearLibCacheSims(t *testing.T) {
	if raceEnabled {
		t.Skip("slow with the race detector, which has nothing to find in one goroutine")
	}
	trace := realTrace(t, "adaptsize")
	for _, ref := range nearLibCacheSim {
		for i, want := range ref.ratios {
			mib := []int64{1, 10, 100}[i]
			m := play(newShard(t, Config{Capacity: mib << 20, Policy: ref.spec}), trace)
			if off := max(math.Abs(m.ratio()-want[0]), math.Abs(m.byteRatio()-want[1])); off > ref.within {
				t.Errorf("%s at %d MiB: misses %.4f %.4f; libCacheSim %.4f", ref.spec, mib, m.ratio(), m.byteRatio(), want)
			}
		}
	}
}

// TestHitRatiosAreNearWebcachesims: there an id with another size is another
// object; the object hit ratios at 10 and 100 MiB. Its AdaptSize is not tuned
// within this trace.
func TestHitRatiosAreNearWebcachesims(t *testing.T) {
	if raceEnabled {
		t.Skip("slow with the race detector, which has nothing to find in one goroutine")
	}
	var trace []request
	for _, r := range realTrace(t, "adaptsize") {
		trace = append(trace, request{r.key<<32 ^ uint64(r.size), r.size})
	}
	for _, ref := range []struct {
		spec   string
		ratios [2]float64
		within float64
	}{
		{"lru", [2]float64{.2550, .3657}, 0.00005},
		{"adaptsize", [2]float64{.2668, .3757}, 0.003},
	} {
		for i, want := range ref.ratios {
			mib := []int64{10, 100}[i]
			m := play(newShard(t, Config{Capacity: mib << 20, Policy: ref.spec}), trace)
			if got := 1 - m.ratio(); math.Abs(got-want) > ref.within {
				t.Errorf("%s at %d MiB: hit ratio %.4f; webcachesim %.4f", ref.spec, mib, got, want)
			}
		}
	}
}
