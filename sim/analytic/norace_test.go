//go:build !race

package analytic

const underRace = false
