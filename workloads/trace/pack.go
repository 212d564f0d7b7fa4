package trace

import (
	"io"
	"path/filepath"
	"strings"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
	"github.com/ulikunitz/xz"
)

// packer compresses into w as the ending of a name says: .gz, .zst, .xz, or not at
// all. Closing it leaves w open.
func packer(w io.Writer, path string) (io.WriteCloser, error) {
	switch strings.ToLower(filepath.Ext(path)) {
	case ".gz":
		return gzip.NewWriter(w), nil
	case ".zst":
		return zstd.NewWriter(w)
	case ".xz":
		return xz.NewWriter(w)
	}
	return plain{w}, nil
}

// plain passes bytes on.
type plain struct{ io.Writer }

func (plain) Close() error { return nil }
