# 上达. `make` alone lists what there is. Every command does its own set-up, once; a stamp in .run/stamps
# remembers it until what it was made from changes.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

PYTHON := .venv/bin/python
STAMPS := .run/stamps
set_up = @mkdir -p $(STAMPS) && flock .run/set-up.lock bash deploy/setup/$(1).sh && touch $@

.PHONY: demo
demo: node-needs ## Run the whole story on three nodes, then stay up (Ctrl-C ends it)
	@$(PYTHON) -m deploy.demo run

.PHONY: up
up: node-needs ## Start the three demo nodes in the background; returns when they are ready
	@$(PYTHON) -m deploy.demo up

.PHONY: down
down: $(STAMPS)/venv ## Stop the demo nodes; returns when they are gone
	@$(PYTHON) -m deploy.demo down

# More than there are processors: half of a run waits for brokers, for what must not happen, for killed nodes to come back.
TEST_PROCESSES := 4

.PHONY: test
test: node-needs $(STAMPS)/browser $(STAMPS)/postgres $(STAMPS)/eatmydata ## Run all tests, on SQLite and PostgreSQL (PYTEST_ARGS="-k …" narrows, "-n 0": one process)
	@env -u PYTHONDONTWRITEBYTECODE $(PYTHON) -m pytest -n $(TEST_PROCESSES) --maxprocesses $(TEST_PROCESSES) $(PYTEST_ARGS)

.PHONY: check
check: $(STAMPS)/venv $(STAMPS)/promtool ## Look at the code without running it: style, types, dependencies, contracts, alert rules
	$(PYTHON) -m ruff check
	$(PYTHON) -m ruff format --check --quiet
	$(PYTHON) -m mypy
	.venv/bin/lint-imports --no-cache
	$(PYTHON) -m services.contracts check
	.run/tools/promtool check config deploy/prometheus/prometheus.yml
	.run/tools/promtool test rules deploy/prometheus/rules_test.yml

.PHONY: bench
bench: node-needs $(STAMPS)/postgres ## Measure speed and memory: a table, and JSON in .run/bench (PARTS="urgent", BACKLOG=100000)
	@$(PYTHON) -m tests.bench $(PARTS) --backlog $(or $(BACKLOG),20000)

.PHONY: fuzz
fuzz: node-needs ## Random requests to every API of a node by every role; 5xx is a fault (MINUTES=15)
	@$(PYTHON) -m tests.fuzz $(or $(MINUTES),15)

.PHONY: campaign
campaign: node-needs ## Random faults on three nodes, then compare the books (MINUTES=15, SEED=… repeats one)
	@$(PYTHON) -m tests.faults.campaign --minutes $(or $(MINUTES),15) $(if $(SEED),--seed $(SEED))

.PHONY: machine-lost
machine-lost: node-needs ## Lose a node's machine and broker, restore it from a backup (NODE=district, OPERATIONS=1000)
	@$(PYTHON) -m tests.faults.machines $(or $(NODE),district) --operations $(or $(OPERATIONS),1000)

.PHONY: soak
soak: node-needs ## Use three nodes for MINUTES (20) and judge whether tasks, sockets, memory … stay flat
	@$(PYTHON) -m tests.soak $(or $(MINUTES),20)

.PHONY: fix
fix: $(STAMPS)/venv ## Format the code and repair what ruff can
	@$(PYTHON) -m ruff check --fix
	@$(PYTHON) -m ruff format

.PHONY: contracts
contracts: $(STAMPS)/venv ## Write docs/reference anew: contracts, settings and metrics, from the code
	@$(PYTHON) -m services.contracts write

.PHONY: lock
lock: $(STAMPS)/venv ## Write the locks anew from pyproject.toml and package.json (UPGRADE=1: newest versions)
	@bash deploy/setup/lock.sh

# The parts of the set-up, one by one.
.PHONY: venv kafka classes fonts frontend browser postgres promtool
venv: $(STAMPS)/venv ## Set-up alone: the Python environment in .venv
kafka: $(STAMPS)/kafka ## Set-up alone: the broker's jars in .run/kafka/lib
classes: $(STAMPS)/classes ## Set-up alone: Kafka's classes ready for Java, so that a broker starts in half the time
fonts: $(STAMPS)/fonts ## Set-up alone: the faces of printed documents in .run/fonts
frontend: $(STAMPS)/frontend ## Set-up alone: the pages' scripts in services/kernel/static/vendor
browser: $(STAMPS)/browser ## Set-up alone: Chromium and a Chinese face, for the browser journeys
postgres: $(STAMPS)/postgres ## Set-up alone: PostgreSQL's programs, for the tests
promtool: $(STAMPS)/promtool ## Set-up alone: promtool in .run/tools

.PHONY: help
help: ## This list
	@printf '上达 — make …\n\n'
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | while IFS=$$'\t' read -r name text; do printf '  %-12s %s\n' "$$name" "$$text"; done

.PHONY: node-needs
node-needs: $(STAMPS)/venv $(STAMPS)/kafka $(STAMPS)/classes $(STAMPS)/fonts $(STAMPS)/frontend

$(STAMPS)/venv: requirements-uv.lock requirements-dev.lock deploy/setup/venv.sh
	$(call set_up,venv)

$(STAMPS)/kafka: deploy/kafka/pom.xml deploy/kafka/jars.sha256 deploy/setup/kafka.sh
	$(call set_up,kafka)

# Java comes with the Python environment, and takes no archive that another Java has made.
$(STAMPS)/classes: $(STAMPS)/venv $(STAMPS)/kafka deploy/setup/classes.sh deploy/kafka/classes.py
	$(call set_up,classes)

$(STAMPS)/fonts: deploy/setup/fonts.sh
	$(call set_up,fonts)

$(STAMPS)/frontend: package.json package-lock.json deploy/setup/frontend.sh
	$(call set_up,frontend)

$(STAMPS)/browser: deploy/setup/browser.sh
	$(call set_up,browser)

$(STAMPS)/postgres: deploy/setup/postgres.sh
	$(call set_up,postgres)

$(STAMPS)/eatmydata: deploy/setup/eatmydata.sh
	$(call set_up,eatmydata)

$(STAMPS)/promtool: deploy/setup/promtool.sh
	$(call set_up,promtool)
