package policy

import (
	"flag"
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the generated document anew")

const zooPage = "../../docs/policies.md"

// TestThePageOfThePoliciesIsTheZoo holds docs/policies.md to what is registered.
func TestThePageOfThePoliciesIsTheZoo(t *testing.T) {
	want := page()
	if *update {
		if err := os.WriteFile(zooPage, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	got, err := os.ReadFile(zooPage)
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != want {
		t.Error("docs/policies.md is not what is registered: go test ./edge/policy -run Page -update")
	}
}

func page() string {
	var b strings.Builder
	b.WriteString(`# Policies

Who leaves a full cache, and who is let in. One implementation of each serves the
edge and the simulator; its file in edge/policy has the mathematics, and says how
the paper's rules for pages of one size are carried over to bytes. A policy is
written as ` + "`NAME`, or with parameters `NAME:PARAMETER=VALUE,PARAMETER=VALUE`" + `; rules
of admission follow after a plus, as in ` + "`sieve+bloom`" + `. Without parameters orders of
leaving admit what fits, but for those that weigh a newcomer against a resident by
their nature, as W-TinyLFU.

Bytes an object are what the policy keeps for a resident, with its share of those
that it only remembers; the cache's own entry is apart.

Generated from what is registered by ` + "`go test ./edge/policy -run Page -update`" + `; a
test fails when it is not current.

## Orders of leaving
`)
	for _, k := range Zoo() {
		b.WriteString(k.section())
	}
	b.WriteString("\n## Rules of admission\n")
	for _, a := range Admissions() {
		b.WriteString(a.section())
	}
	return b.String()
}

func (k Kind) section() string {
	var b strings.Builder
	fmt.Fprintf(&b, "\n### `%s`: %s\n\n%s. %d bytes an object.\n", k.Name, k.Title, k.Paper, k.SlotBytes)
	for i, p := range k.Params {
		if i == 0 {
			b.WriteString("\n")
		}
		fmt.Fprintf(&b, "- `%s=%s` %s (%s to %s)\n", p.Name, plainly(p.Default), p.Usage, plainly(p.Lowest), plainly(p.Most))
	}
	return b.String()
}

// plainly is a number without an exponent.
func plainly(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }
