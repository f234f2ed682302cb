# Everything runs inside .venv; each target sets up what it needs, so a fresh clone needs only make and Python ≥ 3.11.
SHELL := /bin/bash
PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3; do command -v $$p >/dev/null 2>&1 && $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
VENV := .venv
BIN := $(VENV)/bin

# Hundreds of processes start in a run of the tests: each reads the compiled modules the first one has left.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help setup setup-dev setup-browser setup-js setup-php setup-servers demo test test-quick check format sdks faults bench docs lock dist sbom deploy-check interop rolling-check pictures clean

help: ## list the targets
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

$(VENV)/bin/python:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed (Debian/Ubuntu: apt-get install python3 python3-venv)"; exit 1; }
	@$(PYTHON) -m venv $(VENV) 2>/dev/null || { rm -rf $(VENV); scripts/system-packages python3-venv && $(PYTHON) -m venv $(VENV); }

$(VENV)/.runtime: requirements.lock requirements-uv.lock pyproject.toml | $(VENV)/bin/python
	@echo "Setting up $(VENV), once: about a minute."
	@scripts/install-locked $(BIN)/python requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.dev: requirements-dev.lock $(VENV)/.runtime
	@scripts/install-locked $(BIN)/python requirements-dev.lock
	@touch $@

setup: $(VENV)/.runtime ## make .venv with what the server needs
setup-dev: $(VENV)/.dev ## … and what tests and checks need
setup-browser: ## Chromium for the browser tests, from the system's packages
	@command -v chromium-headless-shell >/dev/null 2>&1 || scripts/system-packages chromium-headless-shell || \
		command -v chromium >/dev/null 2>&1 || command -v chromium-browser >/dev/null 2>&1 || scripts/system-packages chromium

PHP_PACKAGES := php-cli php-curl php-mbstring php-sqlite3 php-xml phpunit composer php-guzzlehttp-guzzle php-symfony-http-foundation php-illuminate-database php-illuminate-events php-illuminate-http php-illuminate-routing
setup-php: ## PHP and what its SDK's tests use, from the system's packages
	@dpkg -s $(PHP_PACKAGES) >/dev/null 2>&1 || scripts/system-packages $(PHP_PACKAGES)

setup-js: ## Node, from the system's packages, and what the JavaScript SDK is built and tested with
	@command -v node >/dev/null 2>&1 && command -v npm >/dev/null 2>&1 || scripts/system-packages nodejs npm
	@test sdks/js/node_modules/.package-lock.json -nt sdks/js/package-lock.json || npm ci --prefix sdks/js --silent --no-audit --no-fund

PROXIES := caddy nginx-light promtool
setup-servers: ## Redis, NATS, a PostgreSQL with its contrib modules, proxies and promtool for the tests, from the system's packages
	@command -v redis-server >/dev/null 2>&1 || scripts/system-packages redis-server
	@command -v nats-server >/dev/null 2>&1 || test -x /usr/sbin/nats-server || scripts/system-packages nats-server
	@ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || command -v initdb >/dev/null 2>&1 || scripts/system-packages postgresql
	@command -v caddy >/dev/null 2>&1 && { command -v nginx >/dev/null 2>&1 || test -x /usr/sbin/nginx; } && command -v promtool >/dev/null 2>&1 || scripts/system-packages $(PROXIES)

demo: setup ## console and demo platform on this machine, with the addresses and the sign-in
	$(BIN)/opsiq demo

test: setup-dev setup-browser setup-js setup-php setup-servers ## every test, five files at a time but for one alone
	@# Compiled once, before five workers and some hundred processes would each do so.
	@$(BIN)/python -m compileall -q -j 2 -x '/(\.venv|node_modules)/' .
	@# Alone: it counts who is answered before whom on a busy server. Beside five workers that tells of these workers.
	$(BIN)/python -m pytest tests/security/test_reading_cost.py
	$(BIN)/python -m pytest -n 5 --dist loadfile --no-loadscope-reorder --ignore tests/security/test_reading_cost.py

test-quick: setup-dev setup-servers ## unit and integration tests only
	$(BIN)/python -m pytest tests/unit tests/integration

sdks: setup-dev setup-js setup-php ## the SDKs: their own tests, a stranger's project each, one scenario through all three
	$(BIN)/python -m pytest tests/sdks

check: setup-dev ## format, lint, types, import contracts
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	cd sdks/python && ../../$(BIN)/mypy
	$(BIN)/lint-imports

format: setup-dev ## format and mend what can be mended by itself
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

KILLS ?= 200
DB ?= sqlite
faults: setup-dev setup-servers ## kill processes at random and count what was promised: make faults KILLS=200 DB=sqlite|postgres|nats
	$(BIN)/python -m tests.faults --db $(DB) --kills $(KILLS)

bench: setup-dev ## benchmarks, as ratios
	$(BIN)/python -m bench

lock: setup ## pin every dependency again, with hashes and without index addresses
	$(BIN)/uv pip compile pyproject.toml --extra postgres --extra redis --extra nats --extra otel --group build --universal --python-version 3.11 --generate-hashes --no-annotate --no-header --no-emit-index-url -q -o requirements.lock
	$(BIN)/uv pip compile pyproject.toml --extra postgres --extra redis --extra nats --extra otel --group build --group dev --universal --python-version 3.11 --generate-hashes --no-annotate --no-header --no-emit-index-url -c requirements.lock -q -o requirements-dev.lock
	echo uv | $(BIN)/uv pip compile - --universal --python-version 3.11 --generate-hashes --no-annotate --no-header --no-emit-index-url -q -o requirements-uv.lock

dist: setup ## the wheel, the source distribution and the lock file of a release, in dist/
	rm -rf dist
	$(BIN)/python -m hatchling build
	cp requirements.lock dist/

sbom: setup-dev dist ## the bill of materials of an installation (CycloneDX 1.6), in dist/opsiq.cdx.json
	scripts/bill-of-materials $(BIN) dist

deploy-check: setup-dev dist ## docs/guide/deploy.md followed on a fresh Debian, the container file's steps, an upgrade from an older version (as root)
	$(BIN)/python -m tests.deploy

interop: setup-dev setup-servers ## pretix and Directus, installed and started here, each asked 40 everyday requests (some minutes the first time)
	$(BIN)/python -m tests.interop

rolling-check: setup-dev setup-servers ## a rolling upgrade under load: two processes, PostgreSQL, nothing lost, doubled or refused
	$(BIN)/python -m tests.faults.rolling

pictures: setup-dev setup-browser ## the README's pictures of a card, taken anew of the console as it is
	PICTURES=docs/images $(BIN)/python -m pytest -q tests/browser/test_readme_picture.py

clean: ## remove what was built
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis dist
