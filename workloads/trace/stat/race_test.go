//go:build race

package stat

// raceEnabled shortens what the race detector makes ten times slower.
const raceEnabled = true
