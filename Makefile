# Everything that a person or CI does with edgesim. `make help` lists it.

GO          ?= go
PAGE        := results/page/script
STATICCHECK := honnef.co/go/tools/cmd/staticcheck@v0.8.2
FUZZTIME    ?= 5s
COUNT       ?= 1
SEED        ?= 1

# Properties (rapid) are tried on random values. In test these come from SEED, so
# that the same commit gives the same answer; in fuzz every call tries others.
LIST  := $(GO) list -f '{{.ImportPath}} {{.TestImports}} {{.XTestImports}}' ./...
RAPID := $(LIST) | grep -F pgregory.net/rapid | cut -d' ' -f1
PLAIN := $(LIST) | grep -vF pgregory.net/rapid | cut -d' ' -f1

# What draws pictures, packs bytes and reads YAML is others', and has no goroutines of
# its own that share anything with ours. The race detector makes it ten times slower
# and finds nothing there: it looks at all packages but these.
CALM := image/... compress/... hash/... golang.org/x/image/... gonum.org/v1/plot/... \
  git.sr.ht/~sbinet/gg/... github.com/golang/freetype/... github.com/goccy/go-yaml/...
RACE := -race $(foreach p,$(CALM),-gcflags=$(p)=-race=false)

.PHONY: help build demo test check fmt vet staticcheck script fuzz floors bench bench-hit bench-stream bench-peers bench-load bench-hosts bench-memory bench-report bench-scale bench-sim fits verify gallery clean

help: ## what there is to make
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 16

build: ## bin/edgesim and bin/loadgen
	$(GO) build -o bin/ ./cmd/...

demo: build ## the main job, end to end, in under a minute: a run folder with reports, plots and a page
	bin/edgesim run quickstart

test: ## every test, with the race detector; those that measure memory, replay traces, hold the simulator to the edge, play for long or count a million lines without it
	@echo "$(GO) test -race -timeout 30m ./...: packages with random properties from seed $(SEED), then the others"
	@$(GO) test $(RACE) -timeout 30m -count=$(COUNT) $$($(RAPID)) -rapid.seed=$(SEED)
	@$(GO) test $(RACE) -timeout 30m -count=$(COUNT) $$($(PLAIN))
	$(GO) test -timeout 30m -count=$(COUNT) ./edge ./edge/arena ./edge/cache ./edge/policy \
	  ./sim/analytic ./sim/curve ./workloads ./workloads/fit ./workloads/trace/stat -rapid.seed=$(SEED)
	$(GO) test -timeout 30m -count=$(COUNT) ./sim/live
	$(GO) test -timeout 30m -count=$(COUNT) -run 'AFit|LeftCanBeResumed|WhatOneProcessGives|KilledAndOneIsStopped|ScheduleOfOne|ThatIsFar' ./cmd/edgesim ./cmd/loadgen
	EDGESIM_LINES=1000000 $(GO) test -count=$(COUNT) -run CountingPlainly ./cmd/edgesim

check: fmt vet staticcheck script floors test ## what CI runs: the same answer for the same commit

fmt:
	@bad=$$(gofmt -l $$(git ls-files -co --exclude-standard '*.go')); \
	if [ -n "$$bad" ]; then echo "not formatted: $$bad"; exit 1; fi

vet:
	$(GO) vet ./...

staticcheck:
	$(GO) run $(STATICCHECK) ./...

# The linter is the version that package.json pins; npx keeps it in npm's cache.
script: ## lint and tests of the page's script, where node is
	@if ! command -v npx >/dev/null; then echo "script: no node here: the page's script is neither linted nor tested by itself"; exit 0; fi; \
	  cd $(PAGE) && npx --yes "@biomejs/biome@$$(node -p 'require("./package.json").devDependencies["@biomejs/biome"]')" lint --error-on-warnings . && node --test test/

floors: ## no upward imports, no clock or chance below their floor
	$(GO) test -count=1 -run 'Floors|Fasthttp|TimeAndChance|Rooms|EveryPackage' .

