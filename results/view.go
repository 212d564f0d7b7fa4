package results

// A View is a report, a plot or a summary being filled from records. Records
// may come out of order (see Record.At). A View is used by one goroutine.
type View interface {
	Add([]Record)
}

// A Tee is several views filled from the same records.
type Tee []View

// Add hands the records to every view.
func (t Tee) Add(recs []Record) {
	for _, v := range t {
		v.Add(recs)
	}
}
