package main

import (
	"io"
	"os"
	"path/filepath"

	"edgesim/results"
)

// makeOut makes the folder that --out names, and says before the work begins where
// nothing can be written into it.
func makeOut(dir string) error {
	if dir == "" {
		return nil
	}
	if err := results.MakeFolder(dir); err != nil {
		return usagef("--out %v", err)
	}
	return nil
}

// checkFile says before the work begins where nothing can be written to the file that
// a flag names; - is the standard output.
func checkFile(flag, path string) error {
	if path == "" || path == "-" {
		return nil
	}
	info, err := os.Stat(path)
	switch {
	case err == nil && info.IsDir():
		return usagef("--%s %s: it is a folder; right is a file", flag, path)
	case err == nil && !info.Mode().IsRegular(): // a pipe or a device
		return nil
	}
	dir := filepath.Dir(path)
	if info, err := os.Stat(dir); err != nil || !info.IsDir() {
		return usagef("--%s %s: there is no folder %s", flag, path, dir)
	}
	if err := results.Probe(dir); err != nil {
		return usagef("--%s: %v", flag, err)
	}
	return nil
}

// checkTable is checkFile for --csv, which with - has the standard output for itself.
func checkTable(csv string, json bool) error {
	if csv == "-" && json {
		return usagef("--csv - and --json both print; right is one of them, or a file for --csv")
	}
	return checkFile("csv", csv)
}

// writeTo writes a file as a whole or not at all, and leaves the standard output to
// others.
func writeTo(path string, write func(io.Writer) error) error {
	if path == "" || path == "-" {
		return nil
	}
	return results.WriteFile(path, write)
}
