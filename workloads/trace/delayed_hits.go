package trace

// The traces of the study of delayed hits: the number of a time slot and an object,
// with a semicolon between them (Atre, Sherry, Wang and Berger, "Caching with
// delayed hits", SIGCOMM 2020). A slot is as long as --columns time-unit says, a
// second unless told otherwise.
func init() {
	register(tabular(Format{
		Name:   "delayed-hits",
		About:  "text, \"slot;id\": the study of delayed hits",
		names:  []string{"delayed-hits", "delayedhits"},
		detect: detectDelayedHits,
	}, layout{delimiter: ';', time: 1, id: 2, timeUnit: second, sizeUnit: 1}))
}

func detectDelayedHits(head []byte) sureness {
	rows := sample(head, ';')
	return maybe.when(of(rows, 2, 2) && rising(rows, 1) && numbers(rows, 1, 1))
}
