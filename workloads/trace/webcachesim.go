package trace

// The text that webcachesim, LRB and AdaptSize read: a request on a line, with
// blanks between time, object, size in bytes, and features that nobody here reads.
// What AdaptSize's own trace has for a time only counts the requests.
func init() {
	register(tabular(Format{
		Name:   "webcachesim",
		About:  "text, \"time id size\" and any features behind them: webcachesim, LRB, AdaptSize",
		names:  []string{"webcachesim", "adapt_size", "adaptsize"},
		detect: detectWebcachesim,
		write: func(known Tells) encoder {
			return &textWriter{delimiter: ' ', columns: []role{asTime, asID, asSize}, tells: known}
		},
	}, layout{delimiter: blank, time: 1, id: 2, size: 3, timeUnit: second, sizeUnit: 1}))
}

func detectWebcachesim(head []byte) sureness {
	rows := sample(head, blank)
	return maybe.when(of(rows, 3, mostColumns) && rising(rows, 1) && numbers(rows, 2, 3) && !every(rows, 3, isZero))
}
