# `make demo` and `make test` set up everything that they need, from a fresh clone on.
SHELL := /bin/bash
.DEFAULT_GOAL := help

VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --no-input --quiet --quiet
CORE := $(VENV)/.core
DEV := $(VENV)/.dev
GUARDRAILS_AI := .venv-guardrails-ai
# The first Python that is new enough; `make test PYTHON=python3.12` names another.
PYTHON ?= $(shell for python in python3 python3.13 python3.12 python3.11; do \
	$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$python && break; done)

.PHONY: help
help: ## List what can be made
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

.PHONY: demo
demo: $(CORE) ## Run the main job on an example: generate, check, rank, review, pull
	@$(BIN)/copydesk demo

.PHONY: serve
serve: $(CORE) ## Serve the API and the review pages on http://127.0.0.1:8000
	@$(BIN)/copydesk serve

.PHONY: test
test: lint system-packages ## Run linters, type checks and every test, with coverage
	@$(BIN)/python -m pytest -n auto --dist worksteal --cov --cov-report=term:skip-covered --cov-fail-under=85

.PHONY: lint
lint: $(DEV) ## Run linters and type checks
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check
	@$(BIN)/mypy
	@$(BIN)/lint-imports

.PHONY: format
format: $(DEV) ## Format the code, and mend what the linter can mend
	@$(BIN)/ruff format
	@$(BIN)/ruff check --fix

# guardrails-ai pins an older openai, so it has an environment of its own; the tests of the client
# run there too, on that openai.
.PHONY: test-guardrails-ai
test-guardrails-ai: $(GUARDRAILS_AI)/.ready ## Run the tests that need the extra guardrails-ai
	@$(GUARDRAILS_AI)/bin/python -m pytest tests/unit/guardrails/test_guardrails_ai.py \
		tests/unit/guardrails/test_judge.py tests/unit/generation/test_openai_compatible.py

.PHONY: docs
docs: $(DEV) ## Write the generated reference pages anew
	@$(BIN)/python -m scripts.reference

.PHONY: pins
pins: $(DEV) ## Write constraints.txt from what is installed
	@$(BIN)/python -m scripts.pins > constraints.tmp && mv constraints.tmp constraints.txt

GUARDRAILS_AI_TESTS := guardrails-ai-ban-list guardrails-ai-regex-match \
	hypothesis httpx pytest pytest-socket pytest-timeout

.PHONY: pins-guardrails-ai
pins-guardrails-ai: $(GUARDRAILS_AI)/.ready ## Write constraints-guardrails-ai.txt likewise
	@$(GUARDRAILS_AI)/bin/python -m scripts.pins 'copydesk[guardrails-ai]' $(GUARDRAILS_AI_TESTS) > constraints.tmp
	@mv constraints.tmp constraints-guardrails-ai.txt

.PHONY: system-packages
system-packages: ## Install Chromium and PostgreSQL for the tests, where that is allowed
	@scripts/system-packages

.PHONY: clean
clean: ## Remove the virtual environment and the caches of tools
	@rm -rf $(VENV) $(GUARDRAILS_AI) .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache .coverage*

$(CORE): pyproject.toml constraints.txt
	@test -n "$(PYTHON)" || { echo "Install Python 3.11 or newer." >&2; exit 1; }
	@echo "Setting up $(VENV) ..."
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(PIP) install --constraint constraints.txt --editable .
	@touch $@

# torch by itself first: on its own, pip takes the build for this machine without a search.
$(DEV): $(CORE)
	@echo "Setting up $(VENV) for development ..."
	@$(PIP) install torch==2.13.0
	@$(PIP) install --constraint constraints.txt --editable '.[dev]'
	@touch $@

$(GUARDRAILS_AI)/.ready: pyproject.toml constraints-guardrails-ai.txt
	@test -n "$(PYTHON)" || { echo "Install Python 3.11 or newer." >&2; exit 1; }
	@echo "Setting up $(GUARDRAILS_AI) ..."
	@test -x $(GUARDRAILS_AI)/bin/python || $(PYTHON) -m venv $(GUARDRAILS_AI)
	@$(GUARDRAILS_AI)/bin/python -m pip --disable-pip-version-check --no-input --quiet --quiet \
		install --constraint constraints-guardrails-ai.txt \
		--editable '.[guardrails-ai]' $(GUARDRAILS_AI_TESTS)
	@touch $@
