package trace

// What Tragen and Jedi make of a footprint descriptor: time in seconds, object,
// size in units of 1000 bytes, with commas between them (Sabnis and Sitaraman,
// "TRAGEN", IMC 2021).
func init() {
	register(tabular(Format{
		Name:   "tragen",
		About:  "text, \"time,id,size\" with the size in KB: Tragen, Jedi",
		names:  []string{"tragen", "jedi"},
		detect: detectTragen,
	}, layout{delimiter: ',', time: 1, id: 2, size: 3, timeUnit: second, sizeUnit: 1000}))
}

func detectTragen(head []byte) sureness {
	rows := sample(head, ',')
	return maybe.when(of(rows, 3, 3) && rising(rows, 1) && every(rows, 2, isWhole) && every(rows, 3, isAmount))
}

func isWhole(text []byte) bool {
	_, end := digits(text, 0)
	return end > 0 && end == len(text)
}

func isAmount(text []byte) bool {
	_, ok := amount(text, 1)
	return ok
}
