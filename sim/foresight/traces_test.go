package foresight

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"github.com/klauspost/compress/zstd"
	"github.com/ulikunitz/xz"

	"edgesim/edge/policy"
	"edgesim/workloads"
)

// ask is one request of a test's trace.
type ask struct {
	object uint32
	size   int64
}

// tally is what a run of a policy came to.
type tally struct{ requests, misses, bytes, missBytes int64 }

func (t tally) ratios() string {
	return fmt.Sprintf("%.4f %.4f", float64(t.misses)/float64(t.requests), float64(t.missBytes)/float64(t.bytes))
}

// nexts are the numbers of the objects' next requests.
func nexts(asks []ask) []int64 {
	next, last := make([]int64, len(asks)), map[uint32]int64{}
	for i := len(asks) - 1; i >= 0; i-- {
		n, ok := last[asks[i].object]
		if !ok {
			n = Never
		}
		next[i] = n
		last[asks[i].object] = int64(i)
	}
	return next
}

// play drives p, of any kind, over the trace, with a map and a sum: the tests'
// own cache.
func play(p policy.Policy, asks []ask, capacity int64) tally {
	seer, _ := p.(Seer)
	admitter, _ := p.(policy.Admitter)
	next := nexts(asks)
	resident, used := map[uint32]int64{}, int64(0)
	t := tally{requests: int64(len(asks))}
	for i, a := range asks {
		t.bytes += a.size
		if seer != nil {
			seer.See(next[i])
		}
		if _, ok := resident[a.object]; ok {
			p.Hit(a.object)
			continue
		}
		t.misses++
		t.missBytes += a.size
		it := policy.Item{Key: uint64(a.object), Size: a.size}
		if a.size > capacity || admitter != nil && !admitter.Admit(it) {
			continue
		}
		for used+a.size > capacity {
			v := p.Victim(it)
			size, ok := resident[v]
			if !ok {
				panic("a victim that is not there")
			}
			used -= size
			delete(resident, v)
		}
		resident[a.object] = a.size
		used += a.size
		p.Add(a.object, it)
	}
	return t
}

func kindOf(t testing.TB, name string) policy.Kind {
	t.Helper()
	for _, k := range append(Kinds(), policy.Zoo()...) {
		if k.Name == name {
			return k
		}
	}
	t.Fatalf("no policy %s", name)
	return policy.Kind{}
}

// traceFile opens one of the real traces, or skips the test.
func traceFile(t testing.TB, name string) io.Reader {
	t.Helper()
	dir := os.Getenv("EDGESIM_DATA")
	if dir == "" {
		t.Skip("EDGESIM_DATA is not set: no real traces here")
	}
	f, err := os.Open(filepath.Join(dir, "traces", name))
	if err != nil {
		t.Skip(err)
	}
	t.Cleanup(func() { f.Close() })
	switch filepath.Ext(name) {
	case ".zst":
		z, err := zstd.NewReader(f)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(z.Close)
		return z
	default:
		x, err := xz.NewReader(bufio.NewReader(f))
		if err != nil {
			t.Fatal(err)
		}
		return x
	}
}

// numbers gives ids dense numbers.
type numbers map[[2]uint64]uint32

func (n numbers) of(id, size uint64) uint32 {
	at, ok := n[[2]uint64{id, size}]
	if !ok {
		at = uint32(len(n))
		n[[2]uint64{id, size}] = at
	}
	return at
}

func cloudPhysics(t testing.TB) []ask {
	r := bufio.NewReader(traceFile(t, "cloudphysics/cloudPhysicsIO.oracleGeneral.bin.zst"))
	var asks []ask
	objects := numbers{}
	var rec [24]byte
	for {
		if _, err := io.ReadFull(r, rec[:]); err == io.EOF {
			return asks
		} else if err != nil {
			t.Fatal(err)
		}
		id, size := binary.LittleEndian.Uint64(rec[4:]), int64(binary.LittleEndian.Uint32(rec[12:]))
		asks = append(asks, ask{objects.of(id, 0), size})
	}
}

// adaptSize reads the web trace; with resized, an id of another size is another
// object.
func adaptSize(t testing.TB, resized bool) []ask {
	r := bufio.NewReader(traceFile(t, "adaptsize/adapt_size_request.trace.xz"))
	var asks []ask
	objects := numbers{}
	for {
		var seq, id, size uint64
		if n, err := fmt.Fscan(r, &seq, &id, &size); n == 0 && err == io.EOF {
			return asks
		} else if err != nil {
			t.Fatal(err)
		}
		key := uint64(0)
		if resized {
			key = size
		}
		asks = append(asks, ask{objects.of(id, key), int64(size)})
	}
}

// generated is a trace of Zipf-like popularity and lognormal sizes around 10 kB.
func generated(seed uint64, requests int, objects uint64, alpha float64) []ask {
	rng := rand.NewPCG(seed, 1)
	ranks, err := workloads.NewZipf(objects, alpha, rng)
	if err != nil {
		panic(err)
	}
	sizes, normal := map[uint32]int64{}, rand.New(rand.NewPCG(seed, 2))
	asks := make([]ask, requests)
	for i := range asks {
		o := uint32(ranks.Draw())
		if sizes[o] == 0 {
			sizes[o] = int64(10_000*math.Exp(1.3*normal.NormFloat64())) + 1
		}
		asks[i] = ask{o, sizes[o]}
	}
	return asks
}
