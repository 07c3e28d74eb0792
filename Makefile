# Everything a developer does here. It needs Python 3.11 or newer, and nothing else that is installed by hand.

PYTHON ?= python3
SIZE ?= small
ARGS ?=
JOBS ?= auto

BIN := .venv/bin
MLFLOW := .venv-mlflow/installed
CLIENTS := $(patsubst requirements/clients/%.lock,.venv-clients/%/installed,$(wildcard requirements/clients/*.lock))
PIP := -m pip -qq --disable-pip-version-check install

.PHONY: help install run test test-clients check format contract demo bench bench-pages client-envs lock clean

help: ## list these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "%-14s%s\n", $$1, $$2 }' Makefile

install: .venv/installed ## build the environment, .venv, from its lock file

run: install ## serve a registry, on port 5000 unless ASSENT_PORT says otherwise
	@$(BIN)/assent serve

test: install $(MLFLOW) ## run every test but those with older clients, on all cores or on JOBS; ARGS go to pytest
	@$(BIN)/python -m pytest --numprocesses $(JOBS) --dist loadfile $(ARGS)

test-clients: install client-envs ## run the tests with the clients of MLflow and Databricks, from the oldest to the newest
	@$(BIN)/python -m pytest tests/clients --numprocesses $(JOBS) --dist loadfile $(ARGS)

check: install ## look for faults without running the product: style, types, imports, containers, promises
	@$(BIN)/ruff format --check --quiet .
	@$(BIN)/ruff check --quiet .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/hadolint Dockerfile
	@$(BIN)/check-jsonschema --builtin-schema vendor.compose-spec compose.yaml
	@$(BIN)/python -m pytest tests/guards -q

format: install ## put the code into shape
	@$(BIN)/ruff check --fix --quiet .
	@$(BIN)/ruff format --quiet .

contract: install ## write openapi.yaml from the code
	@$(BIN)/assent openapi > .venv/openapi.yaml && mv .venv/openapi.yaml openapi.yaml
	@echo "openapi.yaml is written."

demo: $(MLFLOW) ## fill the running registry that MLFLOW_REGISTRY_URI names with models, through the real client
	@.venv-mlflow/bin/python demo/fill.py

bench: install $(MLFLOW) ## measure; SIZE is small or large
	@PYTHONPATH=tests $(BIN)/python -m bench --size $(SIZE) $(ARGS)

bench-pages: install ## measure every page over a filled PostgreSQL; SIZE is small or large, ARGS=--of=/inbox for some of them
	@PYTHONPATH=tests $(BIN)/python -m bench.pages --size $(SIZE) $(ARGS)

client-envs: $(CLIENTS) ## build an environment for each line of the clients, .venv-clients/CLIENT-LINE

lock: install ## write the lock files anew; ARGS=--upgrade takes the newest of everything
	@scripts/lock $(ARGS)

clean: ## remove all that is built, the environments too
	@rm -rf .venv .venv-mlflow .venv-clients build dist .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

# The environments. Each is built afresh when its lock file changes; its mark is set last, so that half of one never counts.
define environment
	@$(PYTHON) -c 'import sys; sys.version_info >= (3, 11) or sys.exit("Assent needs Python 3.11 or newer, and $(PYTHON) is %d.%d. Name another one: make PYTHON=..." % sys.version_info[:2])'
	@echo "Building $(@D) from $<"
	@rm -rf $(@D) && $(PYTHON) -m venv $(@D)
	@$(@D)/bin/python $(PIP) --require-hashes -r $<
	@touch $@
endef

.venv/locked: requirements/dev.lock
	$(environment)

.venv-mlflow/locked: requirements/mlflow.lock
	$(environment)

.venv-clients/%/locked: requirements/clients/%.lock
	$(environment)

# The plug-in for MLflow, in an environment that has nothing else of the package's, and nothing that could build it.
define plugin
	@$(@D)/bin/python $(PIP) --no-deps --no-index --force-reinstall \
		build/$$($(BIN)/python -c 'from hatchling.build import build_editable; print(build_editable("build"))')
	@touch $@
endef

.venv-mlflow/installed: .venv-mlflow/locked .venv/installed pyproject.toml
	$(plugin)

.venv-clients/%/installed: .venv-clients/%/locked .venv/installed pyproject.toml
	$(plugin)

# Or make would take the mark for a means that is needed no more.
.PRECIOUS: .venv-clients/%/locked

.venv/installed: .venv/locked pyproject.toml
	@$(BIN)/python $(PIP) --no-deps --no-build-isolation --editable .
	@touch $@
