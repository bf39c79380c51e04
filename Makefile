# Each target is one line of intent; tools/ holds how.
# PORT=, HOST=, DATA= choose where `make run` listens and keeps its data; T= chooses the tests.
T ?= tests
# Tests wait for servers and browsers now and then: one worker more than there are cores.
WORKERS ?= $(shell echo $$(($$(nproc) + 1)))

# Compiled modules start in half the time: keep them, even where the environment says not to.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help run test quick check sbom audit bench assets messages schema format lock clean
.DEFAULT_GOAL := help

help:           ## Say what there is to do.
	@sed -n 's/^\([a-z]*\):.*## /  make \1\t/p' Makefile | expand -t 18

run: .venv/run.stamp ## Start the portal on http://localhost:8000 with data in ./var (PORT=, HOST=, DATA=).
	@exec .venv/bin/revivatech serve $(if $(HOST),--host "$(HOST)") $(if $(PORT),--port "$(PORT)") $(if $(DATA),--data "$(DATA)")

test: .venv/test.stamp assets/node_modules ## Run every test, those in a browser too (T=tests/repairs chooses).
	@tools/programs chromium && tools/test $(WORKERS) $(T)

quick: .venv/test.stamp assets/node_modules ## Run the tests that need neither a browser nor servers of their own.
	@tools/test $(WORKERS) -m "not browser and not faults" $(T)

check: .venv/check.stamp ## Format, lint, types, import contracts, and that nothing generated is out of date.
	@tools/check

sbom: .venv/check.stamp ## Write a CycloneDX SBOM of each lock to dist/sbom.
	@.venv/bin/python tools/supply_chain/sbom.py

audit: .venv/check.stamp ## Fail on a known vulnerability in a lock; say where no advisory source could be asked.
	@.venv/bin/python tools/supply_chain/audit.py

bench: .venv/test.stamp ## Measure the budgets and print a figure beside each.
	@tools/programs wrk chromium && .venv/bin/python -m bench

assets: assets/node_modules ## Build the style sheets, scripts and icons that the pages use (needs Node).
	@cd assets && npm run --silent build

messages: .venv/check.stamp ## Collect the texts of the pages and compile their translations.
	@tools/messages

schema: .venv/run.stamp ## Write db/schema.sql as the migrations make it.
	@.venv/bin/revivatech schema > src/revivatech/db/schema.sql

format: .venv/check.stamp ## Format the code.
	@.venv/bin/ruff check --fix-only --quiet && .venv/bin/ruff format --quiet

lock: .venv/check.stamp ## Choose the newest allowed version of each dependency and write the locks.
	@tools/lock

clean:          ## Remove what was installed and built here; ./var, the data, stays.
	@rm -rf .venv dist assets/node_modules .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache

.venv/%.stamp: requirements/%.lock requirements/build.lock pyproject.toml
	@tools/install $*

assets/node_modules: assets/package-lock.json
	@tools/programs npm && cd assets && npm install --no-save --silent --no-audit --no-fund && touch node_modules
