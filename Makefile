# The house's commands. `make` alone lists them.

NODE := .build/debug/signal-node
# Swift's own libraries within, as in the image: a twentieth less CPU per message, and it runs where no Swift is installed.
RELEASE := swift build -c release --static-swift-stdlib
NODE_SOURCES := $(shell find Sources Package.swift -not -path 'Sources/signal-load*' 2>/dev/null)

.DEFAULT_GOAL := help
.PHONY: help run test fuzz fuzz-guided autobahn cluster bench benchmarks cost scale failover failover-full compose-test check-infra lint format deps clean

help: ## list the commands
	@awk -F ': .*## ' '/^[a-z-]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' Makefile

run: $(NODE) ## build and run one node, no Redis needed
	@echo "Starting the node: open http://127.0.0.1:$${PORT:-8787}/ in two tabs; sockets at ws://127.0.0.1:$${PORT:-8787}/signal (Ctrl-C ends it)"
	@exec $(NODE)

test: ## build and run all tests (FILTER=Name runs some)
	@infra/deps hiredis redis haproxy openssl coturn python3 curl chromium
	@echo "Building the node and its tests (first time: about 8 minutes on 2 cores) …"
	@exec infra/test/run $(if $(FILTER),--filter '$(FILTER)')

fuzz: ## feed a million inputs to each reader of remote bytes (CASES=, SEED=, TARGET= change that)
	@infra/deps hiredis
	@echo "Building signal-fuzz for release (first time: about 6 minutes on 2 cores) …"
	@$(RELEASE) --product signal-fuzz
	@exec .build/release/signal-fuzz --cases $(or $(CASES),1000000) $(if $(SEED),--seed $(SEED)) \
	  --target $(or $(TARGET),all)

fuzz-guided: ## let libFuzzer search inputs of scanner and address readers, with AddressSanitizer (SECONDS=60)
	@exec infra/fuzz/guided $(or $(SECONDS),60)

autobahn: ## run the Autobahn WebSocket suite against the node's sockets (needs wstest or Docker)
	@infra/deps hiredis
	@$(RELEASE) --product EchoServer
	@exec infra/autobahn/run

cluster: $(NODE) ## run Redis, three nodes and the edge on this machine
	@infra/deps redis haproxy
	@exec infra/cluster/up

bench: ## measure CPU, memory and latency beside other servers, write docs/performance.md (release build, RUNS=3)
	@infra/deps hiredis redis
	@echo "Building signal-node and signal-load for release (first time: about 12 minutes on 2 cores) …"
	@$(RELEASE) --product signal-node
	@$(RELEASE) --product signal-load
	@exec infra/bench/run

benchmarks: ## fail when a message costs over 5 % more than its ceiling (UPDATE=1, PIECES=)
	@infra/deps hiredis
	@echo "Building signal-benchmarks for release (first time: about 6 minutes on 2 cores) …"
	@$(RELEASE) --product signal-benchmarks
	@exec .build/release/signal-benchmarks $(if $(UPDATE),--update) $(PIECES)

cost: $(NODE) ## measure what joins, signals, idle nodes and deaths ask of Redis
	@infra/deps hiredis redis
	@swift build --product signal-load
	@exec .build/debug/signal-load cost --node $(NODE) --json .build/cost.json

scale: ## simulate 100 nodes and a million peers, and write docs/scale.md (one core for 10 minutes, 4 GB)
	@infra/deps hiredis redis
	@echo "Building scale-report for release (first time: about 6 minutes on 2 cores) …"
	@$(RELEASE) --product scale-report
	@exec .build/release/scale-report --page docs/scale.md

failover: ## kill, stop and cut off parts of a cluster and check what clients see (release build of the node)
	@infra/deps hiredis redis haproxy
	@echo "Building signal-node for release and signal-load (first time: about 10 minutes on 2 cores) …"
	@$(RELEASE) --product signal-node
	@swift build --product signal-load
	@exec infra/failover/run --quick

failover-full: ## the same with every fault, 300 clients and more than 100 kills (about 32 minutes after the build)
	@infra/deps hiredis redis haproxy
	@$(RELEASE) --product signal-node
	@$(RELEASE) --product signal-load
	@echo "First every step, then twenty kills with the short lease: two reports."
	@LOAD=.build/release infra/failover/run
	@LOAD=.build/release OUT=.build/failover/short-lease \
	  exec infra/failover/run --steps F1 --rounds 20 --lease-ms 3000 --heartbeat-ms 300

compose-test: ## build the image, bring the cluster up in containers, and play faults on it (needs Docker)
	@infra/deps hiredis
	@swift build --product signal-load
	@$(CONTAINER_RUN) infra/docker/compose-test

check-infra: $(NODE) ## check manifests, rules, dashboards and the edge against the binary
	@infra/check/run || [ $$? -eq 77 ]

lint: ## check format, scripts and the edge's configuration
	@infra/lint

format: ## format the Swift sources in place
	@swift format --in-place --recursive --configuration .swift-format Sources Tests Package.swift

deps: ## install what is missing: libhiredis-dev, redis-server, haproxy, openssl, coturn, python3, curl, chromium
	@infra/deps hiredis redis haproxy openssl coturn python3 curl chromium
	@echo "Everything is there."

clean: ## remove everything that was built
	@rm -rf .build .cluster

$(NODE): $(NODE_SOURCES)
	@infra/deps hiredis
	@[ -e $@ ] || echo "Building signal-node (first time: about 5 minutes on 2 cores; a second start takes seconds) …"
	@swift build --product signal-node
	@touch $@
