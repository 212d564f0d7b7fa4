package player

import (
	"bytes"
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"unicode"

	"github.com/valyala/fasthttp"
)

// Kind is a kind of failure, as a client sees it.
type Kind uint8

const (
	noFault        Kind = iota
	NameUnknown                 // the target's name does not resolve
	Refused                     // the connection was refused
	Unreachable                 // the connection could not be made for another reason
	Reset                       // the connection was reset before the response began
	Closed                      // the connection was closed before the response began
	TimedOut                    // no whole response within Config.Timeout
	Malformed                   // the response is not HTTP/1.1
	Truncated                   // the response broke off
	Excess                      // more bytes came than the response has
	WrongBody                   // the body is not what it should be
	Untrusted                   // the certificate's authority is not trusted
	WrongName                   // the certificate is for another name
	Expired                     // the certificate's time is over, or has not begun
	BadCertificate              // the certificate is not valid for another reason
	NoTLS                       // the TLS handshake failed
	Kinds                       // how many there are
	cut            Kind = Kinds // given up because the run was interrupted: no failure of the server's
)

var kindNames = [Kinds]string{"", "name does not resolve", "connection refused", "cannot connect",
	"connection reset before a response", "connection closed before a response", "timed out",
	"malformed response", "truncated response", "bytes after the response", "wrong body",
	"certificate of an authority that is not trusted", "certificate for another name",
	"certificate expired or not valid yet", "certificate not valid", "TLS handshake failed"}

func (k Kind) String() string {
	if k < Kinds {
		return kindNames[k]
	}
	return fmt.Sprintf("unknown(%d)", k)
}

// dialKind is the kind of an error from dialling.
func dialKind(err error) Kind {
	var dns *net.DNSError
	switch {
	case errors.As(err, &dns):
		return NameUnknown
	case errors.Is(err, syscall.ECONNREFUSED):
		return Refused
	case isTimeout(err):
		return TimedOut
	case errors.As(err, new(handshakeError)):
		return handshakeKind(err)
	}
	return Unreachable
}

// handshakeKind is the kind of an error from a TLS handshake.
func handshakeKind(err error) Kind {
	var invalid x509.CertificateInvalidError
	switch {
	case errors.As(err, new(x509.UnknownAuthorityError)):
		return Untrusted
	case errors.As(err, new(x509.HostnameError)):
		return WrongName
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return Expired
	case errors.As(err, &invalid):
		return BadCertificate
	}
	return NoTLS
}

// readKind is the kind of an error from sending a request or reading its
// response, of which something had come already when begun.
func readKind(err error, begun bool) Kind {
	switch {
	case isTimeout(err):
		return TimedOut
	case isProtocol(err):
		return Malformed
	case begun:
		return Truncated
	case resetByPeer(err):
		return Reset
	}
	return Closed
}

func isTimeout(err error) bool {
	var t interface{ Timeout() bool }
	return errors.Is(err, os.ErrDeadlineExceeded) || errors.Is(err, context.DeadlineExceeded) ||
		errors.Is(err, fasthttp.ErrTimeout) || errors.As(err, &t) && t.Timeout()
}

// isProtocol tells an answer that is no HTTP from a connection that failed:
// what did not come from the connection came from the parser.
func isProtocol(err error) bool {
	var sys syscall.Errno
	return !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) &&
		!errors.Is(err, net.ErrClosed) && !errors.Is(err, io.ErrClosedPipe) && !errors.As(err, &sys)
}

// examplesKept is how many failures of each kind are kept in words.
const examplesKept = 3

// faults counts failures by kind and keeps the first few of each in words.
type faults struct {
	counts [Kinds]atomic.Uint64
	mu     sync.Mutex
	words  [Kinds][]string
}

// add counts one failure of kind k. target and err are put into words only
// while there are few.
func (f *faults) add(k Kind, target []byte, err error) {
	if f.counts[k].Add(1) > examplesKept {
		return
	}
	text := fmt.Sprintf("%s: %s", bytes.TrimSpace(target), short(err))
	f.mu.Lock()
	f.words[k] = append(f.words[k], text)
	f.mu.Unlock()
}

// short makes an error's text fit for a terminal: parsers quote the whole
// response, and a server decides what is in it.
func short(err error) string {
	const most = 160
	s := []rune(strings.Map(printable, err.Error()))
	if len(s) > most {
		return string(s[:most]) + "…"
	}
	return string(s)
}

func printable(r rune) rune {
	if unicode.IsPrint(r) {
		return r
	}
	return '?'
}

func (f *faults) total() (n uint64) {
	for k := range f.counts {
		n += f.counts[k].Load()
	}
	return n
}

// most is the kind that occurred most often.
func (f *faults) most() (k Kind) {
	for i := range f.counts {
		if f.counts[i].Load() > f.counts[k].Load() {
			k = Kind(i)
		}
	}
	return k
}

func (f *faults) list() []Trouble {
	f.mu.Lock()
	defer f.mu.Unlock()
	var list []Trouble
	for k := range f.counts {
		if n := f.counts[k].Load(); n > 0 {
			list = append(list, Trouble{Kind: Kind(k), Count: n, Examples: f.words[k]})
		}
	}
	return list
}
