# Everything runs from .venv, which `make setup` creates from the hashed lock.
PYTHON ?= python3
BIN := .venv/bin
STAMP := .venv/.ready

.PHONY: help setup demo test test-full check generate evidence bench prove-throttle conformance docs lock clean

help:
	@sed -n 's/^## //p' $(MAKEFILE_LIST)

## setup        create .venv with everything that the other targets need
setup: $(STAMP)

$(STAMP): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "amocrm-gen needs Python 3.11 or newer; set PYTHON=/path/to/python3.11" >&2; exit 1; }
	@$(PYTHON) -m venv .venv >/dev/null 2>&1 \
		|| { echo "python3 -m venv failed; on Debian and Ubuntu: apt install python3-venv" >&2; exit 1; }
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r constraints.txt
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

## lock         write constraints.txt anew from pyproject.toml (needs uv)
lock:
	uv pip compile pyproject.toml --all-extras --group dev --universal --generate-hashes \
		--no-emit-index-url --no-header --upgrade -o constraints.txt

## generate     write the SDK, the contract and the reference from spec/
generate: setup
	$(BIN)/amocrm-codegen

## demo         regenerate, start the mock server and do a day's sales work with the SDK
demo: setup
	@$(BIN)/python examples/demo.py

## test         everything quick (at most 6 minutes on 2 cores)
test: setup
	$(BIN)/python -m pytest -n auto --dist worksteal -q \
		-m "not real_time and not deep and not processes and not clean_env and not conformance"

## test-full    adds what needs real time, processes, clean environments and other people's clients
test-full: setup
	$(BIN)/python -m pytest -n auto --dist worksteal -q -m "not clean_env and not conformance"
	$(BIN)/python -m pytest -q -m "clean_env or conformance"

## check        ruff, mypy, pyright, and that nothing generated is stale
check: setup
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy -p amocrm_gen -p amocrm_codegen -p amocrm_mockserver
	$(BIN)/mypy tests/typing/user_sample.py
	$(BIN)/pyright
	$(BIN)/amocrm-codegen --check

## evidence     record which test shows what of which operation, and write docs/coverage.md
evidence: setup
	$(BIN)/python -m pytest -n auto --dist worksteal -q --record-evidence tests/evidence.tsv \
		-m "not real_time and not processes and not clean_env and not conformance"
	$(BIN)/amocrm-codegen

## bench        speed as ratios, measured in one run, into benchmarks/RESULTS.md
bench: setup
	$(BIN)/python -m benchmarks --write

## prove-throttle  the throttle at the server's clock: 4 processes, 20 s, five times
prove-throttle: setup
	$(BIN)/python -m benchmarks.prove_throttle

## conformance  other people's clients, unmodified, against the mock server
conformance: setup
	$(BIN)/python -m tests.conformance --write

## docs         the generated pages of docs/
docs: generate
	$(BIN)/python tests/docs/object_diagram.py
	$(BIN)/python tests/docs/composed_actions.py

## clean        remove what setup and tests leave
clean:
	rm -rf .venv .conformance .mypy_cache .ruff_cache .pytest_cache .hypothesis dist build
