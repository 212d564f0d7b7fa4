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

// TestWhatBreaksOff is told as such, wherever it is cut, be it in the middle of a line
// that is then none.
func TestWhatBreaksOff(t *testing.T) {
	dir := t.TempDir()
	var reqs []Request
	for i := range uint64(20_000) {
		reqs = append(reqs, Request{At: int64(i) * second, ID: i * i % 65_537, Size: int64(1 + i*i*i%10_007), Next: Unknown})
	}
	for _, name := range []string{"t.csv.gz", "t.csv.zst", "t.csv.xz", "t.oracleGeneral.gz", "t.oracleGeneral.zst"} {
		whole := filepath.Join(dir, name)
		writeTrace(t, Sink{Path: whole, Tells: Tells{Times: true, Sizes: true}}, reqs, 1000)
		b, err := os.ReadFile(whole)
		if err != nil {
			t.Fatal(err)
		}
		if r, err := Open(Options{Files: []string{whole}}); err != nil {
			t.Errorf("%s, whole: %v", name, err)
		} else if all, err := drain(r, 500); err != nil || len(all) != len(reqs) {
			t.Errorf("%s, whole: %d requests, %v", name, len(all), err)
		}
		for _, part := range []int{3, 10, 40, 70, 99} {
			cut := filepath.Join(dir, "cut-"+name)
			if err := os.WriteFile(cut, b[:len(b)*part/100], 0o600); err != nil {
				t.Fatal(err)
			}
			r, err := Open(Options{Files: []string{cut}, SkipBad: true})
			if err == nil {
				_, err = drain(r, 500)
				if n := r.Faults().Bad; n > 0 {
					t.Errorf("%s, %d %%: half a line counts as %d lines that are wrong", name, part, n)
				}
			}
			if err == nil || !strings.Contains(err.Error(), "cut-"+name+": it breaks off") {
				t.Errorf("%s, %d %%: %v", name, part, err)
			}
		}
	}
}

// TestErrorsAreOfTheFileThatWasAskedFor, not of that which is written in its stead.
func TestErrorsAreOfTheFileThatWasAskedFor(t *testing.T) {
	for _, name := range []string{"t.csv", "t.oracleGeneral"} {
		path := filepath.Join(t.TempDir(), "no", "folder", name)
		_, err := Create(Sink{Path: path})
		if err == nil || !strings.Contains(err.Error(), "open "+path+": no such file") {
			t.Errorf("no folder: %v", err)
		}
		path = filepath.Join(t.TempDir(), name)
		w, err := Create(Sink{Path: path, Tells: Tells{Sizes: true, Next: true}})
		if err != nil {
			t.Fatal(err)
		}
		w.file.Close()
		err = w.Write([]Request{{Size: 1}})
		if err == nil {
			err = w.Close()
		}
		if err == nil || !strings.Contains(err.Error(), "write "+path+":") || strings.Contains(err.Error(), ".part") {
			t.Errorf("a file that cannot be written to: %v", err)
		}
		if err := w.Abort(); err != nil {
			t.Error(err)
		}
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
