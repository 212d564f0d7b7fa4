package edge

import (
	"fmt"
	"math"
	"net/http"
	"runtime"
	"strconv"
	"strings"
	"testing"
)

// TestCapacityIsWhatMemoryCosts fills a cache with objects of several sizes and
// holds what the shard counts against what heap and arena lose when it is emptied.
// What servers of tests before it free meanwhile comes on top: so it is tried thrice.
func TestCapacityIsWhatMemoryCosts(t *testing.T) {
	if testing.Short() || raceOn {
		t.Skip("fills 16 MiB several times, and the race detector's heap is another")
	}
	for _, size := range []int{100, 1000, 16000, 200000} {
		t.Run(fmt.Sprint(size), func(t *testing.T) {
			var ratio float64
			for range 3 {
				// Names of a thousand evicted objects and test clutter are in it.
				if ratio = costPerByte(t, size); ratio > 0.85 && ratio < 1.2 {
					return
				}
			}
			t.Errorf("heap and arena held %.3f of what the shard counts", ratio)
		})
	}
}

// costPerByte is what heap and arena lose with a full cache for each byte that it counts.
func costPerByte(t *testing.T, size int) (ratio float64) {
	const capacity = 16 << 20
	inLab(t, func(w http.ResponseWriter, r *http.Request) {
		n, _ := strconv.Atoi(strings.TrimPrefix(r.URL.Path, "/"))
		w.Header().Set("Cache-Control", "max-age=3600")
		w.Header().Set("Content-Type", "image/jpeg")
		w.Header().Set("Etag", fmt.Sprintf(`"%016x"`, n))
		w.Write(make([]byte, size))
	}, func(c *Config) {
		c.Capacity = capacity
		c.Recorder = nil
	}, func(l *lab) {
		for i := range capacity/(size+500) + 1000 {
			l.get("/" + strconv.Itoa(i))
		}
		l.edge.flying.wait()
		p := l.edge.parts[0]
		used, objects, with := float64(p.shard.Used()), p.shard.Len(), int64(heap())+l.edge.arena.InUse()
		p.empty()
		p.shard, p.objects, l.edge.parts = nil, nil, nil
		grown := float64(with - int64(heap()) - l.edge.arena.InUse())
		if used < 0.9*capacity || used > capacity {
			t.Errorf("%.0f bytes used of %d", used, capacity)
		}
		ratio = grown / used
		t.Logf("memory/counted = %.3f with %d objects", ratio, objects)
	})
	return ratio
}

// heap is what is in use, once what pools and finalizers still keep has gone: it
// takes several collections to find nothing more.
func heap() uint64 {
	var m runtime.MemStats
	for was := uint64(math.MaxUint64); ; was = m.HeapAlloc {
		runtime.GC()
		runtime.GC()
		if runtime.ReadMemStats(&m); m.HeapAlloc+1<<16 > was {
			return m.HeapAlloc
		}
	}
}
