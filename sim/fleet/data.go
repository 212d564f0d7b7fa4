package fleet

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

// slowest is how many bytes a second have to go to the store or come from it.
const slowest = 256 << 10

// moving is how long so many bytes may be on their way. The client has to be told: it
// gives the whole way as long as one answer where nobody says so.
func moving(bytes int64) time.Duration {
	return answering + time.Duration(float64(bytes)/slowest*float64(time.Second))
}

// Put lays a file into the object store, under the hash of its bytes, unless it is
// there.
func (c *Conn) Put(ctx context.Context, path string) (hash string, err error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	return c.put(ctx, f)
}

// PutBytes does the same with bytes.
func (c *Conn) PutBytes(ctx context.Context, b []byte) (hash string, err error) {
	return c.put(ctx, bytes.NewReader(b))
}

func (c *Conn) put(ctx context.Context, r io.ReadSeeker) (string, error) {
	sum := sha256.New()
	n, err := io.Copy(sum, r)
	if err != nil {
		return "", err
	}
	hash := hex.EncodeToString(sum.Sum(nil))
	ctx, cancel := context.WithTimeout(ctx, moving(n))
	defer cancel()
	if _, err := c.data.GetInfo(ctx, hash); err == nil {
		return hash, nil
	}
	if _, err := r.Seek(0, io.SeekStart); err != nil {
		return "", err
	}
	_, err = c.data.Put(ctx, jetstream.ObjectMeta{Name: hash}, r)
	if err != nil {
		err = fmt.Errorf("laying data into the store: %w", explained(err))
	}
	return hash, err
}

// fetch copies a blob, and checks that it is what its name says. It takes no more bytes
// than the store says there are: room was made for these.
func (c *Conn) fetch(ctx context.Context, hash string, w io.Writer) error {
	if !isHash(hash) {
		return fmt.Errorf("%q is no name of a blob", hash)
	}
	size, err := c.sizeOf(ctx, hash)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, moving(size))
	defer cancel()
	r, err := c.data.Get(ctx, hash)
	if err != nil {
		return fmt.Errorf("blob %s: %w", hash, err)
	}
	defer r.Close()
	sum := sha256.New()
	n, err := io.Copy(io.MultiWriter(w, sum), io.LimitReader(r, size))
	if err == nil && n == size {
		if more, _ := r.Read(make([]byte, 1)); more > 0 {
			err = fmt.Errorf("there are more than the %d bytes that the store says", size)
		}
	}
	if err != nil {
		return fmt.Errorf("blob %s: %w", hash, err)
	}
	if got := hex.EncodeToString(sum.Sum(nil)); got != hash {
		return fmt.Errorf("blob %s has bytes of another, %s", hash, got)
	}
	return nil
}

// sizeOf is how many bytes a blob has.
func (c *Conn) sizeOf(ctx context.Context, hash string) (int64, error) {
	ctx, cancel := context.WithTimeout(ctx, answering)
	defer cancel()
	info, err := c.data.GetInfo(ctx, hash)
	if errors.Is(err, jetstream.ErrObjectNotFound) {
		return 0, fmt.Errorf("blob %s is not in the store", hash)
	}
	if err != nil {
		return 0, err
	}
	if info.Size > math.MaxInt64 {
		return 0, fmt.Errorf("blob %s has %d bytes as the store says", hash, info.Size)
	}
	return int64(info.Size), nil
}

func isHash(s string) bool {
	b, err := hex.DecodeString(s)
	return err == nil && len(b) == sha256.Size && hex.EncodeToString(b) == s
}
