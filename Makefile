# make demo   sets up, builds the graph, validates it and answers a real question
# make test   sets up what tests need and runs the gate
# make nightly  runs the tests that are too slow for the gate; they need Java, virtuoso-t, chromium and npm
# make harden  puts faults and mutated inputs by the thousand, and prints what came of them; takes half an hour
# make docs   writes the HTML reference of the ontology into build/docs
# make site   writes the pages as a folder that needs no server into build/site
# make release  writes a release into build/release: the graph in every format and all that describes it
# make format, make generate, make golden   see CONTRIBUTING.md
PYTHON ?= python3
DEMO := .venv-demo
TEST := .venv-test
CHECKS := .venv-checks

# What Python has compiled is kept, or each of the many processes of the tests compiles it anew.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: demo test checks tests nightly site harden docs release format generate golden clean

demo: $(DEMO)/ready
	@echo "== 1. build: curated tables -> RDF graph"
	@$(DEMO)/bin/cartkg build
	@echo "== 2. validate: the graph against its SHACL shapes"
	@$(DEMO)/bin/cartkg validate
	@echo "== 3. ask: which products keep remissions past two years of follow-up, and among whom?"
	@$(DEMO)/bin/cartkg query lasting-responses -p minimum_months=24
	@echo "Next, try:"
	@echo "  $(DEMO)/bin/cartkg query"
	@echo "  $(DEMO)/bin/cartkg query evidence -p target=BCMA --format csv"
	@echo "  $(DEMO)/bin/cartkg export --format turtle --out build/cartkg.ttl"

# What reads the code and what runs it go side by side: neither needs the other, and both are reported.
test: $(TEST)/ready $(CHECKS)/ready
	@$(MAKE) --no-print-directory --jobs=2 --keep-going checks tests

checks:
	$(TEST)/bin/ruff format --check src tests scripts benchmarks
	$(TEST)/bin/ruff check src tests scripts benchmarks
	$(TEST)/bin/mypy
	$(TEST)/bin/lint-imports --no-cache

tests:
	$(TEST)/bin/python -m pytest -n auto -m "not nightly" --cov --cov-report=term --cov-fail-under=95

nightly: $(TEST)/ready $(CHECKS)/ready build/vendor/ready
	$(TEST)/bin/python -m pytest -n auto -m nightly

# What the tests of pages in a browser need beside it, from npm.
build/vendor/ready: tests/vendor.tsv
	$(PYTHON) scripts/vendor.py tests/vendor.tsv build/vendor
	@touch $@

site: $(TEST)/ready
	$(TEST)/bin/cartkg site build/site

harden: $(TEST)/ready
	@mkdir -p build && rm -f build/hardening.txt
	CARTKG_HARDEN=34 CARTKG_FIGURES=build/hardening.txt $(TEST)/bin/python -m pytest -n auto tests/hardening
	@sort build/hardening.txt

docs: $(TEST)/ready $(CHECKS)/ready
	$(TEST)/bin/python scripts/reference.py build/docs

format: $(TEST)/ready
	$(TEST)/bin/ruff format src tests scripts benchmarks
	$(TEST)/bin/ruff check --fix src tests scripts benchmarks

generate: $(TEST)/ready
	$(TEST)/bin/python scripts/generate.py
	$(TEST)/bin/python scripts/readme.py
	$(TEST)/bin/python scripts/notebook.py
	$(TEST)/bin/python scripts/fair.py

release: $(TEST)/ready
	$(TEST)/bin/cartkg export --all build/release

golden: $(TEST)/ready
	$(TEST)/bin/python scripts/golden.py

$(DEMO)/ready: pyproject.toml requirements/demo.txt
	@echo "== 0. set up (once): a virtual environment in $(DEMO)"
	@$(PYTHON) -m venv $(DEMO)
	@$(DEMO)/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements/demo.txt
	@$(DEMO)/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

$(TEST)/ready: pyproject.toml requirements/test.txt requirements/robot.txt
	$(PYTHON) -m venv $(TEST)
	$(TEST)/bin/python -m pip install --quiet --disable-pip-version-check --no-compile --no-deps --require-hashes -r requirements/test.txt
	$(TEST)/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements/robot.txt
	$(TEST)/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	touch $@

$(CHECKS)/ready: requirements/checks.txt
	$(PYTHON) -m venv $(CHECKS)
	$(CHECKS)/bin/python -m pip install --quiet --disable-pip-version-check --no-compile --no-deps --require-hashes -r requirements/checks.txt
	touch $@

clean:
	rm -rf build dist $(DEMO) $(TEST) $(CHECKS)
