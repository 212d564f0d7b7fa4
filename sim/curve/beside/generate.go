package main

import (
	"bufio"
	"encoding/binary"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"

	"edgesim/workloads"
)

// generate writes a trace of libCacheSim's binary records: Zipf popularity, sizes
// lognormal with median 12 kB and σ 1.4 (below 4 GiB), next accesses as that format
// has them, and names that are hashes.
func generate(path string, objects, requests int, alpha float64) error {
	ranks, err := workloads.NewZipf(uint64(objects), alpha, rand.NewPCG(1, 1))
	if err != nil {
		return err
	}
	rng := rand.New(rand.NewPCG(1, 2))
	sizes := make([]uint32, objects)
	for i := range sizes {
		sizes[i] = uint32(min(1+12e3*math.Exp(1.4*rng.NormFloat64()), math.MaxUint32))
	}
	asked, next, last := make([]uint32, requests), make([]int64, requests), make([]int64, objects)
	for i := range asked {
		asked[i] = uint32(ranks.Draw())
	}
	for i := range last {
		last[i] = -1
	}
	for i := requests - 1; i >= 0; i-- {
		next[i] = last[asked[i]]
		last[asked[i]] = int64(i) + 1 // numbers begin at 1 there
	}
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	w := bufio.NewWriterSize(f, 1<<20)
	var rec [24]byte
	for i, k := range asked {
		binary.LittleEndian.PutUint32(rec[0:], uint32(i/1000))
		binary.LittleEndian.PutUint64(rec[4:], (uint64(k)+1)*0x9e3779b97f4a7c15>>8)
		binary.LittleEndian.PutUint32(rec[12:], sizes[k])
		binary.LittleEndian.PutUint64(rec[16:], uint64(next[i]))
		if _, err := w.Write(rec[:]); err != nil {
			return err
		}
	}
	if err := w.Flush(); err != nil {
		return err
	}
	return f.Close()
}

// timed runs a command on one core and returns what it printed and the seconds of
// the processor that it took.
func timed(name string, args ...string) (out string, seconds float64, err error) {
	c := exec.Command(name, args...)
	c.Env = append(os.Environ(), "GOMAXPROCS=1")
	c.Stderr = os.Stderr
	b, err := c.Output()
	if err != nil {
		return "", 0, err
	}
	return string(b), (c.ProcessState.UserTime() + c.ProcessState.SystemTime()).Seconds(), nil
}
