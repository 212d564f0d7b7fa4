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
}

// errAgain says that nothing can be read or written now.
var errAgain = errors.New("not now")

// Read implements io.Reader. It does not block the thread, so that Go's scheduler
// need not hear of it.
func (s *socket) Read(p []byte) (int, error) {
	for {
		n, _, errno := unix.RawSyscall(unix.SYS_READ, uintptr(s.fd), uintptr(unsafe.Pointer(unsafe.SliceData(p))), uintptr(len(p)))
		switch {
		case errno == 0 && n == 0:
			return 0, io.EOF
		case errno == 0:
			return int(n), nil
		}
		if err := s.failed("read", errno); err != nil {
			return 0, err
		}
	}
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
