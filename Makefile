# hervat: set up, run, test. `make help` lists what can be asked.
# Everything it makes stands in .venv/, node_modules/, build/ and src/hervat/doors/pages/static/vendor/.

ifeq ($(filter oneshell,$(.FEATURES)),)
$(error This needs GNU make 4 or newer; on macOS: gmake)
endif

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.ONESHELL:
.NOTPARALLEL:
.DELETE_ON_ERROR:
.DEFAULT_GOAL := setup

PYTHON ?= python3
SCALE ?= 0.06
SERVE ?= 1
BROWSER ?= 1
POSTGRES ?= 1
# One more than there are processors: now and then all of them wait.
WORKERS ?= $(shell expr $$(nproc 2>/dev/null || echo 1) + 1)
SEEDS ?= 20
LONG ?=
TESTS ?=

BIN := .venv/bin
STAMPS := .venv/stamps
LETTER := build/letter
CHROMIUM := /usr/bin/chromium
VENDOR := src/hervat/doors/pages/static/vendor
PIP := $(BIN)/python -m pip --disable-pip-version-check -qq

.PHONY: demo-chain setup run test test-long check mutants bench law wheel requirements clean help vendor browser postgres

setup: $(STAMPS)/hervat vendor ## make .venv/bin/hervat, from nothing or from what changed
	@echo "Ready: $(BIN)/hervat. 'make run' shows it at work; 'make help' tells what else there is."

run: setup ## rehearse the letter (SCALE=0.06 of the nation), then serve its pages (SERVE=0: do not)
	@$(BIN)/hervat rehearse letter --scale $(SCALE) --directory $(LETTER)
	if [ "$(SERVE)" != 0 ]; then exec $(BIN)/hervat serve --store sqlite:///$(LETTER)/cut.db; fi

demo-chain: setup ## eleven organisations as processes: cut off, carried by hand, killed, back through gates, compared (two minutes)
	@$(BIN)/python -m tools.demo_chain --directory build/chain

test: check browser postgres ## set up, then every check and every test (TESTS=path: those; BROWSER=0, POSTGRES=0: without)
	@without="$(if $(LONG),,long or )$(if $(filter 0,$(BROWSER)),browser or )$(if $(filter 0,$(POSTGRES)),postgres or )"
	leave_out=(); if [ -n "$$without" ]; then leave_out=(-m "not ($${without% or })"); fi
	echo "The tests, $(SEEDS) seeds for each rehearsal:"
	REHEARSAL_SEEDS=$(SEEDS) $(BIN)/python -m pytest -n $(WORKERS) --dist worksteal "$${leave_out[@]}" $(TESTS)

test-long: ## the same with 200 seeds and a longer search
	@HYPOTHESIS_PROFILE=long $(MAKE) --no-print-directory test SEEDS=200 LONG=1

check: setup $(STAMPS)/test ## lint, types and the law of imports
	@echo "Style:";   $(BIN)/ruff check .
	echo "Types:";   $(BIN)/mypy
	echo "Imports:"; $(BIN)/lint-imports --no-logo

mutants: setup $(STAMPS)/test ## make the law wrong in one place at a time; a test must fall (ONLY=path, SAMPLE=n, JOBS=n; half an hour)
	@$(BIN)/python -m tools.mutants $(if $(ONLY),--only $(ONLY)) $(if $(SAMPLE),--sample $(SAMPLE)) $(if $(JOBS),--jobs $(JOBS))

bench: setup ## measure, with the baselines in the same run
	@$(BIN)/hervat bench

law: setup ## write docs/law/ from the rules
	@$(BIN)/python tools/law_pages.py docs/law

# What an earlier build left would be packed as well.
wheel: setup ## build dist/hervat-*.whl, the pages and htmx in it
	@rm -rf build/lib build/bdist.*
	$(PIP) wheel --no-deps --no-build-isolation --wheel-dir dist .
	rm -rf build/lib build/bdist.*
	ls dist/hervat-*.whl

requirements: ## pin the newest packages that fit pyproject.toml (needs uv)
	@requirements/refresh

