package fit

import (
	"bufio"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Tragen describes traffic by footprint descriptors (Sabnis and Sitaraman, IMC 2021):
// fd.txt has how many requests come again at which distance in bytes, bfd.txt the same
// weighted by bytes, and sz.txt the sizes of objects. They have LRU's curves, and can
// be fitted as a trace can.

const (
	kilobyte = 1000
	// fdWidth is that of a descriptor's bins of distances.
	fdWidth = 200_000 * kilobyte
	// fdPieces is into how many a bin is cut, within which distances are even.
	fdPieces = 32
	// drawnSizes is how many objects stand for the distribution of sizes.
	drawnSizes = 50_000
)

// IsDescriptor reports whether a file is called as Tragen calls its descriptors.
func IsDescriptor(path string) bool {
	return strings.TrimSuffix(filepath.Base(path), ".gz") == "fd.txt"
}

// descriptor is a table of distances.
type descriptor struct {
	requests, bytes         float64
	missRequests, missBytes float64 // for objects that were not asked for before
	shares                  []float64
}

// Describe measures what the descriptor at path, and bfd.txt and sz.txt beside it, say
// of a trace. A curve is exact at multiples of 200 MB.
func Describe(path string) (*Measured, error) {
	fd, err := readDescriptor(path)
	if err != nil {
		return nil, err
	}
	bfd, err := readDescriptor(beside(path, "bfd.txt"))
	if err != nil {
		return nil, err
	}
	sizes, err := readSizes(beside(path, "sz.txt"))
	if err != nil {
		return nil, err
	}
	m := NewMeasured(Options{Name: filepath.Base(filepath.Dir(path)) + "/" + filepath.Base(path), Objects: defaultFollowed})
	m.Tells.Sizes, m.described = true, true
	m.Requests, m.Bytes = int64(fd.requests), int64(fd.bytes)
	m.seen = seen{fd.requests, fd.bytes}
	m.takeSizes(sizes, fd.missBytes/fd.missRequests)
	m.takeDistances(fd, bfd)
	m.Finish()
	return m, nil
}

// beside is a file of the same folder, packed or not as path is.
func beside(path, name string) string {
	if strings.HasSuffix(path, ".gz") {
		name += ".gz"
	}
	return filepath.Join(filepath.Dir(path), name)
}

// lines calls f with the columns of each line, from 1.
func lines(path string, f func(number int, columns []float64) error) error {
	file, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%s is not there: a descriptor is fd.txt with bfd.txt and sz.txt beside it", path)
	} else if err != nil {
		return err
	}
	defer file.Close()
	var text io.Reader = file
	if strings.HasSuffix(path, ".gz") {
		if text, err = gzip.NewReader(file); err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
	}
	scan := bufio.NewScanner(text)
	for number := 1; scan.Scan(); number++ {
		var columns []float64
		for word := range strings.FieldsSeq(scan.Text()) {
			var v float64
			if _, err := fmt.Sscan(word, &v); err != nil || math.IsNaN(v) || math.IsInf(v, 0) {
				return fmt.Errorf("%s:%d: %q is no number", path, number, word)
			}
			columns = append(columns, v)
		}
		if err := f(number, columns); err != nil {
			return fmt.Errorf("%s:%d: %w", path, number, err)
		}
	}
	return scan.Err()
}

func readDescriptor(path string) (*descriptor, error) {
	d := &descriptor{}
	err := lines(path, func(number int, c []float64) error {
		switch {
		case number == 1 && len(c) == 6 && slices.Min(c) >= 0 && slices.Max(c) <= 1e15 && c[0] >= 1 && c[1] >= 1 && c[4] >= 1 && c[5] >= 1:
			d.requests, d.bytes, d.missRequests, d.missBytes = c[0], c[1]*kilobyte, c[4], c[5]*kilobyte
		case number == 1:
			return errors.New("want six numbers: requests, KB, start, end, requests and KB that missed")
		case len(c) == 3 && c[1] >= 0 && c[1] <= 1e12 && c[2] >= 0:
			at := int(c[1] * kilobyte / fdWidth)
			for at >= len(d.shares) {
				d.shares = append(d.shares, 0)
			}
			d.shares[at] += c[2]
		default:
			return errors.New("want three numbers: time, distance in KB, share")
		}
		return nil
	})
	if err == nil && d.requests == 0 {
		err = fmt.Errorf("%s has no lines", path)
	}
	return d, err
}

