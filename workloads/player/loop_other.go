//go:build !linux

package player

import (
	"context"
	"net"
)

// loop is for Linux: elsewhere each connection has a goroutine.
type loop struct{ alarm }

func newLoop(*Player) *loop                         { return nil }
func (l *loop) run(context.Context)                 {}
func (l *loop) adopt(*conn, net.Conn) (link, error) { panic("player: there is no loop here") }
