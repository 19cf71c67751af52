PORT ?= 8000
# Not from the environment: some shells set HOST to the name of the machine.
HOST = 127.0.0.1
FILE ?=
URL ?= http://localhost:$(PORT)
BRIEF ?= docs/examples/ember_and_oak.json
PROJECT ?=
PYTHON ?= python3

BIN := .venv/bin
TSC := tools/javascript/node_modules/.bin/tsc
# The check comes first: an older Python cannot parse set_up.py.
SET_UP = $(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	echo "Showreel needs Python 3.11 or newer: make $(MAKECMDGOALS) PYTHON=python3.12" >&2; \
	exit 1; }; $(PYTHON) tools/set_up.py

.PHONY: help run run-emulated demo demo-plays bulk listen mcp test chaos check bench simulate screenshots clean-history \
	copy rebuild-records reconcile doctor package deploy destroy settings lock clean

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-15s %s\n", $$1, $$2 }' Makefile

run: .venv/runtime ## Serve everything on this machine, at HOST (127.0.0.1) and PORT (8000)
	@$(BIN)/python -m compileall -q main.py functions shared
	@$(BIN)/python -m tools.clean_history
	@$(BIN)/python -m tools.serve --host $(HOST) --port $(PORT)

run-emulated: .venv/dev ## Serve it on an emulated Google Cloud, one process for each function
	@$(BIN)/python -m tools.run_emulated --port $(PORT)

demo: .venv/runtime ## Send BRIEF, one of docs/examples/*.json, to the running system
	@$(BIN)/python docs/examples/demo.py $(BRIEF) --url http://localhost:$(PORT)

demo-plays: .venv/runtime ## Let simulated viewers watch the videos of BRIEF, in the running system
	@$(BIN)/python -m tools.demo_plays $(BRIEF) --url http://localhost:$(PORT)

bulk: .venv/runtime ## Send FILE (JSON lines or CSV) as one batch to URL, and write its results beside it
	@$(BIN)/python -m tools.bulk "$(FILE)" --url "$(URL)" $(BULK_ARGS)

listen: PORT = 9000
listen: URL = http://localhost:8000
listen: .venv/runtime ## Receive the webhooks of URL at PORT (9000), verify and print them
	@$(BIN)/python -m tools.listen --port $(PORT) --url "$(URL)"

mcp: .venv/mcp ## Serve the API at SHOWREEL_URL as tools for agents (MCP_ARGS=--help; docs/agents.md)
	@$(BIN)/python -m tools.mcp_server $(MCP_ARGS)

test: .venv/dev ## Run every test (PYTEST_ARGS passes through)
	@$(BIN)/python -m tools.install_chromium
	@$(BIN)/python -m pytest $(PYTEST_ARGS)

chaos: .venv/dev ## Kill processes at every step and check the promise (CHAOS_ARGS=--help)
	@$(BIN)/python -m tests.chaos $(CHAOS_ARGS)

check: .venv/dev ## Lint, formatting, types (Python and JavaScript), and import rules
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo
	@if command -v npm > /dev/null; then \
		$(MAKE) --no-print-directory $(TSC) && $(TSC) --project .; \
	else \
		echo "SKIPPED: npm is not installed, so the studio's JavaScript is not checked." >&2; \
	fi

bench: .venv/dev ## Measure against the targets, as ratios within one run
	@$(BIN)/python -m tests.bench $(BENCH_ARGS)

simulate: .venv/dev ## Simulate queues of up to 10,000 videos under a quota, in minutes
	@$(BIN)/python -m tools.simulate $(SIMULATE_ARGS)

screenshots: .venv/dev ## Take pictures of the studio, for screenshots/ and the README
	@$(BIN)/python -m tools.install_chromium
	@$(BIN)/python -m pytest --quiet tests/browser/test_views.py
	@cp screenshots/campaign-dark-wide.jpg docs/images/studio.jpg

clean-history: .venv/runtime ## Remove every historical video; current ones stay
	@$(BIN)/python -m tools.clean_history --keep 0

copy: .venv/runtime ## Copy all campaigns: make copy FROM=file:data TO=gs://my-project-videos
	@$(BIN)/python -m tools.copy_campaigns "$(FROM)" "$(TO)"

rebuild-records: .venv/runtime ## Rebuild lost records from the JSON beside the videos
	@$(BIN)/python -m tools.rebuild_records

reconcile: .venv/runtime ## Compare records, slots, bucket and operations (RECONCILE_ARGS=--repair)
	@$(BIN)/python -m tools.reconcile $(RECONCILE_ARGS)

doctor: .venv/runtime ## Say what the installation lacks, and what to do; changes nothing (DOCTOR_ARGS=--help)
	@$(BIN)/python -m tools.doctor $(DOCTOR_ARGS)

package: .venv/runtime ## Write what is deployed into dist/showreel.zip
	@$(BIN)/python -m tools.package

deploy: package ## Apply infra/ and the archive to PROJECT; Terraform shows its plan and asks
	@$(BIN)/python -m tools.deploy apply "$(PROJECT)" $(TERRAFORM_ARGS)

destroy: package ## Destroy that installation, as infra/README.md describes
	@$(BIN)/python -m tools.deploy destroy "$(PROJECT)" $(TERRAFORM_ARGS)

settings: .venv/runtime ## Write the generated tables of the documentation
	@$(BIN)/python -m tools.settings_reference
	@$(BIN)/python -m tools.api_reference
	@$(BIN)/python -m tools.infra_reference
	@$(BIN)/python -m tools.models_reference

lock: .venv/dev ## Pin the dependencies of pyproject.toml (newer ones: LOCK_ARGS=--upgrade)
	@$(BIN)/python -m tools.lock $(LOCK_ARGS)

clean: ## Remove the environment and all caches; data/ stays
	@rm -rf .venv dist screenshots tools/javascript/node_modules
	@rm -rf .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

.venv/runtime: requirements.txt
	@$(SET_UP) runtime

# The output of make mcp is read by a program.
.venv/mcp: requirements-mcp.txt
	@$(SET_UP) mcp >&2

.venv/dev: requirements-dev.txt
	@$(SET_UP) dev

$(TSC): tools/javascript/package-lock.json
	@npm ci --prefix tools/javascript --silent --no-audit --no-fund
	@touch -c $(TSC)
