# Everything starts here: `make demo` and `make test` set up all they need in .venv.
PYTHON ?= python3
BIN = .venv/bin
RUN = $(BIN)/python -m

.PHONY: demo test servers test-faults test-hostile lint fuzz bench bench-full bench-read screenshots docs lock clean FORCE

demo: .venv/runtime
	$(BIN)/mailbot demo

test: .venv/development lint
	$(RUN) pytest --numprocesses=3 --dist=worksteal

# further mail servers for the tests, unpacked into .servers; without them their tests are skipped
servers:
	"$(PYTHON)" tools/servers.py

# the long runs of what `make test` does shortly: kills, power cuts, broken networks, races
test-faults: .venv/development
	MAILBOT_FAULTS=full $(RUN) pytest --numprocesses=2 -rP --show-capture=stdout tests/faults tests/*/test_*_faults.py tests/flows/test_reminder_races.py tests/flows/test_rounds.py tests/flows/test_year.py

# every hostile file and mail, and what each cost its reader
test-hostile: .venv/development
	MAILBOT_HOSTILE=full $(RUN) pytest --numprocesses=2 -rP --show-capture=stdout tests/hostile

lint: .venv/development
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(RUN) mypy
	$(BIN)/lint-imports

# fifty thousand damaged mails and fifty thousand damaged files
fuzz: .venv/development
	MAILBOT_FUZZ=50000 $(RUN) pytest --numprocesses=2 tests/fuzz

# speed and memory beside the floor and what one would write: what fits into ten minutes, or everything
bench bench-full: .venv/development
	PYTHONPATH=.:tests $(RUN) bench.run $(if $(filter bench-full,$@),--full) $(GROUPS)

# time and memory of each reader beside the plain library's
bench-read: .venv/development
	$(BIN)/python tests/bench/read.py

# every letter in a browser, wide and narrow, plain and dark, into build/screenshots
screenshots: .venv/development
	$(BIN)/python tests/golden/screenshots.py

# the pages of docs/ that are made from the code
docs: .venv/runtime
	$(RUN) parsers.layout.rules_page > docs/table-rules.new
	mv docs/table-rules.new docs/table-rules.md
	$(BIN)/python tools/licences.py > docs/licences.new
	mv docs/licences.new docs/licences.md

# whether and what there is to do is asked each time: what was moved, interrupted or of another Python is made anew
.venv/runtime .venv/development: FORCE
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 7))' 2>/dev/null || \
		{ echo 'make: $(PYTHON) is missing, does not run or is far too old; apt install python3 python3-venv (3.11 or newer), or say make PYTHON=/path/to/it' >&2; exit 1; }
	@"$(PYTHON)" tools/environment.py $(if $(filter command environment,$(origin PYTHON)),--this-python) $(@F)

FORCE:

# the lock files: plain requirements with hashes, good on every platform and Python
lock: .venv/development
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --python-version 3.11 --all-extras \
		--no-emit-package mailbot --custom-compile-command "make lock" pyproject.toml requirements.in -o requirements.txt
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --python-version 3.11 \
		--custom-compile-command "make lock" requirements-dev.in -o requirements-dev.txt

clean:
	rm -rf .venv .servers .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache *.egg-info
