package main

import (
	"fmt"
	"io"
	"time"

	"edgesim/results/logs"
)

// tell says on stderr what a reader of the reports must know of the logs, and what of
// them the reports do not cover.
func tell(w io.Writer, d *logs.Doubts, uncovered string) {
	for _, text := range warnings(d) {
		fmt.Fprintf(w, "edgesim report: %s\n", text)
	}
	if d != nil && len(d.First) > 0 {
		for _, f := range d.First {
			fmt.Fprintf(w, "  %v\n", f)
		}
	}
	if uncovered != "" {
		fmt.Fprintf(w, "edgesim report: %s\n", uncovered)
	}
}

// warnings are the doubts in a sentence each.
func warnings(d *logs.Doubts) []string {
	if d == nil {
		return nil
	}
	var list []string
	if d.Malformed > 0 {
		list = append(list, fmt.Sprintf("%d of %d lines could not be read and are left out", d.Malformed, d.Lines))
	}
	return append(list, d.Said...)
}

// uncovered says what of the logs is not in the reports, though it could be read: a
// sentence, or none. Where it is everything, tables of zeros do not tell why.
func (o *reportOptions) uncovered(d *logs.Doubts, leftOut int64) string {
	switch {
	case d == nil || d.Records == 0 && d.Malformed > 0:
		return "" // there are no logs; unread says it
	case d.Records == 0 && d.Files == 1:
		return "the log has no request in it"
	case d.Records == 0:
		return fmt.Sprintf("none of %d logs has a request in it", d.Files)
	case leftOut == d.Records:
		return fmt.Sprintf("none of %d requests is of the %s asked for; the logs are of %s to %s",
			d.Records, o.scope(), d.From.Format(time.RFC3339), d.To.Format(time.RFC3339))
	case leftOut > 0:
		return fmt.Sprintf("%d of %d requests are not of the %s asked for", leftOut, d.Records, o.scope())
	}
	return ""
}

// scope is what the reports were asked to be of.
func (o *reportOptions) scope() string {
	switch ranged := o.from != "" || o.to != ""; {
	case ranged && o.single():
		return "range and distribution"
	case ranged:
		return "range"
	}
	return "distribution"
}

// unread is the error of logs that have lines, of which not one could be read. Logs
// without any are no error: a quiet hour leaves such.
func unread(d *logs.Doubts) error {
	if d == nil || d.Records > 0 || d.Malformed == 0 {
		return nil
	}
	return fmt.Errorf("not one of %d lines could be read", d.Malformed)
}
