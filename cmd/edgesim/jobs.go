package main

import (
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/pflag"

	"edgesim/results"
	"edgesim/sim/fleet"
)

var jobsCommand = command{
	name:     "jobs",
	synopsis: "COMMAND --nats URL",
	about:    "list, resume and cancel work that was handed out over NATS",
	long: `A job is a command that was given --nats. What its pieces came to stays on the
server for a week, so that a job that was broken off is taken up where it was.

Examples:
  edgesim jobs list --nats nats://127.0.0.1:4222
  edgesim jobs workers --nats nats://127.0.0.1:4222 --json
  edgesim jobs resume 3f2a90bb14c7 --nats nats://127.0.0.1:4222
  edgesim jobs cancel 3f2a90bb14c7 --nats nats://127.0.0.1:4222
`,
	under: []command{
		jobsOf("list", "", "the jobs that the server knows", listJobs),
		jobsOf("workers", "", "the workers that are there", listWorkers),
		jobsOf("resume", "JOB ", "run a job's command again, where it was broken off", resumeJob),
		jobsOf("cancel", "JOB ", "take a job's pieces back and stop those that run", func(e *env, c *fleet.Conn, _ *jobsOptions, id string) error {
			return usageOf(c.Cancel(e.ctx, id))
		}),
		jobsOf("remove", "JOB ", "cancel a job and forget its results", func(e *env, c *fleet.Conn, _ *jobsOptions, id string) error {
			return usageOf(c.Remove(e.ctx, id))
		}),
	},
}

type jobsOptions struct {
	nats fleet.Flags
	json bool
}

func usageOf(err error) error {
	if err != nil {
		return usageError{err}
	}
	return nil
}

// jobsOf is one of the commands.
func jobsOf(name, synopsis, about string, do func(e *env, c *fleet.Conn, o *jobsOptions, id string) error) command {
	return command{
		name: name, synopsis: synopsis + "--nats URL", about: about,
		long: strings.ToUpper(about[:1]) + about[1:] + ".\n\nExample:\n  edgesim jobs " + name + " " + strings.ReplaceAll(synopsis, "JOB", "3f2a90bb14c7") + "--nats nats://127.0.0.1:4222\n",
		prepare: func(f *pflag.FlagSet) action {
			var o jobsOptions
			o.nats.Add(f, false)
			f.BoolVar(&o.json, "json", false, "print as JSON")
			return func(e *env, args []string) error {
				want := strings.Count(synopsis, "JOB")
				if len(args) != want || !o.nats.Asked() {
					return usagef("right is as: edgesim jobs %s %s--nats nats://127.0.0.1:4222", name, synopsis)
				}
				if err := o.nats.Check(e.flags.Changed); err != nil {
					return usageError{err}
				}
				c, end, err := o.nats.Connect(e.ctx, "edgesim jobs", fleetVersion(), e.stderr)
				if err != nil {
					return usageError{err}
				}
				defer end()
				return do(e, c, &o, strings.Join(args, ""))
			}
		},
	}
}

func listJobs(e *env, c *fleet.Conn, o *jobsOptions, _ string) error {
	list, err := c.Jobs(e.ctx)
	if err != nil {
		return err
	}
	if o.json {
		return results.EncodeJSON(e.stdout, list)
	}
	return table(e.stdout, "JOB\tSTATE\tPIECES\tBEGUN\tCOMMAND", func(w io.Writer) {
		for _, a := range list {
			fmt.Fprintf(w, "%s\t%s\t%d of %d\t%s\t%s\n", a.ID, stateOf(a), a.Done, a.Pieces, a.Begun.Format("01-02 15:04"), clipped(strings.Join(a.Command, " "), 34))
		}
	})
}

// stateOf is a job's state: one whose coordinator is not heard of is left.
func stateOf(a fleet.About) string {
	if a.State == fleet.Running && time.Since(a.Seen) > 15*time.Second && time.Since(a.Begun) > 15*time.Second {
		return "left"
	}
	return a.State
}

func listWorkers(e *env, c *fleet.Conn, o *jobsOptions, _ string) error {
	list, err := c.Workers(e.ctx)
	if err != nil {
		return err
	}
	if o.json {
		return results.EncodeJSON(e.stdout, list)
	}
	return table(e.stdout, "WORKER\tSLOTS\tRUNNING\tDONE\tFAILED\tVERSION", func(w io.Writer) {
		for _, m := range list {
			version := m.Version
			if version != c.Version {
				version += " (another)"
			}
			fmt.Fprintf(w, "%s\t%d\t%d\t%d\t%d\t%s\n", m.Name, m.Slots, m.Running, m.Done, m.Failed, version)
		}
	})
}

func table(to io.Writer, head string, rows func(w io.Writer)) error {
	w := tabwriter.NewWriter(to, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, head)
	rows(w)
	return w.Flush()
}

// clipped is text of at most so many characters.
func clipped(text string, most int) string {
	if r := []rune(text); len(r) > most {
		return string(r[:most-1]) + "…"
	}
	return text
}

// handers are the commands that hand work out. Of no other a job can be, whatever the
// server says: anyone who may write there can have written it.
var handers = []string{"mrc", "plan", "report", "sweep"}

// resumeJob runs the job's command again, in the folder where it was typed; what
// kept its secrets is given anew.
func resumeJob(e *env, c *fleet.Conn, o *jobsOptions, id string) error {
	a, err := c.Job(e.ctx, id)
	if err != nil {
		return usageError{err}
	}
	if len(a.Command) < 2 || a.Command[0] != "edgesim" {
		return usagef("job %s was begun by %s: run that again", id, strings.Join(a.Command, " "))
	}
	if !slices.Contains(handers, a.Command[1]) {
		return usagef("job %s is said to be of edgesim %q, which hands no work out; right are %s", id, a.Command[1], strings.Join(handers, ", "))
	}
	if a.Version != c.Version {
		return usagef("job %s is of version %s, and this program of %s: right is that version", id, a.Version, c.Version)
	}
	if err := os.Chdir(a.Dir); err != nil {
		return usagef("job %s was begun in %s on %s: %v", id, a.Dir, a.Host, err)
	}
	fmt.Fprintf(e.stderr, "in %s: %q\n", a.Dir, a.Command) // it is the server's word
	if status := runUntil(e.ctx, o.nats.Again(a.Command[1:], e.typed), e.stdout, e.stderr); status != exitDone {
		return errSilent
	}
	return nil
}
