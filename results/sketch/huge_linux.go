package sketch

import (
	"syscall"
	"unsafe"
)

// huge asks for a large table to lie in large pages, since what a look at a random
// place costs is as much the search for its page as the read. That the system may
// refuse, and the table works the same.
func huge[T any](table []T) []T {
	const least, advice = 4 << 20, 14 // MADV_HUGEPAGE
	if size := len(table) * int(unsafe.Sizeof(table[0])); size >= least {
		page := uintptr(syscall.Getpagesize())
		from := (uintptr(unsafe.Pointer(&table[0])) + page - 1) &^ (page - 1)
		skip := from - uintptr(unsafe.Pointer(&table[0]))
		whole := unsafe.Slice((*byte)(unsafe.Add(unsafe.Pointer(&table[0]), skip)), (size-int(skip))&^int(page-1))
		_ = syscall.Madvise(whole, advice)
	}
	return table
}
