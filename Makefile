# Everything starts here: `make demo` and `make test` set up all they need in .venv.
PYTHON ?= python3
BIN = .venv/bin
RUN = $(BIN)/python -m

.PHONY: demo test test-faults lint fuzz bench-read screenshots docs lock clean

demo: .venv/runtime
	$(BIN)/mailbot demo

test: .venv/development lint
	$(RUN) pytest --numprocesses=3 --dist=worksteal

# the long runs of what `make test` does shortly: kills, power cuts, broken networks, races
test-faults: .venv/development
	MAILBOT_FAULTS=full $(RUN) pytest --numprocesses=2 -rP --show-capture=stdout tests/faults tests/*/test_*_faults.py tests/flows/test_reminder_races.py tests/flows/test_rounds.py tests/flows/test_year.py

lint: .venv/development
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(RUN) mypy
	$(BIN)/lint-imports

# fifty thousand damaged mails and fifty thousand damaged files
fuzz: .venv/development
	MAILBOT_FUZZ=50000 $(RUN) pytest --numprocesses=2 tests/fuzz

# time and memory of each reader beside the plain library's
bench-read: .venv/development
	$(BIN)/python tests/bench/read.py

# every letter in a browser, wide and narrow, plain and dark, into build/screenshots
screenshots: .venv/development
	$(BIN)/python tests/golden/screenshots.py

# the pages of docs/ that are made from the code
docs: | .venv/bin/python
	$(RUN) parsers.layout.rules_page > docs/table-rules.md

.venv/bin/python:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "mailbot needs Python 3.11 or newer; say PYTHON=/path/to/it")'
	$(PYTHON) -m venv .venv

# setuptools is locked with the rest, so building the project itself fetches nothing unlocked
.venv/runtime: requirements.txt pyproject.toml | .venv/bin/python
	$(RUN) pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	$(RUN) pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	touch $@

.venv/development: requirements-dev.txt .venv/runtime
	$(RUN) pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	touch $@

# the lock files: plain requirements with hashes, good on every platform and Python
lock: .venv/development
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --python-version 3.11 --all-extras \
		--no-emit-package mailbot --custom-compile-command "make lock" pyproject.toml requirements.in -o requirements.txt
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --python-version 3.11 \
		--custom-compile-command "make lock" requirements-dev.in -o requirements-dev.txt

clean:
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache *.egg-info
