//go:build !linux

package sketch

// huge is for systems that can be asked for large pages.
func huge[T any](table []T) []T { return table }
