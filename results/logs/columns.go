package logs

import (
	"strings"

	"edgesim/results/accesslog"
)

// kind says what a column of a CloudFront log is.
type kind uint8

const (
	colIgnored kind = iota
	colDate
	colTime
	colTimestamp   // seconds since 1970, with decimals
	colTimestampMs // milliseconds since 1970
	colEdge
	colBytesOut
	colAddr
	colMethod
	colDomain
	colStem
	colStatus
	colReferrer
	colAgent
	colQuery
	colCookie
	colResult
	colID
	colHost
	colProtocol
	colBytesIn
	colTaken
	colForwarded
	colTLS
	colCipher
	colResponse
	colVersion
	colPort
	colFirstByte
	colDetail
	colContentType
	colContentLength
	colRangeStart
	colRangeEnd
	colOriginFirstByte
	colOriginLastByte
	colCountry
	colBehavior
	colTTL // of ours
	kindCount
)

// kinds are the columns by the names that CloudFront's logs give them, the real
// time ones too. What is not here, such as fle-status, no report needs.
var kinds = map[string]kind{
	"date": colDate, "time": colTime, "timestamp": colTimestamp, "timestamp(ms)": colTimestampMs,
	"x-edge-location": colEdge, "sc-bytes": colBytesOut, "c-ip": colAddr, "cs-method": colMethod,
	"cs(host)": colDomain, "cs-uri-stem": colStem, "sc-status": colStatus, "cs(referer)": colReferrer,
	"cs(user-agent)": colAgent, "cs-uri-query": colQuery, "cs(cookie)": colCookie,
	"x-edge-result-type": colResult, "x-edge-request-id": colID, "x-host-header": colHost,
	"cs-protocol": colProtocol, "cs-bytes": colBytesIn, "time-taken": colTaken, "x-forwarded-for": colForwarded,
	"ssl-protocol": colTLS, "ssl-cipher": colCipher, "x-edge-response-result-type": colResponse,
	"cs-protocol-version": colVersion, "c-port": colPort, "time-to-first-byte": colFirstByte,
	"x-edge-detailed-result-type": colDetail, "sc-content-type": colContentType, "sc-content-len": colContentLength,
	"sc-range-start": colRangeStart, "sc-range-end": colRangeEnd,
	"origin-fbl": colOriginFirstByte, "origin-lbl": colOriginLastByte, "c-country": colCountry,
	"cache-behavior-path-pattern": colBehavior,
	accesslog.TTLField:            colTTL,
}

// mayLack are the columns from which on lines were seen that end early: those of
// December 2019 after time-to-first-byte, and all that came later.
var mayLack = []string{"x-edge-detailed-result-type", "sc-content-type", "sc-content-len", "sc-range-start", "sc-range-end",
	"distribution-tenant-id", "connection-id", "timestamp(ms)", "origin-fbl", "origin-lbl", "asn", "c-country", "cache-behavior-path-pattern"}

// column is one column of a log.
type column struct {
	name string
	kind kind
}

// wanted is a column that records need, and its number.
type wanted struct {
	at   int
	kind kind
}

// wantedOf leaves out what is not asked for.
func wantedOf(columns []column, everything, query bool) (list []wanted) {
	for at, c := range columns {
		switch c.kind {
		case colIgnored:
		case colCookie, colForwarded, colContentType, colID:
			if everything {
				list = append(list, wanted{at, c.kind})
			}
		case colQuery:
			if everything || query {
				list = append(list, wanted{at, c.kind})
			}
		default:
			list = append(list, wanted{at, c.kind})
		}
	}
	return list
}

// columnsOf are the columns of these names, and how many of them a line has at
// least.
func columnsOf(names []string) (columns []column, least int) {
	for i, name := range names {
		columns = append(columns, column{name, kinds[strings.ToLower(name)]})
		if !contains(mayLack, name) {
			least = i + 1
		}
	}
	return columns, least
}

func contains(list []string, name string) bool {
	for _, l := range list {
		if strings.EqualFold(l, name) {
			return true
		}
	}
	return false
}

func has(columns []column, k kind) bool {
	for _, c := range columns {
		if c.kind == k {
			return true
		}
	}
	return false
}

// dated reports whether the columns say when a request was.
func dated(columns []column) bool {
	return has(columns, colDate) && has(columns, colTime) || has(columns, colTimestamp) || has(columns, colTimestampMs)
}
