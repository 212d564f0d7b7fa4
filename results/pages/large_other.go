//go:build !linux

// Package pages asks the system how memory is to lie. It knows slices; it must
// never know what is in them.
package pages

// Large is for systems that can be asked for large pages.
func Large[T any](table []T) []T { return table }
