package fit

import (
	"math"
	"strconv"
	"strings"
)

// goodFor is for how long, in seconds, a response with a Cache-Control of those that
// are written here may be kept; without one as long as any run.
func goodFor(cacheControl string) float64 {
	switch {
	case cacheControl == "":
		return math.Inf(1)
	case strings.Contains(cacheControl, "no-store"):
		return 0
	}
	_, age, _ := strings.Cut(cacheControl, "max-age=")
	seconds, err := strconv.ParseFloat(age, 64)
	if err != nil {
		panic("fit: a Cache-Control that is not of this package: " + cacheControl)
	}
	return seconds
}
