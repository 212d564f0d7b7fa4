package virtual

// stock is things that are used again and again, each under a number of its own,
// by which events name them.
type stock[T any] struct {
	all  []*T
	free []int32
}

// take gives one that nobody uses, as it was given back, or a new one.
func (s *stock[T]) take() (it *T, isNew bool) {
	if last := len(s.free) - 1; last >= 0 {
		it = s.all[s.free[last]]
		s.free = s.free[:last]
		return it, false
	}
	it = new(T)
	s.all = append(s.all, it)
	return it, true
}

// last is the number of the one made last.
func (s *stock[T]) last() int32 { return int32(len(s.all) - 1) }

func (s *stock[T]) of(number int32) *T { return s.all[number] }

// giveBack says that nobody uses it any more, nor names it.
func (s *stock[T]) giveBack(number int32) { s.free = append(s.free, number) }
