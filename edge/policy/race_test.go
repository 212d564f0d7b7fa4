//go:build race

package policy

// raceEnabled shortens what the race detector makes ten times slower.
const raceEnabled = true
