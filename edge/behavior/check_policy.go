package behavior

import (
	"fmt"
	"strings"
)

// unkeyable are the fields that belong to a connection or have a setting of
// their own.
var unkeyable = map[string]string{
	"connection": "", "proxy-authorization": "", "te": "", "upgrade": "", "transfer-encoding": "",
	"cookie": ": choose cookies", "host": ": choose host", "range": "", "content-length": "",
	"cloudfront-viewer-address": ": it would give every viewer an object of his own; forward it",
}

// check is what is wrong with a key, held to CloudFront's quotas or not.
func (k *Key) check(quotas bool) string {
	for _, name := range k.Headers {
		if why, ok := unkeyable[strings.ToLower(name)]; ok {
			return fmt.Sprintf("header %q cannot be part of the key%s", name, why)
		}
		if problem := checkField(name); problem != "" {
			return problem
		}
	}
	if problem := k.Query.check("query", k.QueryNames); problem != "" {
		return problem
	}
	if problem := k.Cookies.check("cookies", k.CookieNames); problem != "" || !quotas {
		return problem
	}
	return checkQuotas(k.Headers, k.CookieNames, k.QueryNames)
}

// unforwardable are the fields that belong to a connection, or that the edge
// writes itself.
var unforwardable = map[string]string{
	"connection": "", "te": "", "upgrade": "", "transfer-encoding": "", "trailer": "", "keep-alive": "", "proxy-connection": "",
	"proxy-authorization": "", "proxy-authenticate": "", "content-length": "", "via": "", "expect": "",
	"cookie": ": choose cookies",
}

func (f *Forward) check(quotas bool) string {
	if problem := f.checkHeaders(); problem != "" {
		return problem
	}
	if problem := f.Query.check("query", f.QueryNames); problem != "" {
		return problem
	}
	if problem := f.Cookies.check("cookies", f.CookieNames); problem != "" || !quotas {
		return problem
	}
	return checkQuotas(f.HeaderNames, f.CookieNames, f.QueryNames)
}

func (f *Forward) checkHeaders() string {
	for _, name := range f.HeaderNames {
		if why, ok := unforwardable[strings.ToLower(name)]; ok && f.Headers == Include {
			return fmt.Sprintf("header %q does not go to an origin by a list%s", name, why)
		}
		if problem := checkField(name); problem != "" {
			return problem
		}
		if f.Headers == All && !cloudFrontName([]byte(strings.ToLower(name))) {
			return fmt.Sprintf("header %q goes with all the others: only CloudFront-… can be listed beside all", name)
		}
	}
	if f.Headers == All {
		return ""
	}
	return f.Headers.check("headers", f.HeaderNames)
}

// check finds what cannot stand in lists of names and in the agent.
func (r *Request) check() (field, problem string) {
	for _, list := range []struct {
		field string
		names []string
	}{{"drop_headers", r.Drop}, {"untrusted_headers", r.Untrusted}} {
		for _, name := range list.names {
			if !isFieldName(strings.TrimSuffix(name, "*")) {
				return list.field, fmt.Sprintf("header %q is no field name, nor the beginning of one and a star", name)
			}
		}
	}
	if !isFieldValue(r.Agent) {
		return "user_agent", fmt.Sprintf("%q cannot be sent: it has control characters, or blanks at an end", r.Agent)
	}
	return "", ""
}

// CloudFront's quotas for the lists of a policy.
const (
	mostNames     = 10   // in one list
	mostNameBytes = 1024 // of all names of one list together
	mostQueryName = 128  // bytes of a query parameter's name
)

func checkQuotas(headers, cookies, queries []string) string {
	for _, list := range []struct {
		what  string
		names []string
	}{{"headers", headers}, {"cookies", cookies}, {"query parameters", queries}} {
		total := 0
		for _, name := range list.names {
			total += len(name)
			if list.what == "query parameters" && len(name) > mostQueryName {
				return fmt.Sprintf("a query parameter's name has %d bytes: CloudFront's quota is %d", len(name), mostQueryName)
			}
		}
		switch {
		case len(list.names) > mostNames:
			return fmt.Sprintf("%d %s are listed: CloudFront's quota is %d (quotas: false lifts it)", len(list.names), list.what, mostNames)
		case total > mostNameBytes:
			return fmt.Sprintf("the names of %s have %d bytes together: CloudFront's quota is %d (quotas: false lifts it)", list.what, total, mostNameBytes)
		}
	}
	return ""
}

func checkField(name string) string {
	if !isFieldName(name) {
		return fmt.Sprintf("header %q is no field name", name)
	}
	if problem := checkGenerated(name); problem != "" {
		return fmt.Sprintf("header %q: %s", name, problem)
	}
	return ""
}

func (p Pick) check(what string, names []string) string {
	switch p {
	case "", None, All:
		if len(names) > 0 {
			return fmt.Sprintf("%s are listed, but %q needs no list: write include or except", what, p)
		}
	case Include, Except:
		if len(names) == 0 {
			return fmt.Sprintf("%s: %s needs a list of names", what, p)
		}
	default:
		return fmt.Sprintf("%s: unknown choice %q: write none, all, include or except", what, p)
	}
	return ""
}
