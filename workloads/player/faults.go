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
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"unicode"

	"edgesim/results"

	"github.com/valyala/fasthttp"
)

// cut is given up because the run was interrupted: no failure of the server's.
const cut = results.Faults

// dialKind is the kind of an error from dialling.
func dialKind(err error) results.Fault {
	var dns *net.DNSError
	switch {
	case errors.As(err, &dns):
		return results.FaultName
	case errors.Is(err, syscall.ECONNREFUSED):
		return results.FaultRefused
	case isTimeout(err):
		return results.FaultTimeout
	case errors.As(err, new(handshakeError)):
		return handshakeKind(err)
	}
	return results.FaultUnreachable
}

// handshakeKind is the kind of an error from a TLS handshake.
func handshakeKind(err error) results.Fault {
	var invalid x509.CertificateInvalidError
	switch {
	case errors.As(err, new(x509.UnknownAuthorityError)):
		return results.FaultUntrusted
	case errors.As(err, new(x509.HostnameError)):
		return results.FaultWrongName
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return results.FaultExpired
	case errors.As(err, &invalid):
		return results.FaultCertificate
	}
	return results.FaultTLS
}

// readKind is the kind of an error from sending a request or reading its
// response, of which something had come already when begun.
func readKind(err error, begun bool) results.Fault {
	switch {
	case isTimeout(err):
		return results.FaultTimeout
	case isProtocol(err):
		return results.FaultMalformed
	case begun:
		return results.FaultTruncated
	case resetByPeer(err):
		return results.FaultReset
	}
	return results.FaultClosed
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
	counts [results.Faults]atomic.Uint64
	mu     sync.Mutex
	words  [results.Faults][]string
}

// add counts one failure of kind k. target and err are put into words only
// while there are few.
func (f *faults) add(k results.Fault, target []byte, err error) {
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
func (f *faults) most() (k results.Fault) {
	for i := range f.counts {
		if f.counts[i].Load() > f.counts[k].Load() {
			k = results.Fault(i)
		}
	}
	return k
}

func (f *faults) list() []results.Trouble {
	f.mu.Lock()
	defer f.mu.Unlock()
	var list []results.Trouble
	for k := range f.counts {
		if n := f.counts[k].Load(); n > 0 {
			kind := results.Fault(k)
			list = append(list, results.Trouble{Kind: kind, Meaning: kind.String(), Count: int64(n), Examples: slices.Clone(f.words[k])})
		}
	}
	return list
}