# Fuzzing goes looking and may find something new in code that nobody touched, so
# it is no part of check; what was once found is in testdata/fuzz, and test runs it.
# Each fuzz target for a short while; FUZZTIME=10m makes it a long one. Go fails a
# target whose time runs out while it makes an input smaller, with "context
# deadline exceeded" and no input to show: that is no find.
fuzz: ## every property on a thousand new values, then every fuzz target for FUZZTIME (5s)
	$(GO) test -count=1 -short $$($(RAPID)) -rapid.checks=1000
	@for pkg in $$($(GO) list ./...); do \
	  dir=$$($(GO) list -f '{{.Dir}}' $$pkg); \
	  for target in $$(grep -ohE '^func Fuzz[A-Za-z0-9_]+' $$dir/*_test.go 2>/dev/null | sed 's/func //'); do \
	    echo "fuzz $$pkg $$target"; \
	    $(GO) test -run '^$$' -fuzz "^$$target\$$" -fuzztime $(FUZZTIME) -fuzzminimizetime 10x $$pkg >/tmp/edgesim-fuzz.$$$$ 2>&1 \
	      || { grep -q 'context deadline exceeded' /tmp/edgesim-fuzz.$$$$ && ! grep -q 'Failing input' /tmp/edgesim-fuzz.$$$$; } \
	      || { cat /tmp/edgesim-fuzz.$$$$; rm -f /tmp/edgesim-fuzz.$$$$; exit 1; }; \
	    rm -f /tmp/edgesim-fuzz.$$$$; \
	  done; \
	done

bench: ## every benchmark, in Go's format
	$(GO) test -run '^$$' -bench . -benchmem ./...

bench-hit: ## cached hits beside a bare fasthttp server, a core each: the ratios
	$(GO) test ./edge -run '^$$' -bench Beside -benchtime 1x

bench-stream: ## first bytes, followers and herds on a slow origin, on real sockets
	$(GO) test ./sim/live -run '^$$' -bench SlowOrigin -benchtime 1x

bench-peers: bench-load ## bench-load, then edgesim beside nginx and Varnish, where installed: speed, CPU and memory, as ratios
	.ci/bench-peers

bench-load: ## loadgen beside wrk, wrk2, h2load, vegeta, fortio, hey, bombardier: CPU a request, schedule kept, evenness
	.ci/bench-load

bench-hosts: ## three hosts as network namespaces: a sweep's bytes, and how far apart load begins; needs root
	.ci/bench-hosts

bench-memory: ## a 4 GiB cache of 16 KiB objects, replaced three times over: resident set, garbage collector's share
	$(GO) test ./edge -run '^$$' -bench Memory -benchtime 1x -timeout 30m

bench-report: build ## reports from a log of a million lines, beside GoAccess where installed, as ratios
	$(GO) run ./results/logs/beside --edgesim bin/edgesim

fits: ## how near the scenarios fitted to the traces in EDGESIM_DATA come: the table of docs/fitting.md
	@$(GO) test ./workloads/fit -count=1 -v -run 'RealTraces|Tragens' | grep -o '|.*|'

bench-sim: build ## miss-ratio curves on one core, from a trace's file to the answer, beside libCacheSim's where CACHESIM=PATH names cachesim; virtual runs by hit ratio on one and two
	$(GO) run ./sim/curve/beside --edgesim bin/edgesim
	GOMAXPROCS=1 $(GO) test ./sim/virtual -run '^$$' -bench ByHits -benchtime 1x
	GOMAXPROCS=2 $(GO) test ./sim/virtual -run '^$$' -bench ByHits -benchtime 1x

bench-scale: build ## what handing work to others costs: a sweep on two workers beside one process, pieces, data
	$(GO) build -o bin/ ./sim/fleet/beside && bin/beside --edgesim bin/edgesim

verify: build ## a million requests with evictions, expiry, ranges and aborts, every byte compared
	.ci/verify

gallery: build ## docs/gallery anew, from a run of quickstart: every plot, and the page in a browser
	rm -rf docs/gallery/run
	bin/edgesim run quickstart --seed 7 --set duration=60s --set warmup=5s --set workload.rate=600/s --out docs/gallery/run
	$(GO) run ./results/plot/gallery docs/gallery/run docs/gallery
	rm -rf docs/gallery/run

clean: ## remove what was built and run
	rm -rf bin results/runs
