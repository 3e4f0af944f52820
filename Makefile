# What can be done here. Every verb sets up what it needs first and says what it does.
.POSIX:
.PHONY: help run setup reset test check lint types templates imports migrations deploy bench lock format tools

PYTHON_HERE = .venv/bin/python
# Settings as in earnest, for the checks that ask whether they are safe. No database is reached.
IN_EARNEST = SECRET_KEY=check-$$($(PYTHON_HERE) -c 'import secrets; print(secrets.token_urlsafe(50))') \
	DEBUG=False SECURE=True ALLOWED_HOSTS=budgets.example.gov.uk \
	DATABASE_URL=postgresql://nobody@/council_hms?host=/nowhere
TEMPLATES = $$(find . -name '*.html' -path '*templates/*' -not -path './.venv/*' -not -path './.state/*')

help:
	@echo "make run      start the product here: database, example council, web server (PORT=8000)"
	@echo "make setup    install only"
	@echo "make reset    delete this machine's data and load the example council afresh"
	@echo "make test     checks and all tests; make check: the checks alone"
	@echo "make bench    how quick it is"
	@echo "make format   put code and templates into the form that the checks ask for"
	@echo "make lock     renew requirements.lock after a change in pyproject.toml"

run: setup
	@exec $(PYTHON_HERE) -m council_hms.launch run

setup:
	@scripts/setup

reset: setup
	@$(PYTHON_HERE) -m council_hms.launch reset

tools:
	@scripts/setup tests

test: check
	@echo "Tests of the parts, on both cores"
	@$(PYTHON_HERE) -m pytest -q -n 2 --dist worksteal --ignore=tests/browser --ignore=tests/bench tests
	@if [ -d tests/browser ]; then \
		echo "Tests in the browser, one after the other"; $(PYTHON_HERE) -m pytest -q tests/browser; fi

check: lint types templates imports migrations deploy

lint: tools
	@echo "Check: lint and format (ruff)"
	@$(PYTHON_HERE) -m ruff check --quiet .
	@$(PYTHON_HERE) -m ruff format --quiet --check . || \
		{ echo "Run: make format"; exit 1; }

types: tools
	@echo "Check: types (mypy)"
	@$(IN_EARNEST) $(PYTHON_HERE) -m mypy --no-error-summary

templates: tools
	@echo "Check: templates (djade)"
	@.venv/bin/djade --target-version 5.2 --check $(TEMPLATES) || { echo "Run: make format"; exit 1; }

imports: tools
	@echo "Check: who imports whom (import-linter)"
	@.venv/bin/lint-imports --no-logo >.venv/imports 2>&1 || { cat .venv/imports; exit 1; }

migrations: tools
	@echo "Check: no change of a model without its migration"
	@$(IN_EARNEST) $(PYTHON_HERE) -W ignore::RuntimeWarning manage.py makemigrations --check --dry-run

deploy: tools
	@echo "Check: the settings in earnest (check --deploy)"
	@$(IN_EARNEST) $(PYTHON_HERE) manage.py check --deploy --fail-level WARNING

bench: tools
	@$(PYTHON_HERE) -m pytest -q -s -p no:xdist tests/bench

format: tools
	@$(PYTHON_HERE) -m ruff check --quiet --fix . || true
	@$(PYTHON_HERE) -m ruff format .
	@.venv/bin/djade --target-version 5.2 $(TEMPLATES) || true

# The lock holds hashes for every system and no address.
lock: tools
	@.venv/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header \
		pyproject.toml -o requirements.lock
	@.venv/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header \
		--group dev -c requirements.lock pyproject.toml -o requirements-dev.lock
	@echo "requirements.lock and requirements-dev.lock are renewed"
