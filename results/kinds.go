package results

import "fmt"

// The small enumerations of a record. Each has names as CloudFront's logs
// write them, a String method, and a Parse function that refuses what it does
// not know.

// Result is a result type in CloudFront's words.
type Result uint8

const (
	NoResult Result = iota
	Hit
	RefreshHit
	Miss
	Error
	Redirect
	LimitExceeded
	CapacityExceeded
	LambdaExecutionError
	Results // how many there are
)

var resultNames = [Results]string{"-", "Hit", "RefreshHit", "Miss", "Error", "Redirect",
	"LimitExceeded", "CapacityExceeded", "LambdaExecutionError"}

func (r Result) String() string { return nameOf(resultNames[:], int(r)) }

// failed reports whether the result type is one of the failures; CloudFront's
// ErrorCount knows them all but LambdaExecutionError.
func (r Result) failed() bool {
	return r == Error || r >= LimitExceeded && r <= LambdaExecutionError
}

// ParseResult reads a result type as a CloudFront log writes it.
func ParseResult(s string) (Result, error) { return parse[Result](resultNames[:], s, "result type") }

// Detail is CloudFront's x-edge-detailed-result-type where it says more than
// the result type; zero means "the same as Result".
type Detail uint8

const (
	SameAsResult Detail = iota
	OriginShieldHit
	MissGeneratedResponse
	AbortedOrigin
	ClientCommError
	ClientGeoBlocked
	ClientHungUpRequest
	ErrorDetail // "Error": an error without more to say, such as a cached one
	InvalidRequest
	InvalidRequestBlocked
	InvalidRequestCertificate
	InvalidRequestHeader
	InvalidRequestMethod
	OriginCommError
	OriginConnectError
	OriginContentRangeLengthError
	OriginDNSError
	OriginError
	OriginHeaderTooBigError
	OriginInvalidResponseError
	OriginReadError
	OriginWriteError
	OriginZeroSizeObjectError
	SlowReaderOriginError
	Details
)

var detailNames = [Details]string{"-", "OriginShieldHit", "MissGeneratedResponse", "AbortedOrigin",
	"ClientCommError", "ClientGeoBlocked", "ClientHungUpRequest", "Error", "InvalidRequest",
	"InvalidRequestBlocked", "InvalidRequestCertificate", "InvalidRequestHeader", "InvalidRequestMethod",
	"OriginCommError", "OriginConnectError", "OriginContentRangeLengthError", "OriginDnsError",
	"OriginError", "OriginHeaderTooBigError", "OriginInvalidResponseError", "OriginReadError",
	"OriginWriteError", "OriginZeroSizeObjectError", "SlowReaderOriginError"}

func (d Detail) String() string { return nameOf(detailNames[:], int(d)) }

// ParseDetail reads a detailed result type as a CloudFront log writes it.
func ParseDetail(s string) (Detail, error) {
	return parse[Detail](detailNames[:], s, "detailed result type")
}

// Layer says who had the bytes of a response.
type Layer uint8

const (
	NoLayer       Layer = iota // nobody: an error, a redirect, unknown
	LayerEdge                  // the edge location's own cache
	LayerRegional              // a regional edge cache
	LayerShield                // the origin shield
	LayerOrigin
	Layers
)

var layerNames = [Layers]string{"none", "edge", "regional", "shield", "origin"}

func (l Layer) String() string { return nameOf(layerNames[:], int(l)) }

// Method is an HTTP request method (RFC 9110 §9), as far as the reports tell
// methods apart.
type Method uint8

const (
	OtherMethod Method = iota
	GET
	HEAD
	POST
	PUT
	PATCH
	DELETE
	OPTIONS
	Methods
)

var methodNames = [Methods]string{"OTHER", "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}

func (m Method) String() string { return nameOf(methodNames[:], int(m)) }

// MethodOf is the Method of a request line's method; OtherMethod for any that
// is not listed. It does not allocate.
func MethodOf(name []byte) Method {
	switch string(name) {
	case "GET":
		return GET
	case "HEAD":
		return HEAD
	case "POST":
		return POST
	case "PUT":
		return PUT
	case "PATCH":
		return PATCH
	case "DELETE":
		return DELETE
	case "OPTIONS":
		return OPTIONS
	}
	return OtherMethod
}

// Proxied reports whether CloudFront calls it a proxy method: passed on to the
// origin and never cached.
func (m Method) Proxied() bool { return m != GET && m != HEAD }

// Protocol is the viewer's (cs-protocol).
type Protocol uint8

const (
	HTTP Protocol = iota
	HTTPS
	WS
	WSS
	GRPCS
	Protocols
)

var protocolNames = [Protocols]string{"http", "https", "ws", "wss", "grpcs"}

func (p Protocol) String() string { return nameOf(protocolNames[:], int(p)) }

// ParseProtocol reads cs-protocol.
func ParseProtocol(s string) (Protocol, error) {
	return parse[Protocol](protocolNames[:], s, "protocol")
}

// Version is the viewer's HTTP version (cs-protocol-version).
type Version uint8

const (
	NoVersion Version = iota
	HTTP09
	HTTP10
	HTTP11
	HTTP20
	HTTP30
	Versions
)

var versionNames = [Versions]string{"-", "HTTP/0.9", "HTTP/1.0", "HTTP/1.1", "HTTP/2.0", "HTTP/3.0"}

func (v Version) String() string { return nameOf(versionNames[:], int(v)) }

// ParseVersion reads cs-protocol-version.
func ParseVersion(s string) (Version, error) {
	return parse[Version](versionNames[:], s, "HTTP version")
}

// TTLClass is the class of the effective TTL that CloudFront's usage types
// need: static from 3600 s on, dynamic below, proxy for proxy methods.
type TTLClass uint8

const (
	TTLUnknown TTLClass = iota
	TTLStatic
	TTLDynamic
	TTLProxy
	TTLClasses
)

var ttlNames = [TTLClasses]string{"unknown", "static", "dynamic", "proxy"}

func (t TTLClass) String() string { return nameOf(ttlNames[:], int(t)) }

// Vantage says from where a record was taken.
type Vantage uint8

const (
	NoVantage Vantage = iota
	AtClient
	AtEdge
	AtSimulator
	Vantages
)

var vantageNames = [Vantages]string{"unknown", "client", "edge", "simulator"}

func (v Vantage) String() string { return nameOf(vantageNames[:], int(v)) }

func nameOf(names []string, i int) string {
	if i < len(names) {
		return names[i]
	}
	return fmt.Sprintf("unknown(%d)", i)
}

func parse[T ~uint8](names []string, s, what string) (T, error) {
	for i, n := range names {
		if n == s {
			return T(i), nil
		}
	}
	return 0, fmt.Errorf("unknown %s %q", what, s)
}
