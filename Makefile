# Every command of the project; `make run` and `make test` set up what they need.

PYTHON ?= python3
BIN := .venv/bin
# Nothing is downloaded when the product runs, and nobody is told that it does.
export HF_HUB_OFFLINE := 1
export ANONYMIZED_TELEMETRY := False

.DEFAULT_GOAL := help
.PHONY: help install run index test check format eval quality dataset reader evaluate-reader fit fit-support \
  screenshots readme lock clean

help:  ## Show the commands
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 18

# The stamp is newer than the lock file when the environment is up to date.
.venv/installed: requirements.lock pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed; set PYTHON=python3.12, say.")'
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --requirement requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	touch $@

install: .venv/installed  ## Make .venv and install the locked dependencies

index: install  ## Index seeds/ (unchanged articles cost nothing)
	$(BIN)/qa index seeds

run: index  ## Index seeds/ and serve the web chat on http://127.0.0.1:8000
	$(BIN)/qa serve

test: install  ## Run all tests
	$(BIN)/python -m pytest

check: install  ## Look for mistakes without running anything: ruff, mypy
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: install  ## Format the code and mend what can be mended
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

eval: index  ## Measure the answers on the test set about the seed articles
	$(BIN)/qa eval tests/testsets/seeds.jsonl --json eval.json --report eval.html \
	  --min contained=0.75 --min abstention_recall=0.50 --max wrongly_refused=0.15

quality: install  ## Measure on public question sets, beside published numbers (needs QA_BENCH_DIR)
	$(BIN)/python -m benchmarks.quality

dataset: install  ## Make the reader's training set (needs QA_BENCH_DIR)
	$(BIN)/python training/dataset.py

reader: install  ## Train the reader, or go on: two hours on two cores, minutes on a GPU (after `make dataset`)
	$(BIN)/python training/train_reader.py

evaluate-reader: install  ## Measure the reader on development pairs (after `make dataset`)
	$(BIN)/python training/evaluate_reader.py

fit: install  ## Fit the weights of qa/evidence.json (after `make dataset`)
	$(BIN)/python training/fit_evidence.py

fit-support: install  ## Fit the weights of qa/support.json (needs QA_BENCH_DIR)
	$(BIN)/python training/fit_support.py

screenshots: index  ## Take the screenshots that the README shows (needs Chromium)
	$(BIN)/python tests/make_screenshots.py

readme: install  ## Derive the README's tables from the code
	$(BIN)/python tests/test_readme.py

lock: install  ## Make requirements.lock anew from pyproject.toml
	$(BIN)/pip-compile --quiet --all-extras --all-build-deps --allow-unsafe --strip-extras \
	  --no-emit-index-url --no-emit-find-links --no-emit-trusted-host --no-header \
	  --output-file requirements.lock pyproject.toml
	# A local build's suffix must not bind others: +cpu is taken where it is found, anyway.
	sed -i.bak 's/+cpu$$//' requirements.lock && rm requirements.lock.bak

clean:  ## Remove what was built: the environment, the index, caches
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis eval.json eval.html
	find vectorstore -mindepth 1 ! -name README.md -delete
