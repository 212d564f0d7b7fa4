package fit

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"edgesim/workloads/trace"
)

func TestProto(t *testing.T) {
	dir := os.Getenv("EDGESIM_DATA")
	if dir == "" {
		t.Skip("no data")
	}
	for _, name := range []string{"adaptsize/adapt_size_request.trace.xz", "cache2k/cache2k_web07.trace.xz", "cache2k/cache2k_web12.trace.xz",
		"cloudphysics/cloudPhysicsIO.oracleGeneral.bin.zst", "arc/arc_oltp.gz", "lirs/lirs_multi3.trace.gz", "lirs/lirs_sprite.trace.gz", "delayed-hits/trace.csv"} {
		tr, err := trace.Open(trace.Options{Files: []string{filepath.Join(dir, "traces", name)}})
		if err != nil {
			t.Fatal(err)
		}
		o := Options{Name: filepath.Base(name), Tells: tr.Info().Tells}
		m, err := Measure(tr, o)
		if err != nil {
			t.Fatal(err)
		}
		text := m.recency()
		if os.Getenv("SHOW") != "" {
			t.Log(text)
		}
		start := time.Now()
		g, err := play(text, o)
		if err != nil {
			t.Fatal(err, text)
		}
		d := DistanceOf(&m.Curve, &g.Curve, m.Capacities())
		t.Logf("%-40s n=%d u=%d/%d ws=%d/%d  mean %.2f max %.2f at %d  bytes mean %.2f max %.2f at %d  %v", name, m.Requests, m.Objects, g.Objects, m.WorkingSet, g.WorkingSet, 100*d.Mean, 100*d.Max, d.At, 100*d.ByteMean, 100*d.ByteMax, d.ByteAt, time.Since(start))
	}
}
