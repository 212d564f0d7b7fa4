package gunzip

import (
	"encoding/binary"
)

// block reads the header of a block (RFC 1951, section 3.2.3).
func (z *Reader) block() error {
	if z.final {
		z.final, z.stage = false, atTrailer
		return nil
	}
	h, err := z.take(3)
	if err != nil {
		return err
	}
	z.final = h&1 != 0
	switch h >> 1 {
	case 0:
		return z.beginStored()
	case 1:
		z.stage = inCodes
		lay(z.lit[:], litRoot, fixed[:maxLit], literals[:])
		lay(z.dist[:], distRoot, fixed[maxLit:], distances[:])
		return nil
	case 2:
		z.stage = inCodes
		return z.tables()
	}
	return ErrCorrupt
}

// fixed are the lengths of the fixed codes (section 3.2.6).
var fixed = func() (lens [maxLit + maxDist]uint8) {
	for i := range lens {
		switch {
		case i < 144:
			lens[i] = 8
		case i < 256:
			lens[i] = 9
		case i < 280:
			lens[i] = 7
		case i < maxLit:
			lens[i] = 8
		default:
			lens[i] = 5
		}
	}
	return lens
}()

// beginStored reads how long a stored block is (section 3.2.4).
func (z *Reader) beginStored() error {
	z.align()
	both, err := z.take(32)
	if err != nil {
		return err
	}
	if uint16(both) != ^uint16(both>>16) {
		return ErrCorrupt
	}
	z.stored, z.stage = int(uint16(both)), inStored
	z.pos -= int(z.n / 8) // what is in bits stands in the room still
	z.bits, z.n = 0, 0
	return nil
}

func (z *Reader) copyStored() error {
	if z.stored == 0 {
		z.stage = atBlock
		return nil
	}
	if z.pos == z.end {
		if z.fill(); z.pos == z.end {
			return z.broken()
		}
	}
	n := min(z.stored, z.end-z.pos, len(z.out)-z.w)
	copy(z.out[z.w:], z.in[z.pos:z.pos+n])
	z.w += n
	z.pos += n
	z.stored -= n
	return nil
}

// order is in which a block says the lengths of the codes of lengths (section 3.2.7).
var order = [19]uint8{16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15}

// lengthMeans are the symbols of the codes of lengths.
var lengthMeans = func() (m [19]uint32) {
	for s := range uint32(19) {
		m[s] = isLiteral | s<<12
	}
	return m
}()

// tables reads a block's own codes (section 3.2.7).
func (z *Reader) tables() error {
	h, err := z.take(14)
	if err != nil {
		return err
	}
	lits, dists, codes := int(h&31)+257, int(h>>5&31)+1, int(h>>10)+4
	if lits > 286 || dists > 30 {
		return ErrCorrupt
	}
	var lens [19]uint8
	for _, s := range order[:codes] {
		l, err := z.take(3)
		if err != nil {
			return err
		}
		lens[s] = uint8(l)
	}
	if !lay(z.dist[:], distRoot, lens[:], lengthMeans[:]) {
		return ErrCorrupt
	}
	if err := z.lengths(z.lens[:lits+dists]); err != nil {
		return err
	}
	if z.lens[256] == 0 || // a block that never ends
		!lay(z.lit[:], litRoot, z.lens[:lits], literals[:]) ||
		!lay(z.dist[:], distRoot, z.lens[lits:lits+dists], distances[:]) {
		return ErrCorrupt
	}
	return nil
}

// lengths reads lengths of codes, which may say that the last is to come again.
func (z *Reader) lengths(lens []uint8) error {
	for i := 0; i < len(lens); {
		s, err := z.symbol(z.dist[:], distRoot)
		if err != nil {
			return err
		}
		value, again, least := uint8(0), uint(7), uint32(11)
		switch v := valueOf(s); {
		case v < 16:
			lens[i] = uint8(v)
			i++
			continue
		case v == 16:
			if i == 0 {
				return ErrCorrupt
			}
			value, again, least = lens[i-1], 2, 3
		case v == 17:
			again, least = 3, 3
		}
		more, err := z.take(again)
		if err != nil {
			return err
		}
		till := i + int(least+more)
		if till > len(lens) {
			return ErrCorrupt
		}
		for ; i < till; i++ {
			lens[i] = value
		}
	}
	return nil
}

// codes unpacks symbols until nothing more has room, or until more is to be read that
// may have to be waited for.
func (z *Reader) codes() error {
	from := z.w
	for z.w < len(z.out)-slack {
		if z.end-z.pos >= ahead {
			if over, err := z.swift(); over || err != nil {
				return err
			}
			continue
		}
		if z.ended == nil {
			if z.w > from {
				return nil
			}
			z.fill()
			continue
		}
		if over, err := z.careful(); over || err != nil {
			return err
		}
	}
	return nil
}