// sized is a size and the share of the objects that have it.
type sized struct{ bytes, share float64 }

func readSizes(path string) (list []sized, err error) {
	err = lines(path, func(number int, c []float64) error {
		switch {
		case len(c) == 1: // a time, under which the next lines stand
		case len(c) == 2 && c[0] >= 0 && c[0] <= 1e12 && c[1] >= 0 && c[1] <= 1e12:
			list = append(list, sized{max(c[0]*kilobyte, 1), c[1]})
		default:
			return errors.New("want two numbers: KB, share")
		}
		return nil
	})
	if err == nil && !slices.ContainsFunc(list, func(s sized) bool { return s.share > 0 }) {
		err = fmt.Errorf("%s has no sizes", path)
	}
	slices.SortFunc(list, func(a, b sized) int { return int(a.bytes - b.bytes) })
	return list, err
}

// takeSizes takes quantiles of the sizes as objects. Those that Tragen has published
// are weighted by other things than objects in places; they are scaled to the mean that
// an object has by the descriptor itself.
func (m *Measured) takeSizes(list []sized, mean float64) {
	all, bytes := 0.0, 0.0
	for _, s := range list {
		all += s.share
		bytes += s.share * s.bytes
	}
	scale := mean * all / bytes
	sum, at := 0.0, 0
	for i := range drawnSizes {
		for at < len(list)-1 && sum+list[at].share < (float64(i)+0.5)/drawnSizes*all {
			sum += list[at].share
			at++
		}
		*m.objects.At(uint64(i)) = object{requests: 1, size: max(1, int64(scale*list[at].bytes))}
	}
}

// takeDistances splits the requests at each distance into those for small and for large
// objects: the halves of the bytes that there are. How large objects of a distance are
// on average both descriptors tell together, and so which part of them is large.
func (m *Measured) takeDistances(fd, bfd *descriptor) {
	objects := fd.missRequests / drawnSizes // that one stands for
	var all, below [2]seen
	total := 0.0
	for _, o := range m.objects.All() {
		total += float64(o.size)
	}
	split := m.halfOfBytes(total)
	for _, o := range m.objects.All() {
		half := &all[part(o.size, split)]
		half.requests++
		half.bytes += float64(o.size)
	}
	var again [2]bins
	for i, share := range fd.shares {
		if share == 0 {
			continue
		}
		weight, bytes := share*fd.requests, 0.0
		if i < len(bfd.shares) {
			bytes = bfd.shares[i] * fd.bytes
		}
		small, large := all[0].bytes/max(all[0].requests, 1), all[1].bytes/max(all[1].requests, 1)
		high := min(max((bytes/weight-small)/(large-small), 0), 1)
		for k := range fdPieces {
			at := int64(i)*fdWidth + (int64(k)*fdWidth+fdWidth/2)/fdPieces
			again[0].add(at, weight*(1-high)/fdPieces)
			again[1].add(at, weight*high/fdPieces)
			m.Curve.add(at, weight/fdPieces, bytes/fdPieces)
		}
		below[0].requests += weight * (1 - high)
		below[1].requests += weight * high
	}
	for _, o := range m.objects.All() {
		p := part(o.size, split)
		s, share := m.cell(0, o.size), 1/all[p].requests
		s.objects += objects
		s.octets += objects * float64(o.size)
		s.requests += objects + below[p].requests*share
		s.bytes += (objects + below[p].requests*share) * float64(o.size)
		s.part, s.share = p, s.share+share
	}
	for i := range m.cells[0] {
		if s := &m.cells[0][i]; s.share > 0 {
			for _, v := range again[s.part] {
				s.again = append(s.again, v*s.share)
			}
		}
	}
}

func part(size, split int64) int {
	if binOf(size) > binOf(split) {
		return 1
	}
	return 0
}

// halfOfBytes is the size up to which objects have half of the bytes.
func (m *Measured) halfOfBytes(total float64) int64 {
	var list []int64
	for _, o := range m.objects.All() {
		list = append(list, o.size)
	}
	slices.Sort(list)
	sum := 0.0
	for i, v := range list {
		if sum += float64(v); sum > total/2 && binOf(v) < binOf(list[len(list)-1]) {
			return list[i]
		}
	}
	return list[0]
}
