# Every target is a line or two that you could type yourself; `make` alone lists them.
# Choose a Python with `make install PYTHON=python3.12`; without that the first of these that fits is taken.
PYTHON = python3 python3.13 python3.12 python3.11
VENV = .venv/bin/python

# Without ensurepip (Debian ships it apart) a Python cannot make a virtual environment.
FITS = import ensurepip, sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))
FOUND = $(shell for python in $(PYTHON); do "$$python" -c '$(FITS)' 2>/dev/null && echo "$$python" && break; done)
NO_PYTHON = this course needs Python 3.11, 3.12 or 3.13 with its venv module; tried: $(strip $(PYTHON)). \
Install one (Debian, Ubuntu: apt install python3-venv), or name yours: make install PYTHON=/path/to/python3.12

# The lesson that `make lab` opens.
FIRST = $(firstword $(sort $(wildcard notebooks/*.ipynb)))

export PIP_DISABLE_PIP_VERSION_CHECK = 1

# What tests solve is nobody's record.
test test-as-stored check seeds: export AECOURSE_RECORD = off

.PHONY: help install lab test test-as-stored check notebooks bench seeds handout lock playground site dist offline
.DELETE_ON_ERROR:

help: ## list the targets
	@awk -F ': .*## ' '/^[a-z-]+: .*## / { printf "make %-15s %s\n", $$1, $$2 }' Makefile

install: .venv/installed ## make the environment in .venv, exactly as requirements.lock pins it
	@echo "The environment in .venv is ready."

lab: install ## open JupyterLab on the first lesson
	@echo "Starting JupyterLab; end it with Ctrl+C."
	.venv/bin/jupyter lab $(LAB_FLAGS) --LabApp.default_url=/lab/tree/$(FIRST)

test: install ## run all tests, then every notebook, without the network
	@echo "Testing the package, the build and the exercises, then running every lesson with the network refused."
	$(VENV) -m pytest -n 2 --dist loadfile --ignore=tests/browser
	$(VENV) -m pytest tests/browser
	@rm -rf .merged
	$(VENV) -m tools.build --merged .merged
	PYTHONPATH=tests/no_network $(VENV) -m pytest -n 2 --dist loadfile -p tests.shown --nbval-lax --nbval-current-env --nbval-sanitize-with tests/nbval.cfg .merged

test-as-stored: install ## run the stored notebooks and solutions as they are, without the network
	@echo "Running every stored notebook, learner's and solved, with the network refused."
	PYTHONPATH=tests/no_network $(VENV) -m pytest -n 2 --dist loadfile -p tests.shown --nbval-lax --nbval-current-env --nbval-sanitize-with tests/nbval.cfg notebooks solutions

check: install ## style, types, who may import whom, and the quick tests
	@echo "Checking style, types, who may import whom, and the quick tests."
	$(VENV) -m ruff check .
	$(VENV) -m ruff format --check .
	$(VENV) -m ruff check --config lessons/cells.toml lessons/*/lesson.py
	$(VENV) -m ruff format --check --config lessons/cells.toml lessons/*/lesson.py
	$(VENV) -m mypy
	.venv/bin/lint-imports --no-logo
	$(VENV) -m pytest -q -m "not slow and not seeds"

notebooks: install ## rebuild the notebooks whose lesson or package changed
	@echo "Rebuilding what is stale in notebooks/ and solutions/."
	$(VENV) -m tools.build

bench: install ## compare the course's models with published ones (one comparison: NAME=...)
	@echo "Training the course's models beside published ones; this takes minutes."
	$(VENV) -m benchmarks $(NAME)

seeds: install ## run every lesson with seeds 0 to 4
	@echo "Running every lesson with five seeds; this takes minutes."
	$(VENV) -m pytest -m seeds tests/lessons

handout: install ## the course for a class: dist/handout.zip without solutions, dist/figures for slides
	@echo "Packing the course without its solutions, and its figures."
	$(VENV) -m tools.handout

lock: install ## pin the dependencies anew (newest versions: LOCK_FLAGS=--upgrade)
	@echo "Writing requirements.lock and constraints.txt from pyproject.toml."
	$(VENV) -m tools.lock $(LOCK_FLAGS)

playground: ## build the playground from its sources (needs Node)
	@echo "Building the playground into aecourse/playground/static."
	cd playground && npm ci && npm run build

site: install ## make the course as a web site from the stored notebooks, in build/site/html
	@echo "Making the site from the stored notebooks; nothing is executed."
	$(VENV) -m tools.site

dist: install ## make wheel and sdist of the package in dist/, and try them in an empty environment
	@echo "Making wheel and sdist in dist/; then the wheel is installed into an empty environment and tried."
	$(VENV) -m tools.dist

offline: site ## make a folder for a class room without network, in build/offline
	@echo "Filling build/offline with the pinned wheels, the notebooks and the site."
	$(VENV) -m tools.offline

.venv/bin/python:
	@echo "Making a virtual environment in .venv with $(or $(FOUND),$(error $(NO_PYTHON)))."
	$(FOUND) -m venv --clear .venv

# Each stamp is written last: an interrupted installation is taken up again by the next call.
.venv/pinned: requirements.lock | .venv/bin/python
	@echo "Installing the pinned packages into .venv: almost 3 GB, a few minutes the first time."
	$(VENV) -m pip install --require-hashes -r requirements.lock
	@touch $@

.venv/installed: .venv/pinned pyproject.toml
	@echo "Installing the course's own package from this folder."
	$(VENV) -m pip install --quiet --no-deps --no-build-isolation -e .
	@touch $@
