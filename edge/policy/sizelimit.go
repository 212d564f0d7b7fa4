package policy

func init() {
	a := Admission{Kind: Kind{
		Name:  "size",
		Title: "size limit",
		Paper: "M. Abrams, C. R. Standridge, G. Abdulla, S. Williams, E. A. Fox, Caching proxies: limitations and potentials, WWW-4, 1995",
		Params: []Param{
			{Name: "max", Usage: "largest object admitted, in bytes (as charged, with overhead)", Default: 1e6, Lowest: 1, Most: 1 << 53},
		},
	}}
	a.Gate = func(c Config) Admitter { return sizeLimit(a.Get(c, "max")) }
	registerAdmission(a)
}

// sizeLimit admits objects of at most so many bytes (LRU-THOLD): a large object
// costs the room of many small ones, which raises the object hit ratio, and lowers
// that of bytes, as what is refused is never hit.
type sizeLimit int64

func (a sizeLimit) Admit(in Item) bool { return in.Size <= int64(a) }
