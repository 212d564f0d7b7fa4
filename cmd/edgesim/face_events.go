package main

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"time"
)

const (
	// mostFollowing is how many clients may follow at a time.
	mostFollowing = 32
	// eventEvery is how often it is looked whether there is anything new.
	eventEvery = time.Second
	// eventPatience is how long a client may take for one event; a slower one is
	// left, and may come again.
	eventPatience = 10 * time.Second
	// eventAlive is how often a client hears that it is still connected, so that
	// one that is gone is noticed.
	eventAlive = 15 * time.Second
)

// events sends the page's data as server-sent events (WHATWG HTML, 9.2): at once,
// and whenever they have changed. Every client has a goroutine and a connection of
// its own; a slow one misses what came meanwhile and holds nobody up.
func (f *face) events(w http.ResponseWriter, r *http.Request) {
	if f.clients.Add(1) > mostFollowing {
		f.clients.Add(-1)
		complain(w, http.StatusServiceUnavailable, fmt.Errorf("%d clients follow already", mostFollowing))
		return
	}
	defer f.clients.Add(-1)
	m := f.answering(w, r)
	if m == nil {
		return
	}
	what, _ := readAsked(r) // it has been read before
	w.Header().Set("Content-Type", "text/event-stream")
	out := http.NewResponseController(w)
	if sendEvent(w, out, m.data) != nil {
		return
	}
	f.follow(w, r, what, m)
}

// follow sends what is new until the client or the server goes.
func (f *face) follow(w http.ResponseWriter, r *http.Request, what asked, sent *made) {
	out := http.NewResponseController(w)
	tick := time.NewTicker(eventEvery)
	defer tick.Stop()
	last := time.Now()
	for {
		select {
		case <-tick.C:
		case <-r.Context().Done():
			return
		case <-f.ends.Done():
			return
		}
		m, err := f.latest(what)
		switch {
		case err == nil && !m.at.Equal(sent.at):
			err = sendEvent(w, out, m.data)
			last, sent = time.Now(), m
		case time.Since(last) >= eventAlive:
			err = sendEvent(w, out, nil)
			last = time.Now()
		default:
			err = nil // a page that cannot be made now may be later
		}
		if err != nil {
			return
		}
	}
}

// sendEvent sends data as an event; nil as a line that clients pass over.
func sendEvent(w http.ResponseWriter, out *http.ResponseController, data []byte) error {
	if err := out.SetWriteDeadline(time.Now().Add(eventPatience)); err != nil && !errors.Is(err, http.ErrNotSupported) {
		return err
	}
	var b bytes.Buffer
	if data == nil {
		b.WriteString(": here\n\n")
	} else {
		for line := range bytes.Lines(data) {
			b.WriteString("data: ")
			b.Write(bytes.TrimRight(line, "\r\n"))
			b.WriteByte('\n')
		}
		b.WriteByte('\n')
	}
	if _, err := w.Write(b.Bytes()); err != nil {
		return err
	}
	return out.Flush()
}
