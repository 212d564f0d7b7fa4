package network

import (
	"math"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"
)

// The table of docs/network.md says what the formula and the matrix say.
func TestTheDocsTable(t *testing.T) {
	text, err := os.ReadFile("../../docs/network.md")
	if err != nil {
		t.Fatal(err)
	}
	measured, err := OpenMatrix(AWS2017)
	if err != nil {
		t.Fatal(err)
	}
	rows := regexp.MustCompile(`(?m)^\| ([a-z0-9-]+), ([a-z0-9-]+) \| (\d+) ms \| (\d+) ms \|$`).FindAllStringSubmatch(string(text), -1)
	for _, row := range rows {
		a, errA := Find(row[1])
		b, errB := Find(row[2])
		if errA != nil || errB != nil {
			t.Fatal(errA, errB)
		}
		formula := math.Round(DefaultPath().RoundTrip(a.Distance(b)).Seconds() * 1e3)
		trip, _ := measured.between([]string{row[1]}, []string{row[2]})
		if row[3] != strconv.Itoa(int(formula)) || row[4] != strconv.Itoa(int(trip/time.Millisecond)) {
			t.Errorf("%s, %s: %v ms and %v", row[1], row[2], formula, trip)
		}
	}
	if len(rows) < 5 || !strings.Contains(string(text), "2·d·stretch/fibre") {
		t.Errorf("%d rows", len(rows))
	}
}
