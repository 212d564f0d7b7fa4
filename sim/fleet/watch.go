package fleet

import (
	"context"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/term"
)

// watchEvery is how often progress is told, and workers are looked for.
const watchEvery = 2 * time.Second

// Watch tells w how far the job is until it is told to stop: one line that changes
// on a terminal, a line for each change elsewhere. Workers of another version are
// named once, and a job that nobody works at says so.
func (j *Job) Watch(w io.Writer) (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	v := &watch{job: j, w: w, told: map[string]bool{}}
	if f, ok := w.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		v.terminal = true
	}
	var over sync.WaitGroup
	over.Go(func() {
		for wait := watchEvery / 8; ; wait = watchEvery { // the first time soon
			select {
			case <-ctx.Done():
				v.show(j.Progress(), true)
				return
			case <-time.After(wait):
				v.lookAround(ctx)
				v.show(j.Progress(), false)
			}
		}
	})
	return sync.OnceFunc(func() { cancel(); over.Wait() })
}

// watch is a job that is being watched.
type watch struct {
	job      *Job
	w        io.Writer
	terminal bool
	last     string
	told     map[string]bool
}

func (v *watch) show(p Progress, end bool) {
	line := p.String()
	switch {
	case v.terminal && end:
		fmt.Fprintf(v.w, "\r\033[K%s\n", line)
	case v.terminal:
		fmt.Fprintf(v.w, "\r\033[K%s", line)
	case line != v.last:
		fmt.Fprintln(v.w, line)
	}
	v.last = line
}

// lookAround tells who is not there, or of another version.
func (v *watch) lookAround(ctx context.Context) {
	list, err := v.job.conn.Workers(ctx)
	if err != nil {
		return
	}
	able := 0
	for _, m := range list {
		if m.Version == v.job.conn.Version {
			able++
			continue
		}
		v.once(fmt.Sprintf("worker %s is of version %s and this program of %s: refused, it gets no pieces", m.Name, m.Version, v.job.conn.Version))
	}
	if able == 0 {
		v.once("no worker is there: start one with edgesim worker --nats " + v.job.conn.Where)
	}
}

func (v *watch) once(text string) {
	if v.told[text] {
		return
	}
	v.told[text] = true
	if v.terminal {
		fmt.Fprint(v.w, "\r\033[K")
	}
	fmt.Fprintln(v.w, text)
}

// String is a line of at most about 78 characters.
func (p Progress) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d of %d pieces, %d running", p.Done, p.Pieces, p.Running)
	if p.Retried > 0 {
		fmt.Fprintf(&b, ", %d retried", p.Retried)
	}
	if p.SetAside > 0 {
		fmt.Fprintf(&b, ", %d set aside", p.SetAside)
	}
	if p.Earlier > 0 {
		fmt.Fprintf(&b, ", %d done before", p.Earlier)
	}
	for i, name := range p.workers() {
		text := fmt.Sprintf("; %s %d", name, p.ByWorker[name])
		if b.Len()+len(text) > 72 {
			fmt.Fprintf(&b, "; %d more", len(p.ByWorker)-i)
			break
		}
		b.WriteString(text)
	}
	return b.String()
}

// workers are those who did pieces, the busiest first.
func (p Progress) workers() []string {
	names := make([]string, 0, len(p.ByWorker))
	for name := range p.ByWorker {
		names = append(names, name)
	}
	slices.SortFunc(names, func(a, b string) int {
		if d := p.ByWorker[b] - p.ByWorker[a]; d != 0 {
			return d
		}
		return strings.Compare(a, b)
	})
	return names
}
