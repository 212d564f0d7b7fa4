package edge

import (
	"bytes"
	"strings"

	"edgesim/edge/rfc9111"
)

// Which responses are worth compressing, as CloudFront documents it (reference
// 1.9).

// The lengths of what is compressed, in bytes, both included. What is shorter
// gains nothing, what is longer would keep a processor from others.
const (
	leastSqueezed = 1_000
	mostSqueezed  = 10_000_000
)

// compressibleTypes are the media types that are not compressed by themselves.
var compressibleTypes = setOf("application/", `dash+xml eot font font-sfnt javascript json opentype otf
	pkcs7-mime protobuf rss+xml truetype ttf vnd.apple.mpegurl vnd.mapbox-vector-tile vnd.ms-fontobject
	xhtml+xml xml x-font-opentype x-font-truetype x-font-ttf x-httpd-cgi x-javascript x-mpegurl
	x-opentype x-otf x-perl x-ttf`,
	"font/", "eot opentype otf ttf",
	"image/", "svg+xml",
	"text/", `css csv html javascript js plain richtext tab-separated-values xml x-component x-java-source x-script`,
	"", "vnd.apple.mpegurl")

// setOf makes a set of prefix and names in turn.
func setOf(parts ...string) map[string]bool {
	set := map[string]bool{}
	for i := 0; i < len(parts); i += 2 {
		for name := range strings.FieldsSeq(parts[i+1]) {
			set[parts[i]+name] = true
		}
	}
	return set
}

// compressible reports whether a media type, with parameters or without, is in
// the set (RFC 9110 §8.3.1).
func compressible(contentType []byte) bool {
	name, _, _ := bytes.Cut(contentType, []byte{';'})
	return compressibleTypes[string(bytes.ToLower(bytes.TrimSpace(name)))]
}

// squeezable reports whether the response may be compressed by an edge. It must
// have come as it is, in full, and must not forbid it (RFC 9111 §5.2.2.6).
func (o *object) squeezable() bool {
	return Squeezable(o.status, o.length, o.block.get("Content-Type")) && !o.meta.CC.Is(rfc9111.NoTransform) &&
		o.block.get("Content-Encoding") == nil
}

// Squeezable reports whether status, length and media type of a response are such
// that an edge may compress it; with length -1 it is not known.
func Squeezable(status int, length int64, contentType []byte) bool {
	switch status {
	case 200, 403, 404:
	default:
		return false
	}
	return length >= leastSqueezed && length <= mostSqueezed && compressible(contentType)
}
