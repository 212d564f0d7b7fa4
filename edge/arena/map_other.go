//go:build !unix || race

package arena

// poison overwrites what has come back, so that whoever still reads it is found
// out. The race detector watches Go's heap only, so under it regions lie there.
const poison = true

func mapMemory(n int) ([]byte, error) { return make([]byte, n), nil }

func unmap([]byte) {} // the garbage collector does
