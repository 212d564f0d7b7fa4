package rfc9111

// Field takes one field line of the request; names are matched without regard
// to case, and lines that say nothing about caching are ignored.
func (r *Request) Field(name, value []byte) {
	switch len(name) {
	case len("Range"):
		r.Range = r.Range || equalFold(name, "Range")
	case len("Pragma"):
		r.pragmaNoCache = r.pragmaNoCache || equalFold(name, "Pragma") && hasNoCache(value)
	case len("Cache-Control"):
		switch {
		case equalFold(name, "Cache-Control"):
			r.hasCC = true
			r.CC.Parse(value)
			if r.CC.Is(NoCacheFields) {
				r.CC.Has |= NoCache // names mean nothing in a request
			}
		case equalFold(name, "Authorization"):
			r.Authorization = true
		}
	}
}

// Field takes one field line of the response, like Request.Field. Of lines
// that belong once and come again the first counts (RFC 9111 §4.2.1).
func (r *Response) Field(name, value []byte) {
	switch len(name) {
	case len("Age"):
		if equalFold(name, "Age") {
			r.age(value)
		}
	case len("Date"):
		r.field4(name, value)
	case len("Expires"):
		if equalFold(name, "Expires") && !r.HasExpires {
			r.HasExpires = true
			r.Expires, r.ExpiresValid = parseDate(value, r.Received)
		}
	case len("Set-Cookie"):
		r.SetCookie = r.SetCookie || equalFold(name, "Set-Cookie")
	case len("Last-Modified"):
		r.field13(name, value)
	case len("CDN-Cache-Control"):
		if equalFold(name, "CDN-Cache-Control") {
			r.targeted = append(append(r.targeted, value...), ',')
		}
	}
}

func (r *Response) field4(name, value []byte) {
	switch {
	case equalFold(name, "Date") && !r.HasDate:
		r.Date, r.HasDate = parseDate(value, r.Received)
	case equalFold(name, "ETag"):
		r.HasETag = true
	case equalFold(name, "Vary"):
		r.vary(value)
	}
}

func (r *Response) field13(name, value []byte) {
	switch {
	case equalFold(name, "Cache-Control"):
		r.CC.Parse(value)
	case equalFold(name, "Last-Modified") && !r.HasLastModified:
		r.LastModified, r.HasLastModified = parseDate(value, r.Received)
	}
}

// age takes the first member of a list; what is no number is no Age (§5.1).
func (r *Response) age(value []byte) {
	if r.HasAge {
		return
	}
	first, _ := cutMember(value)
	r.Age, r.HasAge = parseSeconds(trimSpace(first))
}

// vary notes the field (§4.1); an empty list names nothing.
func (r *Response) vary(value []byte) {
	for len(value) > 0 {
		var member []byte
		member, value = cutMember(value)
		member = trimSpace(member)
		r.HasVary = r.HasVary || len(member) > 0
		r.VaryAny = r.VaryAny || string(member) == "*"
	}
}

// hasNoCache looks for Pragma's only directive (§5.4).
func hasNoCache(value []byte) bool {
	var c CacheControl
	c.Parse(value)
	return c.Is(NoCache)
}
