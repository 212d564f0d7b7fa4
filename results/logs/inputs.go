package logs

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/zeebo/xxh3"
)

// input is one file to read, or what comes on the standard input.
type input struct {
	path string // "-": the standard input
	size int64  // bytes on the disk; 0 when it is not known
	info fs.FileInfo

	part   *Portion // of the file; nil: all of it
	format *chosen  // with part: that of its lines; nil: the file is to tell
}

// expand is the list of files that the arguments mean, each once.
func expand(args []string, d *Doubts) ([]input, error) {
	if len(args) == 0 {
		return nil, errors.New("no log is named")
	}
	var all []input
	for _, arg := range args {
		found, err := expandOne(arg, d)
		if err != nil {
			return nil, err
		}
		all = append(all, found...)
	}
	return once(all, d)
}

func expandOne(arg string, d *Doubts) ([]input, error) {
	if arg == "-" {
		return []input{{path: arg}}, nil
	}
	info, err := os.Stat(arg)
	switch {
	case err == nil && info.IsDir():
		return inFolder(arg, d)
	case err == nil:
		return []input{{path: arg, size: sizeOf(info), info: info}}, nil
	case errors.Is(err, fs.ErrNotExist) && strings.ContainsAny(arg, "*?["):
		return matching(arg, d)
	}
	return nil, fmt.Errorf("log: %w", err)
}

func sizeOf(info fs.FileInfo) int64 {
	if info.Mode().IsRegular() {
		return info.Size()
	}
	return 0 // of a pipe nobody knows
}

// ErrNoFile is of a folder or a pattern without a log, which is the caller's mistake.
var ErrNoFile = errors.New("no file")

// inFolder are the files in a folder and its folders, by name. Hidden ones are
// left out, and those that are still being written (.part).
func inFolder(dir string, d *Doubts) ([]input, error) {
	found, err := walk(dir, d, func(string) bool { return true })
	if err == nil && len(found) == 0 {
		err = fmt.Errorf("log: there is %w in %s", ErrNoFile, dir)
	}
	return found, err
}

// unfinished reports whether a file is one of ours that is still being written.
func unfinished(path string) bool { return strings.HasSuffix(path, ".part") }

func walk(dir string, d *Doubts, wanted func(path string) bool) ([]input, error) {
	var found []input
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if path != dir && strings.HasPrefix(e.Name(), ".") {
			if e.IsDir() {
				return fs.SkipDir
			}
			return nil
		}
		if e.IsDir() || unfinished(path) || !wanted(path) {
			return nil
		}
		info, err := stat(path, d)
		if err != nil || info == nil {
			return err
		}
		if info.Mode().IsRegular() {
			found = append(found, input{path: path, size: info.Size(), info: info})
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("log: %w", err)
	}
	return found, nil
}

// stat is of what a link leads to; nil of one that leads nowhere, and of a file that
// has gone since it was found.
func stat(path string, d *Doubts) (fs.FileInfo, error) {
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		d.say("%s leads nowhere: left out", path)
		return nil, nil
	}
	return info, err
}

// matching are the files whose paths match a pattern.
func matching(pattern string, d *Doubts) ([]input, error) {
	if _, err := filepath.Match(pattern, ""); err != nil {
		return nil, fmt.Errorf("log: %s: %w", pattern, err)
	}
	var found []input
	var err error
	if strings.Contains(pattern, "**") {
		found, err = deepMatching(pattern, d)
	} else {
		found, err = plainMatching(pattern, d)
	}
	if err == nil && len(found) == 0 {
		err = fmt.Errorf("log: %w matches %s", ErrNoFile, pattern)
	}
	return found, err
}

func plainMatching(pattern string, d *Doubts) ([]input, error) {
	paths, err := filepath.Glob(pattern)
	if err != nil {
		return nil, fmt.Errorf("log: %s: %w", pattern, err)
	}
	var found []input
	for _, path := range paths {
		info, err := stat(path, d)
		if err != nil {
			return nil, fmt.Errorf("log: %w", err)
		}
		if info != nil && !info.IsDir() && (!unfinished(path) || unfinished(pattern)) {
			found = append(found, input{path: path, size: sizeOf(info), info: info})
		}
	}
	return found, nil
}

// deepMatching walks from the last folder before the first wildcard.
func deepMatching(pattern string, d *Doubts) ([]input, error) {
	parts := strings.Split(filepath.Clean(pattern), "/")
	wild := slices.IndexFunc(parts, func(p string) bool { return strings.ContainsAny(p, "*?[") })
	root := strings.Join(parts[:wild], "/")
	if root == "" && strings.HasPrefix(pattern, "/") {
		root = "/"
	}
	root = cmp.Or(root, ".")
	if _, err := os.Stat(root); err != nil {
		return nil, fmt.Errorf("log: %s: %w", pattern, err)
	}
	return walk(root, d, func(path string) bool {
		return matches(parts, strings.Split(filepath.Clean(path), "/"))
	})
}

// matches reports whether a path's parts match a pattern's, of which ** stands
// for any number, none too.
func matches(pattern, path []string) bool {
	if len(pattern) == 0 {
		return len(path) == 0
	}
	if pattern[0] == "**" {
		return matches(pattern[1:], path) || len(path) > 0 && matches(pattern, path[1:])
	}
	if len(path) == 0 {
		return false
	}
	ok, err := filepath.Match(pattern[0], path[0])
	return err == nil && ok && matches(pattern[1:], path[1:])
}

// once leaves out what is there already: the same file by another name, or
// another of the same content.
func once(all []input, d *Doubts) ([]input, error) {
	var kept []input
	for _, in := range all {
		if err := in.check(); err != nil {
			return nil, err
		}
	}
	bySize := map[int64][]int{} // of kept
	sums := map[int]uint64{}    // of kept, where they were needed
	for _, in := range all {
		twin, err := in.twin(kept, bySize[in.size], sums)
		if err != nil {
			return nil, err
		}
		if twin != nil {
			d.Duplicates++
			d.say("%s and %s are the same: read once", twin.path, in.path)
			continue
		}
		bySize[in.size] = append(bySize[in.size], len(kept))
		kept = append(kept, in)
	}
	return kept, nil
}

// check finds out before the reading begins that a file may not be read.
func (in *input) check() error {
	if in.info == nil || !in.info.Mode().IsRegular() {
		return nil
	}
	f, err := os.Open(in.path)
	if err != nil {
		return fmt.Errorf("log: %w", err)
	}
	return f.Close()
}

// twin is what is the same among those of the same size.
func (in *input) twin(kept []input, same []int, sums map[int]uint64) (*input, error) {
	for _, at := range same {
		o := &kept[at]
		if in.path == o.path || in.info != nil && o.info != nil && os.SameFile(in.info, o.info) {
			return o, nil
		}
	}
	if in.size == 0 || len(same) == 0 {
		return nil, nil
	}
	mine, err := sumOf(in.path)
	if err != nil {
		return nil, err
	}
	for _, at := range same {
		theirs, known := sums[at]
		if !known {
			if theirs, err = sumOf(kept[at].path); err != nil {
				return nil, err
			}
			sums[at] = theirs
		}
		if mine == theirs {
			return &kept[at], nil
		}
	}
	sums[len(kept)] = mine
	return nil, nil
}

func sumOf(path string) (uint64, error) {
	f, err := os.Open(path)
	if err != nil {
		return 0, fmt.Errorf("log: %w", err)
	}
	defer f.Close()
	h := xxh3.New()
	if _, err := io.Copy(h, f); err != nil {
		return 0, fmt.Errorf("log: %w", err)
	}
	return h.Sum64(), nil
}
