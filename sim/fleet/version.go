package fleet

import (
	"crypto/sha256"
	"encoding/hex"
	"io"
	"os"
	"path/filepath"
	"runtime"

	"edgesim/results"
)

// VersionOf says which programs give the same bytes: of one commit and one sort of
// processor, or, where the build does not tell its commit, of one file.
func VersionOf(p results.Program) string {
	version := p.Version
	switch {
	case p.Commit != "" && !p.Modified:
		version = p.Commit[:min(12, len(p.Commit))]
	case p.Commit != "" || version == "(devel)":
		version = "built-" + builtHash()
	}
	return version + "/" + runtime.GOARCH
}

// builtHash is of this program's file, or of the edgesim that lies beside it: both
// are built together, and that is what workers run.
func builtHash() string {
	path, err := os.Executable()
	if err != nil {
		return "unknown"
	}
	if hash, err := hashOfProgram(filepath.Join(filepath.Dir(path), "edgesim"+filepath.Ext(path))); err == nil {
		return hash
	}
	hash, err := hashOfProgram(path)
	if err != nil {
		return "unknown"
	}
	return hash
}

func hashOfProgram(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return "", err
	}
	return hex.EncodeToString(h.Sum(nil))[:12], nil
}
