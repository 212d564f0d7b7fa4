package live

import (
	"context"
	"io"
	"net"
	"net/http"
	"slices"
	"sync"
	"testing"
	"time"

	"edgesim/edge"
	"edgesim/edge/behavior"
	"edgesim/sim/origin"
	originlive "edgesim/sim/origin/live"
)

// The classic slow origin on real sockets: 16 KiB at once, then 16 KiB every
// 200 ms, 1 MiB in all; and an uncacheable one that takes a second to begin.
// What is exact in virtual time (edge's tests) is measured here.
//
//	go test ./sim/live -run '^$' -bench SlowOrigin -benchtime 1x

const slowSize = 1 << 20

type anything struct{ object origin.Object }

func (a anything) Find(_, path []byte) (origin.Object, bool) {
	o := a.object
	for _, b := range path {
		o.Key = o.Key*31 + uint64(b)
	}
	return o, true
}

// slowStage is an origin of that kind behind an edge.
func slowStage(tb testing.TB, conf origin.Config, o origin.Object, wait time.Duration) (edgeURL, originURL string, asked func() uint64) {
	model, err := origin.New(conf)
	if err != nil {
		tb.Fatal(err)
	}
	srv, err := originlive.New(originlive.Config{Model: model, Contents: anything{o}})
	if err != nil {
		tb.Fatal(err)
	}
	st := &stage{faults: make(chan error, 1), origins: []*originlive.Server{srv}}
	var originAddr string
	if err := st.listen(srv.Serve, &originAddr); err != nil {
		tb.Fatal(err)
	}
	b := behavior.Standard()
	b.Origin, b.CollapseWait = "slow", wait
	var addr string
	e, err := edge.New(edge.Config{
		Distributions: []behavior.Distribution{{ID: "E1", Domain: "127.0.0.1", Default: b}},
		Origins:       []edge.Origin{{Name: "slow", Addr: originAddr}},
		Capacity:      64 << 20, CacheStatus: true,
	})
	if err == nil {
		st.edges, err = append(st.edges, e), st.listen(e.Serve, &addr)
	}
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		st.tearDown(ctx)
	})
	return "http://" + addr, "http://" + originAddr, func() uint64 { return uint64(srv.Stats().Requests) }
}

// seen is what one viewer saw.
type seen struct {
	first, total time.Duration
	n            int64
	length       int64
	err          error
}

// fetch asks on a connection of its own.
func fetch(url string) seen { return fetchRange(url, "") }

// fetchRange asks for a range; "": for all.
func fetchRange(url, bytes string) (s seen) {
	tr := &http.Transport{DisableCompression: true, DialContext: (&net.Dialer{}).DialContext}
	defer tr.CloseIdleConnections()
	began := time.Now()
	req, err := http.NewRequest("GET", url, nil)
	if err != nil {
		return seen{err: err}
	}
	if bytes != "" {
		req.Header.Set("Range", "bytes="+bytes)
	}
	res, err := (&http.Client{Transport: tr}).Do(req)
	if err != nil {
		return seen{err: err}
	}
	defer res.Body.Close()
	s.length = res.ContentLength
	one := make([]byte, 1)
	k, _ := io.ReadFull(res.Body, one)
	s.first = time.Since(began)
	s.n, s.err = io.Copy(io.Discard, res.Body)
	s.n += int64(k)
	s.total = time.Since(began)
	return s
}

func herd(n int, url string) []seen {
	list := make([]seen, n)
	var wg sync.WaitGroup
	for i := range list {
		wg.Go(func() { list[i] = fetch(url) })
	}
	wg.Wait()
	return list
}

func slowestOf(list []seen, what func(seen) time.Duration) time.Duration {
	return what(slices.MaxFunc(list, func(a, b seen) int { return int(what(a) - what(b)) }))
}

func first(s seen) time.Duration { return s.first }
func total(s seen) time.Duration { return s.total }

var slowBucket = origin.Config{Kind: origin.Bucket, Piece: 16 << 10, Every: 200 * time.Millisecond, CacheControl: "max-age=600"}

func ms(d time.Duration) float64 { return float64(d) / 1e6 }

func BenchmarkSlowOrigin(b *testing.B) {
	b.Run("streaming", func(b *testing.B) {
		for b.Loop() {
			url, direct, _ := slowStage(b, slowBucket, origin.Object{Size: slowSize}, 0)
			plain := fetch(direct + "/direct")
			var lead, follow seen
			var wg sync.WaitGroup
			wg.Go(func() { lead = fetch(url + "/a") })
			time.Sleep(500 * time.Millisecond)
			wg.Go(func() { follow = fetch(url + "/a") })
			wg.Wait()
			if lead.n != slowSize || follow.n != slowSize || lead.length != slowSize {
				b.Fatalf("leader %+v, follower %+v", lead, follow)
			}
			b.ReportMetric(ms(lead.first-plain.first), "leader-behind-origin-ms")
			b.ReportMetric(ms(follow.first), "follower-first-ms")
			b.ReportMetric(ms(follow.total+500*time.Millisecond-lead.total), "follower-end-after-leader-ms")
		}
	})
	b.Run("range", func(b *testing.B) {
		for b.Loop() {
			url, direct, _ := slowStage(b, slowBucket, origin.Object{Size: slowSize}, 0)
			plain := fetchRange(direct+"/direct", "900000-900999")
			cold := fetchRange(url+"/a", "900000-900999")
			var whole seen
			var wg sync.WaitGroup
			wg.Go(func() { whole = fetch(url + "/b") })
			time.Sleep(500 * time.Millisecond)
			filling := fetchRange(url+"/b", "900000-900999")
			wg.Wait()
			if cold.n != 1000 || filling.n != 1000 || whole.n != slowSize {
				b.Fatalf("cold %+v, filling %+v, whole %+v", cold, filling, whole)
			}
			b.ReportMetric(ms(cold.first-plain.first), "cold-behind-origin-ms")
			b.ReportMetric(ms(filling.first-plain.first), "filling-behind-origin-ms")
		}
	})
	b.Run("herd=50", func(b *testing.B) {
		for b.Loop() {
			url, direct, asked := slowStage(b, slowBucket, origin.Object{Size: slowSize}, 0)
			plain := fetch(direct + "/direct")
			before := asked()
			list := herd(50, url+"/a")
			b.ReportMetric(float64(asked()-before), "origin-requests")
			b.ReportMetric(ms(slowestOf(list, first)-plain.first), "slowest-first-behind-origin-ms")
		}
	})
	uncacheable := origin.Config{Kind: origin.Server, Uncacheable: 1, FirstByte: origin.Delay{Kind: "constant", Constant: time.Second}}
	for _, x := range []struct {
		name  string
		wait  time.Duration
		known bool
	}{{"known", 0, true}, {"cold", 0, false}, {"cold,wait=150ms", 150 * time.Millisecond, false}} {
		b.Run("uncacheable=50/"+x.name, func(b *testing.B) {
			for b.Loop() {
				url, _, _ := slowStage(b, uncacheable, origin.Object{Size: 1024}, x.wait)
				if x.known {
					fetch(url + "/x")
				}
				b.ReportMetric(ms(slowestOf(herd(50, url+"/x"), total)), "slowest-of-50-ms")
				b.ReportMetric(ms(slowestOf(herd(50, url+"/x"), total)), "slowest-of-next-50-ms")
			}
		})
	}
}
