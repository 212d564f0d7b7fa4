//go:build !linux

package folder

import "time"

var begun = time.Now()

func cpuTime() time.Duration { return time.Since(begun) }
