# `make demo` shows Tocsin with a simulated building; `make test` runs everything; `make bench` prints figures.
# Each installs what it lacks and says what it does.

SHELL := /bin/bash
export PATH := $(CURDIR)/target/python/bin:$(PATH)
# A build that is thrown away gains nothing from being incremental.
ifdef CI
export CARGO_INCREMENTAL := 0
endif
# Each stage says how long it took, against the budget of the design (build 9 min, unit and stories 5, seeds 4, real parts 5).
stage = @start=$$(date +%s); echo "── $(1)"; $(2) && echo "── $(1): $$(( $$(date +%s) - start )) s"

# The simulation is nine times as fast with it, and everything else builds five times as slowly (docs/decisions/002).
# A seed that fails says which one and where; the lines of a backtrace are not waited for.
OPTIMISED := CARGO_PROFILE_DEV_OPT_LEVEL=1 CARGO_PROFILE_DEV_DEBUG=0

# Most of the time of the tests with real parts is spent waiting for those: more of them run than there are cores.
THREADS ?= $(shell echo $$(( $$(nproc) * 2 )))

.PHONY: demo web test bench fuzz kills mutants soak lint build influxdb2 prerequisites

# The consoles, which the program embeds. Without Node it is built all the same, and says what it lacks.
web: web/dist/manifest.json
web/dist/manifest.json: $(shell find web/src web/public -type f) web/package-lock.json web/tsconfig.json web/vite.config.ts
	$(call stage,consoles,(cd web && { [ node_modules/.package-lock.json -nt package-lock.json ] || npm ci --silent --no-audit --no-fund; } && npm run --silent build))

# The optimised build serves the demo, too: what you see is what a site runs.
demo: web
	cargo build --release --locked
	./target/release/tocsin demo

test: prerequisites lint build
	$(call stage,unit tests and stories,RUST_TEST_THREADS=$(THREADS) cargo test --locked --quiet -- --skip the_invariants_hold)
	$(call stage,build of the seeded simulation,$(OPTIMISED) cargo test --locked --quiet --no-run --test simulation)
	$(call stage,seeded simulation,$(OPTIMISED) SEEDS=1500 cargo test --locked --quiet --test simulation the_invariants_hold -- --nocapture)

build: web
	$(call stage,build,cargo test --locked --no-run --quiet && cargo build --locked --quiet)

lint: web
	$(call stage,format and lints,cargo fmt --check && cargo clippy --locked --quiet --all-targets -- -D warnings)
	$(call stage,logic of the consoles,(cd web && npm test --silent))

bench: prerequisites
	cargo bench --locked

# Every decoder of bytes from outside, with other inputs each time; FUZZ_CASES for each decoder. What fails is kept in
# tests/fuzz/corpus and is part of `make test` from then on.
fuzz: export FUZZ_CASES ?= 20000
fuzz: export FUZZ_SEED ?= $(shell date +%s)
fuzz:
	@echo "FUZZ_CASES=$$FUZZ_CASES FUZZ_SEED=$$FUZZ_SEED"
	cargo test --locked --quiet --test fuzz

# The program killed at so many random instants under load, and looked at after each; the instants are drawn from SEED.
kills: export KILLS ?= 200
kills: export SEED ?= $(shell date +%s)
kills: prerequisites
	@echo "KILLS=$$KILLS SEED=$$SEED"
	cargo test --locked --quiet --test gateway killed_at_random -- --nocapture

# Breaks one thing after the other on purpose, shows in how many of SEEDS the seeded simulation catches it, and writes
# docs/mutants.md. All of them are one build, in a copy below target/; ONLY=name plays one.
mutants:
	python3 tests/mutants/run.py

# More seeds than `make test` has time for: SOAK of them, optimised.
soak: export SEEDS = $(or $(SOAK),20000)
soak:
	cargo test --release --locked --quiet --test simulation the_invariants_hold -- --nocapture

# The time-series tests over the optional crate `influxdb2` in place of our own transport. Not part of `make test`: the crate brings a
# second HTTP stack, a hundred crates to build.
influxdb2: prerequisites
	cargo test --locked --quiet --features influxdb2 --test influx

prerequisites:
	$(call stage,prerequisites,bash tests/prerequisites.sh)
