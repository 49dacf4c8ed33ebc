# Two commands do everything on a fresh machine: `make demo` and `make test`.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
VIEWER := twin/evidence/viewer
DASHBOARD := twin/supervision/dashboard
DEMO ?= demo

.PHONY: demo test check lint types plan bench lock setup clean

demo: setup
	$(BIN)/plumbline demo -o $(DEMO)

test: setup
	$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder

check: setup lint types plan test

lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: setup
	$(BIN)/mypy
	cd $(VIEWER) && PATH="$(CURDIR)/$(BIN):$$PATH" npm run --silent check
	cd $(DASHBOARD) && PATH="$(CURDIR)/$(BIN):$$PATH" npm run --silent check

plan: setup
	$(BIN)/lint-imports

bench: setup
	$(BIN)/python -m tests.bench

setup: $(VENV)/installed $(VIEWER)/dist/viewer.js $(DASHBOARD)/dist/dashboard.js

# The lock carries a hash for every file and no address of a registry.
$(VENV)/installed: requirements.lock pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install -qq --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install -qq --disable-pip-version-check --no-deps --no-build-isolation --editable .
	sh .ci/system-libraries $(BIN)/python
	touch $@

# Node comes from the locked Python packages, so that no Node need be installed.
$(VIEWER)/dist/viewer.js: $(VENV)/installed $(wildcard $(VIEWER)/package*.json $(VIEWER)/*.mjs $(VIEWER)/texts/* $(VIEWER)/src/*)
	cd $(VIEWER) && PATH="$(CURDIR)/$(BIN):$$PATH" npm ci --no-audit --no-fund --loglevel=error
	cd $(VIEWER) && PATH="$(CURDIR)/$(BIN):$$PATH" npm run --silent build

# The dashboard shares the viewer's elements and colours.
$(DASHBOARD)/dist/dashboard.js: $(VENV)/installed $(wildcard $(DASHBOARD)/package*.json $(DASHBOARD)/build.mjs $(DASHBOARD)/texts/* $(DASHBOARD)/src/* $(VIEWER)/src/* $(VIEWER)/bundle.mjs)
	cd $(DASHBOARD) && PATH="$(CURDIR)/$(BIN):$$PATH" npm ci --no-audit --no-fund --loglevel=error
	cd $(DASHBOARD) && PATH="$(CURDIR)/$(BIN):$$PATH" npm run --silent build

lock:
	$(PYTHON) -m uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --quiet \
		--group dev pyproject.toml -o requirements.lock

clean:
	rm -rf $(VENV) $(VIEWER)/dist $(VIEWER)/node_modules $(DASHBOARD)/dist $(DASHBOARD)/node_modules build dist
