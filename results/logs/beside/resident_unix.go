//go:build unix

package main

import (
	"os"
	"syscall"
)

// resident is the most memory that the process had, in KiB.
func resident(s *os.ProcessState) int64 {
	if u, ok := s.SysUsage().(*syscall.Rusage); ok {
		return int64(u.Maxrss)
	}
	return 0
}
