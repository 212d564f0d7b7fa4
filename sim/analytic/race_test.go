//go:build race

package analytic

const underRace = true
