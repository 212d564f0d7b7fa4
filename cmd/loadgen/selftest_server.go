package main

import (
	"bufio"
	"errors"
	"io"
	"net"
	"time"
)

// stallServer answers every request on l at once with two bytes, but for those that
// come in a stall, which wait for its end. It returns when l is closed.
func stallServer(l net.Listener, epoch time.Time, stalls []stall) {
	for {
		c, err := l.Accept()
		if err != nil {
			return
		}
		go serveStalling(c, epoch, stalls)
	}
}

// stall is a time in which a server answers nobody, since an epoch.
type stall struct{ from, to time.Duration }

const selfAnswer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"

func serveStalling(c net.Conn, epoch time.Time, stalls []stall) {
	defer c.Close()
	in := bufio.NewReader(c)
	for readRequest(in) == nil {
		at := time.Since(epoch)
		for _, s := range stalls {
			if at >= s.from && at < s.to {
				time.Sleep(s.to - at)
			}
		}
		if _, err := io.WriteString(c, selfAnswer); err != nil {
			return
		}
	}
}

var errLong = errors.New("a line is too long")

// readRequest reads a request without a body.
func readRequest(in *bufio.Reader) error {
	for {
		line, long, err := in.ReadLine()
		switch {
		case err != nil:
			return err
		case long:
			return errLong
		case len(line) == 0:
			return nil
		}
	}
}
