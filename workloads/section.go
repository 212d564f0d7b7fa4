package workloads

// Section is a population of objects that are asked for under the same host
// names.
type Section struct {
	Name        string
	Hosts       []string  // names that serve the same content, lower case: a distribution's domain and its aliases
	HostWeights []float64 // how often each host is asked, relative; empty: all alike
	Objects     uint64    // how many; 1 to 2^53
	Share       float64   // of the requests, relative to the other sections; 0 in all: all alike
	Zipf        float64   // exponent of popularity; 0: all objects alike
	Popularity  string    // spec of one of PopularityKinds; empty: zipf
	Recency     *Recency  // how soon objects come again, for popularity recency; nil: none
	Types       []Type    // at least one
	Seed        uint64    // of sizes, types, names and contents; 0: from the catalog's seed and Name
}

// numbers is how many objects the section has with those that its popularity has
// beyond its own.
func (s Section) numbers() uint64 { return s.Objects + FreshObjects(s.Popularity) }

// Type is a content type of the catalog. Its objects have the path
// Prefix + name + Ext.
type Type struct {
	Name        string    // the content class: "image"
	Prefix      string    // begins with a slash: "/images/"
	Ext         string    // ".jpg"; may be empty
	ContentType string    // "image/jpeg"; empty: application/octet-stream
	Share       float64   // of the section's objects, relative to the other types; 0 in all: all alike
	Size        SizeModel // bytes
}

// DefaultSection is a small web site of one host, www.example.com: the mix of
// types of the preset "web", with lognormal sizes that give the averages the
// HTTP Archive reported in October 2024. It is a synthesis of published
// figures, not a measured site. Sizes end at 1 MiB and there is no Pareto
// tail, so that a demonstration of a few seconds is not one of a single large
// object.
func DefaultSection(objects uint64, zipf float64) Section {
	web := func(name, prefix, ext, contentType string, share float64, median int64, sigma float64) Type {
		return Type{Name: name, Prefix: prefix, Ext: ext, ContentType: contentType, Share: share,
			Size: SizeModel{Median: median, Sigma: sigma, Min: 64, Max: 1 << 20}}
	}
	return Section{
		Name: "web", Hosts: []string{"www.example.com"}, Objects: objects, Share: 1, Zipf: zipf,
		Types: []Type{
			web("image", "/images/", ".jpg", "image/jpeg", 38, 14_000, 1.69),
			web("script", "/static/", ".js", "text/javascript", 30, 12_000, 1.23),
			web("api", "/api/", ".json", "application/json", 10, 1_500, 1.2),
			web("style", "/static/", ".css", "text/css", 8, 4_000, 1.34),
			web("html", "/pages/", ".html", "text/html; charset=utf-8", 6, 9_000, 1.18),
			web("font", "/fonts/", ".woff2", "font/woff2", 5, 22_000, 0.58),
			web("other", "/files/", ".bin", "application/octet-stream", 3, 10_000, 1.5),
		},
	}
}
