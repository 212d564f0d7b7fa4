package results

import "time"

// ManifestFormat is the version of the run folder's format. It grows when a
// reader of an older one would misread the new.
const ManifestFormat = 1

// Manifest is manifest.json: what was run, by what, where and when, so that
// the run can be judged and done again.
type Manifest struct {
	Format   int       `json:"format"`
	Name     string    `json:"name"`
	Mode     string    `json:"mode"`     // "live", "virtual" or "load"
	Scenario string    `json:"scenario"` // the whole YAML text; "" when there was none
	Seed     uint64    `json:"seed"`
	Command  []string  `json:"command"` // as typed
	Program  Program   `json:"program"`
	Machine  Machine   `json:"machine"`
	Started  time.Time `json:"started"`  // UTC
	Ended    time.Time `json:"ended"`    // UTC
	Length   float64   `json:"length_s"` // planned, warm-up included
	Warmup   float64   `json:"warmup_s"`
	Grain    float64   `json:"grain_s"` // width of the reports' time buckets
	Partial  bool      `json:"partial"` // interrupted before its planned end
	Warnings []string  `json:"warnings"`
	Unsound  bool      `json:"unsound,omitempty"` // the load generator did not keep its schedule; the summary says how
	Merged   []string  `json:"merged,omitempty"`  // folders of the runs, or shares, that this one was put together from
	Share    string    `json:"share,omitempty"`   // of a schedule that several processes played: "2/4" is the second of four
	Files    []string  `json:"files"`             // paths inside the run folder, sorted

	// What the access log's domains and edge locations are called.
	Distributions []Distribution `json:"distributions"`
	Edges         []Edge         `json:"edges"`
}

// Program is what made the run.
type Program struct {
	Name     string `json:"name"`
	Version  string `json:"version"`
	Commit   string `json:"commit"`
	Modified bool   `json:"modified"` // built from a tree with changes of its own
	Go       string `json:"go"`
}

// Machine is where it was made; a caller fills it.
type Machine struct {
	OS     string `json:"os"`
	Arch   string `json:"arch"`
	CPUs   int    `json:"cpus"`         // that the program could use
	CPU    string `json:"cpu"`          // the model's name; "" when unknown
	Memory int64  `json:"memory_bytes"` // 0 when unknown
}
