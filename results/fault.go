package results

import (
	"fmt"
	"slices"
	"strings"
)

// Fault is how a request failed, as its client saw it. A player puts into a record
// what went wrong on the wire; what a status tells, Record.Failure adds.
type Fault uint8

const (
	NoFault          Fault = iota
	FaultName              // the target's name does not resolve
	FaultRefused           // the connection was refused
	FaultUnreachable       // the connection could not be made for another reason
	FaultReset             // the connection was reset before the response began
	FaultClosed            // the connection was closed before the response began
	FaultTimeout           // no whole response in time
	FaultMalformed         // the response is not HTTP/1.1
	FaultTruncated         // the response broke off
	FaultExcess            // more bytes came than the response has
	FaultBody              // the body is not what it should be
	FaultUntrusted         // the certificate's authority is not trusted
	FaultWrongName         // the certificate is for another name
	FaultExpired           // the certificate's time is over, or has not begun
	FaultCertificate       // the certificate is not valid for another reason
	FaultTLS               // the TLS handshake failed
	FaultClient            // a status 4xx
	FaultServer            // a status 5xx
	FaultOther             // failed otherwise, or by a client that does not say how
	Faults                 // how many there are
)

// faultLabels name faults in columns, labels and keys: they are what scripts see.
var faultLabels = [Faults]string{"none", "name_unknown", "refused", "unreachable", "reset", "closed", "timed_out",
	"malformed", "truncated", "excess", "wrong_body", "untrusted", "wrong_name", "expired", "bad_certificate",
	"tls_failed", "status_4xx", "status_5xx", "other"}

var faultWords = [Faults]string{"none", "name does not resolve", "connection refused", "cannot connect",
	"connection reset before a response", "connection closed before a response", "timed out",
	"malformed response", "truncated response", "bytes after the response", "wrong body",
	"certificate of an authority that is not trusted", "certificate for another name",
	"certificate expired or not valid yet", "certificate not valid", "TLS handshake failed",
	"status 4xx", "status 5xx", "failed otherwise"}

// String is the fault in words.
func (f Fault) String() string { return nameOf(faultWords[:], int(f)) }

// Label is the fault in a word of letters, digits and _.
func (f Fault) Label() string { return nameOf(faultLabels[:], int(f)) }

// MarshalText implements encoding.TextMarshaler: the label.
func (f Fault) MarshalText() ([]byte, error) { return []byte(f.Label()), nil }

// UnmarshalText implements encoding.TextUnmarshaler. A label of a later version is
// FaultOther.
func (f *Fault) UnmarshalText(text []byte) error {
	at := slices.Index(faultLabels[:], string(text))
	if at < 0 {
		at = int(FaultOther)
	}
	*f = Fault(at)
	return nil
}

// Failure is how the request failed; NoFault where it did not. A record whose client
// does not say has what its flags and status tell.
func (r *Record) Failure() Fault {
	switch {
	case r.Fault != NoFault:
		return min(r.Fault, FaultOther)
	case !r.Failed():
		return NoFault
	case r.Flags.Has(NoResponse):
		return FaultOther
	case r.Flags.Has(Truncated):
		return FaultTruncated
	case r.Flags.Has(Unverified):
		return FaultBody
	case r.Status >= 400 && r.Status < 500:
		return FaultClient
	case r.Status >= 500 && r.Status < 600:
		return FaultServer
	}
	return FaultOther
}

// FaultCounts are numbers of failed requests, by fault.
type FaultCounts [Faults]int64

// Total is all of them together.
func (c *FaultCounts) Total() (n int64) {
	for _, v := range c[NoFault+1:] {
		n += v
	}
	return n
}

// Add adds other counts.
func (c *FaultCounts) Add(o *FaultCounts) {
	for f := range o {
		c[f] += o[f]
	}
}

// Trouble is the requests that failed in one way.
type Trouble struct {
	Kind     Fault    `json:"kind"`    // as its label
	Meaning  string   `json:"meaning"` // Kind in words
	Count    int64    `json:"count"`
	Examples []string `json:"examples,omitempty"` // the first few, in words; of failures on the wire
}

func (t Trouble) String() string {
	s := fmt.Sprintf("%d requests failed: %s", t.Count, t.Kind)
	if len(t.Examples) > 0 {
		s += "; first " + strings.Join(t.Examples, " | ")
	}
	return s
}

// mostExamples is how many failures of a kind are told in words.
const mostExamples = 3

// Troubles are the faults that occurred, in their order, with examples of those
// that others tell.
func (c *FaultCounts) Troubles(told []Trouble) []Trouble {
	list := []Trouble{}
	for f := NoFault + 1; f < Faults; f++ {
		if c[f] == 0 {
			continue
		}
		t := Trouble{Kind: f, Meaning: f.String(), Count: c[f]}
		for _, o := range told {
			if o.Kind == t.Kind {
				t.Examples = append(t.Examples, o.Examples[:min(len(o.Examples), mostExamples-len(t.Examples))]...)
			}
		}
		list = append(list, t)
	}
	return list
}
