//go:build race

package workloads

// raceEnabled leaves out what the race detector makes ten times slower.
const raceEnabled = true
