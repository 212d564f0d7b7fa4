package main

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/spf13/pflag"

	"edgesim/sim/scenario"
)

// shellWord is a word of a shell's line: what stands between quotes belongs to it.
var shellWord = regexp.MustCompile(`(?:'[^']*'|"[^"]*"|\S)+`)

// typed finds what the papers tell people to type: lines with the program's
// name in code blocks, comments and redirections cut off.
func typed(t *testing.T, program string) [][]string {
	t.Helper()
	var lines [][]string
	for _, file := range []string{"../../README.md", "../../HACKING.md"} {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(text)) {
			at := strings.Index(line, "bin/"+program+" ")
			if at < 0 || strings.HasPrefix(line, "|") {
				continue
			}
			var words []string
			for _, word := range shellWord.FindAllString(regexp.MustCompile(`\s[#>&|].*`).ReplaceAllString(line[at:], ""), -1) {
				words = append(words, unquoted(word))
			}
			lines = append(lines, words[1:])
		}
	}
	if len(lines) == 0 {
		t.Fatalf("the papers show no command of %s", program)
	}
	return lines
}

// unquoted is the word as the shell hands it on; within the one sort of quotes the
// other stands for itself.
func unquoted(word string) string {
	return regexp.MustCompile(`'([^']*)'|"([^"]*)"`).ReplaceAllString(word, "$1$2")
}

// TestWhatThePapersShowCanBeTyped reads every command line of the README and
// HACKING as the program would: command, flags, values, scenarios.
func TestWhatThePapersShowCanBeTyped(t *testing.T) {
	for _, words := range typed(t, "edgesim") {
		line := strings.Join(words, " ")
		found := find(commands, words[0])
		if found != nil && len(found.under) > 0 {
			words, found = words[1:], find(found.under, words[1])
		}
		if found == nil {
			t.Errorf("edgesim %s: no such command", line)
			continue
		}
		f := pflag.NewFlagSet(found.name, pflag.ContinueOnError)
		found.prepare(f)
		if err := f.Parse(words[1:]); err != nil {
			t.Errorf("edgesim %s: %v", line, err)
		}
		if found.name == "run" {
			sets, _ := f.GetStringArray("set")
			if _, err := scenario.Load(f.Arg(0), sets...); err != nil {
				t.Errorf("edgesim %s: %v", line, err)
			}
		}
	}
}

func find(list []command, name string) *command {
	for i := range list {
		if list[i].name == name {
			return &list[i]
		}
	}
	return nil
}

// TestPapersNameMakesTargets finds every `make …` of the papers in the Makefile.
func TestPapersNameMakesTargets(t *testing.T) {
	rules, err := os.ReadFile("../../Makefile")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range []string{"../../README.md", "../../HACKING.md", "../../ARCHITECTURE.md"} {
		text, _ := os.ReadFile(file)
		for _, m := range regexp.MustCompile("(?m)(?:^|`)make ([a-z-]+)").FindAllStringSubmatch(string(text), -1) {
			if !regexp.MustCompile(`(?m)^` + m[1] + `:`).Match(rules) {
				t.Errorf("%s speaks of make %s: there is no such target", file, m[1])
			}
		}
	}
}
