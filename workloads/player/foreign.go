package player

import (
	"bytes"
	"errors"
	"fmt"
	"strings"

	"github.com/valyala/fasthttp"
)

// errHTTP2 is of a server that speaks HTTP/2 without having been asked to.
var errHTTP2 = errors.New("the server speaks HTTP/2 alone: want HTTP/1.1")

// errTLS is of one that answers with a record of TLS (RFC 8446, section 5.1).
var errTLS = errors.New("the server speaks TLS here: ask by https://")

// foreign says what is wrong with an answer that begins so and is none of HTTP/1;
// nil while it may be one.
func foreign(begin []byte) error {
	begin = bytes.TrimLeft(begin, "\r\n")
	const http1 = "HTTP/"
	switch {
	case strings.HasPrefix(http1, string(begin[:min(len(begin), len(http1))])):
		return nil
	case isFrame(begin):
		return errHTTP2
	case len(begin) >= 2 && (begin[0] == 0x15 || begin[0] == 0x16) && begin[1] == 3:
		return errTLS
	}
	return fmt.Errorf("the answer begins with %q: want HTTP/1.1", begin[:min(len(begin), 24)])
}

// isFrame reports a frame of HTTP/2 that is of no stream: SETTINGS, with which a
// server begins (RFC 9113, section 3.4), or GOAWAY where that was not worth its while.
func isFrame(b []byte) bool {
	const length, kind, stream, whole = 0, 3, 5, 9
	const settings, goAway = 4, 7
	return len(b) >= whole && b[length] == 0 && (b[kind] == settings || b[kind] == goAway) &&
		string(b[stream:whole]) == "\x00\x00\x00\x00"
}

// badHead is why a header could not be read, in the words of who asked.
func (c *conn) badHead(err error) error {
	var small *fasthttp.ErrSmallBuffer
	if errors.As(err, &small) {
		return fmt.Errorf("a header of more than %d bytes", c.in.Size())
	}
	return unexpected(err)
}
