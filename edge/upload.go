package edge

import (
	"io"
	"strconv"
	"time"

	"edgesim/edge/wire"
	"edgesim/results"
)

// upload is a request's body as it comes in. Its reader gets io.EOF where the
// framing proves the end, and an uploadError where the viewer is to blame for
// anything else.
type upload struct {
	v       *viewer
	framing wire.Framing
	left    int64 // bytes to the end, or to that of the chunk
	chunks  wire.Chunks
	expects bool // the viewer waits for 100 (Continue)
	err     error

	got    int64         // bytes of body so far
	waited time.Duration // for the viewer to send them
}

// uploadError is why a request's body ends before its end: its viewer did it.
type uploadError struct{ fault }

func (e *uploadError) Error() string { return e.why }

var (
	errUpload     = &uploadError{fault{status: 413, detail: results.InvalidRequest, why: "the request's body is too large"}}
	errUploadLate = &uploadError{fault{status: 408, detail: results.InvalidRequest, why: "the request's body did not come in time"}}
	errUploadCut  = &uploadError{fault{status: 400, detail: results.ClientCommError, why: "the request's body broke off"}}
)

func (u *upload) begin(v *viewer, h *wire.Request) {
	*u = upload{v: v}
	if h.HasBody() {
		u.framing, u.left, u.expects = h.Framing, h.Length, h.Expect
	}
}

// ended reports whether all of the body has been read; there may have been none.
func (u *upload) ended() bool {
	return u.framing == wire.None || u.framing == wire.Length && u.left == 0 || u.chunks.Ended()
}

// Read reads of the body.
func (u *upload) Read(p []byte) (int, error) {
	for u.err == nil && u.left == 0 && !u.ended() {
		u.err = u.frame()
	}
	if u.err != nil {
		return 0, u.err
	}
	if u.ended() {
		return 0, io.EOF
	}
	u.invite()
	n, err := u.v.take(p[:min(int64(len(p)), u.left)])
	u.took(n)
	if err == nil {
		err = u.check()
	}
	u.err = blame(err)
	return n, u.err
}

func (u *upload) took(n int) {
	u.left -= int64(n)
	u.got += int64(n)
	u.v.in += int64(n)
	if u.framing == wire.Chunked && n > 0 {
		u.chunks.Took(n)
	}
}

// frame reads what lies between a chunked body's data.
func (u *upload) frame() error {
	u.invite()
	if err := u.v.more(); err != nil {
		return blame(err)
	}
	n, f := u.chunks.Frame(u.v.ahead)
	u.v.ahead = u.v.ahead[n:]
	u.v.in += int64(n)
	u.left = u.chunks.Left()
	if f != nil {
		return &uploadError{fault{status: 400, detail: results.InvalidRequest, why: f.Why}}
	}
	return blame(u.check())
}

// check holds the body to its size, and the viewer to a pace: after the first
// BodyTimeout, MinRate on average of the time that was spent waiting.
func (u *upload) check() error {
	conf := &u.v.e.conf
	if u.got > int64(conf.MaxUpload) {
		return errUpload
	}
	if over := u.waited - conf.BodyTimeout; over > 0 && float64(u.got) < over.Seconds()*float64(conf.MinRate) {
		return errUploadLate
	}
	return nil
}

// invite answers Expect: 100-continue once somebody wants the body (RFC 9110
// §10.1.1), unless it has begun to come.
func (u *upload) invite() {
	if u.expects && len(u.v.ahead) == 0 {
		_, _ = u.v.Write([]byte("HTTP/1.1 100 Continue\r\n\r\n")) // whether it arrives shows in what comes
	}
	u.expects = false
}

func blame(err error) error {
	if err == nil {
		return nil
	}
	if own, ok := err.(*uploadError); ok {
		return own
	}
	if isTimeout(err) {
		return errUploadLate
	}
	return errUploadCut
}

// announce adds the fields that frame the body on its way to the origin.
func (u *upload) announce(head []byte) ([]byte, int64) {
	if u.framing == wire.Chunked {
		return appendLine(head, "Transfer-Encoding", []byte("chunked")), -1
	}
	return appendLine(head, "Content-Length", strconv.AppendInt(nil, u.left, 10)), u.left
}
