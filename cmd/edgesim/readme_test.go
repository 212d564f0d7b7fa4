package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/spf13/pflag"

	"edgesim/sim/scenario"
)

// shellWord is a word of a shell's line: what stands between quotes belongs to it.
var shellWord = regexp.MustCompile(`(?:'[^']*'|"[^"]*"|\S)+`)

// papers are the files that tell people what to type.
func papers(t *testing.T) map[string]string {
	t.Helper()
	texts := map[string]string{}
	docs, err := filepath.Glob("../../docs/*.md")
	if err != nil || len(docs) < 5 {
		t.Fatalf("%d papers in docs, %v", len(docs), err)
	}
	for _, file := range append(docs, "../../README.md", "../../HACKING.md", "../../ARCHITECTURE.md") {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		texts[strings.TrimPrefix(file, "../../")] = string(text)
	}
	return texts
}

// typed finds what the papers tell people to type: lines with the program's
// name in code blocks, comments and redirections cut off.
func typed(t *testing.T, program string) [][]string {
	t.Helper()
	var lines [][]string
	begin := regexp.MustCompile(`^(?:.*bin/|[ \t$]*)` + program + ` `)
	for _, text := range papers(t) {
		fenced := false
		for line := range strings.Lines(text) {
			if strings.HasPrefix(line, "```") {
				fenced = !fenced
			}
			code := fenced || strings.HasPrefix(line, "    ") || strings.HasPrefix(line, "bin/")
			at := begin.FindString(line)
			if at == "" || !code {
				continue
			}
			lines = append(lines, firstCommand(line[len(at):]))
		}
	}
	if len(lines) == 0 {
		t.Fatalf("the papers show no command of %s", program)
	}
	return lines
}

// firstCommand are the words up to a comment, a redirection or a further command.
func firstCommand(line string) (words []string) {
	for _, word := range shellWord.FindAllString(line, -1) {
		if strings.ContainsRune("#>&|", rune(word[0])) {
			break
		}
		words = append(words, unquoted(word))
	}
	return words
}

// unquoted is the word as the shell hands it on; within the one sort of quotes the
// other stands for itself.
func unquoted(word string) string {
	return regexp.MustCompile(`'([^']*)'|"([^"]*)"`).ReplaceAllString(word, "$1$2")
}

// TestWhatThePapersShowCanBeTyped reads every command line of the README, HACKING and
// docs as the program would: command, flags, values, scenarios;
// my.yaml is the reader's.
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
			if _, err := scenario.Load(f.Arg(0), sets...); err != nil && f.Arg(0) != "my.yaml" {
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
	for file, text := range papers(t) {
		for _, m := range regexp.MustCompile("(?m)(?:^|`)make ([a-z-]+)").FindAllStringSubmatch(text, -1) {
			if !regexp.MustCompile(`(?m)^` + m[1] + `:`).Match(rules) {
				t.Errorf("%s speaks of make %s: there is no such target", file, m[1])
			}
		}
	}
}
