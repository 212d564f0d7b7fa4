//go:build unix && !race

package arena

import "golang.org/x/sys/unix"

const poison = false

// mapMemory gets n bytes from the system. They take no memory until touched.
func mapMemory(n int) ([]byte, error) {
	return unix.Mmap(-1, 0, n, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_ANON|unix.MAP_PRIVATE)
}

func unmap(p []byte) { _ = unix.Munmap(p) } // what cannot be given back stays
