package main

// counted refuses flags that say how to read logs where nothing but reports is there to
// be read.
func (in *sources) counted(e *env) error {
	if len(in.kept) == 0 || len(in.files) > 0 {
		return nil
	}
	for _, flag := range []string{"format", "query", "bounded", "approximate", "geo", "states", "browser-versions"} {
		if e.flags.Changed(flag) {
			return usagef("--%s says how a log is read, and run folder %s left none; right is without it, or a run made with --access-log", flag, in.kept[0].dir)
		}
	}
	return nil
}
