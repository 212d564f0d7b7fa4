package trace

import (
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// TestWhatIsNoFileStaysWhatItIs: a pipe is written to; a file put in its place, as
// in that of /dev/null, would take it away from everybody.
func TestWhatIsNoFileStaysWhatItIs(t *testing.T) {
	path := filepath.Join(t.TempDir(), "pipe.csv")
	if err := syscall.Mkfifo(path, 0o600); err != nil {
		t.Skip(err)
	}
	text := make(chan string)
	go func() {
		b, _ := os.ReadFile(path)
		text <- string(b)
	}()
	writeTrace(t, Sink{Path: path, Tells: Tells{Sizes: true}}, []Request{{ID: 7, Size: 5, Next: Unknown}}, 1)
	if info, err := os.Stat(path); err != nil || info.Mode().Type() != fs.ModeNamedPipe {
		t.Fatalf("%v, %v: want the pipe", info.Mode(), err)
	}
	if got := <-text; !strings.Contains(got, "7,5") {
		t.Errorf("%q came through the pipe", got)
	}
}

// TestSizesThatNoSumHolds: what adds up to more than 63 bits is refused, not wrapped
// around, be the sum below 0 at the end of a batch or above it again.
func TestSizesThatNoSumHolds(t *testing.T) {
	for _, text := range []string{
		"1 1 9223372036854775807\n2 2 1\n",
		"1 1 9223372036854775807\n2 2 9223372036854775807\n3 3 9223372036854775807\n",
	} {
		r, err := Open(Options{Files: []string{"-"}, Stdin: strings.NewReader(text)})
		if err != nil {
			t.Fatal(err)
		}
		_, err = r.Read(make([]Request, 10))
		if err == nil || err == io.EOF || !strings.Contains(err.Error(), "add up to more than") {
			t.Errorf("%q: %v", text, err)
		}
	}
	r, err := Open(Options{Files: []string{"-"}, Stdin: strings.NewReader("1 1 9223372036854775806\n2 2 1\n")})
	if err != nil {
		t.Fatal(err)
	}
	if n, err := r.Read(make([]Request, 10)); n != 2 || err != io.EOF && err != nil {
		t.Errorf("%d requests, %v: want the 2 whose sum is the largest there is", n, err)
	}
}

// TestWhatCannotBeUnpacked is told as such, not as an empty file.
func TestWhatCannotBeUnpacked(t *testing.T) {
	path := filepath.Join(t.TempDir(), "broken.zst")
	if err := os.WriteFile(path, []byte("\x28\xb5\x2f\xfdbroken, surely"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(Options{Files: []string{path}}); err == nil || !strings.Contains(err.Error(), "cannot be unpacked") {
		t.Errorf("%v", err)
	}
}
