//go:build !linux

package player

import (
	"context"
	"net"
)

// loop is for Linux: elsewhere each connection has a goroutine.
type loop struct{ alarm }

func newLoop(*schedule, []*conn) *loop { return nil }
func (l *loop) run(context.Context)    {}
func (l *loop) close()                 {}

func lend(int) func() { return func() {} }

func (l *loop) adopt(*conn, net.Conn) (link, error) { panic("player: there is no loop here") }
