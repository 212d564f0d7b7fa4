package main

import (
	"io"
	"testing"
)

// usual is the work that default.pgo is a profile of, in parts of about the same
// length: what simulates, counts and reads for long. FILE names stand in a folder of
// the benchmark's own, and a part reads what those before it wrote.
var usual = []struct {
	name string
	args []string
}{
	{"gen", []string{"trace", "gen", "--objects", "500000", "--requests", "3000000", "--zipf", "1", "--size", "median=10KB,p99=1MB", "--rate", "2000/s", "-o", "z.oracleGeneral"}},
	{"mrc", []string{"mrc", "z.oracleGeneral", "--policy", "lru,fifo,clock,sieve,arc,s3fifo,wtinylfu,lhd,gdsf", "--capacity", "10%,1%", "--csv", "z.csv"}},
	{"world", []string{"run", "world", "--mode", "virtual", "--set", "duration=16h", "--set", "workload.rate=38.6/s", "--out", "world"}},
	{"quickstart", []string{"run", "quickstart", "--mode", "virtual", "--set", "duration=16m", "--access-log", "--out", "quickstart"}},
	{"storm", []string{"run", "storm", "--mode", "virtual", "--set", "duration=20m", "--out", "storm"}},
	{"report", []string{"report", "quickstart/access.log.gz", "--out", "reports"}},
	{"live", []string{"run", "quickstart", "--set", "duration=10s", "--set", "warmup=1s", "--out", "live"}},
}

// BenchmarkUsual is what the compiler is told of by default.pgo, which `make pgo`
// makes from its profile.
func BenchmarkUsual(b *testing.B) {
	b.Chdir(b.TempDir())
	for range b.N {
		for _, part := range usual {
			if code := run(part.args, io.Discard, io.Discard); code != 0 {
				b.Fatalf("%s: exit %d", part.name, code)
			}
		}
	}
}
