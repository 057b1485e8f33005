# Two commands for newcomers: `make run` and `make test`. Only python3 and make are needed.
.DEFAULT_GOAL := help
PYTHON ?= python3
PORT ?= 8000
DATA ?= data
BIN := .venv/bin

.PHONY: help run install test test-slow lint browser clean

help:
	@echo "make run      build the practice city in ./$(DATA) and start everything (PORT=8000)"
	@echo "make test     install what is needed and run all tests, the browser ones included"
	@echo "make test-slow  the tests that take long: odd values on every address, every address as everybody, damaged files"
	@echo "make install  make the environment and the command .venv/bin/bihuan"
	@echo "make lint     format check, lint, types, import layers"

# The environment is remade when the lock or the project file changes.
.venv/.run: requirements.lock pyproject.toml tools/prepare.py
	@$(PYTHON) tools/prepare.py run
	@touch $@

.venv/.dev: requirements-dev.lock pyproject.toml tools/prepare.py
	@$(PYTHON) tools/prepare.py dev
	@touch $@ .venv/.run

install: .venv/.run

run: .venv/.run
	@$(BIN)/bihuan --data $(DATA) demo --if-missing
	@$(BIN)/bihuan --data $(DATA) serve --port $(PORT)

browser: .venv/.dev
	@$(BIN)/python tools/browser.py

test: .venv/.dev browser
	@$(BIN)/python -m pytest -n 4 -m "not slow"

test-slow: .venv/.dev
	@$(BIN)/python -m pytest -n 3 -m slow

lint: .venv/.dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/lint-imports
	$(BIN)/mypy

clean:
	rm -rf .venv build src/*.egg-info
