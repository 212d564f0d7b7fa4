package trace

import "fmt"

const second int64 = 1e9

// records is what decoders of records of one width have in common.
type records struct {
	path   string
	faults *Faults
	width  int
	done   int64
}

// rest is decode where there is no whole record.
func (d *records) rest(data []byte, end bool) (used, made int, err error) {
	if !end || len(data) == 0 || len(data) >= d.width {
		return 0, 0, nil
	}
	return len(data), 0, d.faults.bad(Fault{d.path, d.done + 1, inRecords,
		fmt.Sprintf("the file ends %d bytes into it; right are %d bytes a record", len(data), d.width)})
}
