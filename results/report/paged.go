package report

const (
	pageBits = 6
	pageLen  = 1 << pageBits
)

// paged is a list of T by number of which most are zero: only the pages of 64 in
// which something stands take memory. The zero value is empty.
type paged[T any] struct {
	pages []*[pageLen]T
}

// at is the place of number n, to be written.
func (p *paged[T]) at(n uint32) *T {
	page := int(n >> pageBits)
	if page < len(p.pages) && p.pages[page] != nil {
		return &p.pages[page][n%pageLen]
	}
	for len(p.pages) <= page {
		p.pages = append(p.pages, nil)
	}
	p.pages[page] = new([pageLen]T)
	return &p.pages[page][n%pageLen]
}

// each calls f with every place of the pages that there are, zero ones too.
func (p *paged[T]) each(f func(n uint32, v *T)) {
	for i, page := range p.pages {
		if page == nil {
			continue
		}
		for j := range page {
			f(uint32(i)<<pageBits|uint32(j), &page[j])
		}
	}
}