clean: ## remove everything that was made here
	@rm -rf .venv node_modules build dist $(VENDOR) src/*.egg-info .hypothesis .mypy_cache .pytest_cache .ruff_cache \
	    .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

help: ## this list
	@sed -nE 's/^([a-z-]+):.*## (.*)/\1|\2/p' Makefile | while IFS='|' read -r what does; do
	    printf 'make %-13s %s\n' "$$what" "$$does"
	done

$(STAMPS)/venv:
	@if ! $(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
	    echo "hervat needs Python 3.11 or newer as '$(PYTHON)'; name another with 'make PYTHON=/path/to/python3.12'." >&2
	    exit 1
	fi
	echo "Set-up 1 of 4: a place for Python packages of its own, .venv"
	if ! $(PYTHON) -m venv .venv; then
	    echo "Python's module 'venv' does not work; on Debian and Ubuntu: apt-get install python3-venv" >&2
	    exit 1
	fi
	mkdir -p $(STAMPS); touch $@

$(STAMPS)/run: requirements/run.txt | $(STAMPS)/venv
	@echo "Set-up 2 of 4: the packages it stands on, each under its hash (under a minute)"
	$(PIP) install --require-hashes -r requirements/run.txt
	touch $@

$(STAMPS)/hervat: pyproject.toml $(STAMPS)/run
	@echo "Set-up 3 of 4: hervat itself"
	$(PIP) install --no-deps --no-build-isolation --editable .
	touch $@

# Without npm the pages work all the same: every one of them is plain HTML, htmx only spares reloading it whole.
vendor: | $(STAMPS)/venv
	@if [ $(VENDOR)/htmx.min.js -nt package-lock.json ] && [ $(VENDOR)/htmx.min.js -nt package.json ]; then exit 0; fi
	echo "Set-up 4 of 4: htmx for the pages"
	if ! command -v npm >/dev/null; then
	    echo "  npm is not on this machine: the pages will do without htmx, and all of them work. To have it, install" >&2
	    echo "  Node.js with npm (on Debian and Ubuntu: apt-get install npm) and run 'make setup' again." >&2
	    exit 0
	fi
	if ! npm ci --ignore-scripts --silent; then
	    echo "  npm could not fetch htmx: the pages will do without it, and all of them work. When the package registry" >&2
	    echo "  can be reached again, run 'make setup' again; 'npm ci --ignore-scripts' tells what is wrong." >&2
	    exit 0
	fi
	mkdir -p $(VENDOR)
	cp node_modules/htmx.org/LICENSE $(VENDOR)/htmx.LICENSE.txt
	cp node_modules/htmx.org/dist/htmx.min.js $(VENDOR)/htmx.min.js
	touch $(VENDOR)/htmx.min.js

$(STAMPS)/test: requirements/test.txt | $(STAMPS)/hervat
	@echo "Set-up for tests: the packages they stand on, each under its hash (about a minute)"
	$(PIP) install --require-hashes -r requirements/test.txt
	touch $@

browser: setup
	@if [ "$(BROWSER)" = 0 ]; then echo "BROWSER=0: the tests in a browser are left out."; exit 0; fi
	if [ ! -f $(VENDOR)/htmx.min.js ] || [ ! -d node_modules/axe-core ]; then
	    echo "The tests in a browser need htmx and axe-core, which npm fetches (see above); or: make test BROWSER=0" >&2
	    exit 1
	fi
	if [ -x $(CHROMIUM) ]; then exit 0; fi
	if [ "$$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
	    echo "The tests in a browser need Chromium as $(CHROMIUM). Install it (on Debian, as root: apt-get install chromium" >&2
	    echo "fonts-liberation) and run this again, or leave those tests out: make test BROWSER=0" >&2
	    exit 1
	fi
	echo "Set-up for tests: Chromium, from the system's packages (a minute or two)"
	mkdir -p build
	export DEBIAN_FRONTEND=noninteractive
	if ! { apt-get -qq update && apt-get -qq install --no-install-recommends chromium fonts-liberation; } >build/apt.log 2>&1; then
	    tail -n 5 build/apt.log >&2
	    echo "Chromium could not be installed (build/apt.log tells all); leave its tests out with: make test BROWSER=0" >&2
	    exit 1
	fi

# Debian's PostgreSQL brings a server that starts by itself; the tests leave that alone and start their own as an ordinary user.
postgres: setup $(STAMPS)/test
	@if [ "$(POSTGRES)" = 0 ]; then echo "POSTGRES=0: the tests on PostgreSQL are left out."; exit 0; fi
	if $(BIN)/python -c 'from tests.postgres import programs; programs()' 2>/dev/null; then exit 0; fi
	if [ "$$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
	    echo "The tests on PostgreSQL need the programs of its server, 15 or newer. Install them (on Debian, as root: apt-get" >&2
	    echo "install postgresql) and run this again, or leave those tests out: make test POSTGRES=0" >&2
	    exit 1
	fi
	echo "Set-up for tests: PostgreSQL, from the system's packages (a minute)"
	mkdir -p build
	export DEBIAN_FRONTEND=noninteractive
	if ! { apt-get -qq update && apt-get -qq install --no-install-recommends postgresql; } >build/apt.log 2>&1; then
	    tail -n 5 build/apt.log >&2
	    echo "PostgreSQL could not be installed (build/apt.log tells all); leave its tests out with: make test POSTGRES=0" >&2
	    exit 1
	fi
