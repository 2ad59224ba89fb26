# `make` alone lists what there is. Scripts do the work; this file names it.

PREFIX ?= $(HOME)/.local
# A seed that is named is played alone, and told step by step.
N ?= $(if $(SEED),1,1000)
PROFILE ?= plain
HOURS ?= 1
ROUNDS ?= 10
MINUTES ?= 30
RELEASE = .build-release
SHELL = /bin/bash

.NOTPARALLEL:
.DEFAULT_GOAL := help

.PHONY: help
help: ## this text
	@echo "Fieldbook: a team's experiments, offline first."
	@echo
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) \
	  | awk -F ':.*## ' '{ printf "  make %-11s %s\n", $$1, $$2 }'
	@echo
	@echo "Start with: make demo"

.PHONY: setup
setup: ## install the system packages that are missing (Debian), or say which
	@scripts/setup

.PHONY: build
build: setup ## debug build of everything, in .build
	swift build

.PHONY: demo
demo: setup ## two laptops, a hub, a conflict, one truth: the story in ./demo
	@scripts/setup python
	@binary=$$(scripts/build any) && python=$$(scripts/python-env) \
	  && exec "$$python" scripts/demo "$$binary"

.PHONY: test
test: setup ## what must pass before every push; under 20 minutes from a bare clone
	@scripts/setup tests
	@scripts/test

.PHONY: test-page
test-page: setup ## the page in Chromium, with pictures of all of it in .build-page: make test-page ONLY=conflict
	@scripts/setup tests
	@FIELDBOOK_SCREENSHOTS=$(CURDIR)/.build-page $(if $(ONLY),FIELDBOOK_PAGE_ONLY='$(ONLY)') \
	  scripts/test --filter PageProgramTests

.PHONY: test-full
test-full: setup ## the same with 300 kills, ten thousand connections and 11,000 simulated histories
	@scripts/setup tests
	@FIELDBOOK_TEST_FULL=1 scripts/test
	@scripts/simulate --seed 1000001 --count 1000

.PHONY: sim
sim: setup ## simulate replicas among faults: make sim SEED=1 N=1000 PROFILE=copies
	swift run -c release --scratch-path $(RELEASE) fieldbook-sim \
	  --commit "$$(git describe --always --dirty)" --seed $(or $(SEED),1) --count $(N) --profile $(PROFILE)

.PHONY: sim-mutants
sim-mutants: setup ## put in one bug after the other: each must be caught by the simulator
	@scripts/sim-mutants

.PHONY: soak
soak: setup ## for HOURS: new simulated histories, fuzzers, and real programs with one of commit OLD among them
	@scripts/setup lab
	@scripts/soak --hours $(HOURS) $(if $(OLD),--old $(OLD))

.PHONY: lab
lab: setup ## the built program itself among real faults: make lab ROUNDS=20 SEED=1 [OLD=COMMIT]
	@scripts/setup lab
	@earlier=$(if $(OLD),$$(scripts/build-old $(OLD))) \
	  && python3 scripts/lab --rounds $(ROUNDS) --seed $(or $(SEED),1) $${earlier:+--other-binary "$$earlier"}

.PHONY: fuzz
fuzz: setup ## play hostile bytes into every decoder (libFuzzer) for MINUTES in all
	@scripts/fuzz --minutes $(MINUTES)

.PHONY: differential
differential: setup ## ask MLflow's own server and ours the same, and show where they differ
	@scripts/setup python
	@scripts/differential

.PHONY: clients
clients: setup ## scripts with older MLflow clients, LightGBM and Optuna against our server
	@scripts/setup python
	@scripts/clients

.PHONY: bench
bench: bench-store ## measure, beside a raw SQLite loop, MLflow's own client, git, DVC and cp; and the page
	@scripts/setup tests
	@scripts/bench-browser --alone --build $(RELEASE)/release

.PHONY: bench-store
bench-store: setup
	@scripts/setup python
	@FIELDBOOK_TEST_PYTHON=$$(scripts/python-env bench) \
	  && FIELDBOOK_BENCH_DVC=$$(dirname "$$(scripts/python-env apart dvc)")/dvc \
	  && FIELDBOOK_BENCH_WEIGHTS=$$(scripts/large-files --write $(RELEASE)/weights) \
	  && export FIELDBOOK_TEST_PYTHON FIELDBOOK_BENCH_DVC FIELDBOOK_BENCH_WEIGHTS \
	  && swift build -c release --scratch-path $(RELEASE) \
	  && $(RELEASE)/release/fieldbook-bench --save $(RELEASE)/bench.json

.PHONY: bench-full
bench-full: bench-store ## the same, the tracking API beside MLflow's server, logging and the page beside others
	@scripts/setup tests
	@scripts/bench-peers --save $(RELEASE)/peers.json
	@scripts/bench-api --save $(RELEASE)/api.json
	@scripts/bench-browser --build $(RELEASE)/release --save $(RELEASE)/browser.json

.PHONY: bench-page
bench-page: ## put what bench-full measured last into docs/performance.md
	@scripts/bench-page $(RELEASE)/bench.json $(RELEASE)/peers.json $(RELEASE)/api.json $(RELEASE)/browser.json

.PHONY: check
check: setup ## formatting and warnings, both as errors
	swift format lint --strict --recursive --parallel Package.swift Sources Tests
	FIELDBOOK_STRICT=1 swift build --build-tests --scratch-path .build-check

.PHONY: format
format: ## lay the code out as `make check` wants it
	swift format --in-place --recursive --parallel Package.swift Sources Tests

.PHONY: install
install: setup ## release build to PREFIX (default ~/.local), with completions
	@scripts/install "$(PREFIX)"

.PHONY: clean
clean: ## remove everything built (not ./demo)
	rm -rf .build .build-*
