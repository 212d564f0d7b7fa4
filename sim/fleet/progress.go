package fleet

// Progress is how far a job is.
type Progress struct {
	Pieces   int            `json:"pieces"` // asked for until now
	Done     int            `json:"done"`
	Earlier  int            `json:"earlier"` // of these, before this coordinator came
	Running  int            `json:"running"`
	Retried  int            `json:"retried"`   // times that a piece was given out again
	SetAside int            `json:"set_aside"` // pieces that failed for good
	ByWorker map[string]int `json:"by_worker"` // pieces done
}

// Progress is how far the job is now.
func (j *Job) Progress() Progress {
	j.mu.Lock()
	defer j.mu.Unlock()
	p := Progress{Pieces: len(j.waiting), Earlier: 0, Running: len(j.running), SetAside: j.setAside, ByWorker: map[string]int{}}
	for id := range j.waiting {
		if n := j.results[id]; n != nil {
			p.Done++
			p.ByWorker[n.Worker]++
		}
	}
	for _, turn := range j.retried {
		p.Retried += int(turn) - 1
	}
	p.Earlier = min(j.earlier, p.Done)
	return p
}

// Changed has a value when something may have changed since the last one.
func (j *Job) Changed() <-chan struct{} { return j.changed }

// tellChanged says that Progress may be another.
func (j *Job) tellChanged() {
	select {
	case j.changed <- struct{}{}:
	default:
	}
}
