package load

import (
	"edgesim/results"
)

// heardSince is a Heard in a message: histograms in their binary form.
type heardSince struct {
	Told    uint64 `json:"told"`
	Hits    uint64 `json:"hits"`
	Answers uint64 `json:"answers"`
	TTFB    []byte `json:"ttfb"`
	Total   []byte `json:"total"`
}

func since(h *Heard) heardSince {
	return heardSince{h.Told, h.Hits, h.Answers, h.TTFB.AppendBinary(nil), h.Total.AppendBinary(nil)}
}

// addTo adds what was heard; a message that is not in order adds nothing.
func (s *heardSince) addTo(sums ...*Heard) {
	ttfb, total := results.NewHistogram(), results.NewHistogram()
	if ttfb.UnmarshalBinary(s.TTFB) != nil || total.UnmarshalBinary(s.Total) != nil {
		return
	}
	for _, h := range sums {
		h.Told, h.Hits, h.Answers = h.Told+s.Told, h.Hits+s.Hits, h.Answers+s.Answers
		h.TTFB.Merge(ttfb)
		h.Total.Merge(total)
	}
}
