package trace

import (
	"errors"
	"math"
)

// The traces of the ARC paper (Megiddo and Modha, FAST 2003): a line is a run of
// blocks, "start count ignored number", each of which is a request.
func init() {
	register(Format{
		Name:   "arc",
		About:  "text, \"start count 0 number\": a line asks for count blocks from start on; the ARC paper's traces",
		names:  []string{"arc"},
		detect: detectARC,
		new: func(p *parameters) (decoder, error) {
			d := &runs{lines: lines{path: p.path, faults: p.faults}}
			d.parse = d.begin
			return d, nil
		},
	})
}

func detectARC(head []byte) sureness {
	rows := sample(head, blank)
	return maybe.when(of(rows, 4, 4) && numbers(rows, 1, 4) && every(rows, 3, isZero) && !every(rows, 2, isZero))
}

// runs is the decoder of lines that are many requests.
type runs struct {
	lines
	next uint64 // block of the run that is under way
	left uint64 // how many of it
}

// mostRun is the longest run of a line: beyond it the line is something else.
const mostRun = 1 << 32

func (d *runs) decode(data []byte, end bool, reqs []Request) (used, made int, err error) {
	for made < len(reqs) {
		for ; d.left > 0 && made < len(reqs); made++ {
			reqs[made] = Request{ID: d.next, Size: 1, Next: Unknown}
			d.next++
			d.left--
		}
		if d.left > 0 {
			break
		}
		n, got, err := d.lines.decode(data[used:], end, reqs[made:min(made+1, len(reqs))])
		used += n
		if err != nil || got == 0 {
			return used, made, err
		}
	}
	return used, made, nil
}

var errNoRun = errors.New("no run of blocks; right are numbers as \"start count 0 number\", with a count from 1 to 2^32")

// begin takes a line for a run; the request that it fills in is given by decode.
func (d *runs) begin(line []byte, _ *Request) error {
	var field [2]uint64
	at := 0
	for i := range field {
		from := pastBlanks(line, at)
		v, end := digits(line, from)
		if end == from || end-from > safeDigits || end < len(line) && line[end] != ' ' && line[end] != '\t' {
			return errNoRun
		}
		field[i], at = v, end
	}
	if field[1] < 1 || field[1] > mostRun || field[0] > math.MaxUint64-mostRun {
		return errNoRun
	}
	d.next, d.left = field[0], field[1]
	return nil
}
