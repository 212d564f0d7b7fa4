//go:build race

package fit

// raceEnabled shortens what the race detector makes ten times slower.
const raceEnabled = true
