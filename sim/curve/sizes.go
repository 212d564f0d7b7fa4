package curve

// sizes turns sizes into codes of 32 bits and back: a size below 2 GiB is its own
// code, a larger one the place in a list of them, marked by the highest bit. An
// object's size then takes half the room in everything that is touched for each
// request.
type sizes struct {
	large []int64
	known map[int64]uint32
}

const largeSize = 1 << 31

// code is for a size of at least 1.
func (t *sizes) code(size int64) uint32 {
	if size < largeSize {
		return uint32(size)
	}
	return t.codeLarge(size)
}

func (t *sizes) codeLarge(size int64) uint32 {
	if c, ok := t.known[size]; ok {
		return c
	}
	if t.known == nil {
		t.known = map[int64]uint32{}
	}
	c := uint32(largeSize | len(t.large))
	t.known[size] = c
	t.large = append(t.large, size)
	return c
}

// of is the size with that code.
func (t *sizes) of(code uint32) int64 {
	if code < largeSize {
		return int64(code)
	}
	return t.large[code-largeSize]
}
