// Command loadgen plays a workload against any HTTP/1.1 server, in an open loop
// that measures from the intended time, and tells hits from misses where the
// server says which is which.
package main

import "os"

func main() {
	os.Exit(run(os.Args[1:], os.Stdout, os.Stderr))
}
