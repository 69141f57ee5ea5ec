# Two commands do everything on a machine with Python 3.11 or newer and make:
#   make demo   sets up, builds a small shop, finds its moments of truth and prints where the report is
#   make test   sets up and runs the quick suite
# `make help` lists the rest. PYTHON=python3.13 chooses another Python, VENV=folder another place for the environment.

PYTHON ?= python3
VENV ?= .venv
WORKERS ?= 2
DEMO ?= demo-shop
BIN := $(VENV)/bin
LOCK := requirements.lock
# Written last: an environment whose making was interrupted is made again.
READY := $(VENV)/.momot-ready

# Trust what the system trusts, as pip does: a company's network may have a certificate of its own.
export UV_SYSTEM_CERTS := 1

.DEFAULT_GOAL := help
.PHONY: help setup demo test test-slow lint format types layers docs lean bench bench-gate bench-rivals bench-web truth truth-rivals voices-weights lock screens screens-all clean

help: ## list the commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-13s %s\n", $$1, $$2}' Makefile

setup: $(READY) ## make the environment in .venv from the hash-pinned lock

$(VENV)/pyvenv.cfg:
	@$(PYTHON) -c 'import sys; v = sys.version_info; sys.exit(0 if v >= (3, 11) else f"momot needs Python 3.11 or newer; $(PYTHON) is {v[0]}.{v[1]}. Choose another: make PYTHON=python3.12 ...")'
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
	  echo "This Python cannot make virtual environments: ensurepip is missing. On Debian and Ubuntu the package python3-venv brings it:"; \
	  echo "  apt-get install $$($(PYTHON) -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])') || apt-get install python3-venv"; exit 1; }
	$(PYTHON) -m venv $(VENV)

# pip brings uv, uv brings the rest; both only take files whose hash is in the lock. The build backend is in the lock too,
# so that the project itself is built without any further download.
$(READY): $(VENV)/pyvenv.cfg $(LOCK) pyproject.toml
	@rm -f $(READY)
	@awk '/^[a-z]/ {ours = /^uv==/} ours' $(LOCK) > $(VENV)/uv.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement $(VENV)/uv.lock
	VIRTUAL_ENV=$(abspath $(VENV)) $(BIN)/uv pip sync --quiet --require-hashes $(LOCK)
	VIRTUAL_ENV=$(abspath $(VENV)) $(BIN)/uv pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $(READY)

demo: $(READY) ## write a small shop, find its moments of truth, print the ranked table and the path of the report
	$(BIN)/momot demo $(DEMO)

test: $(READY) ## the quick suite, in random order, some nineteen minutes on two cores; on Debian it brings the browser that it opens
	@.ci/debian chromium chromium
	@.ci/debian pdftotext poppler-utils
	$(BIN)/python -m pytest -n $(WORKERS) -m "not slow" $(ARGS)

test-slow: $(READY) ## simulations with many seeds and large data
	$(BIN)/python -m pytest -n $(WORKERS) -m slow $(ARGS)

lint: $(READY) ## ruff: rules and format
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

format: $(READY) ## let ruff mend what it can
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

types: $(READY) ## mypy --strict on src
	$(BIN)/mypy

layers: $(READY) ## the layers of the architecture, by import-linter
	$(BIN)/lint-imports

docs: $(READY) ## build the documentation into site/; a warning is an error
	$(BIN)/zensical build --clean --strict

lean: $(READY) ## run the demo from the wheel in an environment with its runtime dependencies only
	@rm -rf build/lean && mkdir -p build/lean
	$(BIN)/python -m hatchling build --target wheel --directory build/lean
	$(BIN)/uv venv --quiet --python $(abspath $(BIN))/python build/lean/venv
	$(BIN)/uv pip install --quiet --python build/lean/venv/bin/python --constraint $(LOCK) build/lean/*.whl
	build/lean/venv/bin/momot demo build/lean/shop --quiet

bench: $(READY) ## time every workload against a plain scan; writes JSON (SIZE=1000000, ARGS=--only steps)
	$(BIN)/python -m benchmarks $(if $(SIZE),--subjects $(SIZE) --interactions $(SIZE)) $(ARGS)

bench-gate: $(READY) ## fail where a step costs 1.5 times the scans that benchmarks/ratios.json says (ARGS=--write writes it anew)
	$(BIN)/python -m benchmarks.gate $(ARGS)

bench-rivals: build/bench-rivals/.ready ## momot beside Polars, pandas, pm4py and others on the same files (SIZE=1000000)
	$(BIN)/python -m benchmarks.rivals $(if $(SIZE),--interactions $(SIZE)) $(ARGS)

bench-web: $(READY) ## fifty readers of the web app at once, alone and beside a find, on ten million interactions
	$(BIN)/python -m benchmarks.web $(ARGS)

build/bench-rivals/.ready: $(READY) benchmarks/requirements-rivals.txt
	$(BIN)/uv venv --quiet --clear --python $(abspath $(BIN))/python build/bench-rivals
	$(BIN)/uv pip install --quiet --python build/bench-rivals/bin/python --requirement benchmarks/requirements-rivals.txt
	@touch $@

truth: $(READY) ## hold momot and its rivals against worlds with known truth (WORLDS=shop SEEDS=development PEOPLE=5000 ARGS=--outside)
	$(BIN)/python -m benchmarks.truth --workers $(WORKERS) $(if $(WORLDS),--worlds $(WORLDS)) $(if $(SEEDS),--seeds $(SEEDS)) \
	  $(if $(PEOPLE),--people $(PEOPLE)) $(ARGS)

# Rivals that are packages of others, in an environment of their own: momot never imports them.
truth-rivals: build/rivals/.ready ## make the environment of the rivals (DoubleML, LightGBM, shapley-attribution) in build/rivals

build/rivals/.ready: $(READY) benchmarks/truth/requirements-rivals.txt
	$(BIN)/uv venv --quiet --clear --python $(abspath $(BIN))/python build/rivals
	$(BIN)/uv pip install --quiet --python build/rivals/bin/python --requirement benchmarks/truth/requirements-rivals.txt
	@touch $@

voices-weights: $(READY) ## train the weights of voices anew and measure them (MOMOT_DATA, some twenty minutes)
	$(BIN)/python training/voices/train.py --data $${MOMOT_DATA:-../shared/data} $(ARGS)
	$(BIN)/python training/voices/suggestions.py
	$(BIN)/python training/voices/card.py

screens: $(READY) ## take the pictures of the app for the documentation, of simulated companies (docs/screens)
	$(BIN)/python -m tests.browser.screens $(ARGS)

screens-all: $(READY) ## take every screen in every width, theme and vision into MOMOT_SCREENS (build/screens-all), and say what changed since
	$(BIN)/python -m tests.browser.screens --every $${MOMOT_SCREENS:-build/screens-all} $(ARGS)

lock: $(READY) ## resolve the dependencies anew into requirements.lock (UPGRADE=1: to the newest)
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --no-header \
	  $(if $(UPGRADE),--upgrade) --group pyproject.toml:dev --extra excel --extra semantic --extra spark --extra web pyproject.toml --output-file $(LOCK)
	@! grep -nE 'https?://' $(LOCK) || { echo "$(LOCK) names an address"; exit 1; }

clean: ## remove what the commands above made
	rm -rf $(VENV) $(DEMO) site build .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
