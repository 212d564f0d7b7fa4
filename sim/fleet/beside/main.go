// Command beside measures what handing work to other machines costs: a sweep on two
// workers beside the same sweep in one process, and what a piece and a byte of data
// cost the server, the coordinator and a worker. From the figures it works out what
// 10, 100 and 1,000 workers would come to.
//
//	go run ./sim/fleet/beside --edgesim bin/edgesim
//
// All of it runs on this machine, server and workers in processes of their own.
// Costs are seconds of the processor, user and system, which other work on the
// machine changes less than seconds of the clock.
package main

import (
	"fmt"
	"os"

	"github.com/spf13/pflag"
)

func main() {
	program := pflag.String("edgesim", "bin/edgesim", "the program")
	rounds := pflag.Int("rounds", 3, "pairs of sweeps")
	pieces := pflag.Int("pieces", 4000, "pieces that do nothing")
	megabytes := pflag.Int("data", 256, "MiB of data that each worker fetches")
	serve := pflag.String("serve", "", "internal: be the server, with this store")
	work := pflag.String("work", "", "internal: be a worker of the server at this URL")
	name := pflag.String("name", "", "internal: the worker's name")
	pflag.Parse()
	var err error
	switch {
	case *serve != "":
		err = beServer(*serve)
	case *work != "":
		err = beWorker(*work, *name)
	default:
		err = measure(*program, *rounds, *pieces, *megabytes)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "beside:", err)
		os.Exit(1)
	}
}

func measure(program string, rounds, pieces, megabytes int) error {
	if err := sweeps("A sweep of 64 cells", program, rounds, grid); err != nil {
		return err
	}
	if err := traces(program, rounds); err != nil {
		return err
	}
	c, err := costs(pieces, megabytes)
	if err != nil {
		return err
	}
	c.print()
	c.foretell()
	return nil
}
