package edge

import "sync/atomic"

// memory is the budget for bodies in flight, in bytes.
type memory struct {
	limit int64
	used  atomic.Int64
}

// take reserves n bytes, or reports that they are not to be had.
func (m *memory) take(n int64) bool {
	if m.used.Add(n) <= m.limit {
		return true
	}
	m.used.Add(-n)
	return false
}

func (m *memory) give(n int64) { m.used.Add(-n) }
