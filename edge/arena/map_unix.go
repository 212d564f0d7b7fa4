//go:build unix && !linux && !race

package arena

import "golang.org/x/sys/unix"

const poison = false

// file is nothing here: regions are anonymous, and cannot be lent.
type file struct{ fd int }

func newFile() file { return file{} }

func (file) open() bool { return false }

func (file) replace(int64) {}

func (file) close() {}

// region gets a region from the system. It takes no memory until touched.
func (file) region(int64) ([]byte, error) {
	return unix.Mmap(-1, 0, regionSize, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_ANON|unix.MAP_PRIVATE)
}

func unmap(p []byte) { _ = unix.Munmap(p) } // what cannot be given back stays
