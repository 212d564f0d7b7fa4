package trace

import "encoding/binary"

// The traces of cache2k's benchmarks: the objects as 32-bit numbers, big-endian,
// and nothing else. No content tells them for certain.
func init() {
	register(Format{
		Name:  "cache2k",
		About: "big-endian 32-bit numbers of objects: cache2k's benchmarks; told by the file's name alone",
		names: []string{"cache2k"},
		width: keyWidth,
		new: func(p *parameters) (decoder, error) {
			return &keys{records{p.path, p.faults, keyWidth, 0}}, nil
		},
	})
}

const keyWidth = 4

type keys struct{ records }

func (d *keys) decode(data []byte, end bool, reqs []Request) (used, made int, err error) {
	n := min(len(data)/keyWidth, len(reqs))
	if n == 0 {
		return d.rest(data, end)
	}
	for i := range reqs[:n] {
		reqs[i] = Request{ID: uint64(binary.BigEndian.Uint32(data[i*keyWidth:])), Size: 1, Next: Unknown}
	}
	d.done += int64(n)
	return n * keyWidth, n, nil
}
