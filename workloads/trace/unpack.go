package trace

import (
	"bytes"
	"fmt"
	"io"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
	"github.com/ulikunitz/xz"
)

// The first bytes of what is packed: gzip (RFC 1952 §2.3.1), Zstandard (RFC 8878
// §3.1.1), xz (The .xz File Format 1.2.1, §2.1.1.1).
var (
	gzipMark = []byte{0x1f, 0x8b}
	zstdMark = []byte{0x28, 0xb5, 0x2f, 0xfd}
	xzMark   = []byte{0xfd, '7', 'z', 'X', 'Z', 0}
)

// packing is how a file that begins with head is compressed; "" where it is not.
func packing(head []byte) string {
	switch {
	case bytes.HasPrefix(head, gzipMark):
		return "gzip"
	case bytes.HasPrefix(head, zstdMark):
		return "zstd"
	case bytes.HasPrefix(head, xzMark):
		return "xz"
	}
	return ""
}

// unpack is what is packed in r.
func unpack(r io.Reader, packed string) (io.ReadCloser, error) {
	var text io.ReadCloser
	var err error
	switch packed {
	case "gzip":
		text, err = gzip.NewReader(r)
	case "zstd":
		var z *zstd.Decoder
		if z, err = zstd.NewReader(r); err == nil {
			text = z.IOReadCloser()
		}
	case "xz":
		var x *xz.Reader
		if x, err = xz.NewReader(r); err == nil {
			text = io.NopCloser(x)
		}
	default:
		text = io.NopCloser(r)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", packed, err)
	}
	return text, nil
}
