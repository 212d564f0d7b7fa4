package trace

// tabular completes a format that is a layout, which --columns may change.
func tabular(f Format, l layout) Format {
	made := func(p *parameters) (layout, error) {
		if p.columns == "" {
			return l, nil
		}
		return l.columns(p.columns, p.head)
	}
	return laidOut(f, made)
}

// laidOut completes a format whose layout is told by each trace.
func laidOut(f Format, made func(p *parameters) (layout, error)) Format {
	f.tells = func(p *parameters) (Tells, error) {
		l, err := made(p)
		return l.tells(), err
	}
	f.new = func(p *parameters) (decoder, error) {
		l, err := made(p)
		if err != nil {
			return nil, err
		}
		return l.lines(p), nil
	}
	return f
}
