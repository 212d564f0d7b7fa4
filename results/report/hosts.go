package report

import (
	"strings"

	"edgesim/results"
)

// hosts numbers the domains of referrers. Where counters keep names by themselves
// it forgets with the table of strings; else it keeps every domain that came.
type hosts struct {
	syms    *bySym[hostNumber]
	forgets bool
	numbers map[string]hostNumber
	names   []string // by number
	hashes  []uint64
}

// hostNumber is a domain's; 0 is no number.
type hostNumber uint32

const (
	noReferrer hostNumber = 1 + iota
	noDomain
	firstHost
)

func newHosts(table *results.Strings, forgets bool) *hosts {
	h := &hosts{forgets: forgets}
	syms := newBySym(table, func(_ results.Sym, text string) hostNumber { return h.number(text) })
	h.syms = &syms
	h.begin()
	return h
}

func (h *hosts) begin() {
	h.numbers = map[string]hostNumber{}
	h.names, h.hashes = make([]string, firstHost), make([]uint64, firstHost)
}

// renew is for the begin of every batch.
func (h *hosts) renew() {
	if h.syms.renew() && h.forgets {
		h.begin()
	}
}

// of is the number of the referrer's domain, or noReferrer, or noDomain.
func (h *hosts) of(referrer results.Sym) hostNumber {
	if referrer == 0 {
		return noReferrer
	}
	return h.syms.of(referrer)
}

func (h *hosts) number(referrer string) hostNumber {
	if referrer == "" || referrer == "-" {
		return noReferrer
	}
	host := referrerHost(referrer)
	if host == "" {
		return noDomain
	}
	n := h.numbers[host]
	if n == 0 {
		host = strings.Clone(host) // a piece of a longer text
		n = hostNumber(len(h.names))
		h.numbers[host] = n
		h.names, h.hashes = append(h.names, host), append(h.hashes, hashOf(0, host))
	}
	return n
}
