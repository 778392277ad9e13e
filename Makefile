# SPDX-License-Identifier: GPL-3.0-or-later
#
# The tasks of the project by name; `make` alone lists them. CMake builds (CMakePresets.json), scripts/setup fetches.

JOBS ?= $(shell nproc)
ONCE ?=
STAGES ?=
ABLATE ?=
MIN ?=
LEGS ?=
QUICK ?=
SCENARIOS ?=
export PARLEY_CACHE ?= $(or $(XDG_CACHE_HOME),$(HOME)/.cache)/parley

.DEFAULT_GOAL := help
.PHONY: help setup apt models asterisk status build demo test test-unit test-asan test-tsan fuzz chaos bench bench-load bench-call bench-soak bench-talkers bench-voices format format-check tidy notices clean

help: ## This list
	@echo "parley: translated telephone calls on Asterisk"
	@echo
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
	@echo
	@echo "Fetched and converted parts are kept in $(PARLEY_CACHE) (set PARLEY_CACHE to choose)."

setup: ## Everything below: Debian packages, runtimes, models, Asterisk; seconds when it is all there
	@scripts/setup/run all
	@scripts/setup/asterisk.sh

apt: ## Install the Debian packages that are missing (as root)
	@scripts/setup/run apt

models: ## Fetch and convert runtimes, models and recordings, and the Python environment
	@scripts/setup/run models

asterisk: ## Find or fetch an Asterisk, and build chan_externalmedia for it
	@scripts/setup/asterisk.sh

status: ## What set-up has in place and what is missing
	@scripts/setup/run status

build: setup ## Compile everything (build/release)
	@cmake --preset release >/dev/null
	@cmake --build --preset release --parallel $(JOBS)

demo: build ## A translated call between two phones; ONCE=1 ends after the conversation, 0 only if all was answered
	@scripts/demo $(if $(filter-out 0,$(ONCE)),--once)

test: build ## All tests: unit, engines, set-up, integration on a real Asterisk, a short fuzz run
	@scripts/test $(STAGES)

test-unit: build ## The quick tests that need no model
	@scripts/test unit setup

test-asan: setup ## The quick tests under the address and undefined-behaviour sanitizers
	@scripts/test asan

test-tsan: setup ## The tests of threads under the thread sanitizer
	@scripts/test tsan

chaos: build ## Scripted faults against live calls on a real Asterisk; SCENARIOS="…" some of them, QUICK=1 the short ones
	@scripts/chaos $(if $(filter-out 0,$(QUICK)),--quick) $(SCENARIOS)

fuzz: setup ## Fuzz the protocol parsers for a minute each (SECONDS=60)
	@scripts/fuzz $(or $(SECONDS),60)

bench: build ## Measure every stage on this machine, synthesis beside two other engines
	@scripts/setup/run bench
	@scripts/bench

bench-call: build ## How a call feels: its lags in what both sides heard, beside the first pipeline; ABLATE=1 also without each technique
	@scripts/bench-call --baseline $(if $(filter-out 0,$(ABLATE)),--ablate all)

bench-load: build ## How many legs the 20 ms loop carries (LEGS=200 MIN=10), and how many talkers real engines do
	@scripts/bench-load $(or $(LEGS),200) $(or $(MIN),10)
	@scripts/bench-load --talkers

bench-soak: build ## Ten minutes of call (MIN=10): does a lag or the memory grow?
	@scripts/bench-call --soak $(or $(MIN),10)

bench-talkers: build ## How many people this machine can speak for at once without a gap
	@scripts/bench talkers

bench-voices: build ## How near windowed speech comes to the whole Kokoro graph, voice by voice; REPORT=docs renews the report there
	@bench/voice_quality.py $(if $(REPORT),--report $(REPORT))

format: ## Lay out the C and C++ sources
	@git ls-files '*.cpp' '*.h' '*.c' | xargs clang-format-16 -i

format-check: ## Say which sources `make format` would change
	@git ls-files '*.cpp' '*.h' '*.c' | xargs clang-format-16 --dry-run --Werror

tidy: setup ## Static analysis of the C++ sources
	@cmake --preset tidy >/dev/null
	@git ls-files 'src/*.cpp' | xargs -P $(JOBS) -n 4 clang-tidy-16 -p build/tidy --quiet

notices: ## Write THIRD_PARTY_NOTICES.md from setup/manifest.toml
	@scripts/setup/run notices

clean: ## Remove what was built; the cache stays
	@rm -rf build
