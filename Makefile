# Everything runs from .venv, which `make setup` creates from the hashed lock.
PYTHON ?= python3
BIN := .venv/bin
STAMP := .venv/.ready

.PHONY: help setup demo test test-full check generate bench conformance docs lock clean

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
