//go:build unix

package load

import (
	"time"

	"golang.org/x/sys/unix"
)

// processorTime is what the process has used of processors so far; 0 where it is
// not told.
func processorTime() time.Duration {
	var u unix.Rusage
	if unix.Getrusage(unix.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
