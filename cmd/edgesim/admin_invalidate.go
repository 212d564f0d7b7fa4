package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"time"
)

// invalidation is one that was asked for, as the admin listener tells it.
type invalidation struct {
	ID           string    `json:"id"`
	Distribution string    `json:"distribution"` // as asked; "": the only one
	Paths        []string  `json:"paths"`
	Status       string    `json:"status"` // InProgress, then Completed, as CloudFront says
	Created      time.Time `json:"created"`
	Took         float64   `json:"seconds"`
	Removed      int       `json:"removed"` // objects
}

// invalidations are the past ones, the newest last.
type invalidations struct {
	mu   sync.Mutex
	n    int
	list []*invalidation
}

// mostPast is how many are remembered.
const mostPast = 100

func (p *invalidations) begin(distribution string, paths []string) *invalidation {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.n++
	i := &invalidation{ID: fmt.Sprintf("I%012d", p.n), Distribution: distribution, Paths: paths,
		Status: "InProgress", Created: time.Now().UTC()}
	if p.list = append(p.list, i); len(p.list) > mostPast {
		p.list = slices.Delete(p.list, 0, 1)
	}
	return i
}

func (p *invalidations) end(i *invalidation, removed int) invalidation {
	p.mu.Lock()
	defer p.mu.Unlock()
	i.Status, i.Removed, i.Took = "Completed", removed, time.Since(i.Created).Seconds()
	return *i
}

func (p *invalidations) drop(i *invalidation) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.list = slices.DeleteFunc(p.list, func(o *invalidation) bool { return o == i })
}

func (p *invalidations) all() []invalidation {
	p.mu.Lock()
	defer p.mu.Unlock()
	list := []invalidation{}
	for _, i := range slices.Backward(p.list) {
		list = append(list, *i)
	}
	return list
}

// invalidate answers when all is done: from then on every request is a miss.
func (a *admin) invalidate(w http.ResponseWriter, r *http.Request) {
	var asked struct {
		Distribution string   `json:"distribution"`
		Paths        []string `json:"paths"`
	}
	dec := json.NewDecoder(r.Body)
	dec.DisallowUnknownFields()
	if err := dec.Decode(&asked); err != nil {
		complain(w, http.StatusBadRequest, fmt.Errorf(`want {"distribution": "ID", "paths": ["/a.jpg", "/images/*"]}: %w`, err))
		return
	}
	i := a.past.begin(asked.Distribution, asked.Paths)
	removed, err := a.s.edge.Invalidate(asked.Distribution, asked.Paths)
	if err != nil {
		a.past.drop(i)
		complain(w, http.StatusBadRequest, err)
		return
	}
	answer(w, a.past.end(i, removed))
}

func (a *admin) invalidated(w http.ResponseWriter, _ *http.Request) {
	answer(w, map[string]any{"invalidations": a.past.all()})
}
