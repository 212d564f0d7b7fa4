//go:build unix && !solaris && !illumos && !aix

package store

import (
	"errors"
	"fmt"
	"os"
	"syscall"
)

// lock takes the store for this program until the file is closed, or the program
// ends however it may. It lies beside the store: SQLite's own locks, which are on
// the store, let others look inside meanwhile.
func lock(path string) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o644)
	if err != nil {
		return nil, err
	}
	err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		err = errors.New("another server keeps its hours in it; each wants a file of its own")
	}
	if err != nil {
		return nil, fmt.Errorf("%w", errors.Join(err, f.Close()))
	}
	return f, nil
}
