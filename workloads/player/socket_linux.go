package player

import (
	"errors"
	"io"
	"os"
	"unsafe"

	"golang.org/x/sys/unix"
)

// socket is a TCP connection that a loop watches. Whose request is away, with a
// goroutine, waits for the loop to say that something has changed; the loop itself
// gets errAgain.
type socket struct {
	c  *conn
	fd int

	stamped bool  // the system notes when what is read has come
	stamp   int64 // when the last of what was last read came: ns of the system's clock; 0: not known
	message unix.Msghdr
	piece   unix.Iovec
	note    note
}

// note is the system's word beside what is read (SO_TIMESTAMPNS).
type note struct {
	head unix.Cmsghdr
	at   unix.Timespec
}

// errAgain says that nothing can be read or written now.
var errAgain = errors.New("not now")

// newSocket takes a descriptor over. stamped: when bytes come is wanted.
func newSocket(c *conn, fd int, stamped bool) *socket {
	s := &socket{c: c, fd: fd, stamped: stamped}
	if stamped {
		s.stamped = unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_TIMESTAMPNS, 1) == nil
	}
	s.message.Iov, s.message.Control = &s.piece, (*byte)(unsafe.Pointer(&s.note))
	s.message.SetIovlen(1)
	return s
}

// Read implements io.Reader. It does not block the thread, so that Go's scheduler
// need not hear of it.
func (s *socket) Read(p []byte) (int, error) {
	for {
		n, errno := s.receive(p)
		switch {
		case errno == 0 && n == 0:
			return 0, io.EOF
		case errno == 0:
			return n, nil
		}
		if err := s.failed("read", errno); err != nil {
			return 0, err
		}
	}
}

func (s *socket) receive(p []byte) (int, unix.Errno) {
	if !s.stamped {
		n, _, errno := unix.RawSyscall(unix.SYS_READ, uintptr(s.fd), uintptr(unsafe.Pointer(unsafe.SliceData(p))), uintptr(len(p)))
		return int(n), errno
	}
	s.piece.Base = unsafe.SliceData(p)
	s.piece.SetLen(len(p))
	s.message.SetControllen(int(unsafe.Sizeof(s.note)))
	n, _, errno := unix.RawSyscall(unix.SYS_RECVMSG, uintptr(s.fd), uintptr(unsafe.Pointer(&s.message)), 0)
	s.piece.Base, s.stamp = nil, 0
	if errno == 0 && s.message.Controllen >= unix.SizeofCmsghdr && s.note.head.Type == unix.SCM_TIMESTAMPNS && s.note.head.Level == unix.SOL_SOCKET {
		s.stamp = s.note.at.Nano()
	}
	return int(n), errno
}

// Write implements io.Writer.
func (s *socket) Write(p []byte) (done int, err error) {
	for done < len(p) {
		// MSG_NOSIGNAL: a broken connection is an error, not a signal.
		n, _, errno := unix.RawSyscall6(unix.SYS_SENDTO, uintptr(s.fd), uintptr(unsafe.Pointer(unsafe.SliceData(p[done:]))), uintptr(len(p)-done), unix.MSG_NOSIGNAL, 0, 0)
		if errno == 0 {
			done += int(n)
		} else if err := s.failed("write", errno); err != nil {
			return done, err
		}
	}
	return done, nil
}

// failed is nil when the call is to be made again.
func (s *socket) failed(call string, errno unix.Errno) error {
	switch {
	case errno == unix.EINTR:
		return nil
	case errno != unix.EAGAIN:
		return os.NewSyscallError(call, errno)
	case s.c.away:
		<-s.c.ready
		return nil
	}
	return errAgain
}

// interrupt ends all reading and writing, from any goroutine; the socket's owner
// sees that it is closed and closes it.
func (s *socket) interrupt() { _ = unix.Shutdown(s.fd, unix.SHUT_RDWR) }

func (s *socket) Close() error { return unix.Close(s.fd) }
