//go:build !race

package arena

import "golang.org/x/sys/unix"

const poison = false

// file is a file without a name that lies in memory, so that blocks can be sent
// from it. Where there is none to be had, regions are anonymous.
type file struct{ fd int }

func newFile() file {
	fd, err := unix.MemfdCreate("edgesim-bodies", unix.MFD_CLOEXEC)
	if err != nil {
		return file{-1}
	}
	return file{fd}
}

func (f file) open() bool { return f.fd >= 0 }

// region gets the region at that offset from the system. It takes no memory
// until touched.
func (f file) region(offset int64) ([]byte, error) {
	if !f.open() {
		return unix.Mmap(-1, 0, regionSize, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_ANON|unix.MAP_PRIVATE)
	}
	if err := unix.Ftruncate(f.fd, offset+regionSize); err != nil {
		return nil, err
	}
	return unix.Mmap(f.fd, offset, regionSize, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_SHARED)
}

// replace leaves the pages of a block to whoever still reads them, a socket's
// queue; the next write there finds new ones.
func (f file) replace(offset int64) {
	err := unix.Fallocate(f.fd, unix.FALLOC_FL_PUNCH_HOLE|unix.FALLOC_FL_KEEP_SIZE, offset, Block)
	if err != nil {
		panic("arena: pages that were lent cannot be replaced: " + err.Error()) // their next bytes would go to somebody else's viewer
	}
}

func (f file) close() {
	if f.open() {
		_ = unix.Close(f.fd)
	}
}

func unmap(p []byte) { _ = unix.Munmap(p) } // what cannot be given back stays
