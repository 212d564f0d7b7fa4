// Package logtest makes access logs that look like a busy site's, for tests and
// measurements: a seed and a number of lines give the same log every time. It
// knows what traffic looks like, and nothing of how logs are read.
package logtest

import (
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"net/netip"
	"time"

	"edgesim/results"
	"edgesim/results/accesslog"
)

// Start is the moment a log begins with.
var Start = time.Date(2026, 9, 1, 0, 0, 0, 0, time.UTC)

const (
	objects   = 50_000
	referrers = 400
	viewers   = 20_000
	agents    = 600
	exponent  = 0.9 // of the objects' popularity (Zipf)
)

// Source makes the records of a log.
type Source struct {
	Names *results.Names

	rng  *rand.Rand
	step int64 // ns from a request to the next, on average
	now  int64

	rank       zipf
	agentRank  zipf
	urls       []results.Sym
	types      []results.Sym
	sizes      []int64
	agents     []results.Sym
	referrers  []results.Sym
	hosts      [2]results.Sym
	queries    []results.Sym
	countries  [][2]byte
	lastID     uint64
	proxyHosts results.Sym
}

// New is a source of so many requests in so many days. They come in the order
// of a log: nearly that of time.
func New(seed uint64, lines, days int) *Source {
	n := results.NewNames(time.Unix(0, 0).UTC())
	n.Distributions = []results.Distribution{
		{ID: "EIMAGES0000001", Domain: "d111111abcdef8.cloudfront.net", Aliases: []string{"images.example.com"}, Friendly: "images.example.com"},
		{ID: "EVIDEO00000002", Domain: "d222222abcdef8.cloudfront.net", Aliases: []string{"video.example.com"}, Friendly: "video.example.com"},
	}
	for _, code := range []string{"FRA50-C1", "FRA56-P2", "LHR3-C1", "IAD89-C2", "LAX54-P2", "NRT20-C4", "SIN52-C1", "GRU1-C1", "SYD1-C2", "BOM78-P1"} {
		n.Edges = append(n.Edges, results.Edge{Code: code})
	}
	s := &Source{Names: n, rng: rand.New(rand.NewPCG(seed, 1)), now: Start.UnixNano(),
		step: int64(days) * 24 * int64(time.Hour) / int64(max(lines, 1)),
		rank: newZipf(objects), agentRank: newZipf(agents)}
	s.makeStrings()
	return s
}

func (s *Source) makeStrings() {
	t := s.Names.Strings
	kinds := []struct{ ending, mime string }{{"jpg", "image/jpeg"}, {"webp", "image/webp"}, {"js", "application/javascript"},
		{"css", "text/css"}, {"html", "text/html; charset=utf-8"}, {"m4s", "video/iso.segment"}, {"m3u8", "application/vnd.apple.mpegurl"}}
	for i := range objects {
		k := kinds[s.rng.IntN(len(kinds))]
		s.urls = append(s.urls, t.Of(fmt.Sprintf("/%s/%03d/asset-%05d%s.%s", k.ending, i%211, i, []string{"", " copy", "-ü"}[max(0, i%97-94)%3], k.ending)))
		s.types = append(s.types, t.Of(k.mime))
		s.sizes = append(s.sizes, int64(math.Exp(9+1.6*s.rng.NormFloat64())))
	}
	for i := range agents {
		s.agents = append(s.agents, t.Of(agent(i)))
	}
	for i := range referrers {
		s.referrers = append(s.referrers, t.Of(fmt.Sprintf("https://site%d.example.com/articles/%d?from=start page", i/4, i)))
	}
	for i := range 50 {
		s.queries = append(s.queries, t.Of(fmt.Sprintf("width=%d&format={auto}", 100*i)))
	}
	s.hosts = [2]results.Sym{t.Of("images.example.com"), t.Of("video.example.com")}
	s.proxyHosts = t.Of("192.0.2.77, 198.51.100.4")
	for _, c := range []string{"DE", "US", "GB", "FR", "JP", "BR", "IN", "AU", "SG", "CA"} {
		s.countries = append(s.countries, [2]byte([]byte(c)))
	}
}

