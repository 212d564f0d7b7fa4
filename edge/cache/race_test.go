//go:build race

package cache

// raceEnabled shortens what the race detector makes ten times slower.
const raceEnabled = true
