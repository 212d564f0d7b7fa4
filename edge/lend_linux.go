package edge

import (
	"io"
	"net"
	"syscall"

	"golang.org/x/sys/unix"

	"edgesim/edge/arena"
)

// lender sends whole blocks of bodies on a TCP connection without a copy: the
// system reads them where they lie, whenever it gets round to it. The arena sees
// to it that they stay as they are (arena.Lend).
type lender struct {
	raw   syscall.RawConn // nil: not a TCP connection
	step  func(fd uintptr) bool
	arena *arena.Arena

	head   []byte // goes before
	file   int
	offset int64
	left   int64 // from file at offset
	err    error
}

// leastLent is how many bytes are worth lending rather than copying.
const leastLent = 32 << 10

// newLender is for a connection on which bytes go out as they are. On any that
// is not plain TCP, and on one that anything is wrapped around, it lends nothing:
// what is lent passes by TLS.
func newLender(c net.Conn, a *arena.Arena) *lender {
	tcp, ok := c.(*net.TCPConn)
	if !ok {
		return nil
	}
	raw, err := tcp.SyscallConn()
	if err != nil {
		return nil
	}
	l := &lender{raw: raw, arena: a}
	l.step = l.send
	return l
}

// lend writes head and then what of pieces lies in whole blocks at the
// beginning. It returns the bytes of head and pieces that left and how many of
// the pieces it has dealt with: none where there is nothing to lend, and then
// head has not left either.
func (l *lender) lend(head []byte, pieces [][]byte) (n int64, dealt int, err error) {
	if l == nil {
		return 0, 0, nil
	}
	for dealt < len(pieces) && len(pieces[dealt]) >= leastLent {
		file, offset, ok := l.arena.Lend(pieces[dealt])
		if !ok {
			break
		}
		l.file, l.offset, l.left = file, offset, int64(len(pieces[dealt]))
		dealt++
		dealt += l.extend(pieces[dealt:])
		l.head = head
		all := int64(len(head)) + l.left
		if err = l.raw.Write(l.step); err == nil {
			err = l.err
		}
		n += all - int64(len(l.head)) - l.left
		l.head, l.err, head = nil, nil, nil
		if err != nil {
			break
		}
	}
	return n, dealt, err
}

// extend adds the pieces that lie right behind, and tells how many.
func (l *lender) extend(pieces [][]byte) (n int) {
	for ; n < len(pieces) && len(pieces[n]) >= leastLent; n++ {
		_, offset, ok := l.arena.Lend(pieces[n])
		if !ok || offset != l.offset+l.left {
			break
		}
		l.left += int64(len(pieces[n]))
	}
	return n
}

// send writes as much as the socket takes; false asks to be called again when
// it takes more.
func (l *lender) send(fd uintptr) bool {
	for len(l.head) > 0 || l.left > 0 {
		again, err := l.once(int(fd))
		switch {
		case err == unix.EINTR:
		case err == unix.EAGAIN:
			return false
		case err != nil || !again:
			l.err = err
			return true
		}
	}
	return true
}

func (l *lender) once(fd int) (progress bool, err error) {
	if len(l.head) > 0 {
		n, err := unix.SendmsgN(fd, l.head, nil, nil, unix.MSG_MORE|unix.MSG_NOSIGNAL)
		if err == nil {
			l.head = l.head[n:]
		}
		return true, err
	}
	n, err := unix.Sendfile(fd, l.file, &l.offset, int(min(l.left, mostAtOnce)))
	if err == nil {
		if n == 0 {
			return false, io.ErrUnexpectedEOF
		}
		l.left -= int64(n)
	}
	return true, err
}
