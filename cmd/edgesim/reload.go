package main

import (
	"fmt"
	"strings"
	"time"
)

// standing is which configuration is in force, and what became of newer ones.
type standing struct {
	plan    *servicePlan
	Loaded  time.Time `json:"loaded"`            // when what is in force was read
	Reloads int       `json:"reloads"`           // that were taken over
	Refused int       `json:"refused"`           // that were not
	Problem string    `json:"problem,omitempty"` // why the last one was not
	Restart []string  `json:"restart,omitempty"` // keys that have changed and need a restart
}

// standing is how things stand now.
func (s *server) standing() standing {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.now
}

// reload reads the file again and takes over what a running server can: all that
// viewers would not notice. Where something is wrong all stays as it was. The
// access log's files are begun anew in either case.
func (s *server) reload() error {
	s.reloading.Lock()
	defer s.reloading.Unlock()
	if s.books != nil {
		s.books.reopen()
	}
	p, err := s.takeOver()
	s.mu.Lock()
	defer s.mu.Unlock()
	if err != nil {
		s.now.Refused++
		s.now.Problem = err.Error()
		fmt.Fprintf(s.e.stderr, "edgesim serve: the configuration stays as it was: %v\n", err)
		return err
	}
	s.now.plan, s.now.Loaded, s.now.Problem = p, time.Now().UTC(), ""
	s.now.Reloads++
	s.now.Restart = s.first.conf.Restarts(&p.conf)
	fmt.Fprintf(s.e.stderr, "reloaded: %d distributions, %d origins\n", len(p.edge.Distributions), len(p.edge.Origins))
	if len(s.now.Restart) > 0 {
		fmt.Fprintf(s.e.stderr, "edgesim serve: a restart is needed for %s\n", strings.Join(s.now.Restart, ", "))
	}
	return nil
}

func (s *server) takeOver() (*servicePlan, error) {
	p, err := s.o.plan(s.e)
	if err != nil {
		return nil, err
	}
	if was, is := s.first.conf.Edge.Mode, p.conf.Edge.Mode; was != is {
		return nil, fmt.Errorf("edge.mode: %s has become %s, which needs a restart", was, is)
	}
	if s.door != nil {
		if err := s.door.reload(p); err != nil {
			return nil, err
		}
	}
	return p, s.edge.Reload(p.edge.Distributions, p.edge.Origins, p.edge.Groups)
}
