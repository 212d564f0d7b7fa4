//go:build race

package edge

const raceOn = true
