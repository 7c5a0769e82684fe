PYTHON ?= python3
VENV = .venv
BIN = $(VENV)/bin

.PHONY: setup demo test bench check format model letters clean

setup: $(VENV)/installed

$(VENV)/installed: pyproject.toml constraints.txt
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "watcher needs Python 3.11 or newer: make PYTHON=python3.11 ...")'
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev]'
	touch $@

demo: setup
	@$(BIN)/watcher demo

test: setup
	$(BIN)/python -m pytest -n auto

# What it costs, beside what it could cost at best. A quick look; benchmarks/reach.py tells how to look closer.
bench: setup
	$(BIN)/python -m benchmarks.reach $(ARGUMENTS)

check: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# The weights of the linear model, from the messages in fixtures/training. The same messages give the same bytes.
model: setup
	$(BIN)/python -m tools.train_words en
	$(BIN)/python -m tools.train_words de
	$(BIN)/python -m tools.train_acts en
	$(BIN)/python -m tools.train_acts de

format: setup
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# docs/letters.md, made anew by the test that compares it.
letters: setup
	WATCHER_WRITE_LETTERS=1 $(BIN)/python -m pytest tests/unit/draft/test_letters_page.py

clean:
	rm -rf $(VENV) build *.egg-info
