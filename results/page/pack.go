package page

import (
	"encoding/json"
	"math"
	"strconv"

	"edgesim/results/report"
)

// pack is a column as the page holds it, the shortest of: its cells in order;
// {"runs":[value,times,…]}; for moments {"deltas":…}, runs of the differences
// between neighbours, the first being from 0; for texts {"names":[…],"runs":…},
// runs of places in the list of names.
func pack(c report.Column, rows [][]report.Cell, column int) json.RawMessage {
	switch c.Unit {
	case report.Text:
		return packTexts(c, rows, column)
	case report.Moment:
		if c.Name == report.TimeBucket {
			return packBuckets(rows, column)
		}
	}
	cells := make([]string, len(rows))
	for i, row := range rows {
		cells[i] = "null"
		if row[column].Text == "" || c.Unit == report.Moment && row[column].Text != "-" {
			cells[i] = number(row[column].Num, places(c.Unit))
		}
	}
	return shorter(list(cells), `{"runs":`+runs(cells)+`}`)
}

func packBuckets(rows [][]report.Cell, column int) json.RawMessage {
	deltas, before := make([]string, len(rows)), 0.0
	for i, row := range rows {
		deltas[i] = number(row[column].Num-before, 9)
		before = row[column].Num
	}
	return json.RawMessage(`{"deltas":` + runs(deltas) + `}`)
}

func packTexts(c report.Column, rows [][]report.Cell, column int) json.RawMessage {
	number := map[string]int{}
	var names, all, at []string
	for _, row := range rows {
		text := c.Show(row[column])
		quoted := quote(text)
		if _, known := number[text]; !known {
			number[text] = len(names)
			names = append(names, quoted)
		}
		all = append(all, quoted)
		at = append(at, strconv.Itoa(number[text]))
	}
	return shorter(list(all), `{"names":`+list(names)+`,"runs":`+runs(at)+`}`)
}

// places is how many decimals a number has, as in the CSV; -1 is as many as it
// needs.
func places(u report.Unit) int {
	switch u {
	case report.Percent:
		return 2
	case report.Millis:
		return 3
	}
	return -1
}

// number is n in JSON, to at most so many decimals.
func number(n float64, places int) string {
	if math.IsNaN(n) || math.IsInf(n, 0) {
		return "null"
	}
	s := strconv.FormatFloat(n, 'f', places, 64)
	if places <= 0 {
		return s
	}
	for s[len(s)-1] == '0' {
		s = s[:len(s)-1]
	}
	if s[len(s)-1] == '.' {
		s = s[:len(s)-1]
	}
	if s == "-0" {
		return "0"
	}
	return s
}

func list(items []string) string {
	b := []byte{'['}
	for i, s := range items {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, s...)
	}
	return string(append(b, ']'))
}

func runs(items []string) string {
	var all []string
	for i := 0; i < len(items); {
		n := i
		for n < len(items) && items[n] == items[i] {
			n++
		}
		all = append(all, items[i], strconv.Itoa(n-i))
		i = n
	}
	return list(all)
}

func shorter(a, b string) json.RawMessage {
	if len(b) < len(a) {
		return json.RawMessage(b)
	}
	return json.RawMessage(a)
}

func quote(s string) string {
	b, err := json.Marshal(s)
	if err != nil {
		panic("page: a string does not become JSON: " + err.Error())
	}
	return string(b)
}
