//go:build race

package main

// raceEnabled shortens what the race detector makes ten times slower.
const raceEnabled = true
