package trace

import (
	"bytes"
	"strconv"
)

// Wikimedia's CDN, as released in November 2019: tabs between
//
//	relative_unix  hashed_path_query       image_type  response_size  time_firstbyte
//	relative_unix  hashed_host_path_query              response_size  time_firstbyte
//
// for uploaded images and for pages. A time is seconds since the data begin, a size
// the bytes of the response; its first line may name the columns. What a response
// weighed is taken for the object's size, errors and all: the data do not tell more.
func init() {
	register(laidOut(Format{
		Name:   "wikimedia",
		About:  "text with tabs: relative_unix, hashed path and query, image type (or none), response size, time to first byte",
		names:  []string{"wikimedia", "wiki"},
		detect: func(head []byte) sureness { return surely.when(wikimediaColumns(head) > 0) },
	}, wikimediaLayout))
}

func wikimediaLayout(p *parameters) (layout, error) {
	l := layout{delimiter: '\t', time: 1, id: 2, size: 4, timeUnit: second, sizeUnit: 1, header: wikimediaHeader(p.head)}
	if wikimediaColumns(p.head) == 4 {
		l.size = 3
	}
	if p.columns != "" {
		return l.columns(p.columns, p.head)
	}
	return l, nil
}

func wikimediaHeader(head []byte) bool { return bytes.HasPrefix(head, []byte("relative_unix\t")) }

// wikimediaColumns is how many columns there are; 0 where head is something else.
func wikimediaColumns(head []byte) int {
	rows := sample(head, '\t')
	if wikimediaHeader(head) && len(rows) > 0 {
		if rows = rows[1:]; len(rows) == 0 {
			return 0
		}
	}
	for n := 4; n <= 5; n++ {
		if of(rows, n, n) && rising(rows, 1) && every(rows, 2, isSigned) && numbers(rows, n-1, n-1) && every(rows, n, isAmount) {
			return n
		}
	}
	return 0
}

func isSigned(text []byte) bool {
	_, err := strconv.ParseInt(string(text), 10, 64)
	return err == nil
}
