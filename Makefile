# What people type. `make help` lists it.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
RUN := $(VENV)/.installed-run
DEV := $(VENV)/.installed-dev
SITE := build/site
BASE ?= origin/main
# Nothing of a package runs while it is installed: wheels only.
WHEELS := --only-binary :all:

.DEFAULT_GOAL := site
SAMPLE_KEYS := ../xinzhuli-sample-keys
AUDIT := $(VENV)/audit
.PHONY: wheel site archives test mutants explore explore-records explore-tables explore-districts explore-tests kill check guard guard-changes diff reports install serve golden pictures bench lint zensical lock audit sbom city clean help sample

## site: set everything up, build the site in both languages, say where to look
site: $(RUN)
	@$(BIN)/xinzhuli build --out $(SITE) $(if $(AS_OF),--as-of $(AS_OF)) $(if $(SHEETS),--sheets) $(if $(WEEKS),--weeks $(WEEKS))

## archives: the site of every tag archive-*, in build/archives; one whose records are refused today is left out
archives: $(RUN)
	@for tag in $$(git tag --list 'archive-*'); do $(BIN)/xinzhuli build --commit "$$tag" --out "build/archives/$$tag" || true; done

## test: set everything up, check the records, run every test, name the slowest ten
test: lint check
	@$(BIN)/python -m pytest -n auto --dist loadfile --no-loadscope-reorder --durations=10 --durations-min=0.5 $(if $(COVERAGE),--cov --cov-report=term:skip-covered)

## mutants: change what guards privacy and verdicts one place at a time (SAMPLE=200 SEED=1 ONLY= AGAIN= MEASURE=): what no test notices
mutants: $(DEV)
	@$(BIN)/python -m mutation --sample $(or $(SAMPLE),200) --seed $(or $(SEED),1) $(if $(AGAIN),--again) $(if $(MEASURE),--measure) $(ONLY)

## explore: what is slow and rarely breaks: many more cases made by chance and random tables for the attacker, every kind of page and chart in all eight ways, every page on a phone, both engines, every part of the office's side of a release, 500 invented districts (goes on where it ended), 100,000 changed records
explore: explore-records explore-tables explore-districts explore-tests

explore-records: $(DEV)
	@$(BIN)/python -m tests.fuzz 100000

explore-tables: $(DEV)
	@$(BIN)/python -m tests.shapes

explore-districts: $(DEV)
	@$(BIN)/python -m tests.districts 500

explore-tests: $(DEV)
	@EXPLORE=5000 $(BIN)/python -m pytest -q $$(grep -lE "EXPLOR|explored|examples\(|@given" tests/test_*.py | grep -vE "killed|replacing")

## kill: kill and refuse every command that writes at every change of a file that it makes, and at random instants
kill: $(DEV)
	@EXPLORE=1 $(BIN)/python -m pytest -q tests/test_killed.py tests/test_replacing.py

## lint: ruff and mypy
lint: $(DEV)
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy

## check: check all records
check: $(RUN)
	@$(BIN)/xinzhuli check

## guard: look for what must never enter git, in every file
guard: $(RUN)
	@$(BIN)/xinzhuli guard

## guard-changes: the same in every commit since BASE, its messages and what was deleted again too
guard-changes: $(RUN)
	@$(BIN)/xinzhuli guard $(if $(subst 0,,$(BASE)),--range $(BASE)..HEAD)

## diff: say what has changed since BASE, in records, verdicts and pages
diff: $(RUN)
	@$(BIN)/xinzhuli diff $(BASE) HEAD

## reports: check the records, and leave build/code-quality.json and build/junit.xml for GitLab and others
reports: $(RUN)
	@$(BIN)/xinzhuli check --format junit --to build/junit.xml >/dev/null || true
	@$(BIN)/xinzhuli check --format gitlab --to build/code-quality.json

## install: set up what the other targets need
install: $(RUN)

## wheel: the package that a district depends on, in dist/
wheel: $(DEV)
	@rm -f dist/*.whl
	@$(BIN)/python -m hatchling build -t wheel -d dist

## serve: build, show on this machine, rebuild when a file changes
serve: $(RUN)
	@$(BIN)/xinzhuli serve

## golden: rewrite the golden files; review the difference
golden: $(DEV)
	@$(BIN)/python -m pytest -q --update-golden tests/test_golden.py tests/test_cli.py tests/test_charts.py tests/test_diff.py tests/test_editor.py

## sample: make keys outside the repository and seal the sample's invented aggregates for them
sample: $(DEV)
	@$(BIN)/python -m sample $(SAMPLE_KEYS)

## city: make the sample city above three districts, and its site in build/city/build/site; INTO=folder: put it into that site
city: $(RUN)
	@rm -rf build/city
	@$(BIN)/python -m sample.city build/city $(or $(AS_OF),$$(TZ=Asia/Shanghai date +%F)) $(INTO)

## pictures: draw the pictures of the guides from the filing desk; look at them before you commit
pictures: $(DEV)
	@$(BIN)/python -m sample.pictures

## bench: measure side by side and print ratios (QUICK=1: a look at small sizes); fails where one more school costs more than its limits
bench: $(DEV)
	@$(BIN)/python -m bench $(if $(QUICK),--quick)

## zensical: build the same Markdown with the other engine
zensical: $(DEV)
	@$(BIN)/xinzhuli build --engine zensical --out build/zensical

## lock: pin the dependencies anew
lock: $(DEV)
	@$(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate -q --upgrade --extra dev pyproject.toml -o requirements-dev.lock
	@$(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate -q --extra build pyproject.toml -c requirements-dev.lock -o requirements.lock
	@$(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate -q --upgrade --extra audit pyproject.toml -c requirements-dev.lock -o requirements-audit.lock

## audit: ask the advisory database about every pinned dependency; fails where one has an advisory or could not be asked about
audit: $(AUDIT)/.installed
	@$(AUDIT)/bin/pip-audit --strict --require-hashes --disable-pip --progress-spinner off -r requirements.lock
	@$(AUDIT)/bin/pip-audit --strict --require-hashes --disable-pip --progress-spinner off -r requirements-dev.lock

## sbom: what the program is made of, as CycloneDX, into build/sbom.cdx.json
sbom: $(AUDIT)/.installed
	@mkdir -p build
	@$(AUDIT)/bin/cyclonedx-py requirements --pyproject pyproject.toml --mc-type application --output-reproducible --of JSON -o build/sbom.cdx.json requirements.lock

## clean: remove what was built
clean:
	@rm -rf build dist .mypy_cache .pytest_cache .ruff_cache .hypothesis

help:
	@sed -n 's/^## //p' $(MAKEFILE_LIST)

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "xinzhuli 需要 Python 3.11 或更新的版本 / needs Python 3.11 or newer: make PYTHON=/path/to/python3.11")'
	@$(PYTHON) -m venv $(VENV) || { echo '无法建立虚拟环境；Debian/Ubuntu 上请先安装 python3-venv。/ Cannot make a virtual environment; on Debian or Ubuntu install python3-venv first.' >&2; exit 1; }

$(RUN): requirements.lock pyproject.toml | $(BIN)/python
	@test -f $(DEV) || $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes $(WHEELS) -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

$(DEV): requirements-dev.lock pyproject.toml | $(BIN)/python
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes $(WHEELS) -r requirements-dev.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@ $(RUN)

$(AUDIT)/.installed: requirements-audit.lock | $(BIN)/python
	@$(PYTHON) -m venv $(AUDIT)
	@$(AUDIT)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes $(WHEELS) -r requirements-audit.lock
	@touch $@
