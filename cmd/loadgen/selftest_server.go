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
func stallServer(l net.Listener, epoch time.Time, left stalling) {
	for {
		c, err := l.Accept()
		if err != nil {
			return
		}
		go serveStalling(c, epoch, left)
	}
}

// stalling says how long a stall lasts on at a moment since an epoch; 0: there is
// none.
type stalling func(at time.Duration) time.Duration

// stall is a time in which a server answers nobody.
type stall struct{ from, to time.Duration }

// during is stalling by a list.
func during(stalls []stall) stalling {
	return func(at time.Duration) time.Duration {
		for _, s := range stalls {
			if at >= s.from && at < s.to {
				return s.to - at
			}
		}
		return 0
	}
}

// Every stallPeriod a stall of stallLength: 2/11 of any whole number of periods.
const (
	stallPeriod = 5500 * time.Millisecond
	stallLength = time.Second
)

// againAndAgain is stalling for who asks from outside, for as long as it takes.
func againAndAgain(at time.Duration) time.Duration {
	if in := at % stallPeriod; in >= stallPeriod-stallLength {
		return stallPeriod - in
	}
	return 0
}

const selfAnswer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"

func serveStalling(c net.Conn, epoch time.Time, left stalling) {
	defer c.Close()
	in := bufio.NewReader(c)
	for readRequest(in) == nil {
		if wait := left(time.Since(epoch)); wait > 0 {
			time.Sleep(wait)
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
