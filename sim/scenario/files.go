package scenario

import (
	"fmt"
	"path/filepath"

	"edgesim/sim/network"
)

// Files says where the files lie that a scenario names, by the names that it has for
// them. What is not in it is not read. nil: they lie where their names say.
type Files map[string]string

// ParseFiles is Parse of a scenario whose files lie elsewhere, and reads them.
func ParseFiles(file string, text []byte, files Files, sets ...string) (*Scenario, error) {
	if files == nil {
		files = Files{}
	}
	return loadLike(nil, files, file, text, sets...)
}

// Names are the files that the scenario names, and where they lie.
func (s *Scenario) Names() Files {
	files := Files{}
	if s.Replays() {
		files[s.Workload.Replay.File] = s.path(s.Workload.Replay.File)
	}
	if m := s.Network.Matrix; m != "" && m != network.AWS2017 {
		files[m] = m
	}
	return files
}

// path is where the file of a replay lies: from the scenario's folder on, if nobody
// said otherwise.
func (s *Scenario) path(file string) string {
	if s.source.files != nil {
		return s.source.files[file]
	}
	if filepath.IsAbs(file) {
		return file
	}
	return filepath.Join(filepath.Dir(s.source.file), file)
}

// matrix reads the round trips that the scenario names.
func (s *Scenario) matrix() (*network.Matrix, error) {
	name := s.Network.Matrix
	if s.source == nil || s.source.files == nil || name == network.AWS2017 {
		return network.OpenMatrix(name)
	}
	if s.source.files[name] == "" {
		return nil, notHere(name)
	}
	return network.OpenMatrix(s.source.files[name])
}

func notHere(name string) error { return fmt.Errorf("%s: that file is not here", name) }
