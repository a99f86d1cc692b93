# Needs python3 (3.11 or newer) with venv; everything else comes through pip and npm into .venv and .web.
PYTHON ?= python3
BIN := .venv/bin
# Tests wait for browsers and mail servers half of their time: one worker more than there are processors.
WORKERS = $(shell $(BIN)/python -c 'import os; print(min(4, (os.cpu_count() or 1) + 1))')
# Some containers forbid Python to keep what it compiled; each of the many processes here would compile everything anew.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help run test check web wheel browser format clean

help: ## this list
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 10

run: .venv/.installed web ## set up what is missing, then start the product with a demo ledger (options: UP="--port 3100")
	@exec $(BIN)/ar-cockpit up $(UP)

test: .venv/.installed web browser ## set up what is missing, then run every test (options: PYTEST="-x")
	@$(BIN)/pytest -q -n $(WORKERS) --dist loadfile $(PYTEST)

check: .venv/.installed web ## what every commit must pass, in under a minute
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/pytest -q -m "not e2e and not benchmark" -n $(WORKERS) --dist loadfile

web: .venv/.installed ## compile the screens, if one of their sources changed
	@$(BIN)/python -m ar_cockpit.web_build

wheel: .venv/.installed web ## build dist/*.whl, which runs without Node
	@rm -rf dist
	@$(BIN)/python -m build --wheel --no-isolation --outdir dist .

browser: .venv/.installed ## find or install a Chromium for the tests
	@$(BIN)/python tests/e2e/browser.py

format: .venv/.installed ## format the code and mend what ruff can mend
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

clean: ## remove everything that was built or downloaded
	rm -rf .venv .web .reflex .make dist build ar_cockpit/_web

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed; this is " + sys.version.split()[0] + ". Set PYTHON=...") if sys.version_info < (3, 11) else None'
	@echo "Setting up .venv: the first time this takes a minute or two."
	@$(PYTHON) -m venv .venv

.venv/.locked: requirements.lock | .venv/bin/python
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-compile --require-hashes -r requirements.lock
	@touch $@

.venv/.installed: .venv/.locked pyproject.toml
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@
