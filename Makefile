# make chat and make test need nothing but Python 3.11+ and make.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
# Where pip may find torch's CPU build, which is ten times smaller than the CUDA one:
#   make setup TORCH_INDEX=https://download.pytorch.org/whl/cpu
TORCH_INDEX ?=
PIP := $(BIN)/python -m pip install --disable-pip-version-check $(if $(TORCH_INDEX),--extra-index-url $(TORCH_INDEX))

# make train: DATA is a folder of NAME.train.json.gz and NAME.dev.json.gz, START the model to begin
# with (the shipped reader), or ENCODER a DeBERTa-v3 to make smaller and to begin with, TEACHER the
# teacher's base encoder (all-mpnet-base-v2, fetched), RECIPES the folder of the TOML files, and OUT
# where everything goes, which make clean leaves alone. Stopped, it goes on when it is started again.
DATA ?=
START ?= qa/models/reader
ENCODER ?=
TEACHER ?=
RECIPES ?= training
OUT ?= trained

.DEFAULT_GOAL := help
.PHONY: help setup setup-dev chat test test-fresh lint audit types check bench bench-peers bench-runtimes train screenshot clean

help: ## list what can be made
	@grep -hE '^[a-z-]+:.*## ' Makefile | sed -E 's/:.*## /\t/' | expand -t 14

setup: $(VENV)/.ready ## make .venv with what the chat needs

$(VENV)/.ready: pyproject.toml requirements.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Pullquote needs Python 3.11 or newer: make setup PYTHON=python3.12")'
	$(PYTHON) -m venv $(VENV)
	$(PIP) --requirement requirements.txt
	$(PIP) --constraint requirements.txt --editable .
	@touch $@

setup-dev: $(VENV)/.ready-dev ## the same, with what the tests need

$(VENV)/.ready-dev: $(VENV)/.ready
	$(PIP) --constraint requirements.txt --editable '.[dev]'
	@touch $@

chat: setup ## open the chat over the example articles
	$(BIN)/pullquote chat

# Two processes, each with models of its own in memory: two gigabytes and a Chromium. The tests of a
# module share what they start, and stay together; those that take longest are not the last.
test: setup-dev ## run the tests
	$(BIN)/python -m pytest -m 'not fresh' --numprocesses 2 --dist loadfile --no-loadscope-reorder

test-fresh: setup-dev ## make a new environment from requirements.txt and start app.py in it
	$(BIN)/python -m pytest -m fresh

# What is asked of PyPI are the names and versions of what is pinned.
AUDIT_DATA := https://pypi.org/pypi/gradio/$(shell sed -n 's/^gradio==//p' requirements.txt)/json
audit: setup-dev ## look the pins up in the list of known faults, where it can be reached
	@if curl --silent --fail --max-time 20 --output /dev/null $(AUDIT_DATA); then \
		$(BIN)/python -m pip_audit --disable-pip --no-deps --requirement requirements.txt; \
	else echo 'The list of known faults cannot be reached: the pins were not looked up.'; fi

lint: setup-dev ## lint, and check the format
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: setup-dev ## check the types
	$(BIN)/mypy

check: lint types test ## everything but test-fresh

bench: setup-dev ## time Pullquote against the plainest use of the same models
	$(BIN)/python benchmarks/speed.py

bench-peers: setup-dev ## time Pullquote against other readers: make bench-peers DATA=folder
	@test -n '$(DATA)' || { echo 'Where are the development sets? make bench-peers DATA=folder'; exit 2; }
	$(BIN)/python benchmarks/peers.py '$(DATA)'

bench-runtimes: setup-dev ## time the models on other runtimes (installs OpenVINO in .venv)
	$(PIP) --constraint requirements.txt openvino nncf
	$(BIN)/python benchmarks/runtimes.py

train: setup-dev ## train a reader: make train DATA=folder
	@test -n '$(DATA)' || { echo 'Where is the data? make train DATA=folder'; exit 2; }
	$(BIN)/python training/chain.py --data '$(DATA)' --start '$(START)' $(if $(ENCODER),--encoder '$(ENCODER)') $(if $(TEACHER),--teacher '$(TEACHER)') --recipes '$(RECIPES)' --output '$(OUT)'

screenshot: setup-dev ## take the README's picture anew (needs Chromium)
	$(BIN)/python -m pytest tests/test_qa_browser.py -k reads_like_a_page
	cp build/screenshots/answer-light.png docs/screenshot.png

clean: ## remove .venv and what was built
	rm -rf $(VENV) build dist *.egg-info .mypy_cache .pytest_cache .ruff_cache
