package report

// popularHead is what both tables' rows begin with.
func popularHead() []Column {
	return []Column{
		{Name: "DistributionID", Unit: Text, Wide: true},
		{Name: "FriendlyName", Label: "Distribution", Unit: Text},
		{Name: "Object", Label: "URL", Unit: Text},
		{Name: "RequestCount", Label: "Requests", Unit: Count},
	}
}

func popularColumns() []Column {
	columns := append(popularHead(),
		Column{Name: "HitCount", Label: "Hits", Unit: Count, Wide: true},
		Column{Name: "MissCount", Label: "Misses", Unit: Count},
		Column{Name: "HitCountPct", Label: "Hit %", Unit: Percent, Of: "HitCount", Over: "RequestCount"},
		Column{Name: "BytesFromMisses", Label: "From misses", Unit: Bytes, Wide: true},
		Column{Name: "TotalBytes", Label: "Bytes", Unit: Bytes},
		Column{Name: "IncompleteDownloadCount", Label: "Incomplete", Unit: Count, Wide: true})
	return append(columns, statusColumns()...)
}

func popularMoreColumns() []Column {
	return append(popularHead(),
		Column{Name: "HitCount", Label: "Hits", Unit: Count, Wide: true},
		Column{Name: "MissCount", Label: "Misses", Unit: Count, Wide: true},
		Column{Name: "OtherCount", Label: "Others", Unit: Count, Wide: true},
		Column{Name: "DownloadCount", Label: "Downloads", Unit: Count},
		Column{Name: "RepeatCount", Label: "Repeats", Unit: Count},
		Column{Name: "RepeatPct", Label: "Repeat %", Unit: Percent, Of: "RepeatCount", Over: "DownloadCount"},
		Column{Name: "MaxError", Label: "Max error", Unit: Count, Merge: Sum, Wide: true})
}

func popularCharts() []Chart {
	return []Chart{{
		Name: "popular_objects", Title: "Popular objects",
		About: "Requests for the objects asked for most, by how the cache answered. Others are refresh hits, errors and redirects.",
		Form:  Stack, X: "Object", Y: "requests", Unit: Count, Most: 20,
		Series: []Series{
			{Label: "Hits", Columns: []string{"HitCount"}, Color: "Hit"},
			{Label: "Misses", Columns: []string{"MissCount"}, Color: "Miss"},
			{Label: "Others", Columns: []string{"OtherCount"}, Color: "gray"},
		},
	}}
}

func (o *popular) head() []Cell {
	return []Cell{text(o.of.ID), text(label(o.of)), text(lastChars(o.url, urlChars)), num(o.requests)}
}

func (o *popular) row() []Cell {
	row := append(o.head(), num(o.hits), num(o.misses),
		share(o.hits, o.requests),
		num(o.missBytes), num(o.bytes), num(o.incomplete))
	return append(row, o.statusCells()...)
}

// moreRow has no repeats where viewers are not known.
func (o *popular) moreRow(unknown bool) []Cell {
	repeats, of := num(o.repeats), share(o.repeats, o.downloads)
	switch {
	case unknown:
		repeats, of = noNumber, noNumber
	case o.downloads == 0:
		of = noNumber
	}
	return append(o.head(), num(o.hits), num(o.misses), num(max(o.requests-o.hits-o.misses, 0)),
		num(o.downloads), repeats, of, num(o.wrong))
}
