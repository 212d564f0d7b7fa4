package workloads

// Recorded is a Source of requests that were made before.
type Recorded struct{ rest []Request }

// FromSlice is a Source of the given requests, which are in order of At. It
// neither copies nor changes them.
func FromSlice(reqs []Request) *Recorded { return &Recorded{rest: reqs} }

// Read implements Source.
func (r *Recorded) Read(reqs []Request) (int, error) {
	n := copy(reqs, r.rest)
	if r.rest = r.rest[n:]; len(r.rest) == 0 {
		return n, EOF
	}
	return n, nil
}

// ReadAll reads a Source to its end, at most limit requests of it; 0 is no
// limit.
func ReadAll(s Source, limit int) ([]Request, error) {
	var all []Request
	batch := make([]Request, 1024)
	for limit == 0 || len(all) < limit {
		if limit > 0 {
			batch = batch[:min(len(batch), limit-len(all))]
		}
		n, err := s.Read(batch)
		all = append(all, batch[:n]...)
		if err == EOF {
			return all, nil
		}
		if err != nil {
			return all, err
		}
	}
	return all, nil
}
