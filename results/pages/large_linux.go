// Package pages asks the system how memory is to lie. It knows slices; it must
// never know what is in them.
package pages

import (
	"syscall"
	"unsafe"
)

// Large asks for a large table to lie in large pages, since what a look at a random
// place costs is as much the search for its page as the read. That the system may
// refuse, and the table works the same. Tables below 4 MiB are left as they are.
func Large[T any](table []T) []T {
	const least, advice = 4 << 20, 14 // MADV_HUGEPAGE
	var one T
	if size := len(table) * int(unsafe.Sizeof(one)); size >= least {
		page := uintptr(syscall.Getpagesize())
		from := (uintptr(unsafe.Pointer(&table[0])) + page - 1) &^ (page - 1)
		skip := from - uintptr(unsafe.Pointer(&table[0]))
		whole := unsafe.Slice((*byte)(unsafe.Add(unsafe.Pointer(&table[0]), skip)), (size-int(skip))&^int(page-1))
		_ = syscall.Madvise(whole, advice)
	}
	return table
}
