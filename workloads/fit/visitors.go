package fit

import (
	"math/bits"
	"net/netip"
	"net/url"
	"strings"

	"edgesim/results"
	"edgesim/results/sketch"
)

// visitors are who asks, as a log tells it.
type visitors struct {
	agents    map[string]int64
	referrers map[string]int64 // by kind: none, search, social, other
	addresses distinct
	asked, v6 int64 // requests of a known address, and of IPv6
}

// mostAgents bounds how many different agents are counted; later ones are others.
const mostAgents = 4096

func newVisitors() visitors {
	return visitors{agents: map[string]int64{}, referrers: map[string]int64{}}
}

func (v *visitors) add(r *results.Record, names *results.Names) {
	if agent := names.Str(r.Agent); len(v.agents) < mostAgents || v.agents[agent] > 0 {
		v.agents[agent]++
	}
	v.referrers[referrerKind(names.Str(r.Referrer))]++
	if r.Addr == [16]byte{} {
		return
	}
	v.asked++
	if !netip.AddrFrom16(r.Addr).Is4In6() {
		v.v6++
	}
	v.addresses.add(addressOf(r))
}

// addressOf is the hash of a viewer's address.
func addressOf(r *results.Record) uint64 {
	a := r.Addr
	hi, lo := uint64(0), uint64(0)
	for i := range 8 {
		hi, lo = hi<<8|uint64(a[i]), lo<<8|uint64(a[8+i])
	}
	return sketch.Mix(hi, lo)
}

// Words in hosts that search engines and social networks are told by.
var (
	searching   = []string{"google.", "bing.", "duckduckgo.", "yahoo.", "yandex.", "baidu.", "ecosia.", "qwant.", "naver."}
	socializing = []string{"facebook.", "instagram.", "t.co", "twitter.", "x.com", "reddit.", "linkedin.", "pinterest.", "tiktok.", "youtube.", "vk.com"}
)

// referrerKind is the kind of a referrer as a scenario's viewers have them.
func referrerKind(referrer string) string {
	if referrer == "" || referrer == "-" {
		return "none"
	}
	host := referrer
	if u, err := url.Parse(referrer); err == nil && u.Host != "" {
		host = u.Hostname()
	}
	for _, kind := range []struct {
		name  string
		words []string
	}{{"search", searching}, {"social", socializing}} {
		for _, word := range kind.words {
			if i := strings.Index(host, word); i == 0 || i > 0 && host[i-1] == '.' {
				return kind.name
			}
		}
	}
	return "other"
}

// distinct estimates how many different hashes there were, by those of them that end in
// so many zeros that few are left (adaptive sampling: Flajolet, Computing 43, 1990). It
// is off by 1.2/√4096, 2 %, on average.
type distinct struct {
	level uint
	kept  map[uint64]struct{}
}

const mostKept = 4096

func (d *distinct) add(hash uint64) {
	if uint(bits.TrailingZeros64(hash)) < d.level {
		return
	}
	if d.kept == nil {
		d.kept = map[uint64]struct{}{}
	}
	d.kept[hash] = struct{}{}
	for len(d.kept) > mostKept {
		d.level++
		for h := range d.kept {
			if uint(bits.TrailingZeros64(h)) < d.level {
				delete(d.kept, h)
			}
		}
	}
}

func (d *distinct) count() int64 { return int64(len(d.kept)) << d.level }
