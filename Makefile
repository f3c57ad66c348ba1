# `make run` serves the demo site, `make test` checks everything; both make the environment they need.
SHELL := /bin/bash
PYTHON ?= python3.11
PY := .venv/bin/python
export PORT ?= 8000
export BASE_URL ?= http://localhost:$(PORT)
# web and worker share the cores: threads that wait must not spin
export OMP_WAIT_POLICY ?= passive
COMPILE := for words in locale wording; do .venv/bin/pybabel --quiet compile --directory site/academy/$$words --domain django; done

.DEFAULT_GOAL := help
.PHONY: help setup run check test bench messages lock clean

help: ## what can be made
	@grep -hE '^[a-z0-9]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/'

setup: .venv/ready ## the environment in .venv/

.venv/ready: requirements.lock pyproject.toml
	@command -v $(PYTHON) >/dev/null || { echo "Python 3.11 is needed: set PYTHON=/path/to/python3.11"; exit 1; }
	test -x $(PY) || $(PYTHON) -m venv .venv
	# the lock is complete, and most of what is installed is never imported
	$(PY) -m pip install --disable-pip-version-check --progress-bar on --no-deps --no-compile -r requirements.lock
	$(PY) -m pip install --disable-pip-version-check -q --no-deps -e .
	$(COMPILE)
	touch .venv/ready

run: export DJANGO_SETTINGS_MODULE = academy.settings.dev
run: setup ## the demo site at http://localhost:$PORT
	$(PY) manage.py migrate
	$(PY) manage.py demo
	exec .venv/bin/honcho start

check: setup ## lint, types, import contract, migrations, templates
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy
	.venv/bin/lint-imports
	.venv/bin/djlint --quiet --lint templates
	$(PY) manage.py makemigrations --check --dry-run --settings academy.settings.test
	@if command -v xgettext >/dev/null; then $(MAKE) -s messages && \
		git diff --exit-code --stat -I'^"POT-Creation-Date' -- site/academy/locale; \
		else echo "gettext is not installed: whether the catalogue is complete is not checked"; fi

test: check ## everything: checks, then tests with coverage
	.venv/bin/coverage erase
	$(PY) -m pytest -n 2 --dist loadscope --no-loadscope-reorder --cov --cov-report= $(PYTEST)
	.venv/bin/coverage report --include='kb/*,ingest/*' --fail-under=95
	.venv/bin/coverage report --include='site/academy/*' --fail-under=90

bench: setup ## what is measured, never asserted by time
	$(PY) -m benchmarks

messages: setup ## collect what screens say into the catalogue (needs gettext)
	$(PY) manage.py makemessages -l zh_Hans --no-obsolete --no-location -i .venv -i var --settings academy.settings.test
	$(COMPILE)

lock: ## pin what pyproject.toml asks for, from an environment made anew
	rm -rf var/lock && $(PYTHON) -m venv var/lock
	var/lock/bin/python -m pip install -q torch==2.13.0
	var/lock/bin/python -m pip install -q '.[dev]'
	var/lock/bin/python -m pip freeze --all --exclude pip --exclude shian-academy | sed 's/+cpu$$//' > requirements.lock
	rm -rf var/lock

clean: ## forget the environment; data in var/ stays
	rm -rf .venv
