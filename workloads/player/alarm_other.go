//go:build !linux

package player

func newAlarm() alarm { return newGoAlarm() }
