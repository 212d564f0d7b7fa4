//go:build linux

package main

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/fnv"
	"net"
	"strconv"
	"strings"
	"sync/atomic"
	"time"
)

// origin answers /SIZE/NAME with SIZE bytes that are a function of the path, and
// counts what it is asked.
type origin struct {
	ln    net.Listener
	addr  string
	asked atomic.Int64
}

func newOrigin() (*origin, error) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	o := &origin{ln: ln, addr: ln.Addr().String()}
	go func() {
		for {
			c, err := ln.Accept()
			if err != nil {
				return
			}
			go o.serve(c)
		}
	}()
	return o, nil
}

func (o *origin) close() { o.ln.Close() }

func (o *origin) serve(c net.Conn) {
	defer c.Close()
	var out []byte
	path := ""
	for br := bufio.NewReader(c); ; {
		line, err := br.ReadSlice('\n')
		if err != nil {
			return
		}
		if f := bytes.Fields(line); path == "" && len(f) == 3 {
			path = string(f[1])
		}
		if len(line) != 2 {
			continue
		}
		o.asked.Add(1)
		out = appendResponse(out[:0], path)
		if _, err := c.Write(out); err != nil {
			return
		}
		path = ""
	}
}

var modified = time.Now().Add(-24 * time.Hour).UTC().Format("Mon, 02 Jan 2006 15:04:05 GMT")

func appendResponse(b []byte, path string) []byte {
	size := sizeOf(path)
	b = fmt.Appendf(b, "HTTP/1.1 200 OK\r\nDate: %s\r\nContent-Type: image/jpeg\r\nContent-Length: %d\r\n"+
		"Last-Modified: %s\r\nETag: \"%x\"\r\nCache-Control: public, max-age=86400\r\n\r\n",
		time.Now().UTC().Format("Mon, 02 Jan 2006 15:04:05 GMT"), size, modified, seedOf(path))
	return appendBody(b, path)
}

// pathOf names an object of that size.
func pathOf(size, n int) string { return fmt.Sprintf("/%d/images/%08x.jpg", size, n) }

func sizeOf(path string) int {
	text, _, _ := strings.Cut(strings.TrimPrefix(path, "/"), "/")
	n, _ := strconv.Atoi(text)
	return n
}

func seedOf(path string) uint64 {
	h := fnv.New64a()
	h.Write([]byte(path))
	return h.Sum64() | 1
}

// appendBody appends the path's body: the states of a xorshift generator.
func appendBody(b []byte, path string) []byte {
	x, size := seedOf(path), sizeOf(path)
	for range size / 8 {
		x ^= x << 13
		x ^= x >> 7
		x ^= x << 17
		b = binary.LittleEndian.AppendUint64(b, x)
	}
	for range size % 8 {
		b = append(b, byte(x))
	}
	return b
}
