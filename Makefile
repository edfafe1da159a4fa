# make run     environment, database, demo content, web and worker, at http://127.0.0.1:$(PORT)/
# make test    the whole suite on whatever of PostgreSQL, Redis and Chromium is here; ARGS="-k words" passes options on
# make bench   the promises of speed, measured here, each beside its floor; DATABASE_URL says on which database
# make coverage  the simulated studies that the intervals are held to, written to docs/coverage.md; two minutes
# make lint    format, lint, types, migrations
# make env     the environment in .venv alone
# make messages     texts of the code → locale/*/LC_MESSAGES/django.po, where they wait to be translated
# make requirements   requirements*.in → requirements*.txt, with hashes

PORT ?= 8000
PYTHON ?=
BIN := .venv/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes
COMPILE := $(BIN)/pip-compile --quiet --allow-unsafe --strip-extras --generate-hashes \
	--no-emit-index-url --no-emit-trusted-host --no-emit-find-links
CATALOGUES := $(patsubst %.po,%.mo,$(wildcard locale/*/LC_MESSAGES/django.po))
export PORT

.PHONY: env run test bench coverage lint messages requirements clean
.DEFAULT_GOAL := run

env: .venv/.development $(CATALOGUES)

run: .venv/.runtime $(CATALOGUES)
	@CRSAPP_DEMO=$${CRSAPP_DEMO:-1} CRSAPP_LOG_LEVEL=$${CRSAPP_LOG_LEVEL:-WARNING} exec $(BIN)/python manage.py serve --prepare

test: .venv/.development $(CATALOGUES)
	@exec $(BIN)/python -m tests.run $(ARGS)

bench: .venv/.development
	@for script in import_speed search_speed export_speed llm_capacity first_start idle_memory answers next_unit dataset_statistics agreement near_duplicates results_page simulation; do $(BIN)/python -W ignore bench/$$script.py || exit 1; done

coverage: .venv/.development
	@$(BIN)/python -m tests.coverage

lint: .venv/.development
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/python manage.py makemigrations --check --dry-run

messages: .venv/.development
	@$(BIN)/python -m crsapp.catalogues --update

requirements: .venv/.development
	$(COMPILE) --output-file=requirements.txt requirements.in
	$(COMPILE) --output-file=requirements-dev.txt requirements-dev.in

clean:
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis

.venv/.python:
	@for python in $(PYTHON) python3 python3.14 python3.13 python3.12 python3.11; do \
	  "$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || continue; found=1; \
	  "$$python" -c 'import ensurepip, venv' 2>/dev/null || continue; \
	  echo "Making .venv with $$("$$python" --version)"; "$$python" -m venv --clear .venv && touch $@ && exit 0; exit 1; \
	done; \
	if [ -n "$$found" ]; then echo "Python is here, but cannot make environments. On Debian or Ubuntu: apt install python3-venv" >&2; \
	else echo "No Python of at least 3.11 was found. Install one, or say where it is: make PYTHON=/path/to/python3 …" >&2; fi; \
	exit 1

.venv/.runtime: requirements.txt | .venv/.python
	@echo "Installing what the product runs on (the first time takes a minute)"
	@$(PIP) -r requirements.txt
	@touch $@

%.mo: %.po | .venv/.runtime
	@$(BIN)/python -m crsapp.catalogues

.venv/.development: requirements-dev.txt .venv/.runtime
	@echo "Installing what tests and lint need"
	@$(PIP) -r requirements-dev.txt
	@touch $@