// agent is the i-th of the viewers' programs, the most frequent first.
func agent(i int) string {
	version := 90 + i%40
	switch i % 7 {
	case 0:
		return fmt.Sprintf("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/%d.0.0.0 Safari/537.36", version)
	case 1:
		return fmt.Sprintf("Mozilla/5.0 (iPhone; CPU iPhone OS %d_%d like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/%d.0 Mobile/15E148 Safari/604.1", 12+i%6, i%5, 12+i%6)
	case 2:
		return fmt.Sprintf("Mozilla/5.0 (Linux; Android %d; SM-G99%d) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/%d.0.0.0 Mobile Safari/537.36", 9+i%6, i%9, version)
	case 3:
		return fmt.Sprintf("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_%d) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/%d.1 Safari/605.1.15", i%8, 13+i%5)
	case 4:
		return fmt.Sprintf("Mozilla/5.0 (X11; Linux x86_64; rv:%d.0) Gecko/20100101 Firefox/%d.0", version, version)
	case 5:
		return fmt.Sprintf("Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html) #%d", i)
	}
	return fmt.Sprintf("curl/7.%d.1", i%90)
}

// Read fills recs with the next records.
func (s *Source) Read(recs []results.Record) {
	for i := range recs {
		recs[i] = s.next()
	}
}

func (s *Source) next() results.Record {
	s.now += s.rng.Int64N(2*s.step + 1)
	s.lastID++
	i := s.rank.draw(s.rng)
	d := uint16(i & 1)
	viewer := s.rng.Uint32N(viewers)
	r := results.Record{
		At: s.now - s.rng.Int64N(int64(2*time.Second)), ID: s.lastID,
		BytesIn: 40 + s.rng.Int64N(600), ContentLength: s.sizes[i], RangeStart: -1, RangeEnd: -1,
		Addr: address(viewer), Port: uint16(1024 + s.rng.Uint32N(60000)),
		Distribution: d, Host: s.hosts[d], Edge: uint16(viewer % 10), Country: s.countries[viewer%10],
		URL: s.urls[i], ContentType: s.types[i], Agent: s.agents[s.agentRank.draw(s.rng)],
		Method: results.GET, Status: 200, Protocol: results.HTTPS, Version: results.HTTP20, TLS: 4, Cipher: 0x1301,
		Vantage: results.AtEdge,
	}
	s.dress(&r)
	s.decide(&r)
	return settle(r)
}

// dress adds what some requests have and others have not.
func (s *Source) dress(r *results.Record) {
	if s.rng.IntN(3) > 0 {
		r.Referrer = s.referrers[s.rng.IntN(len(s.referrers))]
	}
	if s.rng.IntN(5) == 0 {
		r.Query = s.queries[s.rng.IntN(len(s.queries))]
	}
	switch s.rng.IntN(20) {
	case 0:
		r.Protocol, r.Version, r.TLS, r.Cipher = results.HTTP, results.HTTP11, 0, 0
	case 1, 2, 3:
		r.Version, r.TLS, r.Cipher = results.HTTP11, 3, 0xC02F
	case 4:
		r.Forwarded = s.proxyHosts
	case 5:
		r.Agent = 0
	}
}

// address is a viewer's; one in eight has IPv6.
func address(viewer uint32) [16]byte {
	if viewer%8 == 0 {
		a := netip.MustParseAddr("2001:db8::").As16()
		a[14], a[15] = byte(viewer>>8), byte(viewer)
		return a
	}
	return netip.AddrFrom4([4]byte{198, 18 + byte(viewer>>16), byte(viewer >> 8), byte(viewer)}).As16()
}

// Write writes a log of 33 columns.
func Write(w io.Writer, seed uint64, lines, days int) error {
	s := New(seed, lines, days)
	log := accesslog.New(w, s.Names)
	recs := make([]results.Record, 1000)
	for lines > 0 {
		n := min(lines, len(recs))
		s.Read(recs[:n])
		log.Add(recs[:n])
		lines -= n
	}
	return log.Close()
}

// zipf draws ranks whose frequency falls with the rank (exponent).
type zipf []float64 // the share of all ranks up to one

func newZipf(n int) zipf {
	z, sum := make(zipf, n), 0.0
	for i := range z {
		sum += math.Pow(float64(i+1), -exponent)
		z[i] = sum
	}
	for i := range z {
		z[i] /= sum
	}
	return z
}

func (z zipf) draw(rng *rand.Rand) int {
	u := rng.Float64()
	low, high := 0, len(z)-1
	for low < high {
		if mid := (low + high) / 2; z[mid] < u {
			low = mid + 1
		} else {
			high = mid
		}
	}
	return low
}