// symbol is the entry of the next code. Its bits are dropped, and those of what it has
// extra are not.
func (z *Reader) symbol(table []uint32, root uint) (uint32, error) {
	z.top()
	e := table[z.bits&(1<<root-1)]
	if e&leadsOn != 0 {
		if z.n < root {
			return 0, z.broken()
		}
		z.drop(root)
		e = table[uint64(valueOf(e))+z.bits&(1<<(e>>8&15)-1)]
	}
	l := uint(e >> 8 & 15)
	switch {
	case z.n < l || z.n == 0:
		return 0, z.broken()
	case l == 0:
		if z.ended != nil && z.n < maxCode {
			return 0, z.broken()
		}
		return 0, ErrCorrupt
	}
	z.drop(l)
	return e, nil
}

// valued is what an entry says with the extra bits that come next.
func (z *Reader) valued(e uint32) (int, error) {
	more, err := z.take(uint(e&63 - e>>8&15))
	return int(valueOf(e) + more), err
}

// careful unpacks one literal or match near the end of what there is.
func (z *Reader) careful() (over bool, err error) {
	e, err := z.symbol(z.lit[:], litRoot)
	switch {
	case err != nil:
		return false, err
	case e&isLiteral != 0:
		z.out[z.w] = byte(valueOf(e))
		z.w++
		return false, nil
	case e&isEnd != 0:
		z.stage = atBlock
		return true, nil
	case e&isMatch == 0:
		return false, ErrCorrupt
	}
	length, err := z.valued(e)
	if err != nil {
		return false, err
	}
	if e, err = z.symbol(z.dist[:], distRoot); err != nil {
		return false, err
	}
	back, err := z.valued(e)
	if err != nil {
		return false, err
	}
	if e&isMatch == 0 || back > z.w {
		return false, ErrCorrupt
	}
	for i := range length {
		z.out[z.w+i] = z.out[z.w+i-back]
	}
	z.w += length
	return false, nil
}

// swift unpacks while there is enough of what is packed, and room. At the end of the
// block it is over.
func (z *Reader) swift() (over bool, err error) {
	in, out, lit, dist := z.in[:z.end], z.out, &z.lit, &z.dist
	pos, w, bits, n := z.pos, z.w, z.bits, z.n
	safe, full := len(in)-ahead, len(out)-slack
	for pos <= safe && w < full {
		bits |= binary.LittleEndian.Uint64(in[pos:]) << (n & 63)
		pos += int((63 - n) >> 3)
		n |= 56
		e := lit[bits&(1<<litRoot-1)]
		if e&isLiteral != 0 {
			bits >>= e & 63
			n -= uint(e & 63)
			out[w] = byte(e >> 12)
			w++
			e = lit[bits&(1<<litRoot-1)]
			if e&isLiteral != 0 {
				bits >>= e & 63
				n -= uint(e & 63)
				out[w] = byte(e >> 12)
				w++
				e = lit[bits&(1<<litRoot-1)]
				if e&isLiteral != 0 {
					bits >>= e & 63
					n -= uint(e & 63)
					out[w] = byte(e >> 12)
					w++
					continue
				}
			}
		}
		if e&isMatch == 0 {
			if e&leadsOn != 0 {
				bits >>= litRoot
				n -= litRoot
				e = lit[uint64(valueOf(e))+bits&(1<<(e>>8&15)-1)]
			}
			if e&isMatch == 0 {
				bits >>= e & 63
				n -= uint(e & 63)
				if e&isLiteral != 0 {
					out[w] = byte(e >> 12)
					w++
					continue
				}
				if over = e&isEnd != 0; over {
					z.stage = atBlock
				} else {
					err = ErrCorrupt
				}
				break
			}
		}
		length := int(valueOf(e)) + int(bits&(1<<(e&63)-1)>>(e>>8&15))
		bits >>= e & 63
		n -= uint(e & 63)

		bits |= binary.LittleEndian.Uint64(in[pos:]) << (n & 63)
		pos += int((63 - n) >> 3)
		n |= 56
		e = dist[bits&(1<<distRoot-1)]
		if e&leadsOn != 0 {
			bits >>= distRoot
			n -= distRoot
			e = dist[uint64(valueOf(e))+bits&(1<<(e>>8&15)-1)]
		}
		back := int(valueOf(e)) + int(bits&(1<<(e&63)-1)>>(e>>8&15))
		bits >>= e & 63
		n -= uint(e & 63)
		if e&isMatch == 0 || back > w {
			err = ErrCorrupt
			break
		}
		repeat(out, w, back, length)
		w += length
	}
	z.pos, z.w, z.bits, z.n = pos, w, bits, n
	return over, err
}

// repeat copies to out[w:] what lies so far back, and up to seven bytes too many.
func repeat(out []byte, w, back, length int) {
	if back < 8 {
		for i := range length {
			out[w+i] = out[w+i-back]
		}
		return
	}
	to, from := out[w:w+length+8], out[w-back:]
	for i := 0; i < length; i += 8 {
		binary.LittleEndian.PutUint64(to[i:], binary.LittleEndian.Uint64(from[i:]))
	}
}
