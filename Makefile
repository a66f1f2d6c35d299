# Every command that people and CI run. `make` alone prints them.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

VENV := .venv
BIN := $(VENV)/bin
PY := $(BIN)/python
INSTALLED := $(VENV)/.installed
# What browsers get, made from npm's packages and our own files.
ASSETS := web/static/manifest.json
# The first of these that is Python 3.11 or newer and can make a virtual environment.
PYTHONS ?= python3.13 python3.12 python3.11 python3
# Narrows `make test`, as in: make test T=tests/topics
T ?=
# How many run the whole of it at once, each with a PostgreSQL and a Redis of its own.
PROCESSES ?= 2

COMPILE := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-header

help: ## print this list
	@echo "Samskap. The commands:"
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

dev: $(INSTALLED) $(ASSETS) ## run everything on this machine, with data in .samskap (Ctrl-C stops it)
	@exec $(BIN)/samskap dev

test: $(INSTALLED) $(ASSETS) chromium ## run the tests; a part of them with T=tests/topics
	@$(BIN)/pytest $(or $(T),-n $(PROCESSES) --no-loadscope-reorder)

check: check-style check-types check-floors check-migrations check-schema check-dead check-dependencies ## run every check that is not a test
	@echo "All checks passed."

check-style: $(INSTALLED)
	@$(BIN)/ruff check --quiet .
	@$(BIN)/ruff format --quiet --check .

check-types: $(INSTALLED)
	@$(BIN)/mypy --no-error-summary

check-floors: $(INSTALLED)
	@$(BIN)/lint-imports --no-logo > $(VENV)/lint-imports.log || { cat $(VENV)/lint-imports.log; exit 1; }

check-migrations: $(INSTALLED)
	@$(BIN)/samskap migrate --check

check-schema: $(INSTALLED)
	@$(PY) -m api.schema --check

# vulture ends with 3 when it has found something; what is left out, and why, stands in pyproject.toml. The methods
# of these files are called by others, by name: Authlib (web/trial) and Strawberry (info.py).
CALLED := web/trial/(clients|maskinporten|protocol|state)\.py|graphql/operation_compiler/info\.py
check-dead: $(INSTALLED)
	@found=$$($(BIN)/vulture || [ $$? -eq 3 ]); \
	! grep -vE "unused (variable|attribute) '|^($(CALLED)):.* unused (method|property) '" <<< "$$found" | grep .

check-dependencies: $(INSTALLED)
	@$(BIN)/deptry . 2> $(VENV)/deptry.log || { cat $(VENV)/deptry.log; exit 1; }

bench: $(INSTALLED) $(ASSETS) ## measure how fast this machine serves the busiest pages
	@$(PY) -m tests.bench

screenshots: $(INSTALLED) $(ASSETS) chromium ## take pictures of the main pages into screenshots/
	@$(PY) -m tests.browser.screenshots screenshots

format: $(INSTALLED) ## sort imports, mend what can be mended, lay out the code
	@$(BIN)/ruff check --quiet --fix --exit-zero .
	@$(BIN)/ruff format --quiet .

schema: $(INSTALLED) ## write graphql/schema.graphql and graphql/operations/manifest.json anew
	@$(PY) -m api.schema --write

migrations: $(INSTALLED) ## write a migration for what changed in the models; read it before you commit it
	@$(BIN)/samskap migrate --make

lock: $(INSTALLED) ## choose the newest allowed versions and write requirements/ anew
	@$(COMPILE) --upgrade --all-extras --group dev -o requirements/dev.txt pyproject.toml
	@$(COMPILE) -c requirements/dev.txt --extra telemetry -o requirements/base.txt pyproject.toml
	@$(COMPILE) -c requirements/dev.txt --extra telemetry --extra embedded -o requirements/embedded.txt pyproject.toml
	@$(COMPILE) -c requirements/dev.txt --group build -o requirements/build.txt
	@$(COMPILE) --group node -o requirements/node.txt
	@! grep -nE '://|--(extra-)?index' requirements/*.txt

clean: ## remove the installed packages and caches; the data in .samskap stays
	@rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis

$(PY):
	@found= able=; \
	for python in $(PYTHONS); do \
		"$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2> /dev/null || continue; \
		found=$$python; \
		"$$python" -c 'import ensurepip, venv' 2> /dev/null || continue; \
		able=$$python; break; \
	done; \
	if [ -z "$$found" ]; then \
		echo "Samskap needs Python 3.11 or newer, and none of these is: $(PYTHONS)." >&2; exit 2; \
	elif [ -z "$$able" ]; then \
		echo "$$found cannot make a virtual environment: install its venv package (on Debian and Ubuntu: apt install python3-venv)." >&2; exit 2; \
	fi; \
	"$$able" -m venv $(VENV)

$(INSTALLED): $(PY) requirements/dev.txt pyproject.toml
	@echo "Installing the locked packages into $(VENV); the first time takes a minute or two ..."
	@$(PY) -m pip install -qq --disable-pip-version-check --require-hashes -r requirements/dev.txt
	@$(PY) -m pip install -qq --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

# Browser tests need a real Chromium: CHROMIUM names one, else the machine's own, else it is installed where that can be.
chromium: $(INSTALLED)
	@$(PY) -m tests.browser.chromium > /dev/null 2>&1 || { \
		if command -v apt-get > /dev/null && [ "$$(id -u)" = 0 ]; then \
			echo "Installing Chromium for the browser tests ..."; \
			(apt-get install -qq -y --no-install-recommends chromium || \
				(apt-get update -qq && apt-get install -qq -y --no-install-recommends chromium)) > /dev/null; \
		fi; \
		$(PY) -m tests.browser.chromium > /dev/null; \
	}

assets: $(ASSETS) ## make the files that browsers get (SAMSKAP_THEME_COLOR sets their colour)

$(ASSETS): $(INSTALLED) web/build.py $(wildcard web/frontend/*.* web/frontend/images/*)
	@echo "Making the files for browsers; the first time fetches packages from npm ..."
	@node=$$(node --version 2> /dev/null | sed 's/^v//; s/\..*//' || true); \
	if [ "$${node:-0}" -lt 20 ]; then \
		$(PY) -m pip install -qq --disable-pip-version-check --require-hashes -r requirements/node.txt; \
	fi
	@$(PY) -m web.build

.PHONY: help assets chromium screenshots dev test check check-style check-types check-floors check-migrations check-schema check-dead \
	check-dependencies bench format schema migrations lock clean
