package main

import (
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"

	"edgesim/sim/fleet"
)

// shownIn are the blocks of docs/scale.md that are written in a language.
func shownIn(t *testing.T, language string) (blocks []string) {
	t.Helper()
	text, err := os.ReadFile("../../docs/scale.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, b := range strings.Split(string(text), "```"+language+"\n")[1:] {
		b, _, _ = strings.Cut(b, "```")
		blocks = append(blocks, b)
	}
	return blocks
}

// inPlace says what the test has in place of what the papers have on their machines;
// every pair has to be there.
func inPlace(t *testing.T, words []string, pairs ...string) []string {
	t.Helper()
	line := strings.Join(words, "\n")
	for i := 0; i < len(pairs); i += 2 {
		if !strings.Contains(line, pairs[i]) {
			t.Fatalf("no %s in %q", pairs[i], words)
		}
		line = strings.ReplaceAll(line, pairs[i], pairs[i+1])
	}
	return strings.Split(line, "\n")
}

// secret is a hub that wants a login, and the folder with its file.
func secret(t *testing.T, file string) (h *hub, dir string) {
	t.Helper()
	h, dir = newHub(t, fleet.Login{User: "edge", Password: "sesame"}), t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, file), []byte("user: edge\npassword: sesame\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return h, dir
}

// The unit of the papers starts a worker, on a host whose name has dots, too; and goes
// on starting it where the server comes later.
func TestTheUnitOfThePapersStartsAWorker(t *testing.T) {
	unit := shownIn(t, "ini")
	if len(unit) != 1 {
		t.Fatalf("%d units", len(unit))
	}
	text := strings.ReplaceAll(unit[0], "\\\n", " ")
	set := map[string]string{}
	for _, m := range regexp.MustCompile(`(?m)^(\w+)=(.*)$`).FindAllStringSubmatch(text, -1) {
		if _, twice := set[m[1]]; twice {
			t.Errorf("%s is there twice", m[1])
		}
		set[m[1]] = m[2]
	}
	if set["Restart"] != "always" || set["StartLimitIntervalSec"] != "0" {
		t.Errorf("a worker that finds no server is not started again: %v", set)
	}
	program, typed := strings.Fields(set["ExecStart"])[0], strings.Fields(set["ExecStart"])[1:]
	if filepath.Base(program) != "edgesim" || !filepath.IsAbs(program) {
		t.Errorf("it starts %s", program)
	}
	credential, _, _ := strings.Cut(set["LoadCredential"], ":")
	h, dir := secret(t, credential)
	// systemd.unit(5): %l is the host's name up to the first dot, %H all of it
	args := inPlace(t, typed, "nats://10.0.0.1:4222", h.srv.URL, "${CREDENTIALS_DIRECTORY}", dir, "/var/cache/"+set["CacheDirectory"], t.TempDir(), "%l", "node-1")
	if strings.Contains(strings.Join(args, " "), "%") {
		t.Errorf("%q has what only systemd knows", args)
	}
	start(t, args...).until(`worker node-1, \d+ slots`)
}

// manifest is what is read here of a Deployment.
type manifest struct {
	APIVersion string `yaml:"apiVersion"`
	Kind       string
	Metadata   struct{ Name string }
	Spec       struct {
		Replicas int
		Selector struct {
			MatchLabels map[string]string `yaml:"matchLabels"`
		}
		Template struct {
			Metadata struct{ Labels map[string]string }
			Spec     struct {
				TerminationGracePeriodSeconds int `yaml:"terminationGracePeriodSeconds"`
				Containers                    []struct {
					Name, Image   string
					Command, Args []string
					Resources     map[string]map[string]string
					VolumeMounts  []struct {
						Name      string
						MountPath string `yaml:"mountPath"`
					} `yaml:"volumeMounts"`
				}
				Volumes []struct {
					Name     string
					Secret   map[string]string
					EmptyDir map[string]string `yaml:"emptyDir"`
				}
			}
		}
	}
}

// The Deployment of the papers names what it has, and its command is a worker.
func TestTheDeploymentOfThePapersStartsAWorker(t *testing.T) {
	var m manifest
	blocks := shownIn(t, "yaml")
	if err := yaml.UnmarshalWithOptions([]byte(blocks[len(blocks)-1]), &m, yaml.Strict()); err != nil {
		t.Fatal(err)
	}
	pod := m.Spec.Template
	if m.APIVersion != "apps/v1" || m.Kind != "Deployment" || m.Metadata.Name == "" || m.Spec.Replicas < 1 || len(pod.Spec.Containers) != 1 ||
		len(m.Spec.Selector.MatchLabels) == 0 || !maps.Equal(m.Spec.Selector.MatchLabels, pod.Metadata.Labels) {
		t.Fatalf("%+v", m)
	}
	c := pod.Spec.Containers[0]
	var volumes, mounted []string
	for _, v := range pod.Spec.Volumes {
		volumes = append(volumes, v.Name)
	}
	for _, v := range c.VolumeMounts {
		mounted = append(mounted, v.Name)
		if !strings.Contains(strings.Join(c.Args, " "), v.MountPath) {
			t.Errorf("nothing is read at %s", v.MountPath)
		}
	}
	if !slices.Equal(volumes, mounted) {
		t.Errorf("volumes %q, mounted %q", volumes, mounted)
	}
	if len(c.Command) != 1 || filepath.Base(c.Command[0]) != "edgesim" {
		t.Errorf("it starts %q", c.Command)
	}
	h, dir := secret(t, "nats.yaml")
	args := inPlace(t, c.Args, "nats://nats:4222", h.srv.URL, "/auth/", dir+"/", "/cache", t.TempDir(), "--nats-replicas\n3", "--nats-replicas\n1")
	start(t, args...).until(`worker \S+, 4 slots`)
}

// The file of logins that is shown has keys that are read.
func TestTheLoginOfThePapersIsRead(t *testing.T) {
	var login fleet.Login
	if err := yaml.UnmarshalWithOptions([]byte(shownIn(t, "yaml")[0]), &login, yaml.Strict()); err != nil || login.User != "edge" || login.Key == "" {
		t.Errorf("%v", err)
	}
}
