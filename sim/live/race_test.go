//go:build race

package live

// raceEnabled shortens what the race detector makes ten times slower.
const raceEnabled = true
