//go:build linux

package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

const (
	serverCore = 0
	clientCore = 1
)

// pinTo binds a thread to a core; 0 is the calling one.
func pinTo(thread, core int) {
	var set unix.CPUSet
	set.Set(core % runtime.NumCPU())
	_ = unix.SchedSetaffinity(thread, &set) // a thread that has ended
}

// pinProcess binds every thread there is, and with them those to come.
func pinProcess(core int) {
	tasks, _ := os.ReadDir("/proc/self/task")
	for _, t := range tasks {
		if id, err := strconv.Atoi(t.Name()); err == nil {
			pinTo(id, core)
		}
	}
}

// process is a server's program with its children.
type process struct {
	cmd *exec.Cmd
	log string // file with what it printed
}

// spawn starts a program on the servers' core, in a process group of its own so
// that it ends when we end it and not with the terminal's interrupt.
func spawn(dir, program string, env []string, args ...string) (*process, error) {
	log := filepath.Join(dir, "output")
	out, err := os.Create(log)
	if err != nil {
		return nil, err
	}
	defer out.Close()
	cmd := exec.Command(program, args...)
	cmd.Env = append(os.Environ(), env...)
	cmd.Stdout, cmd.Stderr = out, out
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGTERM}
	runtime.LockOSThread() // the child has the affinity of the thread that starts it
	pinTo(0, serverCore)
	err = cmd.Start()
	pinTo(0, clientCore)
	runtime.UnlockOSThread()
	if err != nil {
		return nil, fmt.Errorf("starting %s: %w", program, err)
	}
	return &process{cmd, log}, nil
}

// stop ends the program, with force if it does not end by itself.
func (p *process) stop() {
	children := p.tree()
	_ = p.cmd.Process.Signal(syscall.SIGTERM)
	done := make(chan struct{})
	go func() {
		_ = p.cmd.Wait()
		close(done)
	}()
	select {
	case <-done:
	case <-time.After(10 * time.Second):
		_ = p.cmd.Process.Kill()
		<-done
	}
	for _, pid := range children[1:] { // whom their parent left behind
		_ = syscall.Kill(pid, syscall.SIGKILL)
	}
}

// printed is the end of what the program printed.
func (p *process) printed() string {
	text, _ := os.ReadFile(p.log)
	if len(text) > 600 {
		text = text[len(text)-600:]
	}
	return strings.TrimSpace(string(text))
}

// tree is the program's process and all that descend from it.
func (p *process) tree() []int {
	parents := map[int][]int{}
	entries, _ := os.ReadDir("/proc")
	for _, e := range entries {
		if pid, err := strconv.Atoi(e.Name()); err == nil {
			if f := stat(pid); f != nil {
				parent, _ := strconv.Atoi(f[1])
				parents[parent] = append(parents[parent], pid)
			}
		}
	}
	all := []int{p.cmd.Process.Pid}
	for i := 0; i < len(all); i++ {
		all = append(all, parents[all[i]]...)
	}
	return all
}

// stat is /proc/PID/stat from the state on: state, parent, …; nil: no such
// process.
func stat(pid int) []string {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return nil
	}
	return strings.Fields(string(text[bytes.LastIndexByte(text, ')')+1:]))
}

// cpu is user and system time of the whole tree so far, in seconds, in steps of
// 10 ms.
func (p *process) cpu() (seconds float64) {
	for _, pid := range p.tree() {
		if f := stat(pid); len(f) > 12 {
			user, _ := strconv.ParseFloat(f[11], 64)
			system, _ := strconv.ParseFloat(f[12], 64)
			seconds += (user + system) / 100
		}
	}
	return seconds
}

// memory is the tree's proportional set in bytes: resident pages, those that
// several of its processes share (nginx's key zone) counted once.
func (p *process) memory() (total int64) {
	for _, pid := range p.tree() {
		text, _ := os.ReadFile(fmt.Sprintf("/proc/%d/smaps_rollup", pid))
		for line := range strings.Lines(string(text)) {
			if f := strings.Fields(line); len(f) > 1 && f[0] == "Pss:" {
				n, _ := strconv.ParseInt(f[1], 10, 64)
				total += n << 10
			}
		}
	}
	return total
}

// diskUsed is what the files under dir take, in bytes of whole blocks.
func diskUsed(dir string) (total int64) {
	_ = filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return nil // what has just been removed counts nothing
		}
		var st unix.Stat_t
		if unix.Stat(path, &st) == nil {
			total += st.Blocks * 512
		}
		return nil
	})
	return total
}
