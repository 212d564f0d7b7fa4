//go:build linux && !race

package arena

import (
	"bytes"
	"io"
	"net"
	"os"
	"testing"

	"golang.org/x/sys/unix"
)

// What was lent and lies in a socket's queue stays as it was, although the piece
// has come back, was given to somebody else and was written to.
func TestLentBytesStayAsTheyWere(t *testing.T) {
	a := New()
	defer a.Close()
	p := a.Take(Block)[:Block]
	copy(p, bytes.Repeat([]byte{'a'}, Block))
	fd, offset, ok := a.Lend(p[100:])
	if !ok {
		t.Skip("this system has no memfd")
	}
	here, there := tcpPair(t)
	raw, _ := here.SyscallConn()
	left := Block - 100
	if err := raw.Write(func(s uintptr) bool {
		n, err := unix.Sendfile(int(s), fd, &offset, left)
		if err == nil {
			left -= n
		}
		return left == 0 || err != nil && err != unix.EAGAIN
	}); err != nil || left != 0 {
		t.Fatalf("%d bytes were not sent, %v", left, err)
	}
	a.Give(p)
	q := a.Take(Block)[:Block]
	if &q[0] != &p[0] {
		t.Fatal("the test wants the same piece again")
	}
	copy(q, bytes.Repeat([]byte{'b'}, Block))
	got := make([]byte, Block-100)
	if _, err := io.ReadFull(there, got); err != nil {
		t.Fatal(err)
	}
	if at := bytes.IndexByte(got, 'b'); at >= 0 {
		t.Errorf("from byte %d on the reader got what somebody else wrote", at)
	}
	if q[0] != 'b' || q[Block-1] != 'b' {
		t.Error("the new holder's bytes are gone")
	}
	a.Give(q)
}

func tcpPair(t *testing.T) (here *net.TCPConn, there net.Conn) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	c, err := net.Dial("tcp", ln.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	there, err = ln.Accept()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close(); there.Close() })
	return c.(*net.TCPConn), there
}

// Only all or part of a whole block that is out can be lent.
func TestWhatCannotBeLent(t *testing.T) {
	a := New()
	defer a.Close()
	small, whole := a.Take(1000), a.Take(Block)
	for name, p := range map[string][]byte{
		"a piece of a block":   small[:1000],
		"bytes of Go's heap":   make([]byte, Block),
		"nothing of anybody's": nil,
	} {
		if _, _, ok := a.Lend(p); ok {
			t.Errorf("%s: lent", name)
		}
	}
	a.Give(whole)
	if _, _, ok := a.Lend(whole[:10]); ok {
		t.Error("a block that has come back: lent")
	}
}

// Memory that was lent and replaced is not held twice.
func TestReplacedPagesGoBack(t *testing.T) {
	a := New()
	defer a.Close()
	use := func() {
		p := a.Take(Block)[:Block]
		clear(p)
		a.Lend(p)
		a.Give(p)
	}
	for range 200 {
		use()
	}
	var st unix.Stat_t
	if err := unix.Fstat(a.file.fd, &st); err != nil {
		t.Skip(os.NewSyscallError("fstat", err))
	}
	if st.Blocks*512 > Block {
		t.Errorf("%d bytes are in memory for no piece at all", st.Blocks*512)
	}
}
