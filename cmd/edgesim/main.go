// Command edgesim is a wind tunnel for edge caches: it plays a scenario on a
// real edge over real sockets, serves the edge in front of any origin, and acts
// origins out.
package main

import "os"

func main() {
	os.Exit(run(os.Args[1:], os.Stdout, os.Stderr))
}
